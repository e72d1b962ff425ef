#![no_main]

#[path = "../src/at.rs"]
mod at;

libfuzzer_sys::fuzz_target!(|data: &[u8]| at::run(data));
