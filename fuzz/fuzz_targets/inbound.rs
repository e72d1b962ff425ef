#![no_main]

#[path = "../src/inbound.rs"]
mod inbound;

libfuzzer_sys::fuzz_target!(|data: &[u8]| inbound::run(data));
