//! The laws that hold of every reading.

use reftel_telegram::{Context, Reading, Record, decode, parse, read};

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
