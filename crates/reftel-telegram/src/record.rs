//! What one telegram says, field by field.
//!
//! A [`Record`] owns its values and knows where in the input each was read. A field that the text
//! doesn't have is `None` or empty; what was inferred and not printed says so in its documentation.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::DateTime;

use crate::diagnostic::Confidence;
use crate::{Findings, Span, Spanned};

/// Everything that one telegram says.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The message reference number in canonical form: `09VALDORIA1000`. Its year is inferred from the
    /// date-time group, or from [`crate::Context::year`].
    pub mrn: Option<Spanned<String>>,
    /// The number as printed: `VALDORIA 001000`.
    pub mrn_printed: Option<String>,
    /// Numbers beside the telegram's own: `TOSEC 190010`, or that of the copy it corrects.
    pub other_numbers: Vec<Spanned<OtherNumber>>,
    /// The heading's dialect.
    pub dialect: Dialect,
    /// How sure the dialect is, and what tells it. `None` where no heading was looked for.
    pub dialect_found: Option<Detection>,
    /// What kind of copy the text came as.
    pub copy: CopyKind,
    /// How sure that is, and what tells it.
    pub copy_found: Option<Detection>,
    /// The heading under which a message was sent on to others, above its own.
    pub readdressal: Option<Spanned<Readdressal>>,
    /// Format lines 1 to 4, 15: what the relays wrote.
    pub transmission: Transmission,
    /// Action precedence as in format line 5.
    pub precedence: Option<Spanned<Precedence>>,
    /// The lower precedence for information addressees, where format line 5 prints two.
    pub precedence_info: Option<Spanned<Precedence>>,
    /// The date-time group, in UTC.
    pub dtg: Option<Spanned<DateTime>>,
    /// The date-time group as printed: `110928Z JUN 09`.
    pub dtg_printed: Option<String>,
    /// The originator.
    pub from: Option<Spanned<Station>>,
    /// Action addressees, in order.
    pub to: Vec<Spanned<Addressee>>,
    /// Information addressees, in order.
    pub info: Vec<Spanned<Addressee>>,
    /// The overall classification as the text gives it.
    pub classification: Option<Spanned<Classification>>,
    /// Controls on an unclassified text: `SBU`, `LOU`, `FOUO`, `EFTO`.
    pub controls: Vec<Spanned<String>>,
    /// Captions: `SIPDIS`, `EXDIS`, in canonical spelling.
    pub captions: Vec<Spanned<String>>,
    /// Which sections are here, and how many there should be.
    pub sections: Sections,
    /// Passing and attention instructions.
    pub passing: Vec<Spanned<Passing>>,
    /// The E.O. line.
    pub executive_order: Option<Spanned<ExecutiveOrder>>,
    /// TAGS, in order.
    pub tags: Vec<Spanned<Tag>>,
    /// The subject line.
    pub subject: Option<Spanned<Subject>>,
    /// The entries of the reference block, in order.
    pub references: Vec<Spanned<Reference>>,
    /// Who classified it, and why.
    pub classified_by: Vec<Spanned<ClassifiedBy>>,
    /// The paragraphs, in order. Text before the first number, or a text without numbers, is a
    /// paragraph without a number.
    pub paragraphs: Vec<Spanned<Paragraph>>,
    /// Summary, comment and other marked blocks.
    pub blocks: Vec<Spanned<Block>>,
    /// Who signed: surnames as printed.
    pub signatures: Vec<Spanned<String>>,
    /// Drafting, clearance, approval, release.
    pub workflow: Workflow,
    /// The distribution lines of an archive copy.
    pub distribution: Distribution,
    /// The sets of a general message, in order, without its remarks: `MSGID/GENADMIN/CNO//`.
    pub sets: Vec<Spanned<Set>>,
    /// Reviews for release whose stamps are on the copy, each once.
    pub reviews: Vec<Spanned<Review>>,
    /// What an editor of the copy put in brackets about it, without them: `EXCERPT ENDS`.
    pub editorial_notes: Vec<Spanned<String>>,
    /// Telegrams quoted whole inside this one.
    pub nested: Vec<Spanned<Record>>,
    /// Places in the running text that point to a telegram: `reftel B`, `STATE 12345`.
    pub mentions: Vec<Spanned<Mention>>,
    /// What is odd about it.
    pub diagnostics: Findings,
}

