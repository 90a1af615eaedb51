//! `Profile`: whatever somebody writes as a profile of a collection.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| reftel_fuzz::check_profile(text));
