//! A query for telegrams that aren't here: `is:phantom`.
//!
//! Of a telegram that is only cited, its number is known: the post, the year, the serial. So `from:`, `date:`,
//! `serial:` and `mrn:` are asked of the phantom itself, and everything else of the telegrams that cite it.

use jiff::civil::Date;
use reftel_telegram::Span;

use super::{Measure, Node, QueryError, Standing, Text, error, parser};
use crate::words::words;

/// What is asked of telegrams that aren't here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Absent {
    /// What their numbers must answer.
    own: Vec<Node>,
    /// What finds the telegrams that cite them.
    pub(crate) citing: Node,
}

/// When a phantom was sent, as far as that is known: the first day, and the day behind the last.
pub(crate) type Window = (Date, Date);

/// `is:phantom` stands where it can't.
pub(super) fn misplaced(span: Span) -> QueryError {
    let help = "write it once, beside the other parts: `is:phantom from:VALDORIA`";
    error(span, "a telegram that isn't here can't be excluded, nor be one of several", Some(help))
}

/// Parts what is asked of phantoms from what is asked of those that cite them, where a query is of phantoms. `place`
/// is where it says so.
pub(super) fn apart(root: Node, place: Option<Span>) -> Result<(Node, Option<Absent>), QueryError> {
    let Some(place) = place else { return Ok((root, None)) };
    let nodes = match root {
        Node::And(nodes) => nodes,
        Node::Is(_) => Vec::new(),
        _ => return Err(misplaced(place)),
    };
    let (own, mut citing): (Vec<Node>, Vec<Node>) =
        nodes.into_iter().filter(|node| *node != Node::Is(Standing::Phantom)).partition(is_of_numbers);
    citing.retain(|node| *node != Node::All);
    if citing.is_empty() {
        citing.push(Node::All);
    }
    let absent = Absent { own, citing: parser::one_or(citing, Node::And) };
    Ok((Node::Or(Vec::new()), Some(absent)))
}

/// Whether a number alone can answer this.
fn is_of_numbers(node: &Node) -> bool {
    match node {
        Node::Words(Text::From, _) | Node::Sent(..) | Node::Range(Measure::Serial, ..) => true,
        Node::Key(key) => key.starts_with("mrn:"),
        Node::Not(node) => is_of_numbers(node),
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().all(is_of_numbers),
        _ => false,
    }
}

impl Absent {
    /// Whether a month or a day is asked for, which the number doesn't tell.
    pub(crate) fn is_of_days(&self) -> bool {
        fn walk(node: &Node) -> bool {
            match node {
                Node::Sent(from, before) => {
                    [from, before].into_iter().flatten().any(|date| date.day_of_year() != 1)
                }
                Node::Not(node) => walk(node),
                Node::And(nodes) | Node::Or(nodes) => nodes.iter().any(walk),
                _ => false,
            }
        }
        self.own.iter().any(walk)
    }

    /// Whether a number answers. `sent` is when its telegram may have been sent, and `None` where nothing is known.
    pub(crate) fn wants(&self, mrn: &str, post: &str, serial: u32, sent: Option<Window>) -> bool {
        self.own.iter().all(|node| answers(node, mrn, post, serial, sent))
    }
}

fn answers(node: &Node, mrn: &str, post: &str, serial: u32, sent: Option<Window>) -> bool {
    let again = |node: &Node| answers(node, mrn, post, serial, sent);
    match node {
        // A post of several words is one in numbers.
        Node::Words(_, wanted) => words(post).concat() == wanted.concat(),
        Node::Sent(from, before) => sent.is_some_and(|(first, end)| {
            from.is_none_or(|from| end > from) && before.is_none_or(|before| first < before)
        }),
        Node::Range(_, from, to) => {
            let serial = i64::from(serial);
            from.is_none_or(|from| from <= serial) && to.is_none_or(|to| serial <= to)
        }
        Node::Key(key) => key.strip_prefix("mrn:").is_some_and(|wanted| {
            let any_year = !wanted.starts_with(|c: char| c.is_ascii_digit());
            wanted == mrn || any_year && mrn.get(2..) == Some(wanted)
        }),
        Node::Not(node) => !again(node),
        Node::And(nodes) => nodes.iter().all(again),
        Node::Or(nodes) => nodes.iter().any(again),
        _ => false,
    }
}
