//! A telegram's contents, printed as its era printed them.

use std::fmt::Write as _;

use jiff::civil::DateTime;

use super::random::Random;

/// A station that sends and receives. All are invented but the Department.
#[derive(Debug, PartialEq, Eq)]
pub struct Post {
    /// As in a message reference number.
    pub name: &'static str,
    pub(crate) address: &'static str,
    pub(crate) routing: &'static str,
}

const fn post(name: &'static str, address: &'static str, routing: &'static str) -> Post {
    Post { name, address, routing }
}

/// The posts, the busiest first.
pub const POSTS: [Post; 24] = [
    post("STATE", "SECSTATE WASHDC", "RUEHC"),
    post("VALDORIA", "AMEMBASSY VALDORIA", "RUEHVX"),
    post("NORTHMARK", "AMEMBASSY NORTHMARK", "RUEHNX"),
    post("GRAYHOLM", "AMEMBASSY GRAYHOLM", "RUEHGX"),
    post("PORT ALDER", "AMCONSUL PORT ALDER", "RUEHPQ"),
    post("LINDENFALL", "AMEMBASSY LINDENFALL", "RUEHLQ"),
    post("OSTERVIK", "AMEMBASSY OSTERVIK", "RUEHOX"),
    post("CAPE MERROW", "AMCONSUL CAPE MERROW", "RUEHCX"),
    post("KARSHAD", "AMEMBASSY KARSHAD", "RUEHKQ"),
    post("MORAVELLE", "AMEMBASSY MORAVELLE", "RUEHMX"),
    post("SKERRY BAY", "AMCONSUL SKERRY BAY", "RUEHSX"),
    post("HALVERSTAD", "AMEMBASSY HALVERSTAD", "RUEHHX"),
    post("ISLA CORVA", "AMCONSUL ISLA CORVA", "RUEHIX"),
    post("DUNMARCH", "AMEMBASSY DUNMARCH", "RUEHDX"),
    post("QUENDARA", "AMEMBASSY QUENDARA", "RUEHQX"),
    post("THORNWICK", "AMCONSUL THORNWICK", "RUEHTX"),
    post("PELLUCIA", "AMEMBASSY PELLUCIA", "RUEHPX"),
    post("UMBERLAND", "AMEMBASSY UMBERLAND", "RUEHUX"),
    post("VESPERIN", "AMEMBASSY VESPERIN", "RUEHVQ"),
    post("WESTMERE", "AMCONSUL WESTMERE", "RUEHWX"),
    post("YARROWGATE", "AMCONSUL YARROWGATE", "RUEHYX"),
    post("ZELENGARD", "AMEMBASSY ZELENGARD", "RUEHZX"),
    post("ARDENMOOR", "AMEMBASSY ARDENMOOR", "RUEHAX"),
    post("NEW TARRANT", "AMCONSUL NEW TARRANT", "RUEHTQ"),
];

/// The overall classification, as it is chosen here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `UNCLAS`
    Unclassified,
    /// `C O N F I D E N T I A L`
    Confidential,
    /// `S E C R E T`
    Secret,
}

impl Class {
    /// The word on a banner, in the record, and in a query.
    pub const fn banner(self) -> &'static str {
        match self {
            Class::Unclassified => "UNCLASSIFIED",
            Class::Confidential => "CONFIDENTIAL",
            Class::Secret => "SECRET",
        }
    }

    const fn spaced(self) -> &'static str {
        match self {
            Class::Unclassified => "UNCLAS",
            Class::Confidential => "C O N F I D E N T I A L",
            Class::Secret => "S E C R E T",
        }
    }

    const fn letter(self) -> &'static str {
        match self {
            Class::Unclassified => "U",
            Class::Confidential => "C",
            Class::Secret => "S",
        }
    }
}

/// What a telegram says, before it is printed.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) from: &'static Post,
    pub(crate) to: &'static Post,
    pub(crate) info: Vec<&'static Post>,
    pub(crate) serial: u32,
    pub(crate) sent: DateTime,
    pub(crate) class: Class,
    pub(crate) urgent: bool,
    pub(crate) tags: Vec<&'static str>,
    pub(crate) subject: String,
    pub(crate) references: Vec<String>,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) signature: String,
}

