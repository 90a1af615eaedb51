//! Pages made from values written by hand: no archive, no parser, no server.
#![allow(clippy::too_many_lines, reason = "a telegram's every field, written by hand")]

use std::path::Path;
use std::time::Duration;

use jiff::civil::date;
use maud::Markup;
use reftel_archive::{
    Books, Entry, Expansion, Explained, Found, Hit, Holdings, Id, Nearest, Part, QueryError, Reason, Snippet,
    Source, Standing, Telegram, Web,
};
use reftel_telegram::record::{
    Addressee, Block, BlockKind, Classification, ClassifiedBy, ExecutiveOrder, Mention, MentionKind,
    Paragraph, Passing, PassingKind, Precedence, Reference, ReferenceKind, Sections, Station, Subject, Tag,
    TagKind, YearSource,
};
use reftel_telegram::{Card, Record, Span, Spanned};

use super::pages;
use super::pages::search::{Answer, Asked, Named, Order, Why};
use super::room::{Home, Shown};
use crate::around::{Around, Edge, Node};

const ORIGINAL: &str = "VZCZCXRO6229
OO RUEHNM RUEHPA
DE RUEHVX #1000/01 1620928
ZNY CCCCC ZZH
O 110928Z JUN 09
FM AMEMBASSY VALDORIA
TO RUEHC/SECSTATE WASHDC IMMEDIATE 5585
INFO RUCNSEA/VALDORAN SEA POSTS COLLECTIVE PRIORITY
RUEHNM/AMEMBASSY NORTHMARK PRIORITY 1023
RUEHPA/AMCONSUL PORT ALDER PRIORITY 0697
C O N F I D E N T I A L SECTION 01 OF 02 VALDORIA 001000

SIPDIS

STATE FOR P, EUR/RPM
PLEASE PASS TO USTR

E.O. 12958: DECL: 06/10/2019
TAGS: PREL, ETRD, OVIP (DOE, JANE), VD
SUBJECT: VALDORIA: FOREIGN MINISTER ON THE FERRY TARIFF,
GRAIN, AND THE NORTHMARK COMMISSION

REF: A. SECSTATE 54767
     B. VALDORIA 957 (NOTAL)
     C. DOE-ROE E-MAIL OF JUNE 3

Classified By: Ambassador Jane Q. Roe: 1.4 (B), (D)

1.  (C) SUMMARY: On June 10, Foreign Minister Doe:

-- praised the OSCE report for its candor;

-- asked that the demarche on the ferry tariff (reftel A) be
submitted by diplomatic note; and

-- suggested a commission under WTO rules.  END SUMMARY.

THE FERRY TARIFF
----------------

12. (S/NF) The Ambassador delivered the points in reftel B (see
also 08 NORTHMARK 12).  Doe said that the tariff is painful
this year, and gave these figures:

PORT        TONS     TARIFF
ALDER       1200     4.50
NORTHMARK    900     3.75

VALDORIA 00001000  002 OF 002

3.  (C) COMMENT: Doe was franker than we have known him.  END COMMENT.
ROE
BT
#1000
NNNN
";

/// The place of the `nth` occurrence of `words`.
fn at(words: &str, nth: usize) -> Span {
    let (start, found) = ORIGINAL.match_indices(words).nth(nth).unwrap_or_else(|| panic!("{words}"));
    Span::new(start, start + found.len())
}

fn read<T>(value: T, words: &str) -> Spanned<T> {
    Spanned::new(value, at(words, 0))
}

fn station(plad: &str, ri: Option<&str>, post: &str) -> Station {
    Station { plad: plad.into(), routing_indicator: ri.map(str::to_owned), post: Some(post.into()) }
}

fn addressee(
    words: &str,
    station: Station,
    precedence: Precedence,
    number: Option<&str>,
) -> Spanned<Addressee> {
    let continuity_number = number.map(str::to_owned);
    let collective = station.plad.ends_with("COLLECTIVE");
    read(
        Addressee {
            station,
            precedence: Some(precedence),
            continuity_number,
            collective,
            ..Addressee::default()
        },
        words,
    )
}

