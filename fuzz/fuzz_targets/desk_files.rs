#![no_main]

#[path = "../src/desk_files.rs"]
mod desk_files;

libfuzzer_sys::fuzz_target!(|data: &[u8]| desk_files::run(data));
