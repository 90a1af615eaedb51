//! Records printed, and read again.

use jiff::civil::date;
use proptest::prelude::*;
use reftel_telegram::record::{
    Addressee, Classification, ClassifiedBy, Dialect, ExecutiveOrder, Office, Paragraph, Passing,
    PassingKind, Precedence, Record, Reference, ReferenceKind, Sections, Station, Subject, Tag, TagKind,
    TransmissionId, YearSource,
};
use reftel_telegram::write::draft::Charset;
use reftel_telegram::{Context, Span, Spanned, is_telegram, read, write};

use crate::fixtures::all_fixtures;

const ALL: [Dialect; 5] =
    [Dialect::Acp127Us, Dialect::Acp127, Dialect::Janap128, Dialect::Acp126, Dialect::Archive1970s];

fn at<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Span::default())
}

fn each<T>(values: Vec<T>) -> Vec<Spanned<T>> {
    values.into_iter().map(at).collect()
}

/// Values that a fixture's own print writes otherwise: its copy damaged them, or an editor did.
const OTHERWISE: &[&str] = &["/dtg_printed", "/mrn_printed", "/number_printed"];

#[test]
fn fixtures_are_the_same_when_printed_and_read() {
    let (mut telegrams, mut equal) = (0, 0);
    for (name, bytes) in all_fixtures() {
        for reading in read(&bytes, &Context::default()) {
            // Telegrams of edited volumes and British ones have forms of their own, which aren't printed.
            let others = ["/edited-", "cablegram", "british"].iter().any(|form| name.contains(form));
            if is_telegram(&reading.record).is_err() || others {
                continue;
            }
            let printed = write::print(&reading.record, reading.record.dialect);
            telegrams += 1;
            equal += usize::from(printed.differences.is_empty());
            for found in &printed.differences {
                let known = OTHERWISE.iter().any(|ending| found.pointer.ends_with(ending));
                assert!(known, "{name}: {found:?}\n{}", printed.text);
            }
            // What was repaired once needs no repair again.
            let again = write::print(&back(&printed.text, &reading.record), reading.record.dialect);
            assert_eq!((&again.text, again.differences), (&printed.text, vec![]), "{name}");
        }
    }
    assert!(equal * 100 >= telegrams * 95, "{equal} of {telegrams} are equal");
}

/// Reads a print with the year that its record has.
fn back(text: &str, record: &Record) -> Record {
    let number = record.mrn.as_ref().and_then(|mrn| reftel_telegram::parts(&mrn.value));
    let year = record.dtg.as_ref().map(|dtg| dtg.value.year());
    let year = year.or(number.map(|parts| reftel_telegram::datetime::full_year(parts.0, None)));
    read(text.as_bytes(), &Context { year }).remove(0).record
}

#[test]
fn every_fixture_prints_in_every_dialect() {
    for (name, bytes) in all_fixtures() {
        for reading in read(&bytes, &Context::default()) {
            for dialect in ALL {
                let printed = write::print(&reading.record, dialect);
                let back = back(&printed.text, &reading.record);
                // The list is whole: whoever has it has the record.
                let listed: Vec<_> = printed.differences.iter().map(|found| found.pointer.as_str()).collect();
                for found in write::compare(&reading.record, &back) {
                    let asked = found.pointer == "/dialect" && back.dialect == dialect;
                    assert!(asked || listed.contains(&found.pointer.as_str()), "{name}: {found:?}");
                }
            }
        }
    }
}

