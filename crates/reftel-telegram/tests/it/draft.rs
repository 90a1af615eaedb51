//! Drafts: what is made of them, and what is refused.

use proptest::prelude::*;
use reftel_telegram::record::{Dialect, Precedence};
use reftel_telegram::write::COLUMNS;
use reftel_telegram::write::draft::{Charset, Drafted, Options, Refusal, draft};
use reftel_telegram::{Code, Context, Record, read};

const HEADERS: &str = "\
From: RUEHVX/AMEMBASSY VALDORIA
To: SECSTATE WASHDC PRIORITY 4821
Info: RUEHPQ/AMCONSUL PORT ALDER
Precedence: PRIORITY, ROUTINE
Number: 1000
DTG: 111528Z JUN 09
Classification: CONFIDENTIAL
Captions: SIPDIS
Passing: DEPT FOR EUR/XX
E.O.: DECL: 06/10/2019
TAGS: ECON, EWWT, VD
Subject: (C) Finance Minister previews ferry tariff
Ref: VALDORIA 987
     08 PORT ALDER 114 (NOTAL)
Classified by: Economic Counselor Jane Q. Roe, reasons 1.4 (b) and (d)
";

const TEXT: &str = "
1. (C) SUMMARY: The cabinet will set the new tariff before the summer recess
(ref A). END SUMMARY.

2. (U) The cafe stays open:

   tea     12
   coffee  14

DOE
";

fn made(text: &str, dialect: Dialect, charset: Charset) -> Drafted {
    draft(text, &Options { dialect, charset }).unwrap_or_else(|refusals| panic!("{refusals:#?}\n{text}"))
}

fn refusals(text: &str) -> Vec<Refusal> {
    draft(text, &Options::default()).expect_err(text)
}

/// The one telegram of a text, which must raise nothing.
fn clean(text: &str) -> Record {
    let mut readings = read(text.as_bytes(), &Context::default());
    assert_eq!(readings.len(), 1, "{text}");
    let mut record = readings.remove(0).record;
    // A five-unit line has a comma for the apostrophe, which whoever reads it is told.
    record.diagnostics.retain(|found| found.code != Code::CommaForApostrophe);
    assert_eq!(record.diagnostics, [], "{text}");
    record
}

#[test]
fn a_draft_becomes_a_whole_telegram() {
    let drafted = made(&format!("{HEADERS}{TEXT}"), Dialect::Acp127Us, Charset::Ascii);
    let want = "\
VZCZCXYZ0000
PP RUEHC RUEHPQ
DE RUEHVX #1000 1621528
ZNY CCCCC ZZH
P R 111528Z JUN 09
FM AMEMBASSY VALDORIA
TO RUEHC/SECSTATE WASHDC PRIORITY 4821
INFO RUEHPQ/AMCONSUL PORT ALDER
BT
C O N F I D E N T I A L VALDORIA 001000

SIPDIS

DEPT FOR EUR/XX

E.O. 12958: DECL: 06/10/2019
TAGS: ECON, EWWT, VD
SUBJECT: (C) Finance Minister previews ferry tariff

REF: A. VALDORIA 987
     B. 08 PORT ALDER 114 (NOTAL)

VALDORIA 00001000  001.2 OF 001
Classified By: Economic Counselor Jane Q. Roe for reasons 1.4 (b) and
(d).

1. (C) SUMMARY: The cabinet will set the new tariff before the summer
recess (ref A). END SUMMARY.

2. (U) The cafe stays open:

   tea     12
   coffee  14

DOE
BT
#1000
NNNN
";
    assert_eq!(drafted.text, want);
    let record = clean(&drafted.text);
    assert_eq!(record.mrn.unwrap().value, "09VALDORIA1000");
    let assumed: Vec<_> =
        drafted.assumed.iter().map(|(line, value)| (line.as_str(), value.as_str())).collect();
    let want = [
        ("E.O.", "12958"),
        ("SECSTATE WASHDC", "RUEHC"),
        ("format line 4", "ZZH"),
        ("format line 1", "XYZ0000"),
    ];
    assert_eq!(assumed, want);
}

