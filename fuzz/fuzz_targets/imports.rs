#![no_main]

#[path = "../src/imports.rs"]
mod imports;

libfuzzer_sys::fuzz_target!(|data: &[u8]| imports::run(data));