fn paragraph(
    from: &str,
    to: &str,
    lead: &str,
    number: u32,
    printed: &str,
    portion: &str,
) -> Spanned<Paragraph> {
    let span = at(from, 0).cover(at(to, 0));
    let mut lines = Vec::new();
    let mut text = String::new();
    let mut byte = span.start;
    for line in ORIGINAL[span.range()].split_inclusive('\n') {
        let skip = if lines.is_empty() { lead.len() } else { 0 };
        lines.push((text.len(), Span::new(byte + skip, byte + line.trim_end().len().max(skip))));
        text.push_str(&line[skip..]);
        byte += line.len();
    }
    let value = Paragraph {
        number: Some(number),
        number_printed: Some(printed.into()),
        portion: Some(portion.into()),
        heading: None,
        text,
        lines,
    };
    Spanned::new(value, span)
}

fn reference(label: &str, printed: &str, kind: ReferenceKind, mrn: Option<&str>) -> Spanned<Reference> {
    let notal = printed.starts_with("VALDORIA");
    read(
        Reference {
            label: Some(label.into()),
            kind,
            printed: printed.into(),
            mrn: mrn.map(str::to_owned),
            year: Some(YearSource::Inherited),
            notal,
            captions: Vec::new(),
            and_previous: false,
            dtg: None,
            resolved: None,
        },
        printed,
    )
}

fn tag(code: &str, kind: TagKind, person: Option<&str>) -> Spanned<Tag> {
    read(Tag { code: Some(code.into()), kind, person: person.map(str::to_owned) }, code)
}

fn mention(words: &str, mrn: Option<&str>, reference: Option<usize>) -> Spanned<Mention> {
    let kind = if reference.is_some() { MentionKind::Label } else { MentionKind::Number };
    read(Mention { kind, printed: words.to_owned(), mrn: mrn.map(str::to_owned), reference }, words)
}

fn record() -> Record {
    let mut ferry = paragraph("12. (S/NF)", "NORTHMARK    900     3.75", "12. (S/NF) ", 2, "12", "S/NF");
    ferry.value.heading = Some("THE FERRY TARIFF".into());
    Record {
        mrn: Some(read("09VALDORIA1000".into(), "VALDORIA 001000")),
        mrn_printed: Some("VALDORIA 001000".into()),
        precedence: Some(Spanned::new(
            Precedence::Immediate,
            Span::new(at("O 110928Z", 0).start, at("O 110928Z", 0).start + 1),
        )),
        dtg: Some(read(date(2009, 6, 11).at(9, 28, 0, 0), "110928Z JUN 09")),
        dtg_printed: Some("110928Z JUN 09".into()),
        from: Some(read(station("AMEMBASSY VALDORIA", None, "VALDORIA"), "AMEMBASSY VALDORIA")),
        to: vec![addressee(
            "RUEHC/SECSTATE WASHDC IMMEDIATE 5585",
            station("SECSTATE WASHDC", Some("RUEHC"), "STATE"),
            Precedence::Immediate,
            Some("5585"),
        )],
        info: vec![
            addressee(
                "RUCNSEA/VALDORAN SEA POSTS COLLECTIVE PRIORITY",
                Station {
                    plad: "VALDORAN SEA POSTS COLLECTIVE".into(),
                    routing_indicator: Some("RUCNSEA".into()),
                    post: None,
                },
                Precedence::Priority,
                None,
            ),
            addressee(
                "RUEHNM/AMEMBASSY NORTHMARK PRIORITY 1023",
                station("AMEMBASSY NORTHMARK", Some("RUEHNM"), "NORTHMARK"),
                Precedence::Priority,
                Some("1023"),
            ),
            addressee(
                "RUEHPA/AMCONSUL PORT ALDER PRIORITY 0697",
                station("AMCONSUL PORT ALDER", Some("RUEHPA"), "PORTALDER"),
                Precedence::Priority,
                Some("0697"),
            ),
        ],
        classification: Some(read(Classification::Confidential, "C O N F I D E N T I A L")),
        captions: vec![read("SIPDIS".into(), "SIPDIS")],
        sections: Sections { present: vec![1], total: Some(2) },
        passing: vec![read(
            Passing {
                kind: PassingKind::For,
                via: Some("STATE".into()),
                to: vec!["P".into(), "EUR/RPM".into()],
                ..Passing::default()
            },
            "STATE FOR P, EUR/RPM",
        )],
        executive_order: Some(read(
            ExecutiveOrder {
                order: Some("12958".into()),
                instruction: Some("DECL".into()),
                date: Some(date(2019, 6, 10)),
                ..ExecutiveOrder::default()
            },
            "E.O. 12958: DECL: 06/10/2019",
        )),
        tags: vec![
            tag("PREL", TagKind::Subject, None),
            tag("ETRD", TagKind::Subject, None),
            tag("OVIP", TagKind::Subject, Some("DOE, JANE")),
            tag("VD", TagKind::Geographic, None),
        ],
        subject: Some(read(
            Subject {
                text: "VALDORIA: FOREIGN MINISTER ON THE FERRY TARIFF, GRAIN, AND THE NORTHMARK COMMISSION"
                    .into(),
                printed: String::new(),
                portion: None,
            },
            "VALDORIA: FOREIGN MINISTER ON THE FERRY TARIFF,\nGRAIN, AND THE NORTHMARK COMMISSION",
        )),
        references: vec![
            reference("A", "SECSTATE 54767", ReferenceKind::Telegram, Some("09STATE54767")),
            reference("B", "VALDORIA 957 (NOTAL)", ReferenceKind::Telegram, Some("09VALDORIA957")),
            reference("C", "DOE-ROE E-MAIL OF JUNE 3", ReferenceKind::Email, None),
        ],
        classified_by: vec![read(
            ClassifiedBy {
                name: Some("Jane Q. Roe".into()),
                title: Some("Ambassador".into()),
                reasons: vec!["1.4(b)".into(), "1.4(d)".into()],
            },
            "Ambassador Jane Q. Roe: 1.4 (B), (D)",
        )],
        paragraphs: vec![
            paragraph("1.  (C) SUMMARY", "END SUMMARY.", "1.  (C) ", 1, "1", "C"),
            ferry,
            paragraph("3.  (C) COMMENT", "END COMMENT.", "3.  (C) ", 3, "3", "C"),
        ],
        blocks: vec![
            Spanned::new(
                Block { kind: BlockKind::Summary, text: String::new(), paragraphs: vec![1] },
                at("SUMMARY: On", 0).cover(at("END SUMMARY.", 0)),
            ),
            Spanned::new(
                Block { kind: BlockKind::Comment, text: String::new(), paragraphs: vec![3] },
                at("COMMENT: Doe", 0).cover(at("END COMMENT.", 0)),
            ),
        ],
        signatures: vec![Spanned::new("ROE".into(), at("ROE\nBT", 0))],
        mentions: vec![
            mention("reftel A", None, Some(0)),
            mention("reftel B", None, Some(1)),
            mention("08 NORTHMARK 12", Some("08NORTHMARK12"), None),
        ],
        ..Record::default()
    }
}

