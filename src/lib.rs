//! SI PINTAR: the front office of a state treasury office (KPPN).
//!
//! Letters come in, deadlines are watched, SMS go out after a person has confirmed them.
//! `ARCHITECTURE.md` has the map and the invariants.

pub mod ask;
pub mod cli;
pub mod client;
pub mod domain;
pub mod file;
pub mod gsm;
pub mod home;
pub mod journal;
pub mod locale;
pub mod modem;
pub mod offsite;
pub mod protocol;
pub mod server;

pub mod settings;
pub mod sheet;
pub mod store;
pub mod tui;
