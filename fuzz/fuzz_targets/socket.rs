#![no_main]

#[path = "../src/socket.rs"]
mod socket;

libfuzzer_sys::fuzz_target!(|data: &[u8]| socket::run(data));