/// A number beside the telegram's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherNumber {
    /// The series (`TOSEC`), or the signal that says why there is another number (`ZDK`).
    pub mark: String,
    /// The number as printed: `190010`.
    pub serial: String,
}

/// How sure a dialect or a kind of copy is, and what tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// Certain where only one can have that mark.
    pub confidence: Confidence,
    /// The mark, in a few words.
    pub reason: Cow<'static, str>,
}

/// What kind of copy a text came as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CopyKind {
    /// As it went over the line.
    Line,
    /// An archive's printout of the 1970s.
    ArchiveCopy,
    /// An archive's export, with the archive's description around the text.
    ArchiveExport,
    /// A page in HTML.
    WebPage,
    /// A page in Markdown.
    Markdown,
    /// A document of an edited volume.
    EditedVolume,
    /// A general message that a gateway printed.
    Gateway,
    /// Nothing tells.
    #[default]
    Unknown,
}

impl CopyKind {
    /// The name in the JSON record.
    pub const fn name(self) -> &'static str {
        match self {
            CopyKind::Line => "line",
            CopyKind::ArchiveCopy => "archive-copy",
            CopyKind::ArchiveExport => "archive-export",
            CopyKind::WebPage => "web-page",
            CopyKind::Markdown => "markdown",
            CopyKind::EditedVolume => "edited-volume",
            CopyKind::Gateway => "gateway",
            CopyKind::Unknown => "unknown",
        }
    }
}

/// The heading under which a message was sent on, with its own date-time group and addressees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readdressal {
    /// Its precedence.
    pub precedence: Option<Precedence>,
    /// Its date-time group, in UTC.
    pub dtg: Option<DateTime>,
    /// The same as printed.
    pub dtg_printed: Option<String>,
    /// Who sent it on.
    pub from: Option<Station>,
    /// To whom, for action.
    pub to: Vec<Addressee>,
    /// To whom, for information.
    pub info: Vec<Addressee>,
}

/// A set of a formatted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// Its name: `MSGID`.
    pub name: String,
    /// What stands between its slants, each in one line. A set of free text has one.
    pub fields: Vec<String>,
}

/// A review for release, as its stamp says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// What was decided: `Declassified/Released`.
    pub action: String,
    /// On whose authority: `US Department of State EO Systematic Review`.
    pub authority: String,
    /// Who is named on the stamp.
    pub by: Option<String>,
    /// The day.
    pub date: Option<jiff::civil::Date>,
}

/// The heading's dialect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// ACP 127 with the US supplement: `VZCZC…`, `DE RUEHVX #0123 1621530`.
    Acp127Us,
    /// Plain ACP 127, as allies write it: `DE RXDB 123 11/1215Z`.
    Acp127,
    /// JANAP 128: a routing line in fixed columns, `PTTCZYUW RUEHVXA1000 1621530-CCCC--RUEHC.`
    Janap128,
    /// ACP 126: starts at the date-time group, without routing lines.
    Acp126,
    /// An archive copy of the 1970s: `PAGE 01`, `ACTION`, the dash line.
    Archive1970s,
    /// No heading that any of them knows.
    #[default]
    Fragment,
}

impl Dialect {
    /// The name in the JSON record.
    pub const fn name(self) -> &'static str {
        match self {
            Dialect::Acp127Us => "acp127-us",
            Dialect::Acp127 => "acp127",
            Dialect::Janap128 => "janap128",
            Dialect::Acp126 => "acp126",
            Dialect::Archive1970s => "archive-1970s",
            Dialect::Fragment => "fragment",
        }
    }

    /// Whether its headings have the lines that relays write, format lines 1 to 4.
    pub(crate) const fn is_routed(self) -> bool {
        matches!(self, Dialect::Acp127Us | Dialect::Acp127 | Dialect::Janap128)
    }
}

