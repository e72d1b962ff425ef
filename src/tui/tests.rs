//! Whole conversations at the desk, and screens as text, without a terminal and without a server.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod audit;
mod bench;
mod connection;
mod deadlines;
mod home;
mod inbox;
mod letters;
mod repairs;
mod satker;
mod screens;
mod sms;