fn card(mrn: &str, subject: &str) -> Card {
    Card {
        mrn: Some(mrn.into()),
        year: Some(2009),
        dtg: Some(date(2009, 6, 12).at(17, 0, 0, 0)),
        post: Some("NORTHMARK".into()),
        to: vec!["STATE".into(), "VALDORIA".into()],
        classification: Some("SECRET"),
        captions: vec!["EXDIS".into()],
        tags: vec!["PREL".into(), "ETRD".into()],
        subject: Some(subject.into()),
        ..Card::default()
    }
}

fn entry(id: i64, mrn: &str, subject: &str) -> Entry {
    Entry { id: Id(id), card: card(mrn, subject) }
}

fn shown(bytes: &[u8], record: Record) -> Shown {
    let source = Source {
        path: "in/valdoria-1000.txt".into(),
        through: None,
        part: 0,
        span: Span::new(0, bytes.len()),
        hash: "9f".repeat(32),
        at: Span::new(0, bytes.len()),
        retransmission: false,
    };
    let subject = record.subject.as_ref().map(|subject| subject.text.clone());
    let mrn = record.mrn.as_ref().map(|mrn| mrn.value.clone());
    let telegram = Telegram {
        id: Id(7),
        card: Card { mrn, subject, year: Some(2009), post: Some("VALDORIA".into()), ..Card::default() },
        bytes: bytes.to_vec(),
        record,
        sources: vec![source],
        collected: None,
        corrected: Vec::new(),
    };
    let web = Web {
        cites: vec![
            ("09STATE54767".into(), Vec::new()),
            ("09VALDORIA957".into(), vec![entry(5, "09VALDORIA957", "THE MINISTER ASKS FOR TIME")]),
            ("08NORTHMARK12".into(), Vec::new()),
        ],
        cited_by: vec![entry(9, "09NORTHMARK310", "NORTHMARK ANSWERS ON THE FERRY TARIFF")],
        same_number: Vec::new(),
        ..Web::default()
    };
    let likely = reftel_archive::Alternative {
        entry: entry(7, "08NORTHMARC12", "THE KEEPER <b>LEFT</b>"),
        confidence: 0.92,
        reasons: vec!["the post differs in one letter"],
    };
    let resolved = vec![reftel_archive::Resolved {
        mrn: "08NORTHMARK12".into(),
        standing: reftel_archive::Standing::Probable,
        confidence: 0.92,
        telegrams: vec![likely],
    }];
    Shown {
        telegram,
        web,
        resolved,
        previous: Some(entry(5, "09VALDORIA957", "x")),
        next: Some(entry(8, "09VALDORIA1003", "x")),
        copies: reftel_archive::Gathered::default(),
    }
}

