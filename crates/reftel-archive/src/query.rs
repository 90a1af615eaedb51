//! The query language: one box, AND by default.
//!
//! `docs/query.md` is the whole of it. A query is read here into a tree, or refused with the place and
//! the reason; nothing that was typed is ever ignored. Turning the tree into a search is
//! the module `search`'s business.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;
use reftel_telegram::record::{Classification, Precedence};
use reftel_telegram::{Context, Span};

use crate::words::words;

/// How deep parentheses and minus signs may nest. A person's query needs three or four.
const DEPTH_MAX: usize = 50;

/// How long a query may be. A question that a person types is shorter by far; a longer one would only keep the
/// machine busy.
const LENGTH_MAX: usize = 4096;

/// How many words, phrases and fields a query may have.
const WORDS_MAX: usize = 200;

/// A query that is well formed.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// As typed.
    pub text: String,
    pub(crate) root: Node,
}

/// Why a query isn't one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// The bytes of the query.
    pub span: Span,
    /// What is the matter there.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for QueryError {}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// Everything.
    All,
    /// These words side by side, in one of the fields that hold text.
    Words(Text, Vec<String>),
    /// One of the index's keys, such as `tag:PREL`. Without its year, a number is one of any year.
    Key(String),
    /// The telegram of this number, those that cite it, and what the words find that it was typed with.
    Number(String, Box<Node>),
    /// Sent on or after the first date, and before the second.
    Sent(Option<Date>, Option<Date>),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

/// A field that holds text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// All that is printed.
    Body,
    Subject,
    From,
    To,
    Info,
    Caption,
    Signed,
}

/// A field's name in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Text(Text),
    Tags,
    Class,
    Precedence,
    Mrn,
    Reference,
    Date,
    Has,
}

const FIELDS: [(&str, Field); 13] = [
    ("from", Field::Text(Text::From)),
    ("to", Field::Text(Text::To)),
    ("info", Field::Text(Text::Info)),
    ("tags", Field::Tags),
    ("class", Field::Class),
    ("caption", Field::Text(Text::Caption)),
    ("prec", Field::Precedence),
    ("mrn", Field::Mrn),
    ("ref", Field::Reference),
    ("subj", Field::Text(Text::Subject)),
    ("signed", Field::Text(Text::Signed)),
    ("date", Field::Date),
    ("has", Field::Has),
];

/// What `has:` can ask for, in the order of the documentation.
pub const HAS: [&str; 17] = [
    "mrn",
    "dtg",
    "from",
    "class",
    "captions",
    "tags",
    "subject",
    "refs",
    "eo",
    "summary",
    "comment",
    "action",
    "passing",
    "signature",
    "sections",
    "quoted",
    "diagnostics",
];

const CLASSIFICATIONS: [(&str, Classification); 12] = [
    ("U", Classification::Unclassified),
    ("UNCLAS", Classification::Unclassified),
    ("UNCLASSIFIED", Classification::Unclassified),
    ("R", Classification::Restricted),
    ("RESTRICTED", Classification::Restricted),
    ("C", Classification::Confidential),
    ("CONF", Classification::Confidential),
    ("CONFIDENTIAL", Classification::Confidential),
    ("S", Classification::Secret),
    ("SECRET", Classification::Secret),
    ("TS", Classification::TopSecret),
    ("TOPSECRET", Classification::TopSecret),
];

const PRECEDENCES: [(&str, Precedence); 10] = [
    ("R", Precedence::Routine),
    ("ROUTINE", Precedence::Routine),
    ("P", Precedence::Priority),
    ("PRIORITY", Precedence::Priority),
    ("O", Precedence::Immediate),
    ("IMMEDIATE", Precedence::Immediate),
    ("Z", Precedence::Flash),
    ("FLASH", Precedence::Flash),
    ("Y", Precedence::FlashOverride),
    ("FLASHOVERRIDE", Precedence::FlashOverride),
];

