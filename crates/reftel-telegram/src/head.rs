//! The head of the text: classification line, captions, passing instructions, E.O., TAGS, SUBJECT, REF,
//! classified-by.

use std::ops::Range;

use crate::diagnostic::{Code, Confidence, Diagnostic};
use crate::heading::keyword;
use crate::marking::{self, Noise};
use crate::record::{ClassifiedBy, OtherNumber, Passing, PassingKind, Record, Subject};
use crate::source::{Source, one_line};
use crate::{
    Context, Span, Spanned, address, body, british, mrn, order, reference, section, tables, tagline,
};

/// A label that begins a line of the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Order,
    Tags { damaged: bool },
    Subject,
    Reference,
    ClassifiedBy,
}

/// The label that begins a line, and what stands behind it.
pub(crate) fn label(line: &str) -> Option<(Label, &str)> {
    let line = line.strip_prefix('¶').unwrap_or(line);
    match *line.as_bytes().first()? {
        b'E' | b'e' => order::label(line).map(|rest| (Label::Order, rest)),
        b'T' | b't' | b'A' => tagline::label(line).map(|(rest, damaged)| (Label::Tags { damaged }, rest)),
        b'S' | b's' => {
            let rest = ["SUBJECT", "Subject", "SUBJ", "Subj", "SUB", "subject"]
                .iter()
                .find_map(|word| line.strip_prefix(word))?;
            let rest = match rest.trim_start().strip_prefix("ECT").filter(|_| !line.starts_with("SUBJECT")) {
                Some(after) if after.trim_start().starts_with(':') => after, // `SUBJ ECT:`
                _ => rest,
            };
            let after = rest.trim_start();
            // `SUBJECT TO` and `SUBMITTED` are words of a sentence.
            (after.starts_with([':', ';']) || (rest.starts_with('.') && after.len() > 2))
                .then(|| (Label::Subject, after[1..].trim_start()))
        }
        b'R' | b'r' => reference::label(line).map(|rest| (Label::Reference, rest)),
        b'C' | b'c' | b'(' | b'D' | b'd' => {
            body::classified_by_label(line).map(|rest| (Label::ClassifiedBy, rest))
        }
        _ => None,
    }
}

/// Keeps a subject that has no portion mark. `printed` is a part of `source`.
pub(crate) fn plain_subject(source: &Source<'_>, printed: &str, record: &mut Record) {
    let printed = printed.trim_ascii();
    if !printed.is_empty() {
        let text = one_line(printed);
        let subject = Subject { text: text.clone(), printed: text, portion: None };
        record.subject = Some(Spanned::new(subject, source.span(printed)));
    }
}

/// What the head left for the reader of the body.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    /// The first line of the body.
    pub(crate) body_from: usize,
    /// The section label of the classification line.
    pub(crate) section: Option<section::Label>,
    pub(crate) subject: bool,
}

pub(crate) struct Reader<'a, 't> {
    source: &'a Source<'t>,
    lines: Range<usize>,
    first: usize,
    noise: &'a [Option<Noise>],
    context: &'a Context,
    record: &'a mut Record,
    head: Head,
    classed: bool,
    labelled: bool,
}

/// Reads the head that begins at line `from`. `first` is the line that `noise` begins at.
pub(crate) fn read(
    source: &Source<'_>,
    lines: Range<usize>,
    (first, noise): (usize, &[Option<Noise>]),
    context: &Context,
    record: &mut Record,
) -> Head {
    let mut reader = Reader {
        source,
        first,
        noise,
        context,
        record,
        head: Head::default(),
        classed: false,
        labelled: false,
        lines: lines.clone(),
    };
    let mut index = lines.start;
    while index < lines.end {
        match reader.noise(index) {
            Some(Noise::End | Noise::Validation | Noise::Break) => break,
            Some(_) => index += 1,
            None => match reader.line(index) {
                Some(next) => index = next,
                None => break,
            },
        }
    }
    reader.head.body_from = index;
    reader.head
}