fn text_of(page: Markup) -> String {
    page.into_string()
}

/// Text that tries to be more than text.
const HOSTILE: &str =
    "\"><img src=x onerror=alert(1)></script><script>alert(1)</script> javascript:alert(1) \u{202E}evil\u{0}";

fn asked(query: &str) -> Asked {
    Asked { query: query.into(), sort: Order::Relevance, page: 1, after: None, why: false }
}

/// The page of results, with all that can be said of them.
fn results(asked: &Asked, found: &Found, named: Option<&Named>) -> String {
    let hostile = || HOSTILE.to_owned();
    let why = Why {
        explained: Explained {
            total: 0,
            parts: vec![Part {
                text: hostile(),
                alone: 1,
                without: 2,
                words: vec![hostile()],
                words_total: 3,
            }],
            nearest: vec![Nearest { query: hostile(), total: 4, change: hostile() }],
        },
        reasons: vec![vec![Reason { part: hostile(), weight: 1.5, subject: 1, text: 2 }]],
    };
    let expansions = [Expansion { typed: hostile(), also: vec![(hostile(), "what it stands for")] }];
    let day = |month| jiff::civil::date(1975, month, 1);
    let histogram = reftel_archive::Histogram { bars: vec![(day(1), 3), (day(4), 9)], undated: 2 };
    let dates = pages::dates::Dates { period: reftel_archive::Period::Month, histogram };
    let (found, last) = (found.clone(), Some(Id(9)));
    let elapsed = Duration::from_micros(3_400);
    let results = pages::search::Results {
        found,
        copies: Vec::new(),
        dates: Some(dates),
        last,
        meanings: true,
        elapsed,
    };
    let answer = Answer { results: &results, named, expansions: &expansions, why: Some(&why) };
    text_of(pages::search::page(asked, &answer))
}

fn found() -> Found {
    let snippet = |text: &str, mark: &str| {
        let start = text.find(mark).unwrap();
        let marks = vec![Span::new(start, start + mark.len())];
        let (paragraph, portion, anchor) = (Some(4), Some("C".into()), Some("p4".into()));
        Some(Snippet { text: text.into(), marks, paragraph, portion, anchor })
    };
    let hits = vec![
        Hit {
            id: Id(7),
            card: card("09VALDORIA1000", "VALDORIA: FOREIGN MINISTER ON THE FERRY TARIFF"),
            snippet: snippet(
                "…asked that the demarche on the ferry tariff (reftel A) be submitted by diplomatic note; and suggested a commission under WTO rules.",
                "ferry",
            ),
            more: Vec::new(),
            near: None,
        },
        Hit {
            id: Id(8),
            card: Card {
                classification: Some("UNCLASSIFIED"),
                captions: vec![],
                ..card("75PORTALDER41", "NEW <SCHEDULE> OF THE & FERRY")
            },
            snippet: snippet("The ferry <b>runs</b> daily.", "ferry"),
            more: snippet("No ferry on Sundays.", "ferry").into_iter().collect(),
            near: Some(reftel_archive::Nearness {
                by_words: Some(2),
                by_meaning: Some(1),
                similarity: Some(0.62),
                paragraph: 4,
            }),
        },
        Hit {
            id: Id(9),
            card: Card { classification: Some("TOP SECRET"), subject: None, ..card("09X1", "") },
            snippet: None,
            more: Vec::new(),
            near: None,
        },
    ];
    let mut found = Found { total: 137, hits, ..Found::default() };
    found.facets.years = (1973..1990).map(|year| (year, 3 * u64::try_from(year - 1970).unwrap())).collect();
    found.facets.posts = vec![("VALDORIA".into(), 60), ("STATE".into(), 44), ("PORT ALDER".into(), 33)];
    found.facets.classifications = vec![("CONFIDENTIAL".into(), 80), ("SECRET".into(), 57)];
    found.facets.tags = vec![("ETRD".into(), 100), ("PREL".into(), 37)];
    found
}

