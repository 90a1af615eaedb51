//! `read`: any bytes, as files bring them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    reftel_fuzz::check_bytes(bytes);
});