/// Printed lines, and before which of them a page may break.
type Lines = Vec<(String, bool)>;

const WIDTH: usize = 65;
const PAGE_LINES: usize = 50;
const SECTION_LINES: usize = 100;

/// Prints the telegram in its year's form.
pub(crate) fn print(draft: &Draft, random: &mut Random) -> String {
    match draft.sent.year() {
        ..1980 => archive_copy(draft, random),
        1980..1990 if draft.serial.is_multiple_of(2) => janap_128(draft),
        1980..1990 => plain_acp_127(draft),
        1990..2000 => acp_126(draft),
        _ => acp_127_us(draft, random),
    }
}

impl Draft {
    fn prosign(&self) -> &'static str {
        if self.urgent { "O" } else { "R" }
    }

    fn date_time_group(&self) -> String {
        let mon = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
        let month = mon[usize::try_from(self.sent.month() - 1).unwrap_or_default()];
        format!("{}Z {month} {:02}", self.day_time(), self.sent.year() % 100)
    }

    fn day_time(&self) -> String {
        format!("{:02}{:02}{:02}", self.sent.day(), self.sent.hour(), self.sent.minute())
    }

    /// The filing time as day of the year and time.
    fn filed(&self) -> String {
        format!("{:03}{:02}{:02}", self.sent.day_of_year(), self.sent.hour(), self.sent.minute())
    }

    /// The station serial number: four digits, which wrap.
    fn station_serial(&self) -> u32 {
        self.serial % 10_000
    }

    fn routed(&self) -> String {
        let mut line = self.to.routing.to_owned();
        for post in &self.info {
            line.extend([" ", post.routing]);
        }
        line
    }

    fn warning(&self) -> String {
        let letter = self.class.letter();
        format!("{} {}", if letter == "U" { "ZNR" } else { "ZNY" }, letter.repeat(5))
    }

    /// Format lines 5 to 8.
    fn address(&self, out: &mut String, with_routing: bool) {
        let line = |post: &Post| {
            if with_routing { format!("{}/{}", post.routing, post.address) } else { post.address.to_owned() }
        };
        let _ = writeln!(out, "{} {}", self.prosign(), self.date_time_group());
        let _ = writeln!(out, "FM {}", self.from.address);
        let urgency = if self.urgent { " IMMEDIATE" } else { "" };
        let _ = writeln!(out, "TO {}{urgency} {:04}", line(self.to), self.serial % 9973);
        for (index, post) in self.info.iter().enumerate() {
            let label = if index == 0 { "INFO " } else { "" };
            let _ = writeln!(out, "{label}{}", line(post));
        }
    }

    fn executive_order(&self) -> String {
        let year = self.sent.year();
        let order = match year {
            ..1980 => "11652",
            1980..1996 => "12356",
            _ => "12958",
        };
        let instruction = match (self.class, year) {
            (Class::Unclassified, _) => "N/A".to_owned(),
            (_, ..1980) => "GDS".to_owned(),
            (_, 1980..1996) => "DECL: OADR".to_owned(),
            _ => format!("DECL: {:02}/{:02}/{}", self.sent.month(), self.sent.day().min(28), year + 10),
        };
        format!("E.O. {order}: {instruction}")
    }

    /// E.O. line, TAGS, subject and references.
    fn captions(&self, label: &str, blanks: bool) -> Lines {
        let gap = |lines: &mut Lines| {
            if blanks {
                lines.push((String::new(), false));
            }
        };
        let mut lines = vec![(self.executive_order(), false)];
        lines.push((format!("TAGS: {}", self.tags.join(", ")), false));
        wrap(&format!("{label}: {}", self.subject), "", &mut lines);
        gap(&mut lines);
        for (index, reference) in self.references.iter().enumerate() {
            let letter = char::from(b'A' + u8::try_from(index).unwrap_or_default());
            let text = match (index, self.references.len()) {
                (0, 1) => format!("REF: {reference}"),
                (0, _) => format!("REF: {letter}. {reference}"),
                _ => format!("     {letter}. {reference}"),
            };
            lines.push((text, false));
        }
        if !self.references.is_empty() {
            gap(&mut lines);
        }
        for line in &mut lines {
            line.1 = false;
        }
        lines
    }

    /// The numbered paragraphs and the signature.
    fn body(&self, upper: bool, blanks: bool) -> Lines {
        let mut lines = Lines::new();
        let marked = self.class != Class::Unclassified && self.sent.year() >= 1982;
        let last = self.paragraphs.len() - 1;
        for (index, text) in self.paragraphs.iter().enumerate() {
            let mark = if marked { format!("({}) ", self.class.letter()) } else { String::new() };
            let (open, close) = match index {
                0 if last > 2 => ("SUMMARY: ", " END SUMMARY."),
                _ if index == last && index > 3 => ("COMMENT: ", " END COMMENT."),
                _ => ("", ""),
            };
            let mut text = format!("{mark}{open}{text}{close}");
            if upper {
                text.make_ascii_uppercase();
            }
            if last > 0 {
                text.insert_str(0, &format!("{}. ", index + 1));
            }
            wrap(&text, "", &mut lines);
            if blanks {
                lines.push((String::new(), false));
            }
        }
        lines.push((self.signature.to_ascii_uppercase(), false));
        lines
    }
}

