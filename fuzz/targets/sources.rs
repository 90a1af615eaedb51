//! `reftel_sources`: any bytes as a file of a collection, through every reader that takes them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reftel_fuzz::check_collection(bytes));