#[test]
fn what_a_dialect_cannot_carry_is_listed() {
    let us = include_bytes!("../../fixtures/regular/acp127-us-two-sections.txt");
    let record = read(us, &Context::default()).remove(0).record;
    let printed = write::print(&record, Dialect::Acp126);
    let lost: Vec<_> = printed.differences.iter().map(|found| found.pointer.as_str()).collect();
    assert!(lost.contains(&"/transmission/ids/0") && lost.contains(&"/transmission/validation"), "{lost:?}");
    assert!(lost.iter().all(|pointer| pointer.starts_with("/transmission/")), "{lost:?}");
    assert!(printed.differences.iter().all(|found| found.after.is_none()));

    let archive = include_bytes!("../../fixtures/regular/archive-1978-outgoing.txt");
    let record = read(archive, &Context::default()).remove(0).record;
    let printed = write::print(&record, Dialect::Acp127Us);
    let lost: Vec<_> = printed.differences.iter().filter(|found| found.before.is_some()).collect();
    assert!(lost.iter().any(|found| found.pointer == "/workflow/drafted_by/0"), "{lost:?}");
    assert!(lost.iter().any(|found| found.pointer == "/distribution/total"), "{lost:?}");
    let added: Vec<_> = printed.differences.iter().filter(|found| found.before.is_none()).collect();
    assert!(added.iter().any(|found| found.pointer == "/transmission/station"), "{added:?}");
    assert!(printed.text.starts_with("DE RUEHC #6107 3262231\n"), "{}", printed.text);
}

fn word() -> impl Strategy<Value = String> {
    proptest::sample::select(vec![
        "ferry", "tariff", "the", "harbor", "of", "PORT", "ALDER", "Minister", "Tamm", "said", "that",
        "dues", "(C)", "2009", "1.", "12", "St.", "REF", "would", "COMMENT", "rise", "again", "A-4", "STATE",
        "QUOTE", "not",
    ])
    .prop_map(str::to_owned)
}

/// A sentence over several lines. What begins a line is a word that begins nothing else.
fn text() -> impl Strategy<Value = String> {
    let line = proptest::collection::vec(word(), 1..9).prop_map(|words| format!("Lines {}", words.join(" ")));
    let more = proptest::sample::select(vec![
        "",
        "",
        "\n\nApart from that, nothing.",
        "\n1. First thing\n2. Second thing\n3. Third thing.",
        "\nA. One.\nB. Two.",
        "\n-- a dash, and a line of more than sixty-nine columns, which stands as it is, whatever comes.",
        " COMMENT: It will. END COMMENT.",
    ]);
    (proptest::collection::vec(line, 1..6), more).prop_map(|(lines, more)| lines.join("\n") + " go." + more)
}

fn paragraphs() -> impl Strategy<Value = Vec<Spanned<Paragraph>>> {
    let mark = proptest::option::of(proptest::sample::select(vec!["U", "C", "SBU", "C/NF"]));
    let heading =
        proptest::option::weighted(0.3, proptest::sample::select(vec!["Harbor Dues", "NEXT STEPS"]));
    proptest::collection::vec((mark, heading, text()), 1..8).prop_map(|list| {
        let numbered = (1..).zip(list).map(|(number, (mark, heading, text))| Paragraph {
            number: Some(number),
            number_printed: Some(number.to_string()),
            portion: mark.map(str::to_owned),
            heading: heading.map(str::to_owned),
            text,
            lines: Vec::new(),
        });
        each(numbered.collect())
    })
}

fn precedence() -> impl Strategy<Value = Precedence> {
    proptest::sample::select(vec![
        Precedence::Routine,
        Precedence::Priority,
        Precedence::Immediate,
        Precedence::Flash,
    ])
}

fn station() -> impl Strategy<Value = Station> {
    let names = proptest::sample::select(vec![
        ("AMEMBASSY VALDORIA", Some("VALDORIA")),
        ("AMCONSUL PORT ALDER", Some("PORTALDER")),
        ("AMEMBASSY LISBON", Some("LISBON")),
        ("SECSTATE WASHDC", Some("STATE")),
        ("HARBOUR OFFICE NORTHMARK", None),
    ]);
    (names, proptest::option::of("RXD[A-Z]{3}")).prop_map(|((plad, post), indicator)| Station {
        plad: plad.to_owned(),
        routing_indicator: indicator,
        post: post.map(str::to_owned),
    })
}

