//! Every fixture is read; what each shows is in a snapshot beside it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use reftel_telegram::{Code, Context, Record, read};

use crate::lossless::{check_bytes, check_text};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures"))
}

/// Name and bytes of every fixture, in order.
pub(crate) fn all_fixtures() -> Vec<(String, Vec<u8>)> {
    ["regular", "irregular"].iter().flat_map(|kind| fixtures(kind)).collect()
}

fn fixtures(kind: &str) -> Vec<(String, Vec<u8>)> {
    let mut list: Vec<_> = fs::read_dir(folder().join(kind))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .map(|path| {
            (format!("{kind}/{}", path.file_name().unwrap().to_string_lossy()), fs::read(&path).unwrap())
        })
        .collect();
    list.sort();
    assert!(list.len() > 20, "no fixtures in {kind}");
    list
}

fn codes(bytes: &[u8]) -> BTreeSet<Code> {
    let readings = read(bytes, &Context::default());
    readings
        .iter()
        .flat_map(|reading| &reading.record.diagnostics)
        .map(|diagnostic| diagnostic.code)
        .collect()
}

/// Fixtures that the README marks as raising nothing.
fn silent() -> BTreeSet<String> {
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    readme
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" † |"))
        .map(|(name, _)| format!("irregular/{name}"))
        .collect()
}

#[test]
fn regular_ones_raise_nothing() {
    for (name, bytes) in fixtures("regular") {
        for reading in check_bytes(&bytes) {
            assert_eq!(reading.record.diagnostics, [], "{name}");
        }
    }
}

#[test]
fn irregular_ones_raise_something() {
    let silent = silent();
    for (name, bytes) in fixtures("irregular") {
        check_bytes(&bytes);
        assert!(silent.contains(&name) || !codes(&bytes).is_empty(), "{name} raises nothing");
    }
}

#[test]
fn every_code_has_a_fixture() {
    let shown: BTreeSet<Code> = fixtures("irregular").iter().flat_map(|(_, bytes)| codes(bytes)).collect();
    assert_eq!(shown, Code::ALL.iter().copied().collect());
}

#[test]
fn line_ends_make_no_difference() {
    for (name, bytes) in all_fixtures() {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        if text.contains('\r') || text.contains('\0') {
            continue;
        }
        let crlf = text.replace('\n', "\r\n");
        check_text(&crlf);
        let [plain, windows] = [&text, &crlf].map(|text| {
            let readings = read(text.as_bytes(), &Context::default());
            readings.iter().map(|reading| values(&reading.record)).collect::<Vec<_>>().join("\n")
        });
        assert_eq!(plain, windows, "{name}");
    }
}

