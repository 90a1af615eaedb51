//! `write::draft::draft`: whatever somebody types as a draft.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| reftel_fuzz::check_draft(text));
