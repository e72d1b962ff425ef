//! Deadlines and reminders, decided day by day.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::struct_excessive_bools,
    reason = "tests"
)]

mod calendars;
mod oracle;
mod people;
mod year;
