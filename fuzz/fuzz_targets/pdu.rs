#![no_main]

#[path = "../src/pdu.rs"]
mod pdu;

libfuzzer_sys::fuzz_target!(|data: &[u8]| pdu::run(data));