impl<'t> Reader<'_, 't> {
    fn noise(&self, index: usize) -> Option<Noise> {
        self.noise.get(index - self.first).copied().flatten()
    }

    /// Reports what was read otherwise than printed, beyond doubt.
    fn mended(&mut self, code: Code, span: Span, message: impl Into<String>, after: String) {
        let found = Diagnostic::new(code, span, message);
        self.record.diagnostics.push(found.mended(after, Confidence::Certain));
    }

    fn report(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.record.diagnostics.push(Diagnostic::new(code, span, message));
    }

    /// Reads one line, and those that continue it; the line after them. `None` where the body begins.
    fn line(&mut self, index: usize) -> Option<usize> {
        let line = self.source.line(index);
        if !self.classed && !self.labelled {
            let words_at = line.strip_prefix("CLASSIFICATION:").map_or(line, str::trim_start);
            if let Some(words) = marking::class_words(words_at) {
                self.classed = true;
                return Some(self.class_line(index, words_at, words));
            }
        }
        if let Some((label, rest)) = label(line) {
            return Some(self.labelled_lines(index, label, rest));
        }
        if self.record.executive_order.is_some() && self.record.tags.is_empty() && tagline::unlabelled(line) {
            let span = self.source.span(line);
            let message = "the label is lost; these are read as TAGS";
            self.mended(Code::TagsLabelDamaged, span, message, format!("TAGS: {line}"));
            self.tags(line, self.year());
            return Some(index + 1);
        }
        let first = self.classed || crate::general::numbered_in_series(line, None).is_some();
        if first && !self.labelled && self.record.mrn_printed.is_none() && self.number_line(line) {
            return Some(index + 1);
        }
        if (!self.head.subject || self.record.captions.is_empty()) && self.caption_line(line) {
            return Some(index + 1);
        }
        if body::paragraph_start(line).is_some() || (self.labelled && body::opens_block(line)) {
            return None;
        }
        if !self.labelled && self.record.subject.is_none() && british::is_numbered(self.record) {
            return Some(self.unlabelled_subject(index));
        }
        if line.trim_end_matches(':').ends_with("PASS TO OFFICE CODES")
            || line.trim_end_matches(':').ends_with("PASS TO ALL OFFICE CODES")
        {
            return Some(self.office_codes(index + 1));
        }
        if self.passing(line) || line.starts_with("FROM ") && self.sender(line, index) {
            return Some(index + 1);
        }
        let more = self.label_ahead(index + 1);
        // A line between the labels that is none: kept as it stands, and not guessed at.
        more.then_some(index + 1)
    }

    /// What a British telegram is about: all lines up to a blank one or the first paragraph.
    fn unlabelled_subject(&mut self, index: usize) -> usize {
        let more = |next: &usize| {
            self.noise(*next).is_none() && body::paragraph_start(self.source.line(*next)).is_none()
        };
        let next = (index + 1..self.lines.end).take_while(more).last().map_or(index + 1, |last| last + 1);
        let first = self.source.span(self.source.line(index));
        let last = self.source.span(self.source.line(next - 1));
        let text = &self.source.text[first.start..last.end];
        british::subject(self.source, text, self.year(), self.record);
        next
    }

    /// Whether another label comes before the text does.
    fn label_ahead(&self, from: usize) -> bool {
        let limit = if self.head.subject { 4 } else { 14 };
        for index in from..self.lines.end.min(from + limit) {
            match self.noise(index) {
                Some(Noise::End | Noise::Break) => return false,
                Some(_) => continue,
                None => {}
            }
            let line = self.source.line(index);
            if body::paragraph_start(line).is_some() {
                return false;
            }
            if let Some((label, _)) = label(line) {
                return label != Label::ClassifiedBy || !self.head.subject || index == from;
            }
        }
        false
    }

    /// `C O N F I D E N T I A L SECTION 01 OF 02 VALDORIA 001000`
    fn class_line(&mut self, index: usize, line: &'t str, words: marking::ClassWords) -> usize {
        let span = self.source.span(&line[..words.end]);
        self.record.classification = Some(Spanned::new(words.classification, span));
        if let Some(control) = words.control {
            self.control(control, span);
        }
        let mut rest = &line[words.end..];
        let mut next = index + 1;
        // The number may have slipped to the next line.
        if rest.trim().is_empty()
            && let Some(below) =
                (index + 1..self.lines.end.min(index + 3)).find(|&below| self.noise(below).is_none())
        {
            let candidate = self.source.line(below);
            if section::find(candidate).is_some_and(|label| label.start == 0)
                || Self::is_number_line(candidate)
            {
                rest = candidate;
                next = below + 1;
            }
        }
        self.class_rest(rest);
        next
    }

    fn control(&mut self, control: &str, span: Span) {
        if !self.record.controls.iter().any(|have| have.value == control) {
            self.record.controls.push(Spanned::new(control.to_owned(), span));
        }
    }

    /// What stands behind the classification words: controls, section, number, trailing signals.
    fn class_rest(&mut self, rest: &'t str) {
        let mut rest = rest.trim_ascii_start();
        loop {
            let trimmed = rest.trim_start_matches([' ', '/', ',', '.', '-']);
            let found = [
                ("E F T O", "EFTO"),
                ("EFTO", "EFTO"),
                ("FOUO", "FOUO"),
                ("FOR OFFICIAL USE ONLY", "FOUO"),
                ("SBU", "SBU"),
            ]
            .iter()
            .find(|(word, _)| {
                trimmed
                    .strip_prefix(word)
                    .is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_alphanumeric()))
            });
            let Some((word, control)) = found else {
                rest = trimmed;
                break;
            };
            let span = self.source.span(&trimmed[..word.len()]);
            self.control(control, span);
            rest = &trimmed[word.len()..];
        }
        if let Some(label) = section::find(rest) {
            if label.damaged {
                let span = self.source.span(&rest[label.start..label.end]);
                let message = format!("`{}` is read as a section label", &rest[label.start..label.end]);
                let fused = rest[label.end..].starts_with(|c: char| c.is_ascii_alphanumeric());
                let blank = if fused { " " } else { "" };
                let after = format!("SECTION {:02} OF {:02}{blank}", label.number, label.total);
                self.mended(Code::SectionWordDamaged, span, message, after);
            }
            self.head.section = Some(label);
            // The number may stand before the label or behind it.
            let before = rest[..label.start].trim();
            rest = if before.is_empty() || !before.bytes().any(|b| b.is_ascii_digit()) {
                &rest[label.end..]
            } else {
                &rest[..label.start]
            };
        }
        self.number(rest.trim_ascii());
    }

    /// Post and serial: `VALDORIA 001000 ZDK 001012`.
    fn number(&mut self, text: &'t str) {
        let Some((post, serial)) = post_and_serial(text) else {
            if self.damaged_number(text) {
                return;
            }
            for (_, word) in crate::datetime::words(text) {
                self.trailing_word(word);
            }
            return;
        };
        let printed = &text[..self.source.span(serial).end - self.source.span(text).start];
        let printed = printed.trim_start_matches(['/', ' ', '.', '-']);
        self.record.mrn_printed = Some(one_line(printed));
        let span = self.source.span(printed);
        if let Some(number) = self.year().and_then(|year| mrn::canonical(year, &self.own_post(post), serial))
        {
            let garbled = mrn::parts(&number.mrn).is_some_and(|parts| !mrn::is_key(post, parts.1))
                && self.is_garbled(post);
            if let Some(read) =
                number.repaired_post.map(str::to_owned).or(garbled.then(|| self.own_post(post)))
            {
                self.report(
                    Code::PostRepaired,
                    self.source.span(post),
                    format!("`{post}` is read as {read}"),
                );
            }
            self.record.mrn = Some(Spanned::new(number.mrn, span));
        }
        let after = self.source.span(printed).end - self.source.span(text).start;
        self.behind_number(&text[after..]);
    }

    /// `TOSEC 190010`, `ZDK 001012`, `SUSPECTED DUPLICATE 1392`: what stands behind the number.
    fn behind_number(&mut self, text: &'t str) {
        let mut before: Option<&'t str> = None;
        for (_, word) in crate::datetime::words(text) {
            let digits = (2..=8).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
            let mark = before.filter(|mark| digits && (is_series(mark) || crate::heading::is_signal(mark)));
            if let Some(mark) = mark {
                self.other_number(mark, word);
            } else if let (true, Some(mark @ "DUPLICATE")) = (digits, before) {
                let _ = mark;
                self.other_number("SUSPECTED DUPLICATE", word);
            }
            self.trailing_word(word);
            before = Some(word);
        }
    }

    fn other_number(&mut self, mark: &str, serial: &'t str) {
        let number = OtherNumber { mark: mark.to_owned(), serial: serial.to_owned() };
        if !self.record.other_numbers.iter().any(|other| other.value == number) {
            self.record.other_numbers.push(Spanned::new(number, self.source.span(serial)));
        }
    }

    /// Whether a post no table knows is one slip away from the originator's.
    fn is_garbled(&self, post: &str) -> bool {
        let own = self.record.from.as_ref().and_then(|from| from.value.post.as_deref());
        own.is_some_and(|own| {
            !mrn::is_key(post, own)
                && own.len() >= 5
                && address::one_edit(own.as_bytes(), mrn::key(post).as_bytes())
        }) && tables::canonical_post(post).is_none()
    }

    /// The post on the classification line, or the originator's where that is garbled.
    fn own_post(&self, post: &str) -> String {
        let own = self.record.from.as_ref().and_then(|from| from.value.post.clone());
        own.filter(|_| self.is_garbled(post)).unwrap_or_else(|| post.to_owned())
    }

    /// `VALDORIA 0O1OOO`: zeros read as the letter O.
    fn damaged_number(&mut self, text: &'t str) -> bool {
        let Some((post, serial)) = text.rsplit_once(' ') else { return false };
        let zeros = serial.len() >= 3
            && serial.contains('O')
            && serial.bytes().all(|b| b.is_ascii_digit() || b == b'O');
        if !zeros || !serial.bytes().any(|b| b.is_ascii_digit()) || post.bytes().any(|b| b.is_ascii_digit()) {
            return false;
        }
        let repaired = serial.replace('O', "0");
        let span = self.source.span(text);
        self.report(
            Code::NumberDamaged,
            self.source.span(serial),
            format!("`{serial}` is read as {repaired}"),
        );
        self.record.mrn_printed = Some(text.to_owned());
        if let Some(number) = self.year().and_then(|year| mrn::canonical(year, post, &repaired)) {
            self.record.mrn = Some(Spanned::new(number.mrn, span));
        }
        true
    }

    fn trailing_word(&mut self, word: &'t str) {
        if crate::heading::is_signal(word) {
            let span = self.source.span(word);
            self.record.transmission.signals.push(Spanned::new(word.to_owned(), span));
        } else if word.len() >= 5
            && tables::caption(word).is_some_and(|caption| caption.kind != tables::CaptionKind::Series)
        {
            let span = self.source.span(word);
            self.record.captions.push(Spanned::new(word.to_owned(), span));
        }
    }

    fn year(&self) -> Option<i16> {
        self.record.dtg.as_ref().map(|dtg| dtg.value.year()).or(self.context.year)
    }

    fn is_number_line(line: &str) -> bool {
        line.len() < 60
            && post_and_serial(line)
                .is_some_and(|(post, serial)| serial.len() >= 3 && !post.contains(['.', ',', '/']))
            && label(line).is_none()
    }

    fn number_line(&mut self, line: &'t str) -> bool {
        if let Some((number, len)) = mrn::general_message(line) {
            let span = self.source.span(&line[..len]);
            self.record.mrn = Some(Spanned::new(number, span));
            self.record.mrn_printed = Some(line[..len].to_owned());
            return true;
        }
        if !Self::is_number_line(line) {
            return false;
        }
        self.number(line);
        self.record.mrn_printed.is_some()
    }

    /// A line of captions and nothing else.
    fn caption_line(&mut self, line: &'t str) -> bool {
        let mut rest = line.trim_end_matches(['/', ' ', '.']);
        let mut found = Vec::new();
        while !rest.is_empty() {
            let Some(len) = caption_length(rest) else {
                // `EXDIS - CAIRO PASS ALEXANDRIA`, `EXDIS FOR AMB`: a caption, then an instruction.
                if !found.is_empty() && self.passing_text(rest.trim_start_matches(['-', ' ', ','])) {
                    break;
                }
                return false;
            };
            found.push(&rest[..len]);
            rest = rest[len..].trim_start_matches([',', ';', '/', '-', ' ', '\t', '+']);
        }
        for caption in &found {
            let span = self.source.span(caption);
            match *caption {
                "SENSITIVE" => {
                    self.control("SBU", span);
                    self.record.captions.push(Spanned::new((*caption).to_owned(), span));
                }
                "LOU" | "SBU" | "FOUO" | "EFTO" => self.control(caption, span),
                _ => {
                    let name = tables::caption(caption).map_or(*caption, |known| known.name);
                    self.record.captions.push(Spanned::new(name.to_owned(), span));
                }
            }
        }
        !found.is_empty()
    }

    /// `STATE FOR EUR/WE, EB`, `DEPT PLEASE PASS TO USTR`, `FOR THE SECRETARY FROM DOE`.
    fn passing(&mut self, line: &'t str) -> bool {
        if crate::general::is_set(line) {
            return false;
        }
        // In small letters an instruction may be the first sentence of a paragraph, which keeps it.
        if let Some(end) = first_sentence(line) {
            self.passing_text(&line[..end]);
            return false;
        }
        line.len() < 160 && self.passing_text(line)
    }

    fn passing_text(&mut self, text: &'t str) -> bool {
        if text.bytes().any(|b| b.is_ascii_lowercase()) && !text.bytes().any(|b| b.is_ascii_uppercase()) {
            return false;
        }
        // `FOR AMB; WELLINGTON FOR HUMMEL`: two instructions on one line.
        let parts = instructions(text);
        let read: Vec<_> = parts.iter().filter_map(|part| Some((read_passing(part)?, *part))).collect();
        if parts.len() > 1 && read.len() == parts.len() {
            for (passing, part) in read {
                self.push_passing(passing, part);
            }
            return true;
        }
        let Some(passing) = read_passing(text) else { return false };
        self.push_passing(passing, text);
        true
    }

    /// Keeps an instruction. `TODEP 08` among its recipients is a number in the series to that party.
    fn push_passing(&mut self, mut passing: Passing, text: &'t str) {
        let mut before: Option<&str> = None;
        for (_, word) in crate::datetime::words(text) {
            let word = word.trim_matches([',', ';', '.']);
            let digits = word.len() <= 6 && !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
            if let Some(mark) = before.filter(|mark| digits && is_series(mark)) {
                self.other_number(mark, word);
                let numbered = |to: &str| to.strip_prefix(mark).is_some_and(|rest| rest.trim() == word);
                match &mut passing.to[..] {
                    [only] if numbered(only) => mark.clone_into(only),
                    _ => passing.to.retain(|to| !numbered(to)),
                }
            }
            before = Some(word);
        }
        self.record.passing.push(Spanned::new(passing, self.source.span(text)));
    }

    /// `FROM AMBASSADOR DOE` on a line of its own, above the labels.
    fn sender(&mut self, line: &'t str, index: usize) -> bool {
        let words = line.split_ascii_whitespace().count();
        let capitals = !line.bytes().any(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if self.labelled || words > 6 || !capitals || !self.label_ahead(index + 1) {
            return false;
        }
        let from = line["FROM ".len()..].trim().trim_end_matches('.').to_owned();
        let passing = Passing { from: Some(from), ..Passing::default() };
        self.record.passing.push(Spanned::new(passing, self.source.span(line)));
        true
    }

    /// `FM CNO WASHINGTON DC//N1//`: the offices of stations in the heading, one station a line.
    fn office_codes(&mut self, mut index: usize) -> usize {
        while index < self.lines.end && self.noise(index).is_none() {
            let line = self.source.line(index);
            if !line.contains("//") || crate::general::is_set(line) {
                break;
            }
            let station = ["FM ", "TO ", "INFO "]
                .iter()
                .find_map(|word| line.strip_prefix(word))
                .unwrap_or(line)
                .trim();
            let to = vec![station.to_owned()];
            let passing = Passing { kind: PassingKind::Pass, to, ..Passing::default() };
            self.record.passing.push(Spanned::new(passing, self.source.span(station)));
            index += 1;
        }
        index
    }

    /// Reads a label and the lines that belong to it; the line after them.
    fn labelled_lines(&mut self, index: usize, label: Label, rest: &'t str) -> usize {
        self.labelled = true;
        let end = self.block_end(index, label);
        let text = &self.source.text[self.source.span(rest).start..self.source.lines[end - 1].end];
        let year = self.year();
        match label {
            Label::Order => {
                let parsed = order::read(text, year);
                let span = self.source.span(text.trim_ascii());
                if let Some(why) = order::doubt(&parsed) {
                    let shown = crate::clean::printable(text.trim());
                    self.report(Code::ExecutiveOrderUnreadable, span, format!("`{shown}` {why}"));
                }
                if self.record.executive_order.is_none() {
                    self.record.executive_order = Some(Spanned::new(parsed, span));
                }
                if let Some(name) = order::classifier(text) {
                    let by = ClassifiedBy { name: Some(one_line(name)), ..ClassifiedBy::default() };
                    self.record.classified_by.push(Spanned::new(by, self.source.span(name)));
                }
                // `E.O. 12958: N/A TAGS: PREL` on one line.
                if let Some(at) = text.find("TAGS:") {
                    self.tags(&text[at + 5..], year);
                }
            }
            Label::Tags { damaged } => {
                if damaged {
                    let line = self.source.line(index);
                    let span = self.source.span(line);
                    let label = (self.source.span(text).start.saturating_sub(span.start)).min(line.len());
                    let after = format!("TAGS: {}", line.get(label..).unwrap_or_default().trim_start());
                    self.mended(Code::TagsLabelDamaged, span, "the label is read as `TAGS:`", after);
                }
                self.tags(text, year);
            }
            Label::Subject => self.subject(text),
            Label::Reference => reference::block(self.source, text, year, self.record),
            Label::ClassifiedBy => body::classified_by(self.source, text, self.record),
        }
        end
    }

    fn tags(&mut self, text: &'t str, year: Option<i16>) {
        let (tags, diagnostics) = tagline::read(self.source, text, year);
        self.record.tags.extend(tags);
        self.record.diagnostics.append(diagnostics);
    }

    fn subject(&mut self, text: &'t str) {
        if self.head.subject {
            return;
        }
        self.head.subject = true;
        let text = text.trim_ascii().trim_end_matches(['-', ' ', '\n', '\r', '_']);
        let printed = one_line(text);
        if printed.is_empty() {
            return;
        }
        let (portion, rest) = match marking::portion(&printed) {
            Some((mark, end)) => (Some(mark.to_owned()), printed[end..].trim_start()),
            None => (None, printed.as_str()),
        };
        let subject = Subject { text: rest.to_owned(), portion, printed: printed.clone() };
        self.record.subject = Some(Spanned::new(subject, self.source.span(text)));
    }

    /// The line after the last one that continues the label at `index`.
    fn block_end(&self, index: usize, label: Label) -> usize {
        let mut end = index + 1;
        let mut at = index + 1;
        let mut blank = self.source.line(index).ends_with(':') && label != Label::Tags { damaged: false };
        let most = match label {
            Label::Reference => 60,
            Label::ClassifiedBy | Label::Subject => 8,
            _ => 6,
        };
        let mut blanks = 0;
        while at < self.lines.end && at - index < most {
            match self.noise(at) {
                Some(Noise::End | Noise::Break | Noise::Validation) => break,
                Some(Noise::Blank) => {
                    blanks += 1;
                    if blanks > 2 {
                        break;
                    }
                    at += 1;
                    continue;
                }
                Some(_) => {
                    at += 1;
                    continue;
                }
                None => {}
            }
            let line = self.source.line(at);
            let starts_other = self::label(line).is_some()
                || body::paragraph_start(line).is_some()
                || line.starts_with("---");
            if starts_other && !(label == Label::Reference && reference::is_item(line)) {
                break;
            }
            let goes_on = match label {
                Label::Order => {
                    blanks == 0
                        && !Self::caption_like(line)
                        && read_passing(line).is_none()
                        && order::continues(line)
                }
                Label::Tags { .. } => {
                    tagline::continues(line) || (blanks == 0 && open_name(self.source.line(end - 1)))
                }
                Label::Subject => {
                    let empty = self.source.line(index).ends_with(':');
                    (blanks == 0 || (empty && end == index + 1)) && !body::opens_block(line)
                }
                Label::Reference => {
                    reference::is_item(line)
                        || (blanks == 0 && reference::continues(line) && read_passing(line).is_none())
                        || (blank && end == index + 1 && reference::continues(line))
                }
                Label::ClassifiedBy => blanks == 0 && !body::opens_block(line),
            };
            if !goes_on {
                break;
            }
            blank = false;
            blanks = 0;
            at += 1;
            end = at;
        }
        end
    }

    fn caption_like(line: &str) -> bool {
        caption_length(line).is_some_and(|len| len == line.len())
    }
}