fn addressee() -> impl Strategy<Value = Addressee> {
    let exempt =
        proptest::collection::vec(proptest::sample::select(vec!["AMCONSUL PORT ALDER", "AIT TAIPEI"]), 0..3);
    let number = proptest::option::of("[0-9]{4}");
    let way = proptest::option::weighted(0.2, proptest::sample::select(vec!["BY POUCH", "POUCH"]));
    (
        station(),
        proptest::option::of(precedence()),
        any::<bool>(),
        number,
        proptest::bool::weighted(0.2),
        exempt,
        way,
    )
        .prop_map(|(mut station, precedence, niact, number, collective, exempt, way)| {
            if collective {
                station = Station { plad: "SKERRY POSTS COLLECTIVE".to_owned(), ..Station::default() };
            }
            Addressee {
                station,
                niact: niact && precedence.is_some(),
                precedence,
                continuity_number: number,
                collective,
                exempt: if collective { exempt.into_iter().map(str::to_owned).collect() } else { Vec::new() },
                delivery: way.map(str::to_owned),
            }
        })
}

fn order() -> impl Strategy<Value = ExecutiveOrder> {
    let of = |order: &str, instruction: &str, date, event: Option<&str>, codes: &[&str]| ExecutiveOrder {
        order: Some(order.to_owned()),
        instruction: Some(instruction.to_owned()),
        date,
        event: event.map(str::to_owned),
        exemptions: codes.iter().map(|code| (*code).to_owned()).collect(),
        ..ExecutiveOrder::default()
    };
    proptest::sample::select(vec![
        of("11652", "GDS", None, None, &[]),
        of("11652", "ADS", Some(date(2017, 12, 31)), None, &[]),
        of("11652", "XGDS", None, Some("SIGNATURE OF THE TREATY"), &["XGDS-1"]),
        of("12065", "RDS", Some(date(2019, 11, 12)), None, &["RDS-2"]),
        of("12356", "DECL", None, None, &["OADR"]),
        of("12958", "DECL", Some(date(2019, 6, 10)), None, &[]),
        of("12958", "DECL", None, Some("DEPARTURE OF THE DELEGATION"), &[]),
        of("12958", "DECL", None, None, &["X1", "X6"]),
        of("13526", "DECL", Some(date(2034, 6, 10)), None, &["25X1"]),
        of("13526", "DECL", None, None, &["50X1-HUM"]),
        of("12958", "N/A", None, None, &[]),
    ])
}

fn tags() -> impl Strategy<Value = Vec<Spanned<Tag>>> {
    let of = |code: &str, kind, person: Option<&str>| Tag {
        code: Some(code.to_owned()),
        kind,
        person: person.map(str::to_owned),
    };
    let one = proptest::sample::select(vec![
        of("PREL", TagKind::Subject, None),
        of("ETRD", TagKind::Subject, None),
        of("EWWT", TagKind::Subject, None),
        of("OVIP", TagKind::Subject, Some("DOE, JANE Q.")),
        of("OREP", TagKind::Subject, Some("ROE, JOHN")),
        of("KPAO", TagKind::Program, None),
        of("VD", TagKind::Geographic, None),
        of("NATO", TagKind::Organization, None),
        Tag { code: None, kind: TagKind::Person, person: Some("LUND, P.".to_owned()) },
    ]);
    proptest::collection::vec(one, 0..16).prop_map(each)
}

