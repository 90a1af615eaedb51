//! `tei`: a corpus in TEI P5, a `TEI` for each telegram, with who wrote to whom in `correspDesc`.

use reftel_archive::{Archive, Telegram};
use reftel_telegram::record::{Paragraph, Station};

use super::super::Failure;
use super::citation::Citation;
use super::lines::{Lines, Piece};
use super::xml::{escape, line};
use crate::json;
use crate::wording::unslanted;

const HEAD: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<teiCorpus xmlns=\"http://www.tei-c.org/ns/1.0\">\n",
    "<teiHeader><fileDesc><titleStmt><title>Diplomatic telegrams</title></titleStmt>",
    "<publicationStmt><p>Written by reftel ",
    env!("CARGO_PKG_VERSION"),
    " from an archive.</p></publicationStmt>",
    "<sourceDesc><p>Each telegram names its own source.</p></sourceDesc></fileDesc></teiHeader>\n"
);

pub(super) fn form() -> Lines {
    Lines::new(HEAD, "", "</teiCorpus>\n", one)
}

#[allow(clippy::unnecessary_wraps, reason = "other forms can fail")]
fn one(telegram: &Telegram, _: &Archive) -> Result<Piece, Failure> {
    let mut print = Print { xml: String::with_capacity(2 * telegram.bytes.len() + 2048), replaced: 0 };
    let number = telegram.card.mrn.as_ref().map(|mrn| print.attribute("n", mrn)).unwrap_or_default();
    print.xml += &format!("<TEI xml:id=\"t{}\"{number}>\n<teiHeader>\n", telegram.id.0);
    print.file(telegram);
    print.xml += "<profileDesc>\n";
    print.correspondence(telegram);
    print.classes(telegram);
    print.xml += "</profileDesc>\n</teiHeader>\n<text><body><div type=\"telegram\">\n";
    print.body(telegram);
    print.xml += "</div></body></text>\n</TEI>\n";
    Ok(Piece { bytes: print.xml.into_bytes(), replaced: print.replaced })
}

/// A telegram's XML on its way.
struct Print {
    xml: String,
    replaced: u64,
}

