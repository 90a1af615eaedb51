//! `write::print`: the record of any bytes, in every dialect.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reftel_fuzz::check_printed(bytes));
