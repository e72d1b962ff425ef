//! The integration tests: one program, one module per subject. They use the real binary, over its socket, its command line and a
//! pseudo-terminal, in temporary homes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "tests"
)]

mod alerts;
mod archive;
mod authority;
mod bombs;
mod corpus;
mod crash;
mod deadlines;
mod demonstration;
mod desk;
mod faults;
mod gateway;
mod imports;
mod inbox;
mod kannel;
mod kills;
mod layers;
mod machine;
mod messages;
mod modem;
mod office;
mod offsite;
mod programme;
mod real_kannel;
mod several;
mod socket;
mod storm;
mod story;
mod support;
mod terminal;
mod torture;
mod two_desks;