fn references() -> impl Strategy<Value = Vec<Spanned<Reference>>> {
    let of = |printed: &str, mrn: Option<&str>, year, kind| Reference {
        label: None,
        kind,
        printed: printed.to_owned(),
        mrn: mrn.map(str::to_owned),
        year,
        notal: printed.contains("NOTAL"),
        captions: if printed.contains("EXDIS") { vec!["EXDIS".to_owned()] } else { Vec::new() },
        and_previous: printed.contains("AND PREVIOUS"),
        dtg: None,
        resolved: None,
    };
    let one = proptest::sample::select(vec![
        of("VALDORIA 987", Some("09VALDORIA987"), Some(YearSource::Inherited), ReferenceKind::Telegram),
        of(
            "08 PORT ALDER 114 (NOTAL)",
            Some("08PORTALDER114"),
            Some(YearSource::Printed),
            ReferenceKind::Telegram,
        ),
        of("STATE 41207 (08)", Some("08STATE41207"), Some(YearSource::Printed), ReferenceKind::Telegram),
        of(
            "STATE 54767 (EXDIS, NOTAL)",
            Some("09STATE54767"),
            Some(YearSource::Inherited),
            ReferenceKind::Telegram,
        ),
        of(
            "LISBON 12 AND PREVIOUS",
            Some("09LISBON12"),
            Some(YearSource::Inherited),
            ReferenceKind::Telegram,
        ),
        of("VALDORIA A-123", Some("09VALDORIA-A123"), Some(YearSource::Inherited), ReferenceKind::Airgram),
        of("DOE-ROE EMAIL 06/09/09", None, None, ReferenceKind::Email),
        of("USDAO VALDORIA 311345Z MAY 09", None, None, ReferenceKind::Dtg),
    ]);
    proptest::collection::vec(one, 0..7).prop_map(|list| {
        let labelled = list.len() > 1;
        let label = |letter: char| labelled.then(|| letter.to_string());
        each(('A'..).zip(list).map(|(letter, one)| Reference { label: label(letter), ..one }).collect())
    })
}

fn passing() -> impl Strategy<Value = Vec<Spanned<Passing>>> {
    let of = |kind, via: Option<&str>, to: &[&str]| Passing {
        kind,
        via: via.map(str::to_owned),
        to: to.iter().map(|to| (*to).to_owned()).collect(),
        ..Passing::default()
    };
    let some = |text: &str| Some(text.to_owned());
    let one = proptest::sample::select(vec![
        Passing { from: some("AMBASSADOR DOE"), ..of(PassingKind::For, None, &["THE SECRETARY"]) },
        Passing { note: some("PLEASE PROTECT"), ..of(PassingKind::For, Some("NORTHMARK"), &["DCM"]) },
        Passing { note: some("TAKE AS IMMEDIATE"), ..of(PassingKind::For, None, &["ALL ADDEES"]) },
        of(PassingKind::For, Some("STATE"), &["EUR/XX", "EEB/IFD"]),
        of(PassingKind::For, Some("TREASURY"), &["J. DOE"]),
        of(PassingKind::For, None, &["THE SECRETARY"]),
        of(PassingKind::Pass, Some("DEPT"), &["USTR"]),
        of(PassingKind::Pass, None, &["CONSULS"]),
    ]);
    proptest::collection::vec(one, 0..4).prop_map(each)
}

prop_compose! {
    fn identity()(
        station in station(),
        to in proptest::collection::vec(addressee(), 1..5),
        info in proptest::collection::vec(addressee(), 0..5),
        action in precedence(),
        lower in proptest::option::of(precedence()),
        minute in 0i64..525_600,
        serial in 1u32..10_000,
    ) -> Record {
        let dtg = date(2009, 1, 1).at(0, 0, 0, 0).checked_add(jiff::Span::new().minutes(minute)).unwrap();
        Record {
            mrn: Some(at(format!("09VALDORIA{serial}"))),
            mrn_printed: Some(format!("VALDORIA {serial:06}")),
            precedence: Some(at(action)),
            precedence_info: lower.map(at),
            dtg: Some(at(dtg)),
            dtg_printed: Some(dtg.strftime("%d%H%MZ %b %y").to_string().to_ascii_uppercase()),
            from: Some(at(station)),
            to: each(to),
            info: each(info),
            ..Record::default()
        }
    }
}

