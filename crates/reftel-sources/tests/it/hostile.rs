//! What somebody would send who means harm, or what a bad disk gives: for each reader.

use std::fmt::Write;
use std::time::{Duration, Instant};

use reftel_sources::{Collections, Limits, Refusal, read};
use reftel_telegram::Context;

use crate::world::{CABLES, MBOX, NARA, STUB, TELEGRAM, VOLUME, gzip, tar, walk, walk_with, zip};

/// Walks and reads everything; nothing may panic.
fn survive(bytes: &[u8]) -> usize {
    let collections = Collections::built_in();
    let (items, _) = walk("x", bytes);
    for item in &items {
        if let Ok(readings) = read(&item.bytes, &item.reader, &collections, &Context::default()) {
            for reading in &readings {
                assert!(reading.span.end <= item.bytes.len());
                for (pointer, span) in reading.record.spans() {
                    assert!(
                        span.start <= span.end && span.end <= item.bytes.len(),
                        "{pointer} {span:?} {}",
                        item.reader
                    );
                }
            }
        }
    }
    items.len()
}

#[test]
fn a_collection_may_end_anywhere() {
    let page =
        format!("<html><table><tr><th>Origin</th></tr><tr><td>X</td></tr></table><pre>{TELEGRAM}</pre>");
    let line = "{\"text\": \"SUBJECT: \\u00c4 \\ud83d\\ude00\", \"id\": {\"a\": [1]}}\n";
    let front = "---\nid: 'x'\nrefs:\n- a: b\n---\n\nCablegram 7 VALDORIA, 9 August 1946\n\nIt came. [1]\n\n _\n\n1 Document 5.\n_";
    for text in [CABLES, VOLUME, NARA, STUB, MBOX, &page, line, front] {
        for end in (0..text.len()).step_by(7).chain([text.len()]) {
            survive(&text.as_bytes()[..end]);
        }
    }
    let packed = zip(&[("a.tar", &tar(&[("x", TELEGRAM.as_bytes())])), ("b.gz", &gzip(TELEGRAM.as_bytes()))]);
    for bytes in [packed, gzip(TELEGRAM.as_bytes()), tar(&[("x", TELEGRAM.as_bytes())])] {
        for end in (0..bytes.len()).step_by(13) {
            survive(&bytes[..end]);
        }
    }
}

#[test]
fn a_byte_may_be_any_other() {
    let mut seed = 1u64;
    let mut random = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap()
    };
    let packed = zip(&[("x.txt", TELEGRAM.as_bytes())]);
    let tar = tar(&[("x", TELEGRAM.as_bytes())]);
    let texts: [&[u8]; 7] = [
        CABLES.as_bytes(),
        VOLUME.as_bytes(),
        NARA.as_bytes(),
        STUB.as_bytes(),
        MBOX.as_bytes(),
        &packed,
        &tar,
    ];
    for bytes in texts {
        for _ in 0..60 {
            let mut changed = bytes.to_vec();
            for _ in 0..=random() % 4 {
                let at = random() % changed.len();
                changed[at] = random().to_le_bytes()[0];
            }
            survive(&changed);
        }
    }
}

#[test]
fn bombs_are_stopped() {
    let zeros = vec![b' '; 80 << 20];
    let small = Limits { item: 200 << 20, ..Limits::default() };
    let known = Collections::built_in();
    let (items, refused) = walk_with("bomb.gz", &gzip(&zeros), &known, &small);
    assert!(items.is_empty());
    assert_eq!(refused[0].kind, Refusal::Limit, "{refused:?}");
    // A bomb in a container costs itself alone.
    let outer = zip(&[("bomb", &gzip(&zeros)), ("x.txt", TELEGRAM.as_bytes())]);
    let (items, refused) = walk_with("x.zip", &outer, &known, &small);
    assert_eq!((items.len(), refused.len()), (1, 1), "{refused:?}");
    let few = Limits { expanded: 1000, ..Limits::default() };
    assert_eq!(walk_with("x", &gzip(&[b'A'; 5000]), &known, &few).1[0].kind, Refusal::Limit);
}

#[test]
fn containers_lie_only_so_deep() {
    let mut bytes = TELEGRAM.as_bytes().to_vec();
    for _ in 0..30 {
        bytes = gzip(&bytes);
    }
    let (items, refused) = walk("x", &bytes);
    assert!(items.is_empty());
    assert_eq!(refused[0].kind, Refusal::Limit);
    let mut bytes = TELEGRAM.as_bytes().to_vec();
    for _ in 0..30 {
        bytes = zip(&[("x", &bytes)]);
    }
    assert_eq!(walk("x", &bytes).1[0].kind, Refusal::Limit);
}

#[test]
fn members_are_counted() {
    let few = Limits { members: 3, ..Limits::default() };
    let rows = "1,1/1/2001 1:01,A,B,C,D,E,F\n".repeat(10);
    let (items, refused) = walk_with("x", rows.as_bytes(), &Collections::built_in(), &few);
    assert_eq!((items.len(), refused[0].kind), (3, Refusal::Limit));
}

