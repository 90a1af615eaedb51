//! `reftel_sources`: any bytes, through the reader that the first byte names, whatever they look like.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reftel_fuzz::check_reader(bytes));
