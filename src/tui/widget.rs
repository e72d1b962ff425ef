//! Parts that several screens are built from. They know nothing of the office.

pub mod line;
pub mod paged;
pub mod paint;
pub mod table;
pub mod turn;