prop_compose! {
    fn record()(
        identity in identity(),
        class in proptest::sample::select(vec![
            (Classification::Unclassified, vec![]),
            (Classification::Unclassified, vec!["LOU"]),
            (Classification::Unclassified, vec!["EFTO"]),
            (Classification::Unclassified, vec!["SBU", "SENSITIVE"]),
            (Classification::Restricted, vec![]),
            (Classification::Confidential, vec![]),
            (Classification::TopSecret, vec![]),
        ]),
        captions in proptest::sample::subsequence(vec!["EXDIS", "NOFORN", "SIPDIS"], 0..=3),
        order in proptest::option::weighted(0.9, order()),
        tags in tags(),
        subject in proptest::option::weighted(0.9, proptest::collection::vec(word(), 1..20)),
        passing in passing(),
        references in references(),
        classified in proptest::bool::weighted(0.6),
        paragraphs in paragraphs(),
        signatures in proptest::sample::subsequence(vec!["DOE", "ROE"], 0..=2),
        sections in 1u32..4,
    ) -> Record {
        let sensitive = class.1.contains(&"SENSITIVE");
        let captions = captions.into_iter().chain(sensitive.then_some("SENSITIVE"));
        let by = ClassifiedBy {
            name: Some("Jane Q. Roe".to_owned()),
            title: Some("Economic Counselor".to_owned()),
            reasons: vec!["1.4(b)".to_owned(), "1.4(d)".to_owned()],
        };
        let subject = subject.map(|words| Subject {
            text: format!("Ferries {}", words.join(" ")),
            printed: format!("(C) Ferries {}", words.join(" ")),
            portion: Some("C".to_owned()),
        });
        let sections = if sections > 1 && paragraphs.len() >= sections as usize {
            Sections { present: (1..=sections).collect(), total: Some(sections) }
        } else {
            Sections::default()
        };
        Record {
            classification: Some(at(class.0)),
            controls: each(class.1.into_iter().filter(|word| *word != "SENSITIVE").map(str::to_owned).collect()),
            captions: each(captions.map(str::to_owned).collect()),
            sections,
            executive_order: order.map(at),
            tags,
            subject: subject.map(at),
            passing,
            references,
            classified_by: each(if classified { vec![by] } else { Vec::new() }),
            paragraphs,
            signatures: each(signatures.into_iter().map(str::to_owned).collect()),
            ..identity
        }
    }
}

/// Gives a record what its dialect has besides.
fn in_dialect(mut record: Record, dialect: Dialect, seed: u32) -> Record {
    record.dialect = dialect;
    let serial = format!("{:04}", seed % 10_000);
    let filed = record
        .dtg
        .as_ref()
        .unwrap()
        .value
        .checked_add(jiff::Span::new().minutes(i64::from(seed % 600)))
        .unwrap();
    let own = &mut record.transmission;
    if matches!(dialect, Dialect::Acp127Us | Dialect::Acp127 | Dialect::Janap128) {
        let parts = record.sections.present.len().max(1);
        let ids = (0..parts)
            .map(|part| TransmissionId { designator: "XRO".to_owned(), serial: format!("{part:04}") });
        own.ids = each(ids.collect());
        own.routing_precedence = Some(at(Precedence::Flash));
        own.called = each(["RUEHC", "RUEHPQ", "RHMFIUU"].map(str::to_owned).to_vec());
        own.station = Some(at("RUEHVX".to_owned()));
        own.station_serial = Some(at(serial.clone()));
        own.filed = Some(at(filed));
        own.warning = Some(at("ZNY".to_owned()));
        own.class_characters = Some(at("CCCCC".to_owned()));
        own.signals = each(["ZZH", "ZDK"].map(str::to_owned).to_vec());
    } else {
        own.signals = each(vec!["ZFF4".to_owned()]);
    }
    if dialect == Dialect::Acp127Us && !record.sections.present.is_empty() {
        own.station_section = Some(at(1));
    }
    if matches!(dialect, Dialect::Acp127Us | Dialect::Janap128) {
        own.validation = Some(at(serial));
    }
    if dialect == Dialect::Janap128 {
        record.transmission.media = Some(at("TT".to_owned()));
        record.transmission.content = Some(at("ZYUW".to_owned()));
    }
    if dialect == Dialect::Archive1970s {
        let office = |office: &str, copies| Office { office: office.to_owned(), copies };
        record.distribution.action = each(vec![office("EUR", 12)]);
        record.distribution.info = each((10..30).map(|copies| office("OCT", copies)).collect());
        record.distribution.total = Some(at(402));
        record.workflow.drafted_by = each(vec!["EUR/XX:JQDOE:ABC".to_owned()]);
        record.workflow.approved_by = each(vec!["EUR:RROE".to_owned()]);
        record.workflow.cleared_by = each(vec!["EB/IFD:MDOE".to_owned(), "L:PLUND (SUBST)".to_owned()]);
    }
    record
}