/// Whether a name in parentheses runs on over the line's end.
fn open_name(line: &str) -> bool {
    line.rfind('(').is_some_and(|open| !line[open..].contains(')'))
}

/// The length of the longest caption that starts a text.
fn caption_length(text: &str) -> Option<usize> {
    if !text.as_bytes()[0].is_ascii_uppercase() {
        return None;
    }
    // At most five words: `EXDIS (DISTRIBUTE AS NODIS)` is the longest form in the table.
    let mut ends: Vec<usize> = text
        .char_indices()
        .filter(|(_, c)| matches!(c, ' ' | ',' | '/' | ';' | '+'))
        .map(|(at, _)| at)
        .take(6)
        .chain([text.len()])
        .collect();
    ends.reverse();
    ends.into_iter().find(|&end| {
        let word = text[..end].trim_end();
        tables::caption(word).is_some()
            || matches!(word, "LOU" | "SBU" | "FOUO" | "EFTO")
            || word.ends_with(" CHANNEL") && word.split(' ').count() <= 3
    })
}

/// The post's words and the serial: `PORT ALDER 000123`.
fn post_and_serial(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_ascii().trim_start_matches(['/', '.', '-', ' ']);
    let digit = text.bytes().position(|b| b.is_ascii_digit())?;
    let before = &text[..digit];
    let post =
        before.trim_end_matches([' ', '\t', '-', '#']).trim_end_matches(" NR").trim_end_matches(" NO.");
    let len = text[digit..].bytes().take_while(u8::is_ascii_digit).count();
    let serial = &text[digit..digit + len];
    let after = text.as_bytes().get(digit + len);
    let legal = (1..=8).contains(&len)
        && !after.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'/')
        && (before.len() > post.len())
        && post.len() >= 2
        && post.len() <= 40
        && post.split_ascii_whitespace().count() <= 4
        && post
            .bytes()
            .all(|b| b.is_ascii_uppercase() || matches!(b, b' ' | b'-' | b'\'' | b'.' | b'/' | b','));
    legal.then_some((post, serial))
}

