//! The screens: what each holds, what it asks the office, and how it looks.

pub mod audit;
pub mod deadlines;
mod detail;
pub mod home;
pub mod inbox;
pub mod letters;
pub mod rows;
pub mod satker;
pub mod sms;
