//! The query language: one box, AND by default.
//!
//! `docs/query.md` is the whole of it. A query is read here into a tree, or refused with the place and
//! the reason; nothing that was typed is ever ignored. Turning the tree into a search is
//! the module `search`'s business.

mod absent;
mod complete;
mod expand;
mod parser;
mod tables;
#[cfg(test)]
mod tests;
mod value;

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use reftel_telegram::Span;

use crate::Id;
use crate::meaning::Nearest;

pub(crate) use absent::Absent;
pub(crate) use complete::starts;
pub use complete::{Wanted, Wants};
use parser::Parser;
use tables::FIELDS;
pub use tables::{HAS, IS};
pub(crate) use value::{day_number, edits};

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
    /// What was looked for besides what was typed, where that was asked for.
    pub expansions: Vec<Expansion>,
    pub(crate) root: Node,
    /// Where the parts stand that must all be there, if there are several.
    pub(crate) parts: Vec<Span>,
    /// What is asked of telegrams that aren't here, by `is:phantom`. Then `root` finds nothing.
    pub(crate) absent: Option<Absent>,
}

/// What `expand:` made of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// As typed.
    pub typed: String,
    /// What else is looked for, and why, each in a few words: `People's Republic of China`, `what PRC stands for`.
    pub also: Vec<(String, &'static str)>,
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
    /// A number of the telegram's, from the first to the last.
    Range(Measure, Option<i64>, Option<i64>),
    /// Any of the words that are like this one.
    Like(Text, Like),
    /// Any of these words, or none where there are none: what `Like` turned out to be.
    AnyOf(Text, Vec<String>),
    /// Words in a certain place to one another.
    Placed(Text, Option<Unit>, Pattern),
    /// These characters, as they are.
    Exact(String),
    /// Telegrams that stand in this relation to those that are found.
    Web(Relation, Box<Node>),
    /// Those that are so among others.
    Is(Standing),
    /// Telegrams that came in behind the first of two and up to the second.
    Between(i64, i64),
    /// These telegrams, in ascending order: what `Exact` and `Web` turned out to be.
    Ids(Arc<Vec<i64>>),
    /// What comes near to this in meaning.
    Meaning(String),
    /// What `Meaning` turned out to be.
    Nearest(Arc<Nearest>),
    /// Telegrams that have much in common with those that this finds.
    Resembling(Box<Node>),
    /// At least so many of these words: what `Resembling` turned out to be.
    Alike(Vec<String>, usize),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

/// A word that isn't typed whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Like {
    /// `*` stands for any letters and digits, `?` for one.
    Wild(String),
    /// So many letters may be changed, added, or removed.
    Fuzzy(String, u8),
}

/// How words stand to one another.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Pattern {
    /// Any of these words.
    Word(Vec<String>),
    /// Any of the words that are like this one.
    Like(Like),
    /// One behind the other, with at most so many words between them in all.
    Run {
        parts: Vec<Pattern>,
        between: u32,
    },
    /// Both, in either order, with at most so many words between them.
    Near {
        one: Box<Pattern>,
        other: Box<Pattern>,
        between: u32,
    },
    Any(Vec<Pattern>),
    /// All of them in one unit; only within one.
    All(Vec<Pattern>),
    /// Not in this unit; only within one.
    Not(Box<Pattern>),
}

impl Pattern {
    /// The words that it looks for, and doesn't exclude.
    pub(crate) fn each_word(&self, each: &mut dyn FnMut(&[String])) {
        match self {
            Pattern::Word(words) => each(words),
            Pattern::Run { parts: list, .. } | Pattern::Any(list) | Pattern::All(list) => {
                for pattern in list {
                    pattern.each_word(each);
                }
            }
            Pattern::Near { one, other, .. } => {
                one.each_word(each);
                other.each_word(each);
            }
            Pattern::Like(_) | Pattern::Not(_) => {}
        }
    }
}

/// A part of a text in which words can stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Sentence,
    Paragraph,
}

/// How a telegram stands to another in the web of references.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// It cites it.
    Cites,
    /// It is cited by it.
    CitedBy,
    /// There is a way from one to the other, from reference to reference, in either direction.
    Thread,
}

/// What a telegram is among others, where its own text doesn't tell all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Cited, and not here.
    Phantom,
    /// One of several copies.
    Version,
    /// Cancelled by itself or by another.
    Cancelled,
}