/// Format lines 1 to 4 and 15: what relays wrote around the message.
#[derive(Clone, Debug, Default)]
pub struct Transmission {
    /// Transmission identifications, newest first: `XRO` `6229`.
    pub ids: Vec<Spanned<TransmissionId>>,
    /// The doubled prosign of format line 2.
    pub routing_precedence: Option<Spanned<Precedence>>,
    /// Routing indicators called.
    pub called: Vec<Spanned<String>>,
    /// The originating station's routing indicator.
    pub station: Option<Spanned<String>>,
    /// Its serial number, as printed without `#`.
    pub station_serial: Option<Spanned<String>>,
    /// The section number behind the serial: `/01`.
    pub station_section: Option<Spanned<u32>>,
    /// The filing time, in UTC. Its year is inferred from the date-time group.
    pub filed: Option<Spanned<DateTime>>,
    /// The media code of a JANAP 128 heading, how the message enters and leaves the network: `TT`.
    pub media: Option<Spanned<String>>,
    /// Its content indicator code: `ZYUW`.
    pub content: Option<Spanned<String>>,
    /// `ZNR` or `ZNY`.
    pub warning: Option<Spanned<String>>,
    /// `CCCCC`.
    pub class_characters: Option<Spanned<String>>,
    /// Operating signals of format lines 4 and 5.
    pub signals: Vec<Spanned<String>>,
    /// The number of format line 15: `#1000`, without `#`.
    pub validation: Option<Spanned<String>>,
    /// The number of six figures on the dash line of an archive copy.
    pub relay_counter: Option<Spanned<String>>,
    /// The time on that line, in UTC. Month and year are inferred from the date-time group.
    pub relayed: Option<Spanned<DateTime>>,
    /// The two figures below the page line, or, since December 1976, behind the stroke of the dash line. What they
    /// mean isn't known.
    pub relay_code: Option<Spanned<String>>,
}

impl Transmission {
    fn each_span(&mut self, change: &mut dyn FnMut(&mut Span)) {
        for value in &mut self.ids {
            change(&mut value.span);
        }
        if let Some(value) = &mut self.routing_precedence {
            change(&mut value.span);
        }
        for list in [&mut self.called, &mut self.signals] {
            for value in list {
                change(&mut value.span);
            }
        }
        for value in [
            &mut self.station,
            &mut self.station_serial,
            &mut self.warning,
            &mut self.class_characters,
            &mut self.validation,
            &mut self.media,
            &mut self.content,
            &mut self.relay_counter,
            &mut self.relay_code,
        ]
        .into_iter()
        .flatten()
        {
            change(&mut value.span);
        }
        if let Some(value) = &mut self.station_section {
            change(&mut value.span);
        }
        for value in [&mut self.filed, &mut self.relayed].into_iter().flatten() {
            change(&mut value.span);
        }
    }
}

/// A channel designator and the number of the transmission on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransmissionId {
    /// Three letters.
    pub designator: String,
    /// Three or four digits, as printed.
    pub serial: String,
}

/// How urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Precedence {
    /// `R`
    Routine,
    /// `P`
    Priority,
    /// `O`
    Immediate,
    /// `Z`
    Flash,
    /// `Y`, emergency command precedence.
    FlashOverride,
}

impl Precedence {
    /// The word in the record and on an addressee line.
    pub const fn name(self) -> &'static str {
        match self {
            Precedence::Routine => "ROUTINE",
            Precedence::Priority => "PRIORITY",
            Precedence::Immediate => "IMMEDIATE",
            Precedence::Flash => "FLASH",
            Precedence::FlashOverride => "FLASH OVERRIDE",
        }
    }
}

