//! The same invented telegrams in the shapes that collections have.
//!
//! Each shape is written as its publisher writes it, and not by the readers' own rules, so that the two check one
//! another: the telegrams, their numbers and their dates are known.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::{Answers, Generated, Generator, POSTS};

/// A shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A text for each telegram.
    Texts,
    /// The National Archives' exported texts: a file for each telegram, with its attributes below.
    Nara,
    /// One table of eight columns.
    Cables,
    /// One mailbox.
    Mbox,
    /// A mail for each telegram.
    Eml,
    /// Volumes of an edition in TEI, a hundred documents in each.
    Tei,
    /// A text under front matter for each telegram.
    Front,
    /// A web page for each telegram.
    Html,
    /// Objects of JSON with a text, one a line.
    Jsonl,
}

impl Shape {
    /// All of them.
    pub const ALL: [Shape; 9] = [
        Shape::Texts,
        Shape::Nara,
        Shape::Cables,
        Shape::Mbox,
        Shape::Eml,
        Shape::Tei,
        Shape::Front,
        Shape::Html,
        Shape::Jsonl,
    ];

    /// What it is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Texts => "texts",
            Shape::Nara => "nara",
            Shape::Cables => "cables",
            Shape::Mbox => "mbox",
            Shape::Eml => "eml",
            Shape::Tei => "tei",
            Shape::Front => "front",
            Shape::Html => "html",
            Shape::Jsonl => "jsonl",
        }
    }

    /// The one of this name.
    pub fn of(name: &str) -> Option<Shape> {
        Shape::ALL.into_iter().find(|shape| shape.name() == name)
    }

    /// The ending of a file, and how many telegrams are in one; `None`: all.
    fn file(self) -> (&'static str, Option<u64>) {
        match self {
            Shape::Texts | Shape::Nara => ("txt", Some(1)),
            Shape::Cables => ("csv", None),
            Shape::Mbox => ("mbox", None),
            Shape::Eml => ("eml", Some(1)),
            Shape::Tei => ("xml", Some(100)),
            Shape::Front => ("md", Some(1)),
            Shape::Html => ("html", Some(1)),
            Shape::Jsonl => ("jsonl", None),
        }
    }

    /// Whether its documents carry the telegram's own heading, so that number and date are the telegram's.
    pub fn is_whole(self) -> bool {
        self != Shape::Tei
    }

    /// What stands above and below the documents of a file.
    fn around(self) -> (&'static str, &'static str) {
        match self {
            Shape::Tei => (
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<TEI xmlns=\"http://www.tei-c.org/ns/1.0\" \
                 xml:id=\"frus1969v99\">\n<teiHeader><fileDesc><titleStmt><title>Foreign Relations, Invented Islands\
                 </title></titleStmt></fileDesc></teiHeader>\n<text><body><div type=\"compilation\">\n",
                "</div></body></text></TEI>\n",
            ),
            _ => ("", ""),
        }
    }

    /// A telegram as a document of this shape; `number` counts from 1.
    fn document(self, telegram: &Generated, number: u64) -> String {
        match self {
            Shape::Texts => telegram.text.clone(),
            Shape::Nara => nara(telegram),
            Shape::Cables => row(telegram, number),
            Shape::Mbox => {
                let mail = mail(telegram).replace("\nFrom ", "\n>From ");
                format!("From archive@example.org Thu Jan  1 00:00:00 1970\n{mail}\n")
            }
            Shape::Eml => mail(telegram),
            Shape::Tei => division(telegram, number),
            Shape::Front => front(telegram),
            Shape::Html => page(telegram),
            Shape::Jsonl => {
                let facts = &telegram.facts;
                let date = facts.sent.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
                let line =
                    serde_json::json!({"id": number, "mrn": facts.mrn, "date": date, "text": telegram.text});
                format!("{line}\n")
            }
        }
    }
}

/// Writes `count` telegrams in a shape under `dir`, at most a thousand files a folder. Calls `each` with every telegram,
/// and says what is known of them and how many bytes were written.
pub fn write(
    shape: Shape,
    seed: u64,
    count: u64,
    dir: &Path,
    mut each: impl FnMut(Generated),
) -> Result<(Answers, u64), String> {
    let (ending, per_file) = shape.file();
    let (above, below) = shape.around();
    let per_file = per_file.unwrap_or(count.max(1));
    let mut answers = Answers::default();
    let mut bytes = 0;
    let mut open: Option<(PathBuf, BufWriter<File>)> = None;
    let fault = |path: &Path, error: io::Error| format!("can't write `{}`: {error}", path.display());
    for (telegram, at) in Generator::new(seed, count).zip(0_u64..) {
        if at % per_file == 0 {
            let file = at / per_file;
            let folder = dir.join(shape.name()).join(format!("{:04}", file / 1000));
            fs::create_dir_all(&folder).map_err(|error| fault(&folder, error))?;
            let name = if per_file == 1 { telegram.facts.mrn.clone() } else { format!("{:04}", file + 1) };
            let path = folder.join(format!("{name}.{ending}"));
            let mut writer = BufWriter::new(File::create(&path).map_err(|error| fault(&path, error))?);
            writer.write_all(above.as_bytes()).map_err(|error| fault(&path, error))?;
            bytes += above.len() as u64;
            open = Some((path, writer));
        }
        let document = shape.document(&telegram, at + 1);
        bytes += document.len() as u64;
        answers.add(&telegram);
        each(telegram);
        let Some((path, writer)) = &mut open else { continue };
        writer.write_all(document.as_bytes()).map_err(|error| fault(path, error))?;
        if (at + 1) % per_file == 0 || at + 1 == count {
            bytes += below.len() as u64;
            writer
                .write_all(below.as_bytes())
                .and_then(|()| writer.flush())
                .map_err(|error| fault(path, error))?;
        }
    }
    Ok((answers, bytes))
}

