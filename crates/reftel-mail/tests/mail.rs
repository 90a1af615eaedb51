//! Mails of records, and what no record may do to a mail.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use reftel_mail::{MEDIA_TYPE, compose, headers, is_mail, read};
use reftel_telegram::record::{Addressee, Record, Station, Subject};
use reftel_telegram::{Context, Span, Spanned, is_telegram, write};

fn at<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Span::default())
}

/// The telegrams of the format's fixtures and of the sample.
fn telegrams() -> Vec<Record> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders =
        ["reftel-telegram/fixtures/regular", "reftel-telegram/fixtures/irregular", "reftel/sample/telegrams"];
    let mut list = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(crates.join(folder)).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            let readings = reftel_telegram::read(&bytes, &Context::default());
            list.extend(
                readings
                    .into_iter()
                    .map(|reading| reading.record)
                    .filter(|record| is_telegram(record).is_ok()),
            );
        }
    }
    assert!(list.len() > 300);
    list
}

#[test]
fn each_field_has_its_header() {
    let text = "VZCZCXRO4127\nOO RUEHPQ\nDE RUEHVX #1000 1621530\nZNY CCCCC ZZK\nO R 111528Z JUN 09 ZEX\nFM AMEMBASSY VALDORIA\n\
                TO ALL SKERRY POSTS COLLECTIVE NIACT IMMEDIATE\nXMT AMEMBASSY NORTHMARK\nINFO ZEN/AMCONSUL PORT ALDER\nBT\n\
                C O N F I D E N T I A L VALDORIA 001000\nNOFORN\nSIPDIS\nSUBJECT: (C) TARIFF\n1. YES.\nDOE\nBT\n#1000\nNNNN\n";
    let record = reftel_telegram::parse(text, &Context::default()).into_record();
    let got = headers(&record);
    let want = [
        ("From", "\"AMEMBASSY VALDORIA\" <amembassy.valdoria@mmhs.invalid>"),
        ("To", "\"ALL SKERRY POSTS COLLECTIVE\" <all.skerry.posts.collective@mmhs.invalid>"),
        ("Cc", "\"AMCONSUL PORT ALDER\" <amconsul.port.alder@mmhs.invalid>"),
        ("Subject", "(C) TARIFF"),
        ("Date", "Thu, 11 Jun 2009 15:28:00 +0000"),
        ("Message-ID", "<09VALDORIA1000.20090611T1528Z@mmhs.invalid>"),
        ("MMHS-Originator-PLAD", "AMEMBASSY VALDORIA"),
        ("MMHS-Originator-Reference", "VALDORIA 001000"),
        ("MMHS-Acp127-Message-Identifier", "RUEHVX 1000 1621530"),
        ("MMHS-Extended-Authorisation-Info", "Thu, 11 Jun 2009 15:28:00 +0000"),
        ("MMHS-Primary-Precedence", "immediate"),
        ("MMHS-Copy-Precedence", "routine"),
        ("MMHS-Exempted-Address", "\"AMEMBASSY NORTHMARK\" <amembassy.northmark@mmhs.invalid>"),
        ("MMHS-Other-Recipients-Indicator-CC", "AMCONSUL PORT ALDER"),
        ("MMHS-Handling-Instructions", "ZNY CCCCC; ZZK; NOFORN; SIPDIS; NIACT ALL SKERRY POSTS COLLECTIVE"),
        ("MMHS-Message-Instructions", "ZEX"),
        ("SIO-Label", "marking=\"CONFIDENTIAL//NOFORN\""),
    ];
    let got: Vec<_> = got.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(got, want);
}

#[test]
fn every_telegram_comes_back_from_its_mail() {
    for record in telegrams() {
        let text = write::print(&record, record.dialect).text;
        let mail = compose(&record, &text, b"{\"any\": 1}");
        assert!(is_mail(&mail));
        assert_eq!(mail, compose(&record, &text, b"{\"any\": 1}"), "the same record gives the same mail");
        let back = read(&mail).unwrap();
        assert_eq!(
            (back.text.as_str(), back.structured.as_deref()),
            (text.as_str(), Some(&b"{\"any\": 1}"[..]))
        );
        assert_eq!(back.disagreements(&record), [], "{}", String::from_utf8_lossy(&mail));
        // The text alone is a telegram too.
        let differ =
            write::compare(&reftel_telegram::read(text.as_bytes(), &year(&record))[0].record, &back.record());
        assert!(differ.iter().all(|found| found.before.is_none()), "{differ:?}\n{text}");
    }
}

fn year(record: &Record) -> Context {
    Context { year: record.dtg.as_ref().map(|dtg| dtg.value.year()) }
}

#[test]
fn a_header_that_was_changed_is_found() {
    let record = telegrams()
        .into_iter()
        .find(|record| record.precedence.is_some() && record.subject.is_some())
        .unwrap();
    let mail = String::from_utf8(compose(&record, "TEXT\n", b"{}")).unwrap();
    let changed = mail.replacen("MMHS-Primary-Precedence: ", "MMHS-Primary-Precedence: flash (", 1);
    let found = read(changed.as_bytes()).unwrap().disagreements(&record);
    assert_eq!(
        found.iter().map(|found| found.pointer.as_str()).collect::<Vec<_>>(),
        ["MMHS-Primary-Precedence"]
    );
}