#[test]
fn names_that_climb_stay_names() {
    let packed = tar(&[
        ("../../etc/passwd", TELEGRAM.as_bytes()),
        ("/abs\u{1b}[2J.txt", TELEGRAM.as_bytes()),
        (".hidden", b"x"),
    ]);
    let paths: Vec<String> = walk("x.tar", &packed).0.into_iter().map(|item| item.path).collect();
    assert_eq!(paths, ["x.tar/etc/passwd", "x.tar/abs\u{fffd}[2J.txt"]);
    let packed = zip(&[("..\\..\\x.txt", TELEGRAM.as_bytes())]);
    assert_eq!(walk("x.zip", &packed).0[0].path, "x.zip/x.txt");
}

#[test]
fn entities_are_not_multiplied() {
    let mut text = "<!DOCTYPE TEI [<!ENTITY a0 \"laughs laughs laughs laughs \">".to_owned();
    for level in 1..30 {
        let of = format!("&a{};", level - 1).repeat(10);
        text = text + "<!ENTITY a" + &level.to_string() + " \"" + &of + "\">";
    }
    text.push_str("]><TEI><div type=\"document\" xml:id=\"d1\"><p>&a29; &lt;</p></div></TEI>");
    let (items, refused) = walk("x", text.as_bytes());
    assert_eq!((items.len(), refused.len()), (1, 0), "{refused:?}");
    let document =
        reftel_sources::document(&items[0].bytes, &items[0].reader, &Collections::built_in()).unwrap();
    assert_eq!(document.text.trim(), "&a29; <");
}

#[test]
fn elements_lie_only_so_deep_and_documents_must_end() {
    let deep = format!("<TEI><div type=\"document\" xml:id=\"d1\">{}", "<p>".repeat(100_000));
    assert_eq!(walk("x", deep.as_bytes()).1[0].kind, Refusal::Damaged);
    let open =
        "<TEI><div type=\"document\" xml:id=\"d1\"><p>a</p></div><div type=\"document\" xml:id=\"d2\"><p>";
    let (items, refused) = walk("x", open.as_bytes());
    assert_eq!((items.len(), refused.len()), (1, 1));
    assert!(refused[0].why.contains("document d2 has no end"), "{refused:?}");
}

#[test]
fn a_quote_that_never_closes_costs_one_row() {
    let row = |id: u32, text: &str| format!("{id},1/1/2001 1:01,01VALDORIA{id},B,C,,E,{text}\n");
    let table = row(1, "fine")
        + &row(2, "\"never closed")
        + &row(3, "fine")
        + &row(4, "\"fine too\"")
        + &row(5, "fine");
    let (items, refused) = walk("x", table.as_bytes());
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].why.contains("line 2"), "{refused:?}");
    assert_eq!(items.len(), 4, "the rows around it");
    let hostile = "1,1/1/2001 1:01,A,B,C,D,E,\"x\n".to_owned() + &"a,\"b\n\n".repeat(20_001);
    let started = Instant::now();
    survive(hostile.as_bytes());
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_million_columns_and_a_field_of_megabytes() {
    let wide = format!("1,1/1/2001 1:01,A,B,C,D,E,F\n{}\n", ",".repeat(1_000_000));
    assert!(walk("x", wide.as_bytes()).1.is_empty());
    assert_eq!(survive(wide.as_bytes()), 2);
    let huge = format!("1,1/1/2001 1:01,01VALDORIA1,B,C,,E,\"{}\"\n", "A \\\"".repeat(500_000));
    assert_eq!(survive(huge.as_bytes()), 1);
}

/// Makes a text of a size.
type Make<'m> = &'m dyn Fn(usize) -> String;

#[test]
fn time_grows_no_faster_than_the_text() {
    let volume = |n: usize| {
        let mut text =
            "<TEI xml:id=\"frus1\"><list><item><persName xml:id=\"p_1\">Doe</persName></item></list>"
                .to_owned();
        for id in 0..n {
            write!(
                text,
                "<div type=\"document\" xml:id=\"d{id}\"><p corresp=\"#p_1\">{}</p></div>",
                "x ".repeat(50)
            )
            .unwrap();
        }
        text + "</TEI>"
    };
    let page = |n: usize| format!("<html><pre>{}", "<a &x; <!".repeat(n));
    let attributes = |n: usize| format!("Message Attributes\nSubject: {}", "\n more".repeat(n));
    let notes = |n: usize| format!("---\nid: 1\n---\n _\n1 a{}", "\nDocument 5 and".repeat(n));
    let many = |n: usize| format!("---\nid: 1\n---\n _{}", "\n7 a".repeat(n));
    let time = |text: String| {
        let started = Instant::now();
        survive(text.as_bytes());
        started.elapsed()
    };
    for (name, make) in [
        ("volume", &volume as Make<'_>),
        ("page", &page),
        ("attributes", &attributes),
        ("notes", &notes),
        ("many notes", &many),
    ] {
        let (small, large) = (time(make(1000)), time(make(8000)));
        // Eight times the text: sixty-four times the time would be quadratic. The machine may be busy.
        assert!(large < small * 40 + Duration::from_millis(500), "{name}: {small:?}, {large:?}");
    }
}
