//! `Query::parse`: whatever somebody types into the search field.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| reftel_fuzz::check_query(text));
