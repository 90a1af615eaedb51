//! The laws that hold of every reading.

use reftel_telegram::record::Dialect;
use reftel_telegram::write::COLUMNS;
use reftel_telegram::write::draft::{Charset, Options, draft};
use reftel_telegram::{Context, Purpose, Reading, Record, check, decode, mrn, parse, parts, read};

/// What must hold of any input, telegram or not.
pub(crate) fn check_bytes(bytes: &[u8]) -> Vec<Reading> {
    let readings = read(bytes, &Context::default());
    let mut end = 0;
    for reading in &readings {
        assert_eq!(reading.span.start, end, "a gap or an overlap between telegrams");
        end = reading.span.end;
        check_spans(&reading.record, bytes.len());
    }
    assert_eq!(end, bytes.len());
    if let (text, "utf-8") = decode(bytes) {
        check_text(&text);
    }
    readings
}

/// What must hold of any text.
pub(crate) fn check_text(text: &str) {
    let parse = parse(text, &Context::default());
    assert_eq!(parse.to_string(), text, "lines don't tile the text");
    for (pointer, span) in parse.record().spans() {
        assert!(text.get(span.range()).is_some(), "{pointer} {span:?} isn't at character boundaries");
    }
    for diagnostic in &parse.record().diagnostics {
        assert!(text.get(diagnostic.span.range()).is_some(), "{diagnostic:?} isn't at character boundaries");
    }
}

/// What must hold of what the rules find in any input.
pub(crate) fn check_findings(bytes: &[u8], readings: &[Reading]) {
    for purpose in [Purpose::Archive, Purpose::Release] {
        for found in check(bytes, readings, purpose) {
            assert!(found.span.start <= found.span.end && found.span.end <= bytes.len(), "{found:?}");
        }
    }
}

/// What must hold of any draft: it is refused at places of it, or made a telegram that says its number.
pub(crate) fn check_draft(text: &str) {
    for (dialect, charset) in [
        (Dialect::Acp127Us, Charset::Ascii),
        (Dialect::Acp127, Charset::Ita2),
        (Dialect::Janap128, Charset::Ascii),
        (Dialect::Acp126, Charset::Ita2),
    ] {
        match draft(text, &Options { dialect, charset }) {
            Ok(drafted) => {
                let back = read(drafted.text.as_bytes(), &Context::default()).remove(0).record;
                let number = |record: &Record| record.mrn.as_ref().map(|mrn| mrn.value.clone());
                assert_eq!(number(&back), number(&drafted.record), "{}", drafted.text);
                for line in drafted.text.lines() {
                    assert!(line.chars().count() <= COLUMNS && line.is_ascii(), "{line}");
                }
            }
            Err(refusals) => {
                assert!(!refusals.is_empty());
                for refusal in refusals {
                    assert!(
                        text.get(refusal.span.range()).is_some(),
                        "{refusal:?} isn't at character boundaries"
                    );
                }
            }
        }
    }
}

/// What must hold of any number: a canonical one is in one word and in capitals.
pub(crate) fn check_number(text: &str) {
    for year in [None, Some(1975), Some(2009)] {
        let number = mrn(text, &Context { year }).unwrap_or_default();
        let legal = |char: char| !char.is_whitespace() && !char.is_lowercase() && !char.is_control();
        assert!(number.chars().all(legal), "{number:?} of {text:?}");
    }
    let _ = parts(text);
}

fn check_spans(record: &Record, len: usize) {
    for (pointer, span) in record.spans() {
        assert!(span.start <= span.end && span.end <= len, "{pointer} {span:?} of {len}");
    }
    for diagnostic in &record.diagnostics {
        assert!(diagnostic.span.start <= diagnostic.span.end && diagnostic.span.end <= len, "{diagnostic:?}");
        assert!(!diagnostic.message.contains('\n'), "{diagnostic:?}");
    }
    for paragraph in &record.paragraphs {
        for (offset, span) in &paragraph.value.lines {
            assert!(paragraph.value.text.is_char_boundary(*offset), "{paragraph:?}");
            assert!(span.end <= len, "{span:?} of {len}");
        }
    }
}
