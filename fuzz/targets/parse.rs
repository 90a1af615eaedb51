//! `parse`: any text.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| reftel_fuzz::check_text(text));