impl fmt::Display for Precedence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A station as an address line names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Station {
    /// The plain language address: `AMEMBASSY VALDORIA`.
    pub plad: String,
    /// The routing indicator in front of it.
    pub routing_indicator: Option<String>,
    /// The post, as in a message reference number: `VALDORIA`. Inferred from the address.
    pub post: Option<String>,
}

/// One addressee.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressee {
    /// Who.
    pub station: Station,
    /// The precedence printed behind the name, if any.
    pub precedence: Option<Precedence>,
    /// Whether action is wanted by night.
    pub niact: bool,
    /// The message continuity number at the line's end, as printed.
    pub continuity_number: Option<String>,
    /// Whether it is a collective address.
    pub collective: bool,
    /// Members of the collective that are exempt (`XMT`), as printed.
    pub exempt: Vec<String>,
    /// The way it goes, where that isn't the wire: `BY POUCH`.
    pub delivery: Option<String>,
}

/// The overall classification, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Classification {
    /// `UNCLAS`
    Unclassified,
    /// `R E S T R I C T E D`
    Restricted,
    /// `C O N F I D E N T I A L`
    Confidential,
    /// `S E C R E T`
    Secret,
    /// `T O P  S E C R E T`
    TopSecret,
}

impl Classification {
    /// The word in the record.
    pub const fn name(self) -> &'static str {
        match self {
            Classification::Unclassified => "UNCLASSIFIED",
            Classification::Restricted => "RESTRICTED",
            Classification::Confidential => "CONFIDENTIAL",
            Classification::Secret => "SECRET",
            Classification::TopSecret => "TOP SECRET",
        }
    }
}

impl fmt::Display for Classification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which sections of the telegram are in the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sections {
    /// Their numbers, ascending, each once.
    pub present: Vec<u32>,
    /// How many there are in all, as printed.
    pub total: Option<u32>,
}

/// An instruction for whom the text is, or to whom to pass it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passing {
    /// `FOR` an office, or `PASS` to another station.
    pub kind: PassingKind,
    /// Who is to see to it: `STATE` in `STATE FOR EUR`.
    pub via: Option<String>,
    /// Whom it is for.
    pub to: Vec<String>,
    /// From whom: `AMBASSADOR` in `FOR THE SECRETARY FROM AMBASSADOR`.
    pub from: Option<String>,
    /// What they are to do: `TAKE AS IMMEDIATE`.
    pub note: Option<String>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PassingKind {
    /// For the attention of.
    #[default]
    For,
    /// Pass on to.
    Pass,
}

/// The E.O. line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecutiveOrder {
    /// The order's number: `12958`.
    pub order: Option<String>,
    /// `DECL`, `GDS`, `ADS`, `XGDS`, `RDS`, `XDS`, `N/A`.
    pub instruction: Option<String>,
    /// The date on which the text may be declassified.
    pub date: Option<jiff::civil::Date>,
    /// The event after which it may.
    pub event: Option<String>,
    /// Exemption codes: `X1`, `25X1`, `OADR`, `1.4(b)`.
    pub exemptions: Vec<String>,
    /// When the text falls due by the order's own rule. Inferred from the telegram's date and classification.
    pub due: Option<Due>,
    /// The days from which a general schedule lowers the classification, and to what. Inferred as well.
    pub downgrades: Vec<(jiff::civil::Date, Classification)>,
}

/// When a classified text falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The day.
    pub date: jiff::civil::Date,
    /// What is to be done on it.
    pub action: DueAction,
    /// By which rule the day is known.
    pub rule: DueRule,
}

/// What is to be done when a text falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueAction {
    /// It is declassified.
    Declassify,
    /// It is reviewed.
    Review,
}

impl DueAction {
    /// The name in the JSON record.
    pub const fn name(self) -> &'static str {
        match self {
            DueAction::Declassify => "declassify",
            DueAction::Review => "review",
        }
    }
}

