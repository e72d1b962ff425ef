#![no_main]

#[path = "../src/modules.rs"]
mod modules;

libfuzzer_sys::fuzz_target!(|data: &[u8]| modules::run(data));