/// What is counted or numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// The serial of the number.
    Serial,
    /// How many sections.
    Sections,
    /// How many words.
    Words,
    /// When it is to be declassified, in days since 1970.
    Declassified,
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
    Person,
    Place,
}

/// A field's name in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Text(Text),
    Tags,
    Class,
    Precedence,
    Mrn,
    Web(Relation),
    Unit(Unit),
    Measure(Measure),
    Date,
    Has,
    Is,
    Collection,
    Expand,
    Meaning,
    Like,
}

impl Query {
    /// Reads a query.
    pub fn parse(text: &str) -> Result<Query, QueryError> {
        if text.len() > LENGTH_MAX {
            let message = format!("the query is longer than {LENGTH_MAX} bytes");
            let end = (LENGTH_MAX..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
            return Err(error(Span::new(end, text.len()), message, Some("ask in parts")));
        }
        let mut parser = Parser::new(text);
        let root = parser.whole()?;
        let root = match value::bare_number(text) {
            Some(number) => Node::Number(number, Box::new(root)),
            None => root,
        };
        let (text, expansions, parts) = (text.to_owned(), parser.expansions, parser.parts);
        let (root, absent) = absent::apart(root, parser.phantom)?;
        Ok(Query { text, expansions, root, parts, absent })
    }

    /// The query that finds the family of a number: all that references join to it.
    pub fn thread(mrn: &str) -> Query {
        let of = Node::Key(format!("mrn:{}", value::canonical(mrn)));
        let root = Node::Web(Relation::Thread, Box::new(of));
        Query { text: format!("thread:{mrn}"), expansions: Vec::new(), root, parts: Vec::new(), absent: None }
    }

    /// The query that finds everything.
    pub fn all() -> Query {
        Query {
            text: "*".to_owned(),
            expansions: Vec::new(),
            root: Node::All,
            parts: Vec::new(),
            absent: None,
        }
    }

    /// The parts that must all be there, each as typed and as a query of its own; the whole where it is one.
    pub(crate) fn parts(&self) -> Vec<(&str, Node)> {
        match &self.root {
            Node::And(nodes) if nodes.len() == self.parts.len() => {
                let typed = self.parts.iter().map(|span| self.text[span.range()].trim());
                typed.zip(nodes.iter().cloned()).collect()
            }
            root => vec![(self.text.trim(), root.clone())],
        }
    }

    /// The same of telegrams that came in behind one of two, and up to the other.
    #[must_use]
    pub fn between(self, behind: Id, until: Id) -> Query {
        let root = Node::And(vec![self.root, Node::Between(behind.0, until.0)]);
        Query { root, parts: Vec::new(), ..self }
    }

    /// Whether it asks for telegrams that are cited and aren't here (`is:phantom`).
    pub fn is_of_phantoms(&self) -> bool {
        self.absent.is_some()
    }

    /// The names of the fields, in the order of the documentation, and what each finds.
    pub fn fields() -> impl Iterator<Item = (&'static str, &'static str)> {
        FIELDS.iter().map(|(name, _, finds)| (*name, *finds))
    }
}

impl Node {
    /// What a snippet should mark: the runs of words that a match has, those asked for and not those excluded.
    pub(crate) fn sought(&self) -> Vec<Vec<String>> {
        fn walk(node: &Node, sought: &mut Vec<Vec<String>>) {
            match node {
                Node::Words(Text::Body | Text::Subject, words) => sought.push(words.clone()),
                Node::AnyOf(Text::Body | Text::Subject, words) => {
                    sought.extend(words.iter().map(|word| vec![word.clone()]));
                }
                Node::Placed(Text::Body | Text::Subject, _, pattern) => pattern.each_word(&mut |words| {
                    sought.extend(words.iter().map(|word| vec![word.clone()]));
                }),
                Node::Exact(text) => sought.push(crate::words::words(text)),
                Node::Alike(words, _) => sought.extend(words.iter().map(|word| vec![word.clone()])),
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
                _ => {}
            }
        }
        let mut sought = Vec::new();
        walk(self, &mut sought);
        sought
    }
}

fn error(span: Span, message: impl Into<String>, help: Option<&str>) -> QueryError {
    QueryError { span, message: message.into(), help: help.map(str::to_owned) }
}
