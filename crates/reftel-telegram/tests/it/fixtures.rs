//! Every fixture is read; what each shows is in a snapshot beside it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use reftel_telegram::{Code, Context, Diagnostic, Purpose, Record, check, explain, read};

use crate::lossless::{check_bytes, check_text};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures"))
}

/// Name and bytes of every fixture, in order.
pub(crate) fn all_fixtures() -> Vec<(String, Vec<u8>)> {
    ["regular", "irregular", RELEASE_REGULAR, RELEASE_IRREGULAR]
        .iter()
        .flat_map(|kind| fixtures(kind))
        .collect()
}

/// Telegrams that could be sent, and such as couldn't.
const RELEASE_REGULAR: &str = "release/regular";
const RELEASE_IRREGULAR: &str = "release/irregular";

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
    assert!(list.len() > 2, "no fixtures in {kind}");
    list
}

fn found(bytes: &[u8], purpose: Purpose) -> Vec<Diagnostic> {
    check(bytes, &read(bytes, &Context::default()), purpose)
}

fn codes(bytes: &[u8], purpose: Purpose) -> BTreeSet<Code> {
    found(bytes, purpose).iter().map(|diagnostic| diagnostic.code).collect()
}

/// Every irregular fixture with the purpose for which it is irregular.
fn irregular() -> impl Iterator<Item = (String, Vec<u8>, Purpose)> {
    let with = |kind, purpose| fixtures(kind).into_iter().map(move |(name, bytes)| (name, bytes, purpose));
    with("irregular", Purpose::Archive).chain(with(RELEASE_IRREGULAR, Purpose::Release))
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
    let mut odd = Vec::new();
    let of = |kind, purpose| fixtures(kind).into_iter().map(move |(name, bytes)| (name, bytes, purpose));
    for (name, bytes, purpose) in of("regular", Purpose::Archive)
        .chain(of(RELEASE_REGULAR, Purpose::Archive))
        .chain(of(RELEASE_REGULAR, Purpose::Release))
    {
        check_bytes(&bytes);
        odd.extend(found(&bytes, purpose).into_iter().map(|found| (name.clone(), found)));
    }
    assert_eq!(odd, []);
}

/// `docs/format.md` says of each point what shows it, by the name of a fixture or by a pattern of names.
#[test]
fn the_format_page_names_every_fixture_and_none_that_is_not() {
    let page = include_str!("../../../../docs/format.md");
    let patterns: Vec<&str> = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.starts_with("regular/") || name.starts_with("irregular/"))
        .map(|name| name.strip_suffix(".txt").unwrap_or(name))
        .collect();
    let fits = |pattern: &str, name: &str| match pattern.split_once('*') {
        Some((start, end)) => name.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
        None => name == pattern,
    };
    let names: Vec<String> = ["regular", "irregular"]
        .iter()
        .flat_map(|kind| fixtures(kind))
        .map(|(name, _)| name.trim_end_matches(".txt").to_owned())
        .collect();
    let unnamed: Vec<_> =
        names.iter().filter(|name| !patterns.iter().any(|pattern| fits(pattern, name))).collect();
    assert_eq!(unnamed, [] as [&String; 0]);
    let nothing: Vec<_> =
        patterns.iter().filter(|pattern| !names.iter().any(|name| fits(pattern, name))).collect();
    assert_eq!(nothing, [] as [&&str; 0]);
}

#[test]
fn irregular_ones_raise_something() {
    let silent = silent();
    for (name, bytes, purpose) in irregular() {
        check_bytes(&bytes);
        assert!(silent.contains(&name) || !codes(&bytes, purpose).is_empty(), "{name} raises nothing");
    }
}

#[test]
fn every_code_has_a_fixture() {
    let shown: BTreeSet<Code> = irregular().flat_map(|(_, bytes, purpose)| codes(&bytes, purpose)).collect();
    let without: Vec<&Code> = Code::ALL.iter().filter(|code| !shown.contains(code)).collect();
    assert_eq!(without, [&Code::SmallLetters; 0]);
}