/// By which rule a day of declassification or review is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueRule {
    /// It is printed.
    Printed,
    /// General Declassification Schedule of E.O. 11652: the end of the sixth, eighth or tenth full calendar year.
    GeneralSchedule,
    /// Exempt from it: thirty full calendar years, E.O. 11652 §5(E).
    ThirtyYears,
    /// Six years, E.O. 12065 §1-401.
    SixYears,
    /// Review after twenty years, E.O. 12065 §1-402.
    TwentyYears,
    /// Ten years where neither date nor event is named, E.O. 12958 §1.6 and 13526 §1.5.
    TenYears,
    /// A mark that no longer counts: 25 years from the date of the source, 32 CFR 2001.
    ObsoleteMark,
    /// Exempt at 25 years: fifty, E.O. 13526 §3.3.
    FiftyYears,
    /// Exempt at fifty years: 75, E.O. 13526 §3.3.
    SeventyFiveYears,
}

impl DueRule {
    /// The name in the JSON record.
    pub const fn name(self) -> &'static str {
        match self {
            DueRule::Printed => "printed",
            DueRule::GeneralSchedule => "gds",
            DueRule::ThirtyYears => "30-years",
            DueRule::SixYears => "6-years",
            DueRule::TwentyYears => "20-years",
            DueRule::TenYears => "10-years",
            DueRule::ObsoleteMark => "obsolete-mark",
            DueRule::FiftyYears => "50-years",
            DueRule::SeventyFiveYears => "75-years",
        }
    }
}

/// One TAG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The code: `PREL`. `None` for a person without a travel tag.
    pub code: Option<String>,
    /// What it names.
    pub kind: TagKind,
    /// The person in parentheses behind it: `DOE, JANE`.
    pub person: Option<String>,
}

/// What a TAG names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TagKind {
    /// A subject: four letters.
    Subject,
    /// A program: `K` and three letters.
    Program,
    /// A country or region.
    Geographic,
    /// An organisation.
    Organization,
    /// A person.
    Person,
    /// In no table and of no known form.
    Unknown,
}

impl TagKind {
    /// The name in the JSON record.
    pub const fn name(self) -> &'static str {
        match self {
            TagKind::Subject => "subject",
            TagKind::Program => "program",
            TagKind::Geographic => "geographic",
            TagKind::Organization => "organization",
            TagKind::Person => "person",
            TagKind::Unknown => "unknown",
        }
    }
}

/// The subject line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// In one line, without its portion mark.
    pub text: String,
    /// As printed, in one line.
    pub printed: String,
    /// Its portion mark, without parentheses.
    pub portion: Option<String>,
}

/// One entry of the reference block, or one number in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The label: `A`.
    pub label: Option<String>,
    /// What it refers to.
    pub kind: ReferenceKind,
    /// As printed, in one line.
    pub printed: String,
    /// The canonical number, for a telegram or an airgram.
    pub mrn: Option<String>,
    /// Where the number's year is from.
    pub year: Option<YearSource>,
    /// Not to all addressees.
    pub notal: bool,
    /// Captions in parentheses behind it.
    pub captions: Vec<String>,
    /// `AND PREVIOUS`.
    pub and_previous: bool,
    /// The minute of a message named by its date-time group, in UTC.
    pub dtg: Option<DateTime>,
    /// By which rule a number without a post, such as `MY 123`, was resolved.
    pub resolved: Option<Resolved>,
}

/// How a number that names no post was resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// By which rule.
    pub rule: ResolvedBy,
    /// How sure that is.
    pub confidence: Confidence,
}

/// Whose series a number without a post is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResolvedBy {
    /// The sender's: `MY 123`, `EMBTEL 123`.
    Sender,
    /// The sender's of the year before: the number is above the telegram's own.
    SenderYearBefore,
    /// The only action addressee's: `YOUR 123`.
    Addressee,
    /// The Department's: `DEPTEL 123`.
    Department,
}

