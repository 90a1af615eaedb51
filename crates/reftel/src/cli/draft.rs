//! `reftel draft`

use std::path::PathBuf;

use annotate_snippets::{AnnotationKind, Level, Origin, Snippet};
use reftel_telegram::write::draft::{self, Drafted, Options, Refusal};

use super::check::drawn;
use super::fmt::Form;
use super::place::Places;
use super::terminal::{Screen, clean, counted};
use super::written::{self, Written};
use super::{Failure, Status};

/// Make a telegram of a draft
///
/// A draft is a short plain file: headers, a blank line, numbered paragraphs, a blank line, the surname of
/// whoever signs. `reftel draft` fills the text to 69 columns, cuts it into sections at 100 lines and into
/// pages of 20, and sets format lines 1 to 16 around it. Lines that are indented stand as they were typed.
///
/// The telegram is read again before it is printed: it says what the draft says, and `reftel check` finds
/// nothing odd about it. What is missing, or can't be sent, is refused with its place in the draft. What is
/// sent otherwise than typed, and what is set besides, is listed on standard error.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Draft {
    /// The drafts; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// What the circuit carries
    #[arg(long, value_name = "CHARSET", default_value = "ascii")]
    charset: Charset,

    /// The form to send in
    #[arg(long, value_name = "DIALECT", default_value = "acp127-us")]
    dialect: Form,
}

const HELP: &str = "\
Headers, one value each unless several are said to be possible:
  From:            the originator; its routing indicator in front, or as `Station:`
  To:, Info:       addressees, one a line; behind a name its precedence, NIACT IMMEDIATE, number
  Precedence:      of action, and, if another, of information: PRIORITY, ROUTINE
  Number:          1000, or VALDORIA 1000
  DTG:             111528Z JUN 09
  Classification:  SECRET, CONFIDENTIAL, UNCLASSIFIED, SBU, LIMITED OFFICIAL USE and so on
  Captions:        SIPDIS, EXDIS; several
  Passing:         DEPT FOR EUR/XX; several
  E.O.:            13526: DECL: 06/10/2034; the order's number may be left out
  TAGS:            PREL, OVIP (DOE, JANE), VD
  Subject:         (C) Finance Minister previews ferry tariff
  Ref:             one a line; letters are set in front
  Classified by:   Economic Counselor Jane Q. Roe, reasons 1.4 (b) and (d)
  Channel:, Signals:, Filed:  what the station sets in format lines 1, 4 and 3

Exit status: 0 done, 2 a draft could not be read or is refused.

Example: a file ferry.txt with
  From: RUEHVX/AMEMBASSY VALDORIA
  To: SECSTATE WASHDC PRIORITY
  Info: RUEHPQ/AMCONSUL PORT ALDER
  Precedence: PRIORITY, ROUTINE
  Number: 1000
  DTG: 111528Z JUN 09
  Classification: CONFIDENTIAL
  Captions: SIPDIS
  E.O.: DECL: 06/10/2019
  TAGS: ETRD, EWWT, VD
  Subject: (C) Finance Minister previews ferry tariff
  Ref: VALDORIA 987
       08 PORT ALDER 114 (NOTAL)
  Classified by: Economic Counselor Jane Q. Roe, reasons 1.4 (b) and (d)

  1. (C) SUMMARY: The cabinet will set the new tariff before the summer recess
  (ref A). END SUMMARY.

  2. (C) COMMENT: We expect it in July. END COMMENT.

  DOE
and then: reftel draft ferry.txt > ferry.telegram";

/// What a circuit carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Charset {
    /// International telegraph alphabet 2: capitals, figures and - ? : ( ) . , /
    Ita2,
    /// US-ASCII
    Ascii,
}

impl From<Charset> for draft::Charset {
    fn from(charset: Charset) -> draft::Charset {
        match charset {
            Charset::Ita2 => draft::Charset::Ita2,
            Charset::Ascii => draft::Charset::Ascii,
        }
    }
}

impl Draft {
    pub(crate) fn run(&self, screen: &mut Screen) -> Result<Status, Failure> {
        let color = screen.error_color;
        written::each(&self.files, screen, |name, bytes| self.file(name, bytes, color))
    }

    /// A draft's telegram and what there is to say of it; or everything that is in the way.
    fn file(&self, name: &str, bytes: &[u8], color: bool) -> Result<Written, Vec<Failure>> {
        let (text, _) = reftel_telegram::decode(bytes);
        // Places are counted in the text as it was decoded.
        let places = Places::new(text.as_bytes());
        let options = Options { dialect: self.dialect.into(), charset: self.charset.into() };
        match draft::draft(&text, &options) {
            Ok(drafted) => {
                let notes = remarks(name, &places, &drafted);
                Ok(Written { text: drafted.text, notes, ..Written::default() })
            }
            Err(refusals) => {
                let shown =
                    refusals.iter().map(|refusal| Failure::Shown(show(name, &places, refusal, color)));
                Err(shown.collect())
            }
        }
    }
}

/// What was replaced and what was set, a line each; capitals for small letters are counted.
fn remarks(name: &str, places: &Places, drafted: &Drafted) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut small = 0;
    for found in &drafted.replacements {
        if found.is_case() {
            small += found.before.len() as u64;
            continue;
        }
        let (line, column) = places.line_and_column(found.span.start);
        let (before, after) = (clean(&found.before), clean(&found.after));
        remarks.push(format!("{}:{line}:{column}: `{before}` is sent as `{after}`", clean(name)));
    }
    if small > 0 {
        remarks.push(format!("{}: {} sent as capitals", clean(name), counted(small, "small letter")));
    }
    for (line, value) in &drafted.assumed {
        let (line, value) = (clean(line), clean(value));
        remarks.push(format!("{}: {line}: `{value}` is set, as the draft doesn't say it", clean(name)));
    }
    remarks
}

/// A refusal with its place in the draft.
fn show(name: &str, places: &Places, refusal: &Refusal, color: bool) -> String {
    let excerpt = places.excerpt(refusal.span);
    let snippet = Snippet::source(excerpt.text.as_str())
        .line_start(excerpt.line)
        .annotation(AnnotationKind::Primary.span(excerpt.span.clone()));
    let message = clean(&refusal.message);
    let report = Level::ERROR
        .primary_title(message.as_ref())
        .element(Origin::path(clean(name)).line(excerpt.line).char_column(excerpt.column))
        .element(snippet)
        .element(Level::HELP.message(clean(&refusal.help)));
    drawn(report, color)
}