/// Reads a passing or attention instruction.
pub(crate) fn read_passing(line: &str) -> Option<Passing> {
    let line = line.trim_ascii().trim_end_matches('.');
    if line.len() < 6 || line.as_bytes()[0].is_ascii_digit() {
        return None;
    }
    let upper = line.to_ascii_uppercase();
    let word_at = |word: &str| {
        upper.match_indices(word).map(|(at, _)| at).find(|&at| {
            (at == 0 || matches!(upper.as_bytes()[at - 1], b' ' | b'-'))
                && matches!(upper.as_bytes().get(at + word.len()), Some(b' ') | None)
        })
    };
    let via = |end: usize| {
        let via = line[..end].trim().trim_end_matches(',');
        let via = ["PLEASE", "PLS", "ALSO", "KINDLY"]
            .iter()
            .fold(via, |via, word| via.strip_suffix(word).map_or(via, str::trim_end));
        (!via.is_empty()).then(|| via.trim_end_matches([' ', ',']).to_owned())
    };
    let mut passing = match (word_at("PASS"), word_at("FOR")) {
        (Some(at), _) if at < 60 => {
            let mut rest = line[at + 4..].trim_start();
            for word in ["TO ", "ALSO TO ", "COPY TO ", "FOR "] {
                rest = rest.strip_prefix(word).unwrap_or(rest);
            }
            Passing { kind: PassingKind::Pass, via: via(at), ..recipients(rest) }
        }
        (_, Some(at)) if at < 40 => {
            Passing { kind: PassingKind::For, via: via(at), ..recipients(&line[at + 3..]) }
        }
        _ if upper.starts_with("INFORM CONSULS") => {
            Passing { kind: PassingKind::Pass, to: vec!["CONSULS".to_owned()], ..Passing::default() }
        }
        _ => to_all(line)?,
    };
    // `FROM AMBASSADOR FOR THE SECRETARY`
    if let Some(from) = passing.via.as_deref().and_then(|via| via.strip_prefix("FROM ")) {
        passing.from = Some(from.trim().to_owned());
        passing.via = None;
    }
    let via_ok = passing.via.as_ref().is_none_or(|via| {
        via.split(' ').count() <= 4
            && !via.bytes().any(|b| b.is_ascii_lowercase())
            && !via.contains(['.', ':', '"'])
            && !via.split(' ').any(is_verb)
    });
    (via_ok && !passing.to.is_empty()).then_some(passing)
}