/// What is wrong in an explanation is wrong in a fixture, and what is right mends it.
#[test]
fn explanations_are_true() {
    let fixtures: Vec<_> = irregular().collect();
    let mut untrue = Vec::new();
    for code in Code::ALL {
        let explanation = explain(*code);
        if explanation.wrong.is_empty() {
            continue;
        }
        let mends = fixtures.iter().any(|(_, bytes, purpose)| {
            let Ok(text) = std::str::from_utf8(bytes) else { return false };
            let count = |text: &str| {
                found(text.as_bytes(), *purpose).iter().filter(|found| found.code == *code).count()
            };
            let before = count(text);
            let mended = text.replacen(explanation.wrong, explanation.right, 1);
            before > 0 && mended != text && count(&mended) < before
        });
        if !mends {
            untrue.push(code.name());
        }
    }
    assert_eq!(untrue, [""; 0]);
}

/// Codes whose break can't be shown in a few lines.
#[test]
fn nearly_every_code_has_an_example() {
    let without: Vec<&str> =
        Code::ALL.iter().filter(|code| explain(**code).wrong.is_empty()).map(|code| code.name()).collect();
    assert_eq!(without, ["T005", "T007", "T008", "T031", "T032", "T095", "T153", "T160"]);
}

#[test]
fn repairs_leave_nothing_to_repair() {
    for (name, mut bytes, purpose) in irregular() {
        for diagnostic in found(&bytes, purpose).iter().rev() {
            let Some(repair) = &diagnostic.repair else { continue };
            assert!(diagnostic.span.end <= bytes.len(), "{name}");
            assert_ne!(&bytes[diagnostic.span.range()], repair.after.as_bytes(), "{name}: {diagnostic:?}");
        }
        if reftel_telegram::decode(&bytes).1 != "utf-8" {
            continue;
        }
        for round in 0.. {
            let found = found(&bytes, purpose);
            let Some(first) = found.iter().rev().find(|diagnostic| diagnostic.repair.is_some()) else {
                break;
            };
            assert!(round < 100, "{name}: never ends with {first:?}");
            let after = first.repair.as_ref().unwrap().after.bytes();
            bytes.splice(first.span.range(), after);
        }
    }
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
    line("other numbers", join(record.other_numbers.iter().map(|other| format!("{:?}", other.value))));
    line("dialect", record.dialect.name().to_owned());
    let found = [(record.copy.name(), &record.copy_found), ("dialect", &record.dialect_found)];
    let likely = found.into_iter().filter_map(|(name, found)| Some((name, found.as_ref()?)));
    let likely = likely.filter(|(name, found)| match *name {
        "dialect" => found.confidence.name() == "likely",
        name => !matches!(name, "line" | "unknown"),
    });
    line(
        "found",
        join(likely.map(|(name, found)| format!("{name}, {}: {}", found.confidence.name(), found.reason))),
    );
    let transmission = &record.transmission;
    line("readdressed", join(record.readdressal.iter().map(|heading| format!("{:?}", heading.value))));
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
    let relay =
        transmission.relay_counter.iter().chain(&transmission.relay_code).map(|part| part.value.clone());
    line("relay", join(relay.chain(transmission.relayed.iter().map(|time| time.value.to_string()))));
    line(
        "media",
        join(transmission.media.iter().chain(&transmission.content).map(|code| code.value.clone())),
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
            line(name, shown(&entry.value));
        }
    }
    line("classification", join(record.classification.iter().map(|class| class.value.to_string())));
    line("controls", join(record.controls.iter().map(|control| control.value.clone())));
    line("captions", join(record.captions.iter().map(|caption| caption.value.clone())));
    line("sections", format!("{:?} of {:?}", record.sections.present, record.sections.total));
    line("passing", join(record.passing.iter().map(|passing| shown(&passing.value))));
    line("order", join(record.executive_order.iter().map(|order| shown(&order.value))));
    line(
        "tags",
        join(record.tags.iter().map(|tag| format!("{:?}", (&tag.code, tag.kind.name(), &tag.person)))),
    );
    line("subject", join(record.subject.iter().map(|subject| format!("{:?}", subject.value))));
    for reference in &record.references {
        line("reference", shown(&reference.value));
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
    line("flag", join(record.distribution.flag.iter().map(|flag| flag.value.clone())));
    for set in &record.sets {
        line("set", format!("{} {:?}", set.name, set.fields));
    }
    line("reviews", join(record.reviews.iter().map(|review| format!("{:?}", review.value))));
    line("editorial", join(record.editorial_notes.iter().map(|note| note.value.clone())));
    line("mentions", join(record.mentions.iter().map(|mention| format!("{:?}", mention.value.mrn))));
    for nested in &record.nested {
        line("nested", format!("{{\n{}}}", values(&nested.value)));
    }
    for diagnostic in &record.diagnostics {
        line(diagnostic.code.name(), diagnostic.message.clone());
    }
    out
}