/// An exported text: `Message Text`, the telegram, `Message Attributes`, a key a line.
fn nara(telegram: &Generated) -> String {
    let facts = &telegram.facts;
    let date = facts.sent.strftime("%d %b %Y").to_string().to_uppercase();
    let class = facts.class.banner();
    let (name, tags) = (POSTS[facts.post].name, facts.tags.join(", "));
    let to = if facts.post == 0 { "n/a" } else { "STATE" };
    format!(
        "Message Text\n\n\n{text}\n\n\nMessage Attributes\n\nAutomatic Decaptioning: X\nCapture Date: 01 JAN 1994\n\
         Channel Indicators: n/a\nCurrent Classification: UNCLASSIFIED\nConcepts: FERRIES, TARIFFS, n/a\n\
         Control Number: n/a\nCopy: SINGLE\nDraft Date: {date}\nDecaption Date: 01 JAN 1960\nDecaption Note: \n\
         Disposition Action: RELEASED\nDisposition Approved on Date: \nDisposition Authority: n/a\n\
         Disposition Case Number: n/a\nDisposition Comment: 25 YEAR REVIEW\nDisposition Date: 28 MAY 2004\n\
         Disposition Event: \nDisposition History: n/a\nDisposition Reason: \nDisposition Remarks: \n\
         Document Number: {mrn}\nDocument Source: CORE\nDocument Unique ID: 00\nDrafter: n/a\nEnclosure: n/a\n\
         Executive Order: GS\nErrors: N/A\nFilm Number: D740123-0456\nFrom: {name}\nHandling Restrictions: n/a\n\
         Image Path: \nISecure: 1\nLegacy Key: link1974/newtext/t19740101/aaaaabcd.tel\nLine Count: {lines}\n\
         Locator: TEXT ON-LINE\nOffice: ACTION PORT\nOriginal Classification: {class}\n\
         Original Handling Restrictions: n/a\nOriginal Previous Classification: n/a\n\
         Original Previous Handling Restrictions: n/a\nPage Count: 2\nPrevious Channel Indicators: \n\
         Previous Classification: {class}\nPrevious Handling Restrictions: n/a\nReference: n/a\n\
         Review Action: RELEASED, APPROVED\nReview Authority: roejq\nReview Comment: n/a\nReview Content Flags: \n\
         Review Date: 02 JUL 2002\nReview Event: \nReview Exemptions: n/a\n\
         Review History: RELEASED <02 JUL 2002 by roejq>; APPROVED <25 NOV 2002 by doej>\nReview Markings: |\n\
         Declassified/Released\nUS Department of State\nEO Systematic Review\n30 JUN 2005\n\n\
         Review Media Identifier: \nReview Referrals: n/a\nReview Release Date: n/a\nReview Release Event: n/a\n\
         Review Transfer Date: \nReview Withdrawn Fields: n/a\nSecure: OPEN\nStatus: NATIVE\n\
         Subject: {subject}\nTAGS: {tags}\nTo: {to}\nType: TE\nMarkings: Declassified/Released US Department of State \
         EO Systematic Review 30 JUN 2005\n",
        text = telegram.text,
        mrn = numbered(telegram),
        lines = telegram.text.lines().count(),
        subject = telegram.subject(),
    )
}

/// `1974PORTALDER01234`: how the Archives number.
fn numbered(telegram: &Generated) -> String {
    let facts = &telegram.facts;
    let serial = facts.mrn.trim_start_matches(|c: char| c.is_ascii_digit());
    let at = serial.find(|c: char| c.is_ascii_digit()).unwrap_or(serial.len());
    let (post, serial) = serial.split_at(at);
    format!("{}{post}{serial:0>5}", facts.sent.year())
}

/// Heading and text: what stands above the first break, and what below.
fn halves(text: &str) -> (&str, &str) {
    match text.find("\nBT\n") {
        Some(at) => text.split_at(at + 1),
        None => ("", text),
    }
}