fn home() -> Home {
    let years: Vec<(i16, u64)> = (1973..=2010_i16)
        .filter(|y| y % 11 != 0)
        .map(|y| (y, 40 + u64::from(y.unsigned_abs()) * 37 % 211))
        .collect();
    let names = [
        "STATE",
        "VALDORIA",
        "NORTHMARK",
        "PORT ALDER",
        "USUN",
        "GENEVA",
        "LONDON",
        "KESTREL BAY",
        "OSTERHOLM",
        "ARDEN",
        "MIRAVAL",
        "TESS",
        "QUILL",
    ];
    let holdings = Holdings {
        telegrams: 5_412,
        years,
        posts: names.iter().enumerate().map(|(i, name)| ((*name).into(), 1_200 / (i as u64 + 1))).collect(),
        classifications: vec![
            ("UNCLASSIFIED".into(), 2_900),
            ("CONFIDENTIAL".into(), 1_800),
            ("SECRET".into(), 700),
            ("TOP SECRET".into(), 12),
        ],
        most_missing: vec![
            ("74STATE12345".into(), 31),
            ("75NORTHMARK88".into(), 12),
            ("09STATE54767".into(), 7),
        ],
        cited: 4_100,
        cited_held: 3_020,
        ..Holdings::default()
    };
    let books = Books {
        seen: 5_600,
        kept: 5_380,
        duplicates: 190,
        not_telegrams: 28,
        failed: 2,
        telegrams: 5_412,
        texts: 5_412,
        text_bytes: 24_000_000,
        disk_bytes: 19_000_000,
        collections: Vec::new(),
    };
    Home {
        holdings,
        books,
        newest: vec![
            entry(9, "09NORTHMARK310", "NORTHMARK ANSWERS ON THE FERRY TARIFF"),
            entry(
                7,
                "09VALDORIA1000",
                "VALDORIA: FOREIGN MINISTER ON THE FERRY TARIFF, GRAIN, AND THE NORTHMARK COMMISSION",
            ),
        ],
        oldest: vec![
            entry(1, "73PORTALDER3", "REQUEST FOR INSTRUCTIONS"),
            entry(2, "73STATE881", "FERRY: INSTRUCTIONS"),
        ],
        examples: vec![("has:summary".into(), "with a summary")],
        unindexed: 12,
    }
}

#[test]
fn a_telegram_reads_well() {
    let page = text_of(pages::telegram::page(&shown(ORIGINAL.as_bytes(), record())));
    for part in [
        "Thursday 11 June 2009, 09:28 UTC",
        "Executive Order 12958: to be declassified on 10 June 2019",
        // Held: a link; not held: a link that says so, and the phantom's page behind it.
        "<a class=\"reftel\" href=\"/t/09VALDORIA957\">reftel B</a>",
        "<a class=\"reftel absent\" href=\"/t/09STATE54767\" title=\"not in this archive\">reftel A</a>",
        // Broken over two lines.
        "<a class=\"reftel absent\" href=\"/t/08NORTHMARK12\" title=\"not in this archive\">08 NORTHMARK 12</a>",
        "title=\"printed as 12\"",
        "<h2 class=\"heading\">THE FERRY TARIFF</h2>",
        "section 2 of 2 isn’t here",
    ] {
        assert!(page.contains(part), "no {part}");
    }
}

#[test]
fn a_time_without_a_zone_is_local() {
    let mut record = record();
    record.dtg_printed = Some("11 June 2009, 9.28 a.m.".into());
    let page = text_of(pages::telegram::page(&shown(ORIGINAL.as_bytes(), record.clone())));
    assert!(
        page.contains("<time datetime=\"2009-06-11T09:28\">Thursday 11 June 2009, 09:28 local time</time>")
    );
    record.dtg_printed = Some("11 June 2009".into());
    record.dtg = Some(read(date(2009, 6, 11).at(0, 0, 0, 0), "110928Z JUN 09"));
    let page = text_of(pages::telegram::page(&shown(ORIGINAL.as_bytes(), record)));
    assert!(page.contains("<time datetime=\"2009-06-11\">Thursday 11 June 2009</time>"));
}