#[test]
fn other_forms_and_alphabets() {
    let text = format!("{HEADERS}{TEXT}").replace("cafe", "café “Étoile”");
    for dialect in [Dialect::Acp127Us, Dialect::Acp127, Dialect::Janap128, Dialect::Acp126] {
        for charset in [Charset::Ascii, Charset::Ita2] {
            let drafted = made(&text, dialect, charset);
            assert_eq!(clean(&drafted.text).dialect, dialect, "{}", drafted.text);
            let named = |before: &str| drafted.replacements.iter().find(|found| found.before == before);
            let found = named("é").unwrap();
            assert_eq!(&text[found.span.range()], "é");
            assert_eq!(found.after, if charset == Charset::Ascii { "e" } else { "E" });
            assert!(named("“").is_some() && named("”").is_some());
        }
    }
    let sent = made(&text, Dialect::Acp127, Charset::Ita2).text;
    assert!(sent.contains("2. (U) THE CAFE QUOTE ETOILE UNQUOTE STAYS OPEN:\n\n   TEA     12\n"), "{sent}");
    let legal = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || " \n-?:().,/".contains(c);
    assert!(sent.chars().all(legal), "{sent}");
}

#[test]
fn a_long_text_goes_in_sections_of_a_hundred_lines_and_pages_of_twenty() {
    let sentence = "The Minister said that the harbor dues were a municipal matter of the ports. ";
    let paragraphs: Vec<String> =
        (1..=40).map(|number| format!("{number}. (C) {}\n\n", sentence.repeat(number % 7 + 1))).collect();
    let paragraphs = paragraphs.concat();
    let text = format!("{HEADERS}Channel: XRO6229\n\n{paragraphs}DOE\n");
    let drafted = made(&text, Dialect::Acp127Us, Charset::Ascii);
    let record = clean(&drafted.text);
    let total = record.sections.total.unwrap();
    assert!(total >= 3 && record.sections.present.len() == total as usize, "{:?}", record.sections);
    assert_eq!(record.paragraphs.len(), 40);
    assert_eq!(record.transmission.ids[2].value.serial, "6231");
    for section in drafted.text.split("NNNN\n").filter(|section| !section.is_empty()) {
        let from = section.lines().position(|line| line.starts_with("P R 1115")).unwrap();
        let (mut page, mut text) = (0, None);
        for line in section.lines().skip(from) {
            if line.starts_with("VALDORIA 0000") {
                page = 0;
                continue;
            }
            page += usize::from(!(line == "BT" && text.is_some() || line.starts_with('#')));
            assert!(page <= 20, "{section}");
            match &mut text {
                None if line == "BT" => text = Some(0),
                Some(lines) if line != "BT" && !line.starts_with('#') => *lines += 1,
                _ => {}
            }
        }
        assert!(text.unwrap() <= 100, "{section}");
    }
}