impl ResolvedBy {
    /// The name in the JSON record.
    pub const fn name(self) -> &'static str {
        match self {
            ResolvedBy::Sender => "sender",
            ResolvedBy::SenderYearBefore => "sender-year-before",
            ResolvedBy::Addressee => "addressee",
            ResolvedBy::Department => "department",
        }
    }
}

/// What a reference refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ReferenceKind {
    Telegram,
    Airgram,
    Email,
    Telephone,
    Memorandum,
    Letter,
    Fax,
    Meeting,
    Report,
    Web,
    Book,
    /// A message named by its date-time group.
    Dtg,
    Other,
}

impl ReferenceKind {
    /// The name in the JSON record.
    pub const fn name(self) -> &'static str {
        match self {
            ReferenceKind::Telegram => "telegram",
            ReferenceKind::Airgram => "airgram",
            ReferenceKind::Email => "email",
            ReferenceKind::Telephone => "telephone",
            ReferenceKind::Memorandum => "memorandum",
            ReferenceKind::Letter => "letter",
            ReferenceKind::Fax => "fax",
            ReferenceKind::Meeting => "meeting",
            ReferenceKind::Report => "report",
            ReferenceKind::Web => "web",
            ReferenceKind::Book => "book",
            ReferenceKind::Dtg => "dtg",
            ReferenceKind::Other => "other",
        }
    }
}

/// Where the year in a reference's number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YearSource {
    /// Printed in the reference.
    Printed,
    /// Inherited from the telegram that cites.
    Inherited,
}

impl YearSource {
    /// The name in the JSON record.
    pub const fn name(self) -> &'static str {
        match self {
            YearSource::Printed => "printed",
            YearSource::Inherited => "inherited",
        }
    }
}

/// Who classified the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassifiedBy {
    /// The name: `Jane Q. Roe`.
    pub name: Option<String>,
    /// The title: `Economic Counselor`.
    pub title: Option<String>,
    /// The reasons: `1.4(b)`.
    pub reasons: Vec<String>,
}

/// One paragraph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paragraph {
    /// Its number, repaired where the copy is damaged.
    pub number: Option<u32>,
    /// Its number as printed.
    pub number_printed: Option<String>,
    /// Its portion mark, without parentheses: `S/NF`.
    pub portion: Option<String>,
    /// The heading line above it.
    pub heading: Option<String>,
    /// Its words, line by line, without number, portion mark, page and section lines.
    pub text: String,
    /// The bytes of the input that `text` was read from, in order: `(offset in text, span)` for each
    /// printed line of it.
    pub lines: Vec<(usize, Span)>,
}

/// A marked block of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Which.
    pub kind: BlockKind,
    /// Its words, without paragraph numbers, portion marks and the markers themselves.
    pub text: String,
    /// The numbers of the paragraphs it stands in.
    pub paragraphs: Vec<u32>,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum BlockKind {
    Summary,
    Comment,
    Note,
    ActionRequest,
    Text,
    Translation,
    Quote,
}

impl BlockKind {
    /// The name in the JSON record.
    pub const fn name(self) -> &'static str {
        match self {
            BlockKind::Summary => "summary",
            BlockKind::Comment => "comment",
            BlockKind::Note => "note",
            BlockKind::ActionRequest => "action_request",
            BlockKind::Text => "text",
            BlockKind::Translation => "translation",
            BlockKind::Quote => "quote",
        }
    }
}

/// Drafting, clearance, approval, release, as printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workflow {
    /// `DRAFTED BY EUR/XX:JQDOE:abc`
    pub drafted_by: Vec<Spanned<String>>,
    /// Clearance lines.
    pub cleared_by: Vec<Spanned<String>>,
    /// `APPROVED BY EUR:RROE`
    pub approved_by: Vec<Spanned<String>>,
    /// Who released it.
    pub released_by: Vec<Spanned<String>>,
}

