//! `--format sarif`: what editors and build servers read, SARIF 2.1.0.
//!
//! One run with the table of rules, a result for each irregularity, its region by line, column and byte, and
//! its repair as a fix. Columns count Unicode code points, as `columnKind` says.

use reftel_telegram::{Code, Diagnostic, Purpose, Severity, Span, explain};
use serde_json::{Value, json};

use crate::cli::place::Places;

/// The results gathered so far.
pub(super) struct Log {
    purpose: Purpose,
    results: Vec<Value>,
}

impl Log {
    pub(super) fn new(purpose: Purpose) -> Log {
        Log { purpose, results: Vec::new() }
    }

    /// Adds an irregularity of a file.
    pub(super) fn push(&mut self, file: &str, found: &Diagnostic, places: &Places) {
        let artifact = json!({ "uri": uri(file) });
        let region = region(found.span, places);
        let mut result = json!({
            "ruleId": found.code.name(),
            "ruleIndex": found.code as usize,
            "level": level(found.code.severity_for(self.purpose)),
            "message": { "text": found.message },
            "locations": [{ "physicalLocation": { "artifactLocation": artifact, "region": region } }],
        });
        if let Some(repair) = &found.repair {
            let replacement = json!({ "deletedRegion": region, "insertedContent": { "text": repair.after } });
            result["fixes"] = json!([{
                "description": { "text": format!("{} ({})", explain(found.code).mend, repair.confidence.name()) },
                "artifactChanges": [{ "artifactLocation": artifact, "replacements": [replacement] }],
            }]);
        }
        self.results.push(result);
    }

    /// The whole log. `complete` is false where a file could not be read.
    pub(super) fn finish(self, complete: bool) -> Value {
        let rules: Vec<Value> = Code::ALL.iter().map(|code| rule(*code, self.purpose)).collect();
        json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "reftel",
                    "version": env!("CARGO_PKG_VERSION"),
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                } },
                "invocations": [{ "executionSuccessful": complete }],
                "columnKind": "unicodeCodePoints",
                "results": self.results,
            }],
        })
    }
}

fn level(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Error) => "error",
        Some(Severity::Warning) => "warning",
        Some(Severity::Info) => "note",
        None => "none",
    }
}

fn rule(code: Code, purpose: Purpose) -> Value {
    let explanation = explain(code);
    let severity = code.severity_for(purpose);
    let help = format!("{}\n\nSource: {}", explanation.mend, code.source());
    json!({
        "id": code.name(),
        "name": format!("{code:?}"),
        "shortDescription": { "text": code.rule() },
        "fullDescription": { "text": explanation.why },
        "help": { "text": help },
        "defaultConfiguration": { "enabled": severity.is_some(), "level": level(severity) },
        "properties": { "source": code.source(), "expected": code.expected() },
    })
}

/// A place by line and column, from 1, and by byte, from 0. The end is the first character behind it.
fn region(span: Span, places: &Places) -> Value {
    let (line, column) = places.line_and_column(span.start);
    let (end_line, end_column) = places.line_and_column(span.end);
    // A place that ends with its line's end ends, for a person, on that line.
    let end = if (end_line, end_column) < (line, column) { (line, column) } else { (end_line, end_column) };
    json!({
        "startLine": line,
        "startColumn": column,
        "endLine": end.0,
        "endColumn": end.1,
        "byteOffset": span.start,
        "byteLength": span.len(),
    })
}

/// A path as a relative or absolute reference: what isn't plain in an address is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri += &format!("%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_an_address() {
        assert_eq!(uri("in box/a:b?#é.txt"), "in%20box/a%3Ab%3F%23%C3%A9.txt");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
    }

    #[test]
    fn a_region_counts_from_one_and_bytes_from_zero() {
        let places = Places::new("É 1\nÉÉ TAGE: X\n".as_bytes());
        let region = region(Span::new(10, 15), &places);
        assert_eq!(
            region,
            json!({"startLine": 2, "startColumn": 4, "endLine": 2, "endColumn": 9, "byteOffset": 10, "byteLength": 5})
        );
    }

    #[test]
    fn a_result_points_to_its_rule() {
        let mut log = Log::new(Purpose::Release);
        let (bytes, context) = (b"TAGE: PREL\n", reftel_telegram::Context::default());
        let places = Places::new(bytes);
        let readings = reftel_telegram::read(bytes, &context);
        for found in reftel_telegram::check(bytes, &readings, Purpose::Release) {
            log.push("a.txt", &found, &places);
        }
        let log = log.finish(true);
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert!(results.iter().any(|result| result["fixes"].is_array()), "{log}");
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
    }
}