/// Places whose values follow from others: who makes up a record has no need to know them.
fn follows(pointer: &str) -> bool {
    pointer.starts_with("/blocks/")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ours_printed_and_read_is_equal(record in record(), which in 0usize..5, seed in any::<u32>()) {
        let record = in_dialect(record, ALL[which], seed);
        let printed = write::print(&record, record.dialect);
        for found in &printed.differences {
            prop_assert!(follows(&found.pointer), "{found:?}\n{}", printed.text);
        }
        let first = back(&printed.text, &record);
        let again = write::print(&first, first.dialect);
        prop_assert_eq!(&again.text, &printed.text);
        prop_assert_eq!(again.differences, vec![]);
    }

    #[test]
    fn what_is_transmitted_is_read_as_it_was(record in record(), which in 0usize..4, seed in any::<u32>()) {
        let record = in_dialect(record, ALL[which], seed);
        // Where it is cut into sections, each has a number on the channel, and says which it is.
        let cut = ["/blocks/", "/sections/", "/transmission/ids", "/transmission/station_section"];
        for wire in [None, Some(Charset::Ascii)] {
            let sent = write::transmit(&record, record.dialect, wire).unwrap();
            for found in &sent.differences {
                prop_assert!(cut.iter().any(|start| found.pointer.starts_with(start)), "{found:?}\n{}", sent.text);
            }
            let first = back(&sent.text, &record);
            let again = write::transmit(&first, first.dialect, wire).unwrap();
            prop_assert_eq!(&again.text, &sent.text);
            prop_assert_eq!(again.differences, vec![]);
            for line in sent.text.lines().filter(|_| wire.is_none()) {
                prop_assert!(line.chars().count() <= write::COLUMNS, "{line}");
            }
        }
        // Five units have capitals only: what came over such a line goes over it again as it was.
        let sent = write::transmit(&record, record.dialect, Some(Charset::Ita2)).unwrap();
        let first = back(&sent.text, &record);
        let again = write::transmit(&first, first.dialect, Some(Charset::Ita2)).unwrap();
        prop_assert_eq!(&again.text, &sent.text);
        prop_assert_eq!(again.differences, vec![]);
    }

    #[test]
    fn any_dialect_lists_what_is_lost(record in record(), from in 0usize..5, to in 0usize..5, seed in any::<u32>()) {
        let record = in_dialect(record, ALL[from], seed);
        let printed = write::print(&record, ALL[to]);
        let back = back(&printed.text, &record);
        let found = write::compare(&record, &back);
        let real = found.iter().filter(|found| !(found.pointer == "/dialect" && back.dialect == ALL[to]));
        prop_assert_eq!(real.count(), printed.differences.len());
        for found in printed.differences.iter().filter(|found| !follows(&found.pointer)) {
            let about = ["/transmission/", "/workflow/", "/distribution/", "/dialect", "/dtg_printed"];
            prop_assert!(about.iter().any(|start| found.pointer.starts_with(start)), "{found:?}\n{}", printed.text);
        }
    }
}