/// Offices that get copies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    /// The `ACTION` or `ORIGIN` office: `EUR-12`.
    pub action: Vec<Spanned<Office>>,
    /// The `INFO` offices.
    pub info: Vec<Spanned<Office>>,
    /// The total behind the slant: `/028`.
    pub total: Option<Spanned<u32>>,
    /// The letter behind the total: `W` or `R`. What it means isn't known.
    pub flag: Option<Spanned<String>>,
}

/// An office and its copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// The office symbol.
    pub office: String,
    /// How many copies.
    pub copies: u32,
}

/// A place in the text that points to a telegram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// By what it points.
    pub kind: MentionKind,
    /// As printed, in one line.
    pub printed: String,
    /// The canonical number it points to, if it can be said.
    pub mrn: Option<String>,
    /// The entry in [`Record::references`] it points to.
    pub reference: Option<usize>,
}

/// By what a place in the text points to a telegram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MentionKind {
    /// The label of a reference, or the word alone where there is one: `reftel B`, `reftel`.
    Label,
    /// A number with its post or series: `STATE 12345`, `NAVADMIN 123/15`.
    Number,
    /// A number that says only whose it is: `YOUR 326`.
    Relative,
}

impl MentionKind {
    /// The name in the JSON record.
    pub const fn name(self) -> &'static str {
        match self {
            MentionKind::Label => "label",
            MentionKind::Number => "number",
            MentionKind::Relative => "relative",
        }
    }
}

impl Record {
    /// Each value read from the text: a JSON pointer into the record (as the program prints it), and
    /// the bytes of the input.
    pub fn spans(&self) -> Vec<(String, Span)> {
        crate::pointers::spans(self)
    }

    /// Its findings, and those of the telegrams in it.
    pub(crate) fn each_findings(&mut self, change: &mut dyn FnMut(&mut Findings)) {
        change(&mut self.diagnostics);
        for nested in &mut self.nested {
            nested.value.each_findings(change);
        }
    }

    /// Changes every place in the record: for who reads a text that was made from other bytes.
    pub fn each_span(&mut self, change: &mut dyn FnMut(&mut Span)) {
        fn one<T>(value: &mut Option<Spanned<T>>, change: &mut dyn FnMut(&mut Span)) {
            if let Some(value) = value {
                change(&mut value.span);
            }
        }
        fn each<T>(values: &mut [Spanned<T>], change: &mut dyn FnMut(&mut Span)) {
            for value in values {
                change(&mut value.span);
            }
        }
        one(&mut self.mrn, change);
        one(&mut self.precedence, change);
        one(&mut self.precedence_info, change);
        one(&mut self.dtg, change);
        one(&mut self.from, change);
        one(&mut self.classification, change);
        one(&mut self.executive_order, change);
        one(&mut self.subject, change);
        each(&mut self.other_numbers, change);
        each(&mut self.reviews, change);
        each(&mut self.sets, change);
        one(&mut self.readdressal, change);
        each(&mut self.editorial_notes, change);
        each(&mut self.to, change);
        each(&mut self.info, change);
        each(&mut self.controls, change);
        each(&mut self.captions, change);
        each(&mut self.passing, change);
        each(&mut self.tags, change);
        each(&mut self.references, change);
        each(&mut self.classified_by, change);
        each(&mut self.paragraphs, change);
        for paragraph in &mut self.paragraphs {
            paragraph.value.lines.iter_mut().for_each(|(_, span)| change(span));
        }
        each(&mut self.blocks, change);
        each(&mut self.signatures, change);
        each(&mut self.mentions, change);
        self.transmission.each_span(change);
        let workflow = &mut self.workflow;
        for list in [
            &mut workflow.drafted_by,
            &mut workflow.cleared_by,
            &mut workflow.approved_by,
            &mut workflow.released_by,
        ] {
            each(list, change);
        }
        each(&mut self.distribution.action, change);
        each(&mut self.distribution.info, change);
        one(&mut self.distribution.total, change);
        one(&mut self.distribution.flag, change);
        for nested in &mut self.nested {
            change(&mut nested.span);
            nested.value.each_span(change);
        }
        self.diagnostics.each_span(change);
    }
}