/// Each change of the draft, the words at which it is refused, and what the refusal says.
#[test]
fn what_is_missing_or_wrong_is_refused_at_its_place() {
    for (from, to, at, says) in [
        ("DTG: 111528Z JUN 09\n", "", "", "`DTG:` is missing"),
        ("DTG: 111528Z", "DTG: 321528Z", "321528Z JUN 09", "is no date-time group"),
        ("RUEHVX/AMEM", "AMEM", "AMEMBASSY VALDORIA", "no routing indicator is known for the originator"),
        ("RUEHPQ/AMC", "AMC", "AMCONSUL PORT ALDER", "no routing indicator is known for AMCONSUL PORT ALDER"),
        ("PRIORITY 4821", "PIORITY", "SECSTATE WASHDC PIORITY", "misspelt"),
        ("PRIORITY 4821", "NIACT", "SECSTATE WASHDC NIACT", "NIACT without IMMEDIATE"),
        ("PRIORITY 4821", "FLASH", "RUEHPQ/AMCONSUL PORT ALDER", "below FLASH"),
        ("PRIORITY, ROUTINE", "ROUTINE, PRIORITY", "ROUTINE, PRIORITY", "above the one for action"),
        ("Number: 1000", "Number: ten", "ten", "no number"),
        ("CONFIDENTIAL", "PRIVATE", "PRIVATE", "no classification"),
        ("CONFIDENTIAL", "SECRET", "SECRET", "no paragraph above CONFIDENTIAL"),
        ("CONFIDENTIAL", "UNCLASSIFIED", "DECL: 06/10/2019", "isn't classified"),
        ("SIPDIS", "SIPPDIS", "SIPPDIS", "no caption"),
        ("SIPDIS", "DS CHANNEL, ROGER CHANNEL", "ROGER CHANNEL", "second channel"),
        ("E.O.: DECL: 06/10/2019\n", "", "", "`E.O.:` is missing"),
        (
            "DECL: 06/10/2019",
            "13526: DECL: 06/10/2019",
            "13526: DECL: 06/10/2019",
            "E.O. 13526 on a telegram of 2009",
        ),
        ("DECL: 06/10/2019", "DECL: 06/10/2008", "DECL: 06/10/2008", "has passed"),
        ("DECL: 06/10/2019", "N/A", "N/A", "N/A on a classified"),
        ("DECL: 06/10/2019", "DECL: OADR", "DECL: OADR", "not of that time"),
        ("ECON, EWWT, VD", "VD", "VD", "no TAG of a subject"),
        ("ECON, EWWT", "ECON,, EWWT", ",, ", "commas"),
        (
            "Subject: (C) Finance",
            "Subject:\nNumber: (C) Finance",
            "Number: (C) Finance Minister previews ferry tariff",
            "second time",
        ),
        (", reasons 1.4 (b) and (d)", "", "Economic Counselor Jane Q. Roe", "without reasons"),
        ("1.4 (b)", "1.5 (b)", "Economic Counselor Jane Q. Roe, reasons 1.5 (b) and (d)", "section 1.4"),
        ("DEPT FOR EUR/XX", "to the desk", "to the desk", "no passing instruction"),
        ("08 PORT ALDER 114 (NOTAL)", "my note", "my note", "names no telegram"),
        ("2. (U)", "3. (U)", "3. (U) The cafe stays open:", "paragraph 3 where 2 is due"),
        ("2. (U)", "2.", "2", "without a portion mark"),
        (
            "2. (U)",
            "2. (S)",
            "2. (S) The cafe stays open:\n\n   tea     12\n   coffee  14",
            "(S) in a text that is CONFIDENTIAL",
        ),
        ("cafe", "北", "北", "no circuit carries"),
        ("cafe", "ca\u{7}fe", "\u{7}", "control character"),
        (
            " END SUMMARY.",
            "",
            "1. (C) SUMMARY: The cabinet will set the new tariff before the summer recess\n(ref A).",
            "isn't closed",
        ),
        ("\nDOE\n", "", "   tea     12\n   coffee  14", "isn't signed"),
        ("coffee  14", &"x".repeat(70), &format!("   {}", "x".repeat(70)), "73 columns"),
    ] {
        let whole = format!("{HEADERS}{TEXT}");
        assert!(whole.contains(from), "{from}");
        let text = whole.replacen(from, to, 1);
        let found = refusals(&text);
        let places: Vec<_> =
            found.iter().map(|found| (&text[found.span.range()], found.message.as_str())).collect();
        assert!(
            places.iter().any(|(part, message)| *part == at && message.contains(says)),
            "{to:?}: {places:#?}"
        );
        assert!(found.iter().all(|found| !found.help.is_empty()), "{found:?}");
    }
}