/// Where the first sentence of a line in small letters ends, if others follow it.
fn first_sentence(line: &str) -> Option<usize> {
    let starts = ["For ", "FOR ", "From ", "Please pass ", "Pass "];
    if !starts.iter().any(|start| line.starts_with(start)) || !line.bytes().any(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let ends = |at: &usize| line[..*at].rsplit(' ').next().is_some_and(|word| word.len() > 3);
    let end = line.match_indices(". ").map(|(at, _)| at).take_while(|at| *at < 120).find(ends)?;
    (line[end..].split(' ').count() > 3).then_some(end)
}

/// Words that stand in sentences, and between no station and its `FOR`.
fn is_verb(word: &str) -> bool {
    matches!(
        word,
        "WILL"
            | "WOULD"
            | "IS"
            | "ARE"
            | "WAS"
            | "WERE"
            | "HAS"
            | "HAVE"
            | "HAD"
            | "CAN"
            | "MAY"
            | "SHOULD"
            | "ASKED"
            | "SAID"
            | "THANKS"
    )
}

/// Cuts a line into its instructions: at semicolons, at the end of a sentence, and before all addressees.
fn instructions(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let rest = &text.as_bytes()[at + 1..];
        let cut = match byte {
            b';' => true,
            // `J. DOE` is a name.
            b'.' => {
                let word = text[from..at].bytes().rev().take_while(u8::is_ascii_alphabetic).count();
                word >= 3 && rest.starts_with(b" ")
            }
            b' ' => rest.starts_with(b"ALL ADDRESSEES ") || rest.starts_with(b"ALL ADDEES "),
            _ => false,
        };
        if cut {
            parts.push(text[from..at].trim_ascii());
            from = at + 1;
        }
    }
    parts.push(text[from..].trim_ascii());
    parts.retain(|part| !part.is_empty());
    parts
}