/// The record in a readable form, without places.
#[allow(clippy::too_many_lines, reason = "one line a field")]
fn values(record: &Record) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            out.push_str(&format!("{name}: {value}\n"));
        }
    };
    line("mrn", record.mrn.as_ref().map(|mrn| mrn.value.clone()).unwrap_or_default());
    line("printed", record.mrn_printed.clone().unwrap_or_default());
    line("dialect", record.dialect.name().to_owned());
    let transmission = &record.transmission;
    line("ids", join(transmission.ids.iter().map(|id| format!("{} {}", id.designator, id.serial))));
    line("called", join(transmission.called.iter().map(|called| called.value.clone())));
    line(
        "station",
        join(transmission.station.iter().chain(&transmission.station_serial).map(|part| part.value.clone())),
    );
    line("filed", join(transmission.filed.iter().map(|filed| filed.value.to_string())));
    line(
        "security",
        join(
            transmission.warning.iter().chain(&transmission.class_characters).map(|part| part.value.clone()),
        ),
    );
    line("signals", join(transmission.signals.iter().map(|signal| signal.value.clone())));
    line(
        "precedence",
        join(record.precedence.iter().chain(&record.precedence_info).map(|sign| sign.value.to_string())),
    );
    line("dtg", join(record.dtg.iter().map(|dtg| dtg.value.to_string())));
    line("from", join(record.from.iter().map(|from| format!("{:?}", from.value))));
    for (name, list) in [("to", &record.to), ("info", &record.info)] {
        for entry in list {
            line(name, format!("{:?}", entry.value));
        }
    }
    line("classification", join(record.classification.iter().map(|class| class.value.to_string())));
    line("controls", join(record.controls.iter().map(|control| control.value.clone())));
    line("captions", join(record.captions.iter().map(|caption| caption.value.clone())));
    line("sections", format!("{:?} of {:?}", record.sections.present, record.sections.total));
    line("passing", join(record.passing.iter().map(|passing| format!("{:?}", passing.value))));
    line("order", join(record.executive_order.iter().map(|order| format!("{:?}", order.value))));
    line(
        "tags",
        join(record.tags.iter().map(|tag| format!("{:?}", (&tag.code, tag.kind.name(), &tag.person)))),
    );
    line("subject", join(record.subject.iter().map(|subject| format!("{:?}", subject.value))));
    for reference in &record.references {
        line("reference", format!("{:?}", reference.value));
    }
    line("classified by", join(record.classified_by.iter().map(|by| format!("{:?}", by.value))));
    for paragraph in &record.paragraphs {
        let paragraph = &paragraph.value;
        line(
            "paragraph",
            format!(
                "{:?} {:?} {:?} {:?}",
                paragraph.number, paragraph.portion, paragraph.heading, paragraph.text
            ),
        );
    }
    for block in &record.blocks {
        line("block", format!("{:?}", block.value));
    }
    line("signatures", join(record.signatures.iter().map(|name| name.value.clone())));
    line(
        "workflow",
        join(
            [&record.workflow.drafted_by, &record.workflow.approved_by, &record.workflow.cleared_by]
                .into_iter()
                .flatten()
                .map(|entry| entry.value.clone()),
        ),
    );
    let offices = |list: &[reftel_telegram::Spanned<reftel_telegram::record::Office>]| {
        join(list.iter().map(|office| format!("{}-{:02}", office.value.office, office.value.copies)))
    };
    line("action", offices(&record.distribution.action));
    line("distribution", offices(&record.distribution.info));
    line("mentions", join(record.mentions.iter().map(|mention| format!("{:?}", mention.value.mrn))));
    for nested in &record.nested {
        line("nested", format!("{{\n{}}}", values(&nested.value)));
    }
    for diagnostic in &record.diagnostics {
        line(diagnostic.code.name(), diagnostic.message.clone());
    }
    out
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

#[test]
fn snapshots() {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        for (name, bytes) in all_fixtures() {
            let readings = read(&bytes, &Context::default());
            let shown = readings.iter().map(|reading| values(&reading.record)).collect::<Vec<_>>().join("---\n");
            insta::assert_snapshot!(name.trim_end_matches(".txt").replace('/', "--"), shown);
        }
    });
}

/// `docs/diagnostics.md`, made from the codes and the fixtures. `REFTEL_BLESS=1` writes it.
#[test]
fn diagnostics_are_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/diagnostics.md");
    let page = diagnostics_page();
    if bless() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/diagnostics.md is not what the code says: run the tests with REFTEL_BLESS=1"
    );
}

#[allow(clippy::disallowed_methods, reason = "a test is asked to write by its environment")]
fn bless() -> bool {
    std::env::var_os("REFTEL_BLESS").is_some()
}

fn diagnostics_page() -> String {
    let mut page = String::from(
        "# Diagnostics\n\n\
         What `reftel check` and the `diagnostics` of a record can say. Codes are stable: they are never reused, and a\n\
         reader may rely on them. An odd telegram is still read; a diagnostic says what was odd, where, and, for a repair,\n\
         what was read instead. This page is made from the code (`crates/reftel-telegram/src/diagnostic.rs`) and its\n\
         fixtures (`crates/reftel-telegram/fixtures/irregular`) by a test.\n\n\
         - *info*: a repair that is certain, or worth knowing\n\
         - *warning*: unusual, or read by a guess\n\
         - *error*: breaks a rule that a message must keep\n",
    );
    let fixtures = fixtures("irregular");
    for code in Code::ALL {
        let shown = fixtures.iter().find_map(|(name, bytes)| {
            let readings = read(bytes, &Context::default());
            let found = readings
                .iter()
                .flat_map(|reading| &reading.record.diagnostics)
                .find(|found| found.code == *code)?;
            Some((name.clone(), found.message.clone()))
        });
        let (name, message) = shown.unwrap();
        page.push_str(&format!(
            "\n## {} ({})\n\n{}\n\n- expected: {}\n- source: {}\n- example: `{name}`: {message}\n",
            code.name(),
            code.severity().name(),
            code.rule(),
            code.expected(),
            code.source(),
        ));
    }
    page
}