impl Query {
    /// Reads a query.
    pub fn parse(text: &str) -> Result<Query, QueryError> {
        if text.len() > LENGTH_MAX {
            let message = format!("the query is longer than {LENGTH_MAX} bytes");
            let end = (LENGTH_MAX..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
            return Err(error(Span::new(end, text.len()), message, Some("ask in parts")));
        }
        let mut parser = Parser { text, at: 0, depth: 0, words: 0 };
        let root = parser.either(None)?;
        if parser.peek() == Some(')') {
            let span = Span::new(parser.at, parser.at + 1);
            return Err(error(span, "this `)` closes nothing", Some("remove it, or open it before")));
        }
        let root = match bare_number(text) {
            Some(number) => Node::Number(number, Box::new(root)),
            None => root,
        };
        Ok(Query { text: text.to_owned(), root })
    }

    /// The query that finds everything.
    pub fn all() -> Query {
        Query { text: "*".to_owned(), root: Node::All }
    }

    /// The names of the fields, in the order of the documentation.
    pub fn fields() -> impl Iterator<Item = &'static str> {
        FIELDS.iter().map(|(name, _)| *name)
    }

    /// What a snippet should mark: the runs of words that a match has, those asked for and not those
    /// excluded.
    pub(crate) fn sought(&self) -> Vec<Vec<String>> {
        fn walk(node: &Node, sought: &mut Vec<Vec<String>>) {
            match node {
                Node::Words(Text::Body | Text::Subject, words) => sought.push(words.clone()),
                Node::And(nodes) | Node::Or(nodes) => nodes.iter().for_each(|node| walk(node, sought)),
                // Side by side, as it is cited; mostly without the year.
                Node::Number(_, words) => {
                    let mut run = Vec::new();
                    walk(words, &mut run);
                    let run = run.concat();
                    let year = run.first().is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit()));
                    sought.extend(run.get(usize::from(year)..).map(<[String]>::to_vec));
                    sought.push(run);
                }
                Node::All | Node::Words(..) | Node::Key(_) | Node::Sent(..) | Node::Not(_) => {}
            }
        }
        let mut sought = Vec::new();
        walk(&self.root, &mut sought);
        sought
    }
}