#[test]
fn what_an_unclassified_draft_may_leave_out() {
    let text = "From: RUEHVX/AMEMBASSY VALDORIA\nTo: ZEN/AMCONSUL PORT ALDER\nPrecedence: R\nNumber: PORT ALDER 12\n\
                DTG: 010101Z JAN 2012\nClassification: SBU\nTAGS: ETRD\nSubject: Tea\n\nThe tea is late.\n\nDOE\n";
    let drafted = made(text, Dialect::Acp126, Charset::Ascii);
    let record = clean(&drafted.text);
    assert_eq!(record.executive_order.unwrap().value.order.as_deref(), Some("13526"));
    assert_eq!(record.controls[0].value, "SBU");
    assert_eq!(record.precedence.unwrap().value, Precedence::Routine);
    assert_eq!(record.paragraphs[0].value.number, None);
    assert!(
        drafted.text.contains("\nR 010101Z JAN 2012\n") || drafted.text.starts_with("R 010101Z JAN 2012\n")
    );
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-zA-Z]{1,12}",
        1 => "[0-9]{1,4}[.)]?",
        1 => proptest::sample::select(vec![
            "(C)", "PAGE 2", "BT", "NNNN", "#1000", "COMMENT:", "summary.", "QUOTE", "1.", "--", "ref A", "STATE 12",
            "(U)", "REF:", "don’t", "“so”", "é", "--------------------", "END", "UNCLAS", "TAGS:",
        ]).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the words: the draft is refused with a place and advice, or sent as it says.
    #[test]
    fn a_draft_is_sent_as_it_stands_or_refused(
        paragraphs in proptest::collection::vec(proptest::collection::vec(word(), 1..120), 2..12),
        which in 0usize..4,
        small in any::<bool>(),
    ) {
        let mut text = format!("{HEADERS}\n");
        for (number, words) in (1..).zip(&paragraphs) {
            text += &format!("{number}. (C) {}\n\n", words.join(" "));
        }
        text += "DOE\n";
        let dialect = [Dialect::Acp127Us, Dialect::Acp127, Dialect::Janap128, Dialect::Acp126][which];
        let charset = if small { Charset::Ita2 } else { Charset::Ascii };
        match draft(&text, &Options { dialect, charset }) {
            Ok(drafted) => {
                let record = clean(&drafted.text);
                prop_assert_eq!(record.paragraphs.len(), paragraphs.len());
                for (read, typed) in record.paragraphs.iter().zip(&paragraphs) {
                    let letters = |text: &str| -> String {
                        charset_of(charset, text).chars().filter(char::is_ascii_alphanumeric).collect()
                    };
                    prop_assert_eq!(letters(&read.value.text), letters(&typed.join(" ")));
                }
                prop_assert!(drafted.text.lines().all(|line| line.chars().count() <= COLUMNS));
            }
            Err(refusals) => {
                prop_assert!(!refusals.is_empty());
                for refusal in refusals {
                    prop_assert!(text.get(refusal.span.range()).is_some(), "{refusal:?}");
                }
            }
        }
    }

    #[test]
    fn any_text_is_refused_or_sent(text in "\\PC{0,200}", head in 0usize..600) {
        let mut whole = HEADERS.chars().take(head).collect::<String>();
        whole += &text;
        whole += TEXT;
        for text in [text.as_str(), whole.as_str()] {
            if let Err(refusals) = draft(text, &Options::default()) {
                prop_assert!(refusals.iter().all(|refusal| text.get(refusal.span.range()).is_some()));
            }
        }
    }
}

/// The text as the alphabet has it, for comparison letter by letter.
fn charset_of(charset: Charset, text: &str) -> String {
    let text = text.replace('’', ",").replace('é', "e").replace(['“', '”'], "\"");
    match charset {
        Charset::Ascii => text,
        Charset::Ita2 => text.to_uppercase().replace("\"SO\"", "QUOTE SO UNQUOTE").replace('#', "NO. "),
    }
}