#[test]
fn a_mail_from_elsewhere_gives_what_its_headers_say() {
    let mail = "From: duty@valdoria.example\r\nTo: \"SECSTATE WASHDC\" <ops@state.example>, desk@state.example\r\n\
                Subject: =?utf-8?Q?Caf=C3=A9?= tariff\r\nDate: Thu, 11 Jun 2009 17:28:00 +0200\r\nMIME-Version: 1.0\r\n\
                MMHS-Originator-PLAD: AMEMBASSY VALDORIA\r\nMMHS-Primary-Precedence: 4\r\nMMHS-Copy-Precedence: Deferred\r\n\
                MMHS-Originator-Reference: VALDORIA 12\r\n\
                SIO-Label: marking=\"TOP SECRET//NOFORN\"; fgcolor=black\r\n\r\n1. It rises.\r\n\r\n2. It falls.\r\n";
    let record = read(mail.as_bytes()).unwrap().record();
    assert_eq!(record.from.unwrap().value.plad, "AMEMBASSY VALDORIA");
    assert_eq!(record.to[0].value.station.plad, "SECSTATE WASHDC");
    assert_eq!(record.mrn.unwrap().value, "09VALDORIA12");
    assert_eq!(record.dtg.unwrap().value.to_string(), "2009-06-11T15:28:00");
    assert_eq!(record.precedence.unwrap().value.name(), "FLASH");
    assert_eq!(record.precedence_info.unwrap().value.name(), "ROUTINE");
    assert_eq!(record.classification.unwrap().value.name(), "TOP SECRET");
    assert_eq!(record.subject.unwrap().value.text, "Café tariff");
    assert_eq!(record.paragraphs.len(), 2);
}

#[test]
fn what_is_no_mail() {
    for text in [
        "",
        "R 101530Z MAR 79\nFM X\n",
        "From: RUEHVX/AMEMBASSY VALDORIA\nTo: X\nDTG: 1\n\n1. MIME-Version: 1\n",
        "{\"a\": 1}",
    ] {
        assert!(!is_mail(text.as_bytes()), "{text}");
    }
}

fn hostile() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            proptest::sample::select(vec![
                "\r\n",
                "\n",
                "\r",
                "Bcc: x@y",
                "\r\n\r\n",
                "--=_telegram_0",
                "=?utf-8?Q?=0A?=",
                "\"",
                "\\",
                "<",
                ">",
                ",",
                ";",
                ":",
                "é",
                "北",
                "\u{85}",
                "\u{2028}",
                "\0",
                "\t",
                " ",
                "(",
            ])
            .prop_map(str::to_owned),
            "\\PC{0,30}",
        ],
        0..8,
    )
    .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the values: the mail has the headers that it should have, and no other.
    #[test]
    fn no_value_becomes_a_header(one in hostile(), two in hostile(), three in hostile(), text in hostile(), part in hostile()) {
        let station = |plad: &str| Station { plad: plad.to_owned(), ..Station::default() };
        let addressee = |plad: &str| at(Addressee { station: station(plad), exempt: vec![two.clone()], ..Addressee::default() });
        let record = Record {
            mrn: Some(at(three.clone())),
            mrn_printed: Some(one.clone()),
            from: Some(at(station(&one))),
            to: vec![addressee(&two), addressee(&three)],
            captions: vec![at(three.clone())],
            subject: Some(at(Subject { text: one.clone(), printed: two.clone(), portion: None })),
            ..Record::default()
        };
        let mail = compose(&record, &text, part.as_bytes());
        let known = ["MIME-Version", "Content-Type", "Date"];
        let head = mail.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = std::str::from_utf8(&mail[..head]).unwrap();
        prop_assert!(head.is_ascii());
        let want: Vec<&str> = headers(&record).iter().map(|(name, _)| *name).collect();
        for line in head.split("\r\n") {
            prop_assert!(!line.contains(['\n', '\r', '\0']) && line.len() <= 998, "{line:?}");
            if !line.starts_with([' ', '\t']) {
                let name = line.split(':').next().unwrap();
                prop_assert!(want.contains(&name) || known.contains(&name), "{line:?} in\n{head}");
            }
        }
        let back = read(&mail).unwrap();
        prop_assert_eq!(back.structured.as_deref(), Some(part.as_bytes()));
        prop_assert!(String::from_utf8_lossy(&mail).contains(MEDIA_TYPE));
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..400), mail in hostile()) {
        for bytes in [bytes.as_slice(), mail.as_bytes(), format!("Subject: {mail}\r\n\r\n{mail}").as_bytes()] {
            let _ = is_mail(bytes);
            if let Some(mail) = read(bytes) {
                let _ = mail.record();
            }
        }
    }
}