fn error(span: Span, message: impl Into<String>, help: Option<&str>) -> QueryError {
    QueryError { span, message: message.into(), help: help.map(str::to_owned) }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    /// Words and fields so far.
    words: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.text[self.at..].trim_start().len();
    }

    /// The operator `name` here, as a word of its own.
    fn sees(&self, name: &str) -> bool {
        self.text[self.at..]
            .strip_prefix(name)
            .is_some_and(|rest| rest.chars().next().is_none_or(|c| c.is_whitespace() || "()\"".contains(c)))
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, QueryError>) -> Result<T, QueryError> {
        if self.depth == DEPTH_MAX {
            let message = format!("more than {DEPTH_MAX} levels of parentheses and minus signs");
            let help = "take away those that change nothing, or ask two questions";
            return Err(error(self.here(), message, Some(help)));
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    /// The character here, or the end.
    fn here(&self) -> Span {
        Span::new(self.at, self.at + self.peek().map_or(0, char::len_utf8))
    }

    /// Alternatives between `OR`.
    fn either(&mut self, field: Option<Field>) -> Result<Node, QueryError> {
        let mut nodes = vec![self.all_of(field)?];
        while self.sees("OR") {
            let or = Span::new(self.at, self.at + 2);
            self.at += 2;
            self.skip_space();
            if matches!(self.peek(), None | Some(')')) || self.sees("OR") || self.sees("AND") {
                return Err(error(or, "`OR` has nothing after it", Some("for the word, write \"or\"")));
            }
            nodes.push(self.all_of(field)?);
        }
        Ok(one_or(nodes, Node::Or))
    }

    /// What stands side by side.
    fn all_of(&mut self, field: Option<Field>) -> Result<Node, QueryError> {
        let mut nodes = Vec::new();
        let mut and: Option<Span> = None;
        loop {
            self.skip_space();
            if self.peek().is_none() || self.peek() == Some(')') || self.sees("OR") {
                break;
            }
            if self.sees("AND") {
                let span = Span::new(self.at, self.at + 3);
                if nodes.is_empty() || and.is_some() {
                    let help = Some("for the word, write \"and\"");
                    return Err(error(span, "`AND` has nothing before it", help));
                }
                and = Some(span);
                self.at += 3;
                continue;
            }
            and = None;
            nodes.push(self.perhaps_not(field)?);
        }
        if let Some(span) = and {
            return Err(error(span, "`AND` has nothing after it", Some("for the word, write \"and\"")));
        }
        if nodes.is_empty() {
            return Err(self.nothing());
        }
        Ok(one_or(nodes, Node::And))
    }

    fn nothing(&self) -> QueryError {
        if self.sees("OR") {
            let span = Span::new(self.at, self.at + 2);
            error(span, "`OR` has nothing before it", Some("for the word, write \"or\""))
        } else if self.text.trim().is_empty() {
            error(Span::new(0, self.text.len()), "the query is empty", Some("`*` finds everything"))
        } else if self.peek() == Some(')') && self.depth == 0 {
            error(self.here(), "this `)` closes nothing", Some("remove it, or open it before"))
        } else {
            error(self.here(), "there is nothing to search for here", None)
        }
    }

    fn perhaps_not(&mut self, field: Option<Field>) -> Result<Node, QueryError> {
        let start = self.at;
        let not = self.sees("NOT");
        if not || self.peek() == Some('-') {
            self.at += if not { 3 } else { 1 };
            if not {
                self.skip_space();
            }
            if self.peek().is_none_or(|c| c.is_whitespace() || c == ')') {
                let message = format!("`{}` has nothing after it", if not { "NOT" } else { "-" });
                let help = if not { "for the word, write \"not\"" } else { "write `-word`, without a space" };
                return Err(error(Span::new(start, start + if not { 3 } else { 1 }), message, Some(help)));
            }
            if self.sees("OR") || self.sees("AND") {
                return Err(error(self.here(), "an operator can't be excluded", None));
            }
            return Ok(Node::Not(Box::new(self.deeper(|parser| parser.perhaps_not(field))?)));
        }
        self.item(field)
    }

    fn item(&mut self, field: Option<Field>) -> Result<Node, QueryError> {
        match self.peek() {
            Some('(') => self.group(field),
            Some('"') => {
                let (value, span) = self.quoted()?;
                leaf(field, value, span, true)
            }
            _ => self.word_or_field(field),
        }
    }

    fn group(&mut self, field: Option<Field>) -> Result<Node, QueryError> {
        let open = self.at;
        self.at += 1;
        self.skip_space();
        if self.peek() == Some(')') {
            return Err(error(
                Span::new(open, self.at + 1),
                "there is nothing between the parentheses",
                None,
            ));
        }
        if self.peek().is_none() {
            return Err(unclosed(open));
        }
        let node = self.deeper(|parser| parser.either(field))?;
        if self.peek() != Some(')') {
            return Err(unclosed(open));
        }
        self.at += 1;
        Ok(node)
    }

    /// What stands between the quotation marks, and the bytes with them.
    fn quoted(&mut self) -> Result<(&'t str, Span), QueryError> {
        let open = self.at;
        let Some(len) = self.text[open + 1..].find('"') else {
            let span = Span::new(open, self.text.len());
            return Err(error(span, "this quotation mark is never closed", Some("add `\"` at its end")));
        };
        self.at = open + len + 2;
        Ok((&self.text[open + 1..=open + len], Span::new(open, self.at)))
    }

    fn word_or_field(&mut self, field: Option<Field>) -> Result<Node, QueryError> {
        let start = self.at;
        self.words += 1;
        if self.words > WORDS_MAX {
            let message = format!("more than {WORDS_MAX} words");
            return Err(error(Span::new(start, self.text.len()), message, Some("ask in parts")));
        }
        let rest = &self.text[start..];
        let letters =
            rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '_').len();
        if letters == 0 || !rest[letters..].starts_with(':') {
            let (value, span) = self.word();
            return leaf(field, value, span, false);
        }
        let name = &rest[..letters];
        let span = Span::new(start, start + letters);
        if field.is_some() {
            let message = format!("`{name}:` stands within another field's list");
            return Err(error(span, message, Some("put it before or after the list")));
        }
        let known = FIELDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let Some((known, field)) = known else {
            return Err(unknown_field(name, span));
        };
        self.at = start + letters + 1;
        match self.peek() {
            Some('(') => self.group(Some(*field)),
            Some('"') => {
                let (value, span) = self.quoted()?;
                leaf(Some(*field), value, span, true)
            }
            None | Some(')') => Err(empty_field(known, Span::new(start, self.at))),
            Some(c) if c.is_whitespace() => Err(empty_field(known, Span::new(start, self.at))),
            Some(_) => {
                let (value, span) = self.word();
                leaf(Some(*field), value, span, false)
            }
        }
    }

    /// A word as typed, up to a space. Parentheses that it opens and closes, as in `1.4(b)`, are its own.
    fn word(&mut self) -> (&'t str, Span) {
        let start = self.at;
        while let Some(c) = self.peek() {
            if c.is_whitespace() || c == '"' || c == ')' {
                break;
            }
            if c == '(' {
                let rest = &self.text[self.at..];
                let end = rest.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(rest.len());
                let Some(close) = rest[..end].find(')') else { break };
                self.at += close + 1;
            } else {
                self.at += c.len_utf8();
            }
        }
        (&self.text[start..self.at], Span::new(start, self.at))
    }
}

