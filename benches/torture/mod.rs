//! An office under torture: desks that work, a modem with faults, and a disaster at the end of every cycle. After each the server must
//! start again and the office must be what its people were told it was. The same code runs for hours as a program and for seconds as a test.

pub mod book;
pub mod checks;
pub mod copies;
pub mod cycle;
pub mod desks;
pub mod disaster;
pub mod home;
pub mod modem;
pub mod network;
pub mod tally;
pub mod trail;
pub mod wreck;
