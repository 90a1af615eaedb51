//! The sample that the program carries: invented telegrams of one connected story.

use include_dir::{Dir, include_dir};

static SAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sample/telegrams");

/// Each text of the sample with its name.
pub(crate) fn texts() -> Vec<(&'static str, &'static [u8])> {
    let named = |file: &'static include_dir::File<'_>| Some((file.path().to_str()?, file.contents()));
    let mut texts: Vec<_> = SAMPLE.files().filter_map(named).collect();
    texts.sort_unstable();
    texts
}