fn one_or(mut nodes: Vec<Node>, many: impl FnOnce(Vec<Node>) -> Node) -> Node {
    if nodes.len() > 1 {
        return many(nodes);
    }
    nodes.pop().unwrap_or(Node::All)
}

fn unclosed(open: usize) -> QueryError {
    error(Span::new(open, open + 1), "this parenthesis is never closed", Some("add `)` at its end"))
}

fn empty_field(name: &str, span: Span) -> QueryError {
    let help = format!("write `{name}:` and a word, a \"phrase\", or a (list) right behind it");
    error(span, format!("`{name}:` has nothing to look for"), Some(&help))
}

fn unknown_field(name: &str, span: Span) -> QueryError {
    let names: Vec<String> = FIELDS.iter().map(|(name, _)| format!("`{name}:`")).collect();
    let help = match nearest(name, FIELDS.iter().map(|(name, _)| *name)) {
        Some(near) => format!("did you mean `{near}:`? To search for the text, put it in quotation marks"),
        None => {
            format!("the fields are {}; to search for the text, put it in quotation marks", names.join(" "))
        }
    };
    error(span, format!("there is no field `{name}:`"), Some(&help))
}

/// The value of a field, or of none, read as that field reads it.
fn leaf(field: Option<Field>, value: &str, span: Span, quoted: bool) -> Result<Node, QueryError> {
    if !quoted && value.contains('*') {
        if value == "*" && field.is_none() {
            return Ok(Node::All);
        }
        let help = match field {
            Some(_) => "to ask whether there is any, write `has:`, as in `has:tags`",
            None => "write the whole word; alternatives go with `OR`",
        };
        return Err(error(span, "`*` stands for everything, and only alone", Some(help)));
    }
    if field.is_some() && !quoted && value.starts_with('-') {
        let help = "the hyphen stands before the field, as in `-class:C`";
        return Err(error(span, format!("`{value}` begins with a hyphen"), Some(help)));
    }
    match field {
        None => text(Text::Body, value, span),
        Some(Field::Text(field)) => text(field, value, span),
        Some(Field::Tags) => tag(value, span),
        Some(Field::Class) => {
            let class = choose(&CLASSIFICATIONS, value).ok_or_else(|| {
                let help = "classes are UNCLASSIFIED (U), RESTRICTED (R), CONFIDENTIAL (C), SECRET (S), \
                            \"TOP SECRET\" (TS)";
                error(span, format!("`{value}` is no classification"), Some(help))
            })?;
            Ok(Node::Key(format!("class:{}", class.name())))
        }
        Some(Field::Precedence) => {
            let precedence = choose(&PRECEDENCES, value).ok_or_else(|| {
                let help = "precedences are ROUTINE (R), PRIORITY (P), IMMEDIATE (O), FLASH (Z), \
                            \"FLASH OVERRIDE\" (Y)";
                error(span, format!("`{value}` is no precedence"), Some(help))
            })?;
            Ok(Node::Key(format!("prec:{}", precedence.name())))
        }
        Some(Field::Mrn) => number("mrn", value, span),
        Some(Field::Reference) => number("ref", value, span),
        Some(Field::Date) => sent(value, span),
        Some(Field::Has) => has(value, span),
    }
}