/// What stands at a place of a paragraph's text.
enum Mark<'t> {
    /// A number of a telegram, up to there.
    Number(usize, &'t str),
    /// An editor's note.
    Note(&'t reftel_sources::Note),
}

impl Print {
    fn attribute(&mut self, name: &str, value: &str) -> String {
        format!(" {name}=\"{}\"", line(value, &mut self.replaced))
    }

    /// An element with a line of text.
    fn element(&mut self, start: &str, text: &str) {
        let name = start.split(' ').next().unwrap_or(start);
        self.xml += &format!("<{start}>{}</{name}>", line(text, &mut self.replaced));
    }

    fn file(&mut self, telegram: &Telegram) {
        self.xml += "<fileDesc><titleStmt>";
        self.element("title", &Citation::of(telegram).title());
        self.xml +=
            "</titleStmt><publicationStmt><p>An unpublished copy.</p></publicationStmt>\n<sourceDesc>";
        if telegram.sources.is_empty() {
            self.xml += "<p>Not known.</p>";
        }
        for source in &telegram.sources {
            self.xml += "<bibl>";
            self.element("title", &source.path.to_string_lossy());
            self.element("idno type=\"BLAKE3\"", &source.hash);
            let (start, end) = (source.span.start, source.span.end);
            self.xml += &format!("<biblScope unit=\"byte\" from=\"{start}\" to=\"{end}\"/></bibl>");
        }
        self.xml += "</sourceDesc></fileDesc>\n";
    }

    fn station(&mut self, station: &Station) {
        let key = station.post.as_ref().map(|post| self.attribute("key", post)).unwrap_or_default();
        self.element(&format!("orgName{key}"), unslanted(&station.plad));
    }

    /// Who wrote to whom, when, and what it cites.
    fn correspondence(&mut self, telegram: &Telegram) {
        let (card, record) = (&telegram.card, &telegram.record);
        if record.from.is_none() && card.dtg.is_none() && record.to.is_empty() && record.info.is_empty() {
            return;
        }
        self.xml += "<correspDesc>\n";
        if record.from.is_some() || card.dtg.is_some() {
            self.xml += "<correspAction type=\"sent\">";
            if let Some(from) = &record.from {
                self.station(from);
            }
            if let Some(dtg) = card.dtg {
                let when = format!("date when=\"{}\"", json::time(dtg));
                self.element(&when, record.dtg_printed.as_deref().unwrap_or_default());
            }
            self.xml += "</correspAction>\n";
        }
        for (kind, list) in [("action", &record.to), ("information", &record.info)] {
            if list.is_empty() {
                continue;
            }
            self.xml += &format!("<correspAction type=\"received\" subtype=\"{kind}\">");
            for addressee in list {
                self.station(&addressee.station);
            }
            self.xml += "</correspAction>\n";
        }
        if !card.cites.is_empty() {
            self.xml += "<correspContext>";
            for mrn in &card.cites {
                let number = self.attribute("cRef", mrn);
                self.element(&format!("ref type=\"cites\"{number}"), mrn);
            }
            self.xml += "</correspContext>\n";
        }
        self.xml += "</correspDesc>\n";
    }

    fn classes(&mut self, telegram: &Telegram) {
        let (card, record) = (&telegram.card, &telegram.record);
        let one = |word: Option<&str>| word.map(str::to_owned).into_iter().collect::<Vec<_>>();
        let controls: Vec<String> = record.controls.iter().map(|control| control.value.clone()).collect();
        let lists = [
            ("classification", one(card.classification)),
            ("precedence", one(card.precedence)),
            ("controls", controls),
            ("captions", card.captions.clone()),
            ("TAGS", card.tags.clone()),
        ];
        if lists.iter().all(|(_, words)| words.is_empty()) {
            return;
        }
        self.xml += "<textClass>";
        for (scheme, words) in lists.iter().filter(|(_, words)| !words.is_empty()) {
            self.xml += &format!("<keywords scheme=\"#{scheme}\">");
            for word in words {
                self.element("term", word);
            }
            self.xml += "</keywords>";
        }
        self.xml += "</textClass>\n";
    }

    fn body(&mut self, telegram: &Telegram) {
        let record = &telegram.record;
        if let Some(subject) = &record.subject {
            self.element("head", unslanted(&subject.printed));
            self.xml.push('\n');
        }
        if !record.references.is_empty() {
            self.xml += "<list type=\"references\">";
            for reference in &record.references {
                let label = reference.label.as_ref().map(|label| self.attribute("n", label));
                self.xml += &format!("<item{}>", label.unwrap_or_default());
                let number = reference.mrn.as_ref().map(|mrn| self.attribute("cRef", mrn));
                let start = format!("ref type=\"{}\"{}", reference.kind.name(), number.unwrap_or_default());
                self.element(&start, &reference.printed);
                self.xml += "</item>";
            }
            self.xml += "</list>\n";
        }
        for (index, paragraph) in record.paragraphs.iter().enumerate() {
            let last = index + 1 == record.paragraphs.len();
            self.paragraph(telegram, paragraph, index == 0, last);
        }
        if record.paragraphs.is_empty() {
            self.xml += "<p/>\n";
        }
        for note in &record.editorial_notes {
            self.element("note type=\"editorial\"", note);
            self.xml.push('\n');
        }
        if !record.signatures.is_empty() {
            self.xml += "<closer>";
            for name in &record.signatures {
                self.element("signed", name);
            }
            self.xml += "</closer>\n";
        }
    }

    fn paragraph(&mut self, telegram: &Telegram, paragraph: &Paragraph, first: bool, last: bool) {
        if let Some(heading) = &paragraph.heading {
            self.xml += "<p>";
            self.element("title type=\"heading\"", heading);
            self.xml += "</p>\n";
        }
        let number = paragraph.number.map(|number| format!(" n=\"{number}\"")).unwrap_or_default();
        self.xml += &format!("<p{number}>");
        if let Some(portion) = &paragraph.portion {
            self.element("seg type=\"portion\"", portion);
            self.xml.push(' ');
        }
        let text = unslanted(&paragraph.text);
        let mut marks = marks(telegram, paragraph, text, first, last);
        marks.sort_by_key(|(at, _)| *at);
        let mut done = 0;
        for (at, mark) in marks.into_iter().filter(|(at, _)| text.is_char_boundary(*at)) {
            if at < done {
                continue;
            }
            self.xml += &escape(text.get(done..at).unwrap_or_default(), &mut self.replaced);
            done = at;
            match mark {
                Mark::Number(end, mrn) => {
                    let number = self.attribute("cRef", mrn);
                    let words = escape(text.get(at..end).unwrap_or_default(), &mut self.replaced);
                    self.xml += &format!("<ref type=\"telegram\"{number}>{words}</ref>");
                    done = end;
                }
                Mark::Note(note) => {
                    let label = Some(&note.label).filter(|label| !label.is_empty());
                    let label = label.map(|label| self.attribute("n", label)).unwrap_or_default();
                    self.element(&format!("note place=\"foot\"{label}"), &note.text);
                }
            }
        }
        self.xml += &escape(text.get(done..).unwrap_or_default(), &mut self.replaced);
        self.xml += "</p>\n";
    }
}

/// Numbers and notes in a paragraph, each with its place in the text. Notes to the whole stand before the first, and
/// those whose place isn't in any paragraph behind the last.
fn marks<'t>(
    telegram: &'t Telegram,
    paragraph: &Paragraph,
    text: &str,
    first: bool,
    last: bool,
) -> Vec<(usize, Mark<'t>)> {
    let mut marks = Vec::new();
    // The line that a byte of the telegram is in, as a range of the text, and the place where it should be.
    let at = |byte: usize| {
        let index = paragraph.lines.iter().position(|line| line.1.start <= byte && byte <= line.1.end)?;
        let (start, line) = paragraph.lines[index];
        let end = paragraph.lines.get(index + 1).map_or(text.len(), |next| next.0);
        Some((start..end, start + (byte - line.start)))
    };
    for mention in &telegram.record.mentions {
        let (Some(mrn), Some((line, guess))) = (&mention.mrn, at(mention.span.start)) else { continue };
        let words =
            telegram.bytes.get(mention.span.range()).and_then(|words| std::str::from_utf8(words).ok());
        let Some(words) = words.map(str::trim).filter(|words| !words.is_empty()) else { continue };
        let Some(printed) = text.get(line.clone()) else { continue };
        // Cleaning may have changed the line: the words nearest to where they should be.
        let found = printed.match_indices(words).map(|(at, _)| line.start + at);
        if let Some(at) = found.min_by_key(|at| at.abs_diff(guess)) {
            marks.push((at, Mark::Number(at + words.len(), mrn.as_str())));
        }
    }
    let anywhere = |byte: usize| {
        let lines = telegram.record.paragraphs.iter().flat_map(|paragraph| &paragraph.lines);
        lines.into_iter().any(|line| line.1.start <= byte && byte <= line.1.end)
    };
    for note in telegram.collected.iter().flat_map(|collected| &collected.notes) {
        let place = match note.mark {
            None => first.then_some(0),
            Some(byte) => match at(byte) {
                Some((_, place)) => Some(behind(text, place, &note.label)),
                None => (last && !anywhere(byte)).then_some(text.len()),
            },
        };
        if let Some(place) = place {
            marks.push((place, Mark::Note(note)));
        }
    }
    marks
}

/// The place behind a note's mark, where that is printed, or where it should be.
fn behind(text: &str, place: usize, label: &str) -> usize {
    let place = (place..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let mark = format!("[{label}]");
    if text.get(place..).is_some_and(|rest| rest.starts_with(&mark)) { place + mark.len() } else { place }
}