/// A value without the fields that few have, where it has none of them.
fn shown(value: &impl std::fmt::Debug) -> String {
    let mut text = format!("{value:?}");
    for field in ["delivery", "from", "note", "due", "dtg", "resolved"] {
        text = text.replace(&format!(", {field}: None"), "");
    }
    text.replace(", downgrades: []", "")
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

#[test]
fn snapshots() {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        let both = fixtures("regular").into_iter().chain(fixtures("irregular"));
        for (name, bytes) in both {
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
         What `reftel check` can say, and the `diagnostics` of a record. Codes are stable: they are never reused, and a\n\
         reader may rely on them. An odd telegram is still read; a diagnostic says what was odd, where, and, for a repair,\n\
         what was read instead. `reftel check --explain T012` prints an entry of this page.\n\n\
         A code has a severity for each purpose. `--for archive` looks at an old copy, and holds nobody to what only\n\
         a sender can keep; `--for release` looks at a telegram that is about to be sent. A record carries what the reader\n\
         itself came upon, with the severity for an archive.\n\n\
         - *info*: a repair that is certain, or worth knowing\n\
         - *warning*: unusual, or read by a guess\n\
         - *error*: breaks a rule that a message must keep\n\n\
         This page is made by a test from the code (`crates/reftel-telegram/src/diagnostic.rs`,\n\
         `crates/reftel-telegram/src/check/explanation.rs`) and its fixtures (`crates/reftel-telegram/fixtures`). The test\n\
         also sees that each wrong example is in a fixture and raises its code, and that the right one in its place doesn't.\n",
    );
    let fixtures: Vec<_> = irregular().collect();
    for code in Code::ALL {
        let explanation = explain(*code);
        let (name, message) = fixtures
            .iter()
            .find_map(|(name, bytes, purpose)| {
                let found = found(bytes, *purpose).into_iter().find(|found| found.code == *code)?;
                Some((name.clone(), found.message))
            })
            .unwrap();
        let severity =
            |purpose| code.severity_for(purpose).map_or("no rule", reftel_telegram::Severity::name);
        page.push_str(&format!(
            "\n## {}\n\n{} {}\n\n- archive: {}; release: {}\n- expected: {}\n- to mend: {}\n- source: {}\n\
             - example: `{name}`: {message}\n",
            code.name(),
            code.rule(),
            explanation.why,
            severity(Purpose::Archive),
            severity(Purpose::Release),
            code.expected(),
            explanation.mend,
            code.source(),
        ));
        if !explanation.wrong.is_empty() {
            let block = |text: &str| text.trim_matches('\n').to_owned();
            page.push_str(&format!("\nwrong:\n\n```text\n{}\n```\n", block(explanation.wrong)));
            if !explanation.right.is_empty() {
                page.push_str(&format!("\nright:\n\n```text\n{}\n```\n", block(explanation.right)));
            }
        }
    }
    page
}