fn text(field: Text, value: &str, span: Span) -> Result<Node, QueryError> {
    let words = words(value);
    if words.is_empty() {
        let message = if value.trim().is_empty() {
            "there is nothing between the quotation marks".to_owned()
        } else {
            format!("`{value}` has no letter or digit, and only those are searched for")
        };
        return Err(error(span, message, None));
    }
    Ok(Node::Words(field, words))
}

fn tag(value: &str, span: Span) -> Result<Node, QueryError> {
    let code = value.trim();
    if code.is_empty() || !code.chars().all(|c| c.is_ascii_alphanumeric()) {
        let help = "a code is letters only, as in `tags:PREL`; for several write `tags:(PREL OR PGOV)`";
        return Err(error(span, format!("`{value}` is no TAGS code"), Some(help)));
    }
    Ok(Node::Key(format!("tag:{}", code.to_ascii_uppercase())))
}

/// The value that `name` means in a table of upper-case names without spaces.
fn choose<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    let name: String = name.chars().filter(|c| !c.is_whitespace() && *c != '-' && *c != '_').collect();
    table.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name)).map(|(_, value)| *value)
}

/// A message reference number; without its year, one of any year.
fn number(key: &str, value: &str, span: Span) -> Result<Node, QueryError> {
    let number = canonical(value);
    let letters = number.contains(|c: char| c.is_ascii_alphabetic());
    let digit = number.ends_with(|c: char| c.is_ascii_digit());
    if !letters || !digit || !uses_all(value, &number) {
        let help = format!("write `{key}:09VALDORIA1000`, or `{key}:\"VALDORIA 1000\"` for any year");
        return Err(error(span, format!("`{value}` is no telegram's number"), Some(&help)));
    }
    Ok(Node::Key(format!("{key}:{number}")))
}

/// The number that a query is, if it is nothing else: `09VALDORIA1000`, `VALDORIA 1000`, `NAVADMIN 123/15`.
fn bare_number(text: &str) -> Option<String> {
    if text.contains(['"', '(', ')', '*', ':', '-']) {
        return None;
    }
    let number = canonical(&text.trim().to_uppercase());
    uses_all(text, &number).then_some(number)
}

/// Whether a number is all that was typed: post, serial and year, and nothing beside them.
fn uses_all(typed: &str, number: &str) -> bool {
    let upper = typed.trim().to_uppercase();
    let digit = |c: char| c.is_ascii_digit();
    let key = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    // Letters, then digits: a post and its serial.
    let apart = |text: &str| -> Option<u32> {
        let serial = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        (text.len() - serial.len() > 1 && serial.chars().all(digit)).then_some(serial.parse().ok()?)
    };
    let plain = number.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !plain || number.as_bytes().windows(2).any(|pair| pair[0] == b'-' && pair[1].is_ascii_digit()) {
        return false;
    }
    let Some(serial) = apart(&key(number.trim_start_matches(digit))) else { return false };
    if apart(key(&upper).trim_start_matches(digit)) == Some(serial) {
        return true;
    }
    // `NAVADMIN 123/15`, `STATE 123 (08)`: the year stands behind.
    let behind = upper.rsplit_once(['/', '(']);
    behind.is_some_and(|(number, year)| apart(&key(number)) == Some(serial) && key(year).chars().all(digit))
}

/// A number as the cards have it: upper case, no spaces, no zeros before the serial.
pub(crate) fn canonical(value: &str) -> String {
    let read = |value: &str| reftel_telegram::mrn(value, &Context::default());
    if let Some(number) = read(value).or_else(|| read(&value.to_uppercase())) {
        return number;
    }
    let mut number: String =
        value.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    let prefix = number.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let serial = number[prefix..].trim_start_matches('0').to_owned();
    if prefix > 0 && !serial.is_empty() {
        number.truncate(prefix);
        number.push_str(&serial);
    }
    number
}

fn has(value: &str, span: Span) -> Result<Node, QueryError> {
    let name = value.trim().to_ascii_lowercase();
    if let Some(known) = HAS.iter().find(|known| **known == name) {
        return Ok(Node::Key(format!("has:{known}")));
    }
    let help = match nearest(&name, HAS.into_iter()) {
        Some(near) => format!("did you mean `has:{near}`?"),
        None => format!("it can be asked for {}", HAS.join(", ")),
    };
    Err(error(span, format!("`has:` doesn't know `{value}`"), Some(&help)))
}

