//! Containers, also in one another.

use std::io::Cursor;
use std::ops::ControlFlow;

use reftel_sources::{Collections, Found, Input, Limits, Reader, open};

use crate::world::{CABLES, TELEGRAM, gzip, read, tar, walk, zip};

#[test]
fn files_are_found_however_deep_they_lie() {
    let inner = tar(&[("1974/x.txt", TELEGRAM.as_bytes()), ("cables.dat", CABLES.as_bytes())]);
    let packed = zstd::encode_all(&inner[..], 1).unwrap();
    let outer = zip(&[("a/b.tar.zst", &packed), ("y.txt.gz", &gzip(TELEGRAM.as_bytes()))]);
    let (items, refused) = walk("box.zip", &outer);
    assert_eq!(refused, []);
    let paths: Vec<&str> = items.iter().map(|item| item.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "box.zip/a/b.tar.zst/1974/x.txt",
            "box.zip/a/b.tar.zst/cables.dat#1",
            "box.zip/a/b.tar.zst/cables.dat#2",
            "box.zip/y.txt.gz"
        ]
    );
    assert_eq!(items[0].bytes, TELEGRAM.as_bytes());
    assert_eq!(read(&items[0])[0].record.mrn.as_ref().unwrap().value, "79VALDORIA1234");
}

#[test]
fn files_and_streams_give_the_same_as_bytes() {
    let packed = zip(&[("x.txt", TELEGRAM.as_bytes())]);
    for bytes in [packed.as_slice(), CABLES.as_bytes(), TELEGRAM.as_bytes()] {
        let paths = |input: Input<'_>| {
            let mut paths = Vec::new();
            let _ = open("x", input, &Collections::built_in(), &Limits::default(), &mut |found| {
                paths.extend(if let Found::Item(item) = found {
                    Some((item.path, item.bytes))
                } else {
                    None
                });
                ControlFlow::Continue(())
            });
            paths
        };
        let all = paths(Input::Bytes(bytes));
        assert!(!all.is_empty());
        assert_eq!(paths(Input::Seek(&mut Cursor::new(bytes))), all);
        assert_eq!(paths(Input::Stream(&mut &*bytes)), all);
    }
}

#[test]
fn whoever_has_enough_is_not_given_more() {
    let mut seen = 0;
    let flow =
        open("x", Input::Bytes(CABLES.as_bytes()), &Collections::built_in(), &Limits::default(), &mut |_| {
            seen += 1;
            ControlFlow::Break(())
        });
    assert_eq!((seen, flow), (1, ControlFlow::Break(())));
}

#[test]
fn a_kind_is_told_by_content_and_not_by_name() {
    let (items, _) = walk("telegram.zip", TELEGRAM.as_bytes());
    assert_eq!((items[0].path.as_str(), &items[0].reader), ("telegram.zip", &Reader::Telegrams));
    let (items, refused) = walk("box.txt", b"%PDF-1.7 ...");
    assert!(items.is_empty() && refused[0].why.contains("a PDF"), "{refused:?}");
    let office = zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]);
    assert!(walk("x", &office).1[0].why.contains("Office"));
}

#[test]
fn a_pdf_is_read_by_what_the_caller_brings() {
    let mut collections = Collections::built_in();
    collections.read_pdf_by(Some(std::sync::Arc::new(|bytes: &[u8]| match bytes {
        b"%PDF-1 good" => Ok(TELEGRAM.to_owned()),
        _ => Err("torn".to_owned()),
    })));
    let all = zip(&[("a.pdf", b"%PDF-1 good"), ("b.txt", b"%PDF-1 bad")]);
    let mut found = Vec::new();
    let _ = open("box", Input::Bytes(&all), &collections, &Limits::default(), &mut |one| {
        found.push(one);
        ControlFlow::Continue(())
    });
    let [Found::Item(item), Found::Refused(refused)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((item.path.as_str(), &item.reader), ("box/a.pdf", &Reader::Telegrams));
    assert_eq!(item.bytes, TELEGRAM.as_bytes());
    assert_eq!((refused.path.as_str(), refused.why.as_str()), ("box/b.txt", "torn"));
}
