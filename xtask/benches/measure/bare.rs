//! Tantivy alone: the same texts, threads and memory, and nothing else done.

use std::path::Path;

use tantivy::schema::{FAST, INDEXED, Schema, TEXT, TextOptions};
use tantivy::{Index, TantivyDocument};

use xtask::generate::{Generated, POSTS};

/// As the archive has it.
const HEAP_BYTES_A_THREAD: usize = 128 << 20;

/// Indexes all of them and commits.
pub(super) fn index(telegrams: &[Generated], dir: &Path) -> Result<(), tantivy::TantivyError> {
    let mut builder = Schema::builder();
    let title = builder.add_text_field("title", TEXT);
    let body = builder.add_text_field("body", TEXT);
    let date = builder.add_i64_field("date", FAST | INDEXED);
    let facet = TextOptions::default().set_fast("raw");
    let post = builder.add_text_field("post", facet.clone());
    let class = builder.add_text_field("class", facet.clone());
    let tags = builder.add_text_field("tags", facet);
    let index = Index::create_in_dir(dir, builder.build())?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    let mut writer = index.writer_with_num_threads(threads, threads * HEAP_BYTES_A_THREAD)?;
    for telegram in telegrams {
        let mut document = TantivyDocument::default();
        document.add_text(title, telegram.subject());
        document.add_text(body, &telegram.text);
        document.add_i64(date, telegram.facts.days());
        document.add_text(post, POSTS[telegram.facts.post].name);
        document.add_text(class, telegram.facts.class.banner());
        for tag in &telegram.facts.tags {
            document.add_text(tags, tag);
        }
        writer.add_document(document)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()
}