#[test]
fn examples_are_made_of_what_is_here() {
    let mut holdings = home().holdings;
    holdings.years.insert(0, (945, 1));
    holdings.most_missing[0].0 = "74X Y\"1".into();
    let examples = pages::home::examples(&holdings);
    assert!(examples.iter().any(|(query, _)| query.starts_with("date:1973..1978")), "{examples:?}");
    for (query, _) in examples {
        assert!(reftel_archive::Query::parse(&query).is_ok(), "{query}");
    }
}

#[test]
fn other_pages_can_be_seen() {
    assert!(text_of(pages::home::page(&home())).contains("5,412 telegrams, 1973 to 2010"));
    let asked = asked("ferry date:1975 from:\"PORT ALDER\"");
    let results = self::results(&asked, &found(), None);
    assert!(results.contains("<mark>ferry</mark> &lt;b&gt;runs"));
    let named = Named { mrn: "09STATE54767".into(), held: 0, citing: 2 };
    let none = self::results(&asked, &Found::default(), Some(&named));
    assert!(none.contains("No telegram matches") && none.contains("2 telegrams cite it"));
    let named = Named { held: 1, ..named };
    let held = self::results(&asked, &found(), Some(&named));
    assert!(
        held.contains("<a href=\"/t/09STATE54767\">Telegram <span class=\"mrn\">09STATE54767</span></a>")
    );
    let missing =
        text_of(pages::number::missing("09STATE54767", &[entry(7, "09VALDORIA1000", "FERRY")], None));
    assert!(missing.contains("1 telegram that is here cites it"));
    text_of(pages::number::several("09X1", &[entry(7, "09X1", "FERRY"), entry(8, "09X1", "CORRECTED")], &[]));
    text_of(pages::home::empty(Path::new("./reftel-archive")));
    text_of(pages::about::page());
    text_of(pages::books::page(&home().books, &[], 1));
    text_of(pages::browse::posts(Some(&home())));
}

#[test]
fn an_illegal_query_shows_its_place() {
    let error = QueryError {
        span: Span::new(6, 11),
        message: "no such field".into(),
        help: Some("did you mean `date:`".into()),
    };
    let page = text_of(pages::search::illegal(&asked("ferry dtae:1975<"), &error));
    assert!(page.contains("ferry <span class=\"wrong\">dtae:</span>1975&lt;"));
    // Also where the place is off the query, or inside a character.
    for (start, end) in [(0, 0), (99, 120), (1, 2), (5, 1)] {
        pages::search::illegal(&asked("é"), &QueryError { span: Span { start, end }, ..error.clone() });
    }
}

