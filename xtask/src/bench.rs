//! Measures. (Filled in next.)

pub(crate) fn run(_options: &[&str]) -> Result<(), String> {
    Err("not yet".to_owned())
}