/// A day, a month, a year, or a range of them.
fn sent(value: &str, span: Span) -> Result<Node, QueryError> {
    let value = value.trim();
    let (from, to) = value.split_once("..").unwrap_or((value, value));
    if from.is_empty() && to.is_empty() {
        return Err(error(span, "a range of dates with neither end", Some("`date:1979..` has one")));
    }
    let period = |text: &str| match period(text) {
        Some(period) => Ok(Some(period)),
        None if text.is_empty() => Ok(None),
        None => {
            let help = "write `date:1974`, `date:1974-03`, `date:1974-03-12`, or a range: \
                        `date:2009-06..2009-07`, `date:..1975`, `date:1979..`";
            Err(error(span, format!("`{text}` is no date"), Some(help)))
        }
    };
    let (from, to) = (period(from)?, period(to)?);
    let (from, before) = (from.map(|(start, _)| start), to.and_then(|(_, end)| end));
    if let (Some(from), Some(before)) = (from, before)
        && from >= before
    {
        return Err(error(span, "this range of dates ends before it starts", Some("turn it round")));
    }
    Ok(Node::Sent(from, before))
}

/// The first day of a year, a month or a day, and the day after its last one, where there is one.
fn period(text: &str) -> Option<(Date, Option<Date>)> {
    let mut parts = text.split('-');
    let mut next = |len: usize| match parts.next() {
        Some(digits) if digits.len() == len && digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some(digits.parse::<i16>().ok())
        }
        Some(_) => Some(None),
        None => None,
    };
    let year = next(4)??;
    let month = next(2);
    let day = next(2);
    if next(0).is_some() || year == 0 {
        return None;
    }
    let (start, length) = match (month, day) {
        (None, _) => (Date::new(year, 1, 1), 1.year()),
        (Some(month), None) => (Date::new(year, i8::try_from(month?).ok()?, 1), 1.month()),
        (Some(month), Some(day)) => {
            (Date::new(year, i8::try_from(month?).ok()?, i8::try_from(day?).ok()?), 1.day())
        }
    };
    let start = start.ok()?;
    Some((start, start.checked_add(length).ok()))
}