/// A row: all columns quoted, quotes and backslashes within behind a backslash.
fn row(telegram: &Generated, number: u64) -> String {
    let facts = &telegram.facts;
    let (heading, body) = halves(&telegram.text);
    let sent = facts.sent;
    let date =
        format!("{}/{}/{} {}:{:02}", sent.month(), sent.day(), sent.year(), sent.hour(), sent.minute());
    let origin = format!("Embassy {}", POSTS[facts.post].name);
    let columns = [
        &number.to_string(),
        &date,
        &facts.mrn,
        &origin,
        facts.class.banner(),
        &facts.cites.join("|"),
        heading,
        body,
    ];
    let quoted: Vec<String> = columns
        .iter()
        .map(|value| format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
        .collect();
    quoted.join(",") + "\n"
}

fn mail(telegram: &Generated) -> String {
    let facts = &telegram.facts;
    format!(
        "From: archive@example.org\nTo: desk@example.org\nSubject: {}\nDate: {}\nMessage-ID: <{}@example.org>\n\
         MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{}\n",
        telegram.subject(),
        facts.sent.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        facts.mrn,
        telegram.text
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A document of a volume: head, date line, source note, paragraphs.
fn division(telegram: &Generated, number: u64) -> String {
    let facts = &telegram.facts;
    let (_, body) = halves(&telegram.text);
    // An edition prints no lines of the circuit.
    let circuit = |line: &&str| {
        let line = line.trim();
        line == "BT" || line == "NNNN" || line.starts_with('#') || line.starts_with("PAGE ")
    };
    let body = body.lines().filter(|line| !circuit(line)).collect::<Vec<_>>().join("\n");
    let serial = facts.mrn.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    let mut out = format!(
        "<div type=\"document\" xml:id=\"d{number}\" n=\"{number}\"><head>{number}. Telegram From the Embassy in {place} to \
         the Department of State<note n=\"1\" xml:id=\"d{number}fn1\">Source: Invented Archives, Box 1. {class}.</note>\
         </head>\n<opener><dateline><date when=\"{day}\">{date}</date></dateline></opener>\n",
        place = POSTS[facts.post].name,
        class = facts.class.banner(),
        day = facts.sent.date(),
        date = facts.sent.strftime("%B %-d, %Y, %H%MZ"),
    );
    let mut first = true;
    for paragraph in body.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        let lead = if first { format!("{serial}. ") } else { String::new() };
        first = false;
        let _ = writeln!(out, "<p>{lead}{}</p>", escaped(paragraph.trim()));
    }
    out + "</div>\n"
}

fn front(telegram: &Generated) -> String {
    let facts = &telegram.facts;
    format!(
        "---\nmrn: {}\ndate: {}\ntitle: \"{}\"\n---\n\n{}\n",
        facts.mrn,
        facts.sent.strftime("%Y-%m-%d %H:%M"),
        telegram.subject(),
        telegram.text
    )
}

/// A page as the release of 2010 had them: a table of six columns, heading and text in two `pre`, every line's end as
/// a reference.
fn page(telegram: &Generated) -> String {
    let facts = &telegram.facts;
    let (heading, body) = halves(&telegram.text);
    let lines = |text: &str| escaped(text).replace('\n', "&#x000A;");
    format!(
        "<!DOCTYPE html>\n<html><head><title>Cable {mrn}</title></head><body>\n<table class='cable'>\n<tr>\
         <th>Reference ID</th><th>Created</th><th>Released</th><th>Classification</th><th>Origin</th></tr>\n<tr>\
         <td><a href='/cable/{mrn}.html'>{mrn}</a></td><td>{date}</td><td>2011-08-30 01:44</td><td>{class}</td>\
         <td>Embassy {origin}</td></tr>\n</table>\n<code><pre>{}</pre></code>\n<code><pre>{}</pre></code>\n\
         </body></html>\n",
        lines(heading),
        lines(body),
        mrn = facts.mrn,
        date = facts.sent.strftime("%Y-%m-%d %H:%M"),
        class = facts.class.banner(),
        origin = POSTS[facts.post].name,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_has_every_telegram() {
        for shape in Shape::ALL {
            let dir =
                std::env::temp_dir().join(format!("reftel-shape-{}-{}", shape.name(), std::process::id()));
            let mut numbers = Vec::new();
            let written = write(shape, 3, 250, &dir, |telegram| numbers.push(telegram.facts.mrn));
            let (answers, bytes) = written.unwrap();
            let mut texts = String::new();
            let mut folders = vec![dir.clone()];
            while let Some(folder) = folders.pop() {
                for entry in fs::read_dir(folder).unwrap() {
                    let path = entry.unwrap().path();
                    if path.is_dir() {
                        folders.push(path);
                    } else {
                        texts += &fs::read_to_string(path).unwrap();
                    }
                }
            }
            fs::remove_dir_all(&dir).unwrap();
            assert_eq!(bytes, texts.len() as u64, "{shape:?}");
            assert!(answers.telegrams == 250 && answers.bytes < bytes * 2, "{shape:?}");
            if shape.is_whole() && shape != Shape::Texts && shape != Shape::Nara {
                let missing: Vec<_> =
                    numbers.iter().filter(|number| !texts.contains(number.as_str())).collect();
                assert!(missing.is_empty(), "{shape:?}: {missing:?}");
            }
        }
    }
}
