//! `decode`: any bytes, in any encoding.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reftel_fuzz::check_decoded(bytes));