/// Text that tries to break out of the page, in every place where a page shows text.
#[test]
fn nothing_breaks_out() {
    let bytes = format!("{HOSTILE}\n{ORIGINAL}");
    let span = Span::new(0, HOSTILE.len());
    let text = || Spanned::new(HOSTILE.to_owned(), span);
    let mut record = record();
    record.mrn = Some(text());
    record.dtg_printed = Some(HOSTILE.into());
    record.from = Some(Spanned::new(station(HOSTILE, Some(HOSTILE), HOSTILE), span));
    record.to = vec![
        Spanned::new(
            Addressee {
                station: station(HOSTILE, None, HOSTILE),
                continuity_number: Some(HOSTILE.into()),
                exempt: vec![HOSTILE.into()],
                ..Addressee::default()
            },
            span
        );
        12
    ];
    record.captions = vec![text()];
    record.controls = vec![text()];
    record.signatures = vec![text()];
    record.tags = vec![Spanned::new(
        Tag { code: Some(HOSTILE.into()), kind: TagKind::Unknown, person: Some(HOSTILE.into()) },
        span,
    )];
    record.subject = Some(Spanned::new(
        Subject { text: HOSTILE.into(), printed: HOSTILE.into(), portion: Some(HOSTILE.into()) },
        span,
    ));
    record.references = vec![Spanned::new(
        Reference {
            label: Some(HOSTILE.into()),
            printed: HOSTILE.into(),
            mrn: Some(HOSTILE.into()),
            captions: vec![HOSTILE.into()],
            ..record.references[0].value.clone()
        },
        span,
    )];
    record.passing = vec![Spanned::new(
        Passing {
            kind: PassingKind::Pass,
            via: Some(HOSTILE.into()),
            to: vec![HOSTILE.into()],
            from: Some(HOSTILE.into()),
            note: Some(HOSTILE.into()),
        },
        span,
    )];
    record.classified_by = vec![Spanned::new(
        ClassifiedBy {
            name: Some(HOSTILE.into()),
            title: Some(HOSTILE.into()),
            reasons: vec![HOSTILE.into()],
        },
        span,
    )];
    record.executive_order = Some(Spanned::new(
        ExecutiveOrder {
            order: Some(HOSTILE.into()),
            instruction: Some(HOSTILE.into()),
            event: Some(HOSTILE.into()),
            exemptions: vec![HOSTILE.into()],
            date: None,
            ..ExecutiveOrder::default()
        },
        span,
    ));
    record.paragraphs = vec![Spanned::new(
        Paragraph {
            number: None,
            number_printed: Some(HOSTILE.into()),
            portion: Some(HOSTILE.into()),
            heading: Some(HOSTILE.into()),
            text: HOSTILE.into(),
            lines: vec![(0, span)],
        },
        span,
    )];
    let (kind, printed) = (MentionKind::Label, HOSTILE.to_owned());
    let mention = Mention { kind, printed, mrn: Some(HOSTILE.into()), reference: Some(0) };
    record.mentions = vec![Spanned::new(mention, span)];
    record.workflow.drafted_by = vec![text()];
    record.transmission.signals = vec![text()];
    record.nested = vec![Spanned::new(record.clone(), span)];
    let mut shown = shown(bytes.as_bytes(), record);
    shown.web.cited_by = vec![entry(1, HOSTILE, HOSTILE)];
    shown.previous = Some(entry(2, HOSTILE, HOSTILE));
    shown.telegram.sources[0].path = HOSTILE.into();
    let mut results = found();
    results.hits[0].card = Card {
        post: Some(HOSTILE.into()),
        tags: vec![HOSTILE.into()],
        to: vec![HOSTILE.into()],
        captions: vec![HOSTILE.into()],
        ..card(HOSTILE, HOSTILE)
    };
    results.hits[0].snippet = Some(Snippet {
        text: HOSTILE.into(),
        marks: vec![Span::new(2, 6), Span::new(0, 3), Span::new(50, 999)],
        portion: Some(HOSTILE.into()),
        anchor: Some("p1".into()),
        ..Snippet::default()
    });
    results.facets.posts = vec![(HOSTILE.into(), 3)];
    let rejected = reftel_archive::Rejected { path: HOSTILE.into(), state: "failed", reason: HOSTILE.into() };
    let phantom = reftel_archive::Phantom {
        mrn: HOSTILE.into(),
        post: HOSTILE.into(),
        cited_by: vec![(entry(1, HOSTILE, HOSTILE), Some(HOSTILE.into()))],
        alternatives: vec![reftel_archive::Alternative {
            entry: entry(2, HOSTILE, HOSTILE),
            confidence: 0.5,
            reasons: vec!["the post differs in one letter"],
        }],
        ..reftel_archive::Phantom::default()
    };
    let passage = reftel_analysis::Passage {
        text: HOSTILE.into(),
        copies: vec![0],
        instead: vec![(1, HOSTILE.into())],
        withheld: false,
    };
    let withheld = reftel_analysis::Passage { withheld: true, ..passage.clone() };
    let hand =
        reftel_archive::Hand { by: HOSTILE.into(), at: jiff::Timestamp::UNIX_EPOCH, because: HOSTILE.into() };
    let kinship = reftel_archive::Kinship {
        one: Id(7),
        other: Id(2),
        copies: false,
        reasons: vec![HOSTILE.into()],
        by_hand: Some(hand.clone()),
        strength: 1,
    };
    shown.telegram.corrected = vec![reftel_archive::Corrected {
        correction: reftel_archive::Correction {
            telegram: Id(7),
            field: "subject".into(),
            value: HOSTILE.into(),
            hand: hand.clone(),
            undone: None,
        },
        read: HOSTILE.into(),
    }];
    let apart = vec![(entry(2, HOSTILE, HOSTILE), kinship)];
    shown.copies.apart.clone_from(&apart);
    let (telegrams, joined) = (Vec::new(), Vec::new());
    let copies = crate::copies::Copies { telegrams, joined, apart, passages: vec![passage, withheld] };
    let mut citing = entry(1, HOSTILE, HOSTILE);
    citing.card.cites = vec![format!("{HOSTILE} 2")];
    let family = crate::family::Family { total: 9, telegrams: vec![citing] };
    let hostile = Named { mrn: HOSTILE.into(), held: 1, citing: 0 };
    let error = QueryError { span: Span::new(0, 4), message: HOSTILE.into(), help: Some(HOSTILE.into()) };
    for page in [
        text_of(pages::telegram::page(&shown)),
        self::results(&asked(HOSTILE), &results, Some(&hostile)),
        self::results(&asked(&format!("x from:\"{HOSTILE}")), &Found::default(), None),
        text_of(pages::search::illegal(&asked(HOSTILE), &error)),
        text_of(pages::number::missing(HOSTILE, &[entry(1, HOSTILE, HOSTILE)], Some(&phantom))),
        text_of(pages::picture::page(&hostile_around())),
        text_of(pages::thread::page(HOSTILE, &family)),
        text_of(pages::copies::page(Id(7), &copies)),
        text_of(pages::gaps::post(HOSTILE, &[])),
        text_of(pages::books::page(&Books::default(), &[rejected], 1)),
        text_of(pages::home::empty(Path::new(HOSTILE))),
    ] {
        assert!(page.contains("&lt;img"), "it isn't shown at all");
        assert!(!page.contains("<img"));
        assert_eq!(page.matches("<script").count(), 1, "only our own");
        assert!(!page.contains("href=\"javascript:"));
        // The search box gives back what was typed, as it was typed.
        let shown = page.replace(&format!("value=\"{}\"", maud::html! { (HOSTILE) }.0), "");
        let shown = shown.replace(&format!("from:{}", maud::html! { "\"" (HOSTILE) }.0), "");
        assert!(!shown.contains(['\u{202E}', '\u{0}']));
        assert!(!page.contains(" style=\""));
    }
}

