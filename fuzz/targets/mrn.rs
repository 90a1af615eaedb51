//! `mrn` and `parts`: any text that might hold a number.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| reftel_fuzz::check_number(text));
