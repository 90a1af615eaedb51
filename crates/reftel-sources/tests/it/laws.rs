//! The laws that hold of every collection, whatever is in it. The fuzz targets use them too.

use std::ops::ControlFlow;

use reftel_sources::{Collections, Found, Input, Limits, Profile, Reader, document, open, read};
use reftel_telegram::Context;

/// What must hold of any file: what is found in it can be read again from its own bytes and its reader's name.
pub(crate) fn check_collection(bytes: &[u8]) {
    let collections = Collections::built_in();
    let limits = Limits { item: 1 << 20, expanded: 4 << 20, ratio: 250, depth: 4, members: 200 };
    let _ = open("file", Input::Bytes(bytes), &collections, &limits, &mut |found| {
        match found {
            Found::Item(item) => {
                let named = Reader::from_name(&item.reader.name());
                assert_eq!(named.as_ref(), Some(&item.reader), "a reader isn't known by its name");
                check_item(&item.bytes, &item.reader, &collections);
            }
            Found::Refused(refused) => assert!(!refused.path.is_empty()),
        }
        ControlFlow::Continue(())
    });
}

/// The same where a reader gets bytes that aren't for it: the first byte says which.
pub(crate) fn check_reader(bytes: &[u8]) {
    let Some((which, rest)) = bytes.split_first() else { return };
    let collections = Collections::built_in();
    let plain = [Reader::Telegrams, Reader::Nara, Reader::Tei, Reader::Html, Reader::Mail, Reader::Record];
    let named = collections.profiles().iter().flat_map(|profile| {
        let name = || profile.name.clone();
        [Reader::Csv(name()), Reader::FrontMatter(name()), Reader::Jsonl(name())]
    });
    let readers: Vec<Reader> = plain.into_iter().chain(named).collect();
    check_item(rest, &readers[usize::from(*which) % readers.len()], &collections);
}

fn check_item(bytes: &[u8], reader: &Reader, collections: &Collections) {
    if let Ok(document) = document(bytes, reader, collections) {
        for stated in &document.stated {
            assert!(stated.span.start <= stated.span.end && stated.span.end <= bytes.len(), "{stated:?}");
        }
    }
    let Ok(readings) = read(bytes, reader, collections, &Context::default()) else { return };
    for reading in readings {
        assert!(reading.span.start <= reading.span.end && reading.span.end <= bytes.len(), "{reader:?}");
        for (pointer, span) in reading.record.spans() {
            assert!(span.start <= span.end && span.end <= bytes.len(), "{reader:?} {pointer} {span:?}");
        }
        for found in &reading.record.diagnostics {
            assert!(found.span.start <= found.span.end && found.span.end <= bytes.len(), "{found:?}");
        }
    }
}

/// What must hold of any profile: one that is taken is taken again from its own text.
pub(crate) fn check_profile(text: &str) {
    match Profile::parse(text) {
        Ok(profile) => assert!(Profile::parse(profile.toml()).is_ok()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