#[test]
fn a_very_long_telegram_still_makes_a_page() {
    let mut bytes = ORIGINAL.as_bytes().to_vec();
    bytes.extend(std::iter::repeat_n(b"A LINE OF SOME THIRTY LETTERS X\n", 64_000).flatten());
    let mut record = record();
    let start = ORIGINAL.len();
    let lines = (0..64_000).map(|i| (i * 32, Span::new(start + i * 32, start + i * 32 + 31))).collect();
    let text = String::from_utf8(bytes[start..].to_vec()).unwrap();
    let long = Paragraph { text, lines, ..Paragraph::default() };
    record.paragraphs.push(Spanned::new(long, Span::new(start, bytes.len())));
    let page = pages::telegram::page(&shown(&bytes, record)).into_string();
    assert!(page.len() < 1_500_000, "{}", page.len());
    assert!(page.contains("see the raw original"));
    assert!(page.contains("more of the text are not set here"));
}

/// A web with hostile names and all three kinds of references.
fn hostile_around() -> Around {
    let node = |name: &str, step, held: bool| Node {
        name: name.to_owned(),
        entry: held.then(|| Entry { id: Id(7), card: card(name, HOSTILE) }),
        step,
    };
    let nodes =
        vec![node(HOSTILE, 0, true), node("B", 1, true), node(HOSTILE, 1, false), node("D", -1, true)];
    let edge = |from, to, standing| Edge { from, to, standing };
    let edges =
        vec![edge(0, 1, Standing::Found), edge(0, 2, Standing::Phantom), edge(3, 0, Standing::Probable)];
    Around { nodes, edges, left_out: 3 }
}

#[test]
fn a_picture_tells_references_apart_and_links_every_box() {
    let page = text_of(pages::picture::page(&hostile_around()));
    for class in ["ref found", "ref probable", "ref phantom", "node own", "node absent"] {
        assert!(page.contains(class), "{class}");
    }
    let svg = &page[page.find("<svg class=\"neighbours\"").unwrap()..];
    assert_eq!(svg.matches("<a class=").count(), 4);
    assert!(page.contains("no room for 3 more"), "{page}");
    let one = Around { nodes: hostile_around().nodes[..1].to_vec(), ..Around::default() };
    assert!(text_of(pages::picture::picture(&one)).contains("1 telegram and 0 references"));
}