/// `ALL ADDEES TAKE AS IMMEDIATE`: an order to all.
fn to_all(line: &str) -> Option<Passing> {
    let all = ["ALL ADDRESSEES", "ALL ADDEES"].into_iter().find(|all| line.starts_with(all))?;
    let note = line[all.len()..].trim();
    (!note.is_empty() && note.starts_with(|c: char| c.is_ascii_uppercase())).then(|| Passing {
        to: vec![all.to_owned()],
        note: Some(note.to_owned()),
        ..Passing::default()
    })
}

/// Whom an instruction is for, from whom, and what they are to do.
fn recipients(text: &str) -> Passing {
    const ORDERS: &[&str] =
        &[" TAKE ", " TREAT ", " HANDLE ", " DELIVER ", " PROTECT ", " DO NOT ", " PLEASE ", " PLS "];
    let order = ORDERS.iter().filter_map(|word| text.find(word)).filter(|at| *at > 1).min();
    let (names, note) = text.split_at(order.unwrap_or(text.len()));
    let (names, from) = names.split_once(" FROM ").map_or((names, None), |(names, from)| (names, Some(from)));
    let some = |text: &str| {
        let text = text.trim_matches([' ', ',', '.', ';', '-']);
        (!text.is_empty()).then(|| text.to_owned())
    };
    Passing { to: offices(names), from: from.and_then(some), note: some(note), ..Passing::default() }
}

/// The offices of an instruction: separated by commas, semicolons and AND.
fn offices(text: &str) -> Vec<String> {
    text.split([',', ';'])
        .flat_map(|part| part.split(" AND "))
        .map(|part| part.trim().trim_start_matches("AND ").trim_end_matches('.').to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

/// Whether a word marks a series of a travelling party: `TOSEC`, and such as `TODEP` that no table has.
fn is_series(word: &str) -> bool {
    (4..=7).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_uppercase())
        && (word.starts_with("TO") || word.ends_with("TO"))
}

/// Whether a line is captions and nothing else.
pub(crate) fn is_caption_line(line: &str) -> bool {
    let mut rest = line.trim_end_matches(['/', ' ', '.']);
    let any = !rest.is_empty();
    while !rest.is_empty() {
        let Some(len) = caption_length(rest) else { return false };
        rest = rest[len..].trim_start_matches([',', ';', '/', '-', ' ', '\t', '+']);
    }
    any
}

/// A general message's number or a caption read by another reader.
pub(crate) fn is_label_line(line: &str) -> bool {
    label(line).is_some() || keyword(line, "E.O.").is_some()
}