/// Appends `text` broken at spaces. A page may break before its fourth line and later ones.
fn wrap(text: &str, indent: &str, lines: &mut Lines) {
    let first = lines.len();
    let mut line = String::with_capacity(WIDTH);
    for word in text.split(' ') {
        if !line.is_empty() && line.len() + word.len() >= WIDTH {
            let breakable = lines.len() > first + 2;
            lines.push((std::mem::replace(&mut line, indent.to_owned()), breakable));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push((line, lines.len() > first + 2));
}

/// Appends the lines; calls `page` with its number where a new page starts.
fn paged(lines: &[(String, bool)], out: &mut String, mut page: impl FnMut(u32, &mut String)) {
    let (mut number, mut since) = (1, 0);
    for (line, breakable) in lines {
        if *breakable && since >= PAGE_LINES {
            number += 1;
            since = 0;
            page(number, out);
        }
        since += 1;
        out.push_str(line);
        out.push('\n');
    }
}

fn archive_copy(draft: &Draft, random: &mut Random) -> String {
    let mut out = String::with_capacity(8192);
    let banner = draft.class.banner();
    let code = draft.from.name.get(..draft.from.name.len().min(6)).unwrap_or_default().replace(' ', "");
    let head =
        |page: u32| format!("PAGE {page:02}        {code:<6}  {:05}  {}Z", draft.serial, draft.day_time());
    let _ = writeln!(out, "{banner}\n{}\n{:02}", head(1), 10 + random.below(80));
    let mut total = 10 + random.below(10);
    let _ = writeln!(out, "ACTION {}-{total:02}", random.pick(&["EUR", "NEA", "EA", "AF", "ARA", "EB"]));
    out.push_str("INFO  OCT-01  ISO-00");
    total += 1;
    for office in ["SS", "NSC", "L", "PM", "EB", "INR", "TRSE", "COME"] {
        if random.chance(500) {
            let copies = random.below(20);
            total += copies;
            let _ = write!(out, "  {office}-{copies:02}");
        }
    }
    let _ = writeln!(out, "  /{total:03} W");
    let counter = random.below(1_000_000);
    if draft.sent.year() < 1977 {
        let _ = writeln!(out, "                  ---------------------  {counter:06}");
    } else {
        let copy = random.below(90);
        let _ = writeln!(
            out,
            "                  ------------------{}Z {counter:06} /{copy:02}",
            draft.day_time()
        );
    }
    draft.address(&mut out, false);
    let _ = writeln!(out, "{} {} {}", draft.class.spaced(), draft.from.name, draft.serial);
    if draft.class == Class::Secret {
        out.push_str("EXDIS\n");
    }
    let mut lines = draft.captions("SUBJ", false);
    lines.push((String::new(), false));
    lines.extend(draft.body(true, false));
    paged(&lines, &mut out, |page, out| {
        let _ = writeln!(out, "{banner}\n\n{banner}\n\n{}\n", head(page));
    });
    let _ = writeln!(out, "{banner}\n\n\nNNN");
    out
}

fn janap_128(draft: &Draft) -> String {
    let mut out = String::with_capacity(8192);
    let letter = draft.class.letter();
    let _ = writeln!(
        out,
        "{}TT{letter}ZYUW {:A<7}{:04} {}-{}--{}.",
        draft.prosign(),
        draft.from.routing,
        draft.station_serial(),
        draft.filed(),
        letter.repeat(4),
        draft.routed()
    );
    let _ = writeln!(out, "{}", draft.warning());
    dated_body(draft, &mut out, true);
    let _ = writeln!(out, "#{:04}\nNNNN", draft.station_serial());
    out
}

fn plain_acp_127(draft: &Draft) -> String {
    let mut out = String::with_capacity(8192);
    let sent = draft.sent;
    let _ = writeln!(out, "{} {}", draft.prosign().repeat(2), draft.routed());
    let _ = writeln!(
        out,
        "DE {} {} {:02}/{:02}{:02}Z",
        draft.from.routing,
        draft.station_serial(),
        sent.day(),
        sent.hour(),
        sent.minute()
    );
    let _ = writeln!(out, "{}", draft.warning());
    dated_body(draft, &mut out, true);
    out.push_str("NNNN\n");
    out
}

fn acp_126(draft: &Draft) -> String {
    let mut out = String::with_capacity(8192);
    dated_body(draft, &mut out, draft.serial.is_multiple_of(3));
    out
}

/// From format line 5 to the second `BT`, undivided.
fn dated_body(draft: &Draft, out: &mut String, upper: bool) {
    draft.address(out, false);
    let _ = writeln!(out, "BT\n{} {} {:06}", draft.class.spaced(), draft.from.name, draft.serial);
    let mut lines = draft.captions("SUBJECT", true);
    lines.extend(draft.body(upper, true));
    paged(&lines, out, |_, _| ());
    out.push_str("BT\n");
}

fn acp_127_us(draft: &Draft, random: &mut Random) -> String {
    let mut out = String::with_capacity(12_288);
    let upper = draft.serial.is_multiple_of(4);
    let body = draft.body(upper, true);
    let sections = in_sections(&body);
    let total = sections.len();
    let channel = random.pick(&["XRO", "ADI", "BSI", "LOI"]);
    let channel_serial = random.below(9000);
    for (index, lines) in sections.iter().enumerate() {
        let section = index + 1;
        let _ = writeln!(out, "VZCZC{channel}{:04}", channel_serial + index as u64);
        let _ = writeln!(out, "{} {}", draft.prosign().repeat(2), draft.routed());
        let part = if total > 1 { format!("/{section:02}") } else { String::new() };
        let (serial, filed) = (draft.station_serial(), draft.filed());
        let _ = writeln!(out, "DE {} #{serial:04}{part} {filed}", draft.from.routing);
        let _ = writeln!(out, "{} ZZH", draft.warning());
        draft.address(&mut out, true);
        let part = if total > 1 { format!("SECTION {section:02} OF {total:02} ") } else { String::new() };
        let _ = writeln!(out, "BT\n{} {part}{} {:06}\n", draft.class.spaced(), draft.from.name, draft.serial);
        out.push_str("SIPDIS\n\n");
        let mut all = draft.captions("SUBJECT", true);
        if index > 0 {
            all.truncate(0);
        } else if draft.class != Class::Unclassified {
            let by = "Classified By: Economic Counselor Jane Q. Roe for reasons 1.4 (b) and (d).";
            wrap(by, "", &mut all);
            all.push((String::new(), false));
        }
        all.extend_from_slice(lines);
        paged(&all, &mut out, |page, out| {
            let name = draft.from.name;
            let _ = writeln!(out, "\n{name} {:08}  {section:03}.{page} OF {total:03}\n\n", draft.serial);
        });
        let _ = writeln!(out, "BT\n#{serial:04}\n\n\n\nNNNN\n");
    }
    out
}

/// The lines of each section: about a hundred, cut where a page may break.
fn in_sections(lines: &Lines) -> Vec<&[(String, bool)]> {
    let mut sections = Vec::new();
    let mut start = 0;
    for (index, (_, breakable)) in lines.iter().enumerate() {
        if *breakable && index - start >= SECTION_LINES {
            sections.push(&lines[start..index]);
            start = index;
        }
    }
    sections.push(&lines[start..]);
    sections
}