/// The name that `name` was probably meant to be.
fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let name = name.to_ascii_lowercase();
    if name.len() > 20 {
        return None;
    }
    let distance = |known: &str| {
        if name.len() > 1 && (known.starts_with(&name) || name.starts_with(known)) {
            return 1;
        }
        edits(name.as_bytes(), known.as_bytes())
    };
    names
        .map(|known| (distance(known), known))
        .filter(|(distance, known)| *distance <= 2 && *distance < known.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// How many letters to change, add or remove to come from one to the other.
fn edits(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn root(text: &str) -> Node {
        Query::parse(text).unwrap_or_else(|e| panic!("{text:?}: {e} at {:?}", e.span)).root
    }

    fn body(words: &[&str]) -> Node {
        Node::Words(Text::Body, words.iter().map(ToString::to_string).collect())
    }

    fn key(key: &str) -> Node {
        Node::Key(key.to_owned())
    }

    fn not(node: Node) -> Node {
        Node::Not(Box::new(node))
    }

    #[allow(clippy::unnecessary_wraps, reason = "it is always in one")]
    fn date(year: i16, month: i8, day: i8) -> Option<Date> {
        Some(Date::new(year, month, day).unwrap())
    }

    #[test]
    fn words_phrases_and_operators() {
        let tariff = || body(&["tariff"]);
        let ferry = || body(&["ferry"]);
        for (text, want) in [
            ("*", Node::All),
            ("Ferry", ferry()),
            ("ferry tariff", Node::And(vec![ferry(), tariff()])),
            ("ferry AND tariff", Node::And(vec![ferry(), tariff()])),
            ("\"Ferry  tariff\"", body(&["ferry", "tariff"])),
            ("ferry OR tariff", Node::Or(vec![ferry(), tariff()])),
            ("-ferry", not(ferry())),
            ("NOT ferry", not(ferry())),
            ("tariff -\"the ferry\"", Node::And(vec![tariff(), not(body(&["the", "ferry"]))])),
            ("-(ferry OR tariff)", not(Node::Or(vec![ferry(), tariff()]))),
            ("ferry or tariff", Node::And(vec![ferry(), body(&["or"]), tariff()])),
            ("ORDER", body(&["order"])),
            ("AT&T", body(&["at", "t"])),
            ("U.S.", body(&["u", "s"])),
            ("1.4(b)", body(&["1", "4", "b"])),
            ("(1.4(b))", body(&["1", "4", "b"])),
            ("10:30", body(&["10", "30"])),
            ("\"decl: 10\"", body(&["decl", "10"])),
            ("a b OR c", Node::Or(vec![Node::And(vec![body(&["a"]), body(&["b"])]), body(&["c"])])),
        ] {
            assert_eq!(root(text), want, "{text:?}");
        }
    }

    #[test]
    fn fields() {
        for (text, want) in [
            ("tags:prel", key("tag:PREL")),
            ("TAGS:(PREL OR PGOV)", Node::Or(vec![key("tag:PREL"), key("tag:PGOV")])),
            ("tags:(PREL -PGOV)", Node::And(vec![key("tag:PREL"), not(key("tag:PGOV"))])),
            ("class:ts", key("class:TOP SECRET")),
            ("class:\"top secret\"", key("class:TOP SECRET")),
            ("class:unclas", key("class:UNCLASSIFIED")),
            ("prec:O", key("prec:IMMEDIATE")),
            ("mrn:09VALDORIA001000", key("mrn:09VALDORIA1000")),
            ("mrn:\"09 valdoria 1000\"", key("mrn:09VALDORIA1000")),
            ("ref:\"09 Port Alder 12\"", key("ref:09PORTALDER12")),
            ("has:Summary", key("has:summary")),
            ("from:VALDORIA", Node::Words(Text::From, vec!["valdoria".into()])),
            ("subj:\"ferry tariff\"", Node::Words(Text::Subject, vec!["ferry".into(), "tariff".into()])),
            ("date:1974", Node::Sent(date(1974, 1, 1), date(1975, 1, 1))),
            ("date:1974-12", Node::Sent(date(1974, 12, 1), date(1975, 1, 1))),
            ("date:1974-03-12", Node::Sent(date(1974, 3, 12), date(1974, 3, 13))),
            ("date:2009-06..2009-07", Node::Sent(date(2009, 6, 1), date(2009, 8, 1))),
            ("date:..1975", Node::Sent(None, date(1976, 1, 1))),
            ("date:1979..", Node::Sent(date(1979, 1, 1), None)),
            ("date:9999", Node::Sent(date(9999, 1, 1), None)),
        ] {
            assert_eq!(root(text), want, "{text:?}");
        }
    }

    #[test]
    fn a_number_without_its_year_is_of_any_year() {
        assert!(matches!(root("mrn:\"Valdoria 0012\""), Node::Key(k) if k == "mrn:VALDORIA12"));
    }

    #[test]
    fn what_is_illegal_says_where() {
        for (text, at, says) in [
            ("", (0, 0), "empty"),
            ("  ", (0, 2), "empty"),
            ("tag:PREL", (0, 3), "no field `tag:`"),
            ("ferry http://x", (6, 10), "no field `http:`"),
            ("from:", (0, 5), "nothing to look for"),
            ("from: VALDORIA", (0, 5), "nothing to look for"),
            ("(from:)", (1, 6), "nothing to look for"),
            ("\"ferry", (0, 6), "never closed"),
            ("ferry (tariff", (6, 7), "never closed"),
            ("ferry)", (5, 6), "closes nothing"),
            (")", (0, 1), "closes nothing"),
            ("()", (0, 2), "nothing between"),
            ("tags:()", (5, 7), "nothing between"),
            ("\"\"", (0, 2), "nothing between"),
            ("OR ferry", (0, 2), "nothing before"),
            ("ferry OR", (6, 8), "nothing after"),
            ("ferry OR OR tariff", (6, 8), "nothing after"),
            ("(ferry OR)", (7, 9), "nothing after"),
            ("AND ferry", (0, 3), "nothing before"),
            ("ferry AND", (6, 9), "nothing after"),
            ("ferry AND OR tariff", (6, 9), "nothing after"),
            ("ferry - tariff", (6, 7), "nothing after"),
            ("ferry NOT", (6, 9), "nothing after"),
            ("ferry &", (6, 7), "no letter or digit"),
            ("ferr*", (0, 5), "only alone"),
            ("tags:*", (5, 6), "only alone"),
            ("class:X", (6, 7), "no classification"),
            ("prec:X", (5, 6), "no precedence"),
            ("mrn:1000", (4, 8), "no telegram's number"),
            ("ref:VALDORIA", (4, 12), "no telegram's number"),
            ("date:74", (5, 7), "no date"),
            ("date:1974-13", (5, 12), "no date"),
            ("date:1974-02-30", (5, 15), "no date"),
            ("date:1974-03-12-1", (5, 17), "no date"),
            ("date:1974..x", (5, 12), "no date"),
            ("date:..", (5, 7), "neither end"),
            ("date:1975..1974", (5, 15), "ends before it starts"),
            ("has:sumary", (4, 10), "doesn't know"),
            ("tags:(from:X)", (6, 10), "within another field"),
            ("tags:PR-EL", (5, 10), "no TAGS code"),
        ] {
            let error = Query::parse(text).expect_err(text);
            assert!(error.message.contains(says), "{text:?}: {}", error.message);
            assert_eq!((error.span.start, error.span.end), at, "{text:?}: {}", error.message);
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_guessed() {
        for (text, near) in [
            ("tag:X", "`tags:`"),
            ("subject:x", "`subj:`"),
            ("form:x", "`from:`"),
            ("classification:s", "`class:`"),
            ("has:sumary", "`has:summary`"),
        ] {
            let help = Query::parse(text).expect_err(text).help.expect(text);
            assert!(help.contains(near), "{text:?}: {help}");
        }
    }

    #[test]
    fn nothing_beside_a_number_or_a_field_is_ignored() {
        for text in [
            "class:-C",
            "subj:-ferry",
            "from:-VALDORIA",
            "mrn:\"09 VALDORIA 1 extra\"",
            "mrn:\"x 09 VALDORIA 1\"",
            "mrn:\"09 VALDORIA 1 2\"",
            "ref:\"09STATE1 AND 09STATE2\"",
            "mrn:09VALDORIA1..5",
            "mrn:09VALDORIA1-2",
        ] {
            assert!(Query::parse(text).is_err(), "{text}");
        }
        for text in [
            "-class:C",
            "mrn:\"09 VALDORIA 1\"",
            "mrn:09VALDORIA001",
            "ref:\"STATE 123 (08)\"",
            "mrn:\"NAVADMIN 123/15\"",
            "mrn:75VALDORIA-A123",
            "mrn:08-state-118204",
        ] {
            assert!(Query::parse(text).is_ok(), "{text}: {:?}", Query::parse(text));
        }
    }

    #[test]
    fn length_is_limited() {
        assert!(Query::parse(&"ferry ".repeat(201)).is_err());
        assert!(Query::parse(&"ferry ".repeat(200)).is_ok());
        assert!(Query::parse(&"é".repeat(5000)).is_err());
    }

    #[test]
    fn depth_is_limited() {
        for text in ["(".repeat(4_000), "-".repeat(4_000) + "x", "(".repeat(51) + "x" + &")".repeat(51)] {
            assert!(Query::parse(&text).expect_err("too deep").message.contains("levels"));
        }
        assert!(Query::parse(&("(".repeat(50) + "x" + &")".repeat(50))).is_ok());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,60}") {
            check(&text);
        }

        #[test]
        fn near_queries_are_read_or_refused(
            pieces in proptest::collection::vec(prop_oneof![
                Just("("), Just(")"), Just("\""), Just("-"), Just("*"), Just(":"), Just(" "), Just("OR"),
                Just("AND"), Just("NOT"), Just("tags:"), Just("date:"), Just("mrn:"), Just(".."),
                Just("1974"), Just("-03"), Just("é"), Just("x"), Just("class:"), Just("has:"),
            ], 0..20)
        ) {
            check(&pieces.concat());
        }
    }

    /// What must hold of every text: a refusal points into it.
    fn check(text: &str) {
        match Query::parse(text) {
            Ok(query) => assert_eq!(query.text, text),
            Err(error) => {
                assert!(text.get(error.span.range()).is_some(), "{text:?} {error:?}");
                assert!(!error.message.is_empty());
            }
        }
    }
}
