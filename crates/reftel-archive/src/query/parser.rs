//! From what was typed to the tree.

use reftel_telegram::Span;

use super::value::{self, leaf, nearest};
use super::{
    DEPTH_MAX, Expansion, FIELDS, Field, LENGTH_MAX, Node, Pattern, QueryError, Standing, Text, Unit,
    WORDS_MAX, error,
};

/// How far apart words may be that stand near one another.
const NEAR_MAX: u32 = 99;

pub(super) struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    /// Words and fields so far.
    words: usize,
    pub(super) expansions: Vec<Expansion>,
    /// Where the parts of the outermost list stand.
    pub(super) parts: Vec<Span>,
    /// The first place that asks for telegrams that aren't here.
    pub(super) phantom: Option<Span>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Parser<'t> {
        Parser { text, at: 0, depth: 0, words: 0, expansions: Vec::new(), parts: Vec::new(), phantom: None }
    }

    /// Reads all of it.
    pub(super) fn whole(&mut self) -> Result<Node, QueryError> {
        let text = self.text;
        if text.len() > LENGTH_MAX {
            let message = format!("the query is longer than {LENGTH_MAX} bytes");
            let end = (LENGTH_MAX..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
            return Err(error(Span::new(end, text.len()), message, Some("ask in parts")));
        }
        let root = self.either(None)?;
        match self.peek() {
            Some(close @ (')' | '}')) => Err(self.closes_nothing(close)),
            _ => Ok(root),
        }
    }

    fn closes_nothing(&self, close: char) -> QueryError {
        let message = format!("this `{close}` closes nothing");
        error(self.here(), message, Some("remove it, or open it before"))
    }

    /// Whether a list ends here.
    fn closes(&self) -> bool {
        matches!(self.peek(), None | Some(')' | '}'))
    }

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
            .is_some_and(|rest| rest.chars().next().is_none_or(|c| c.is_whitespace() || "(){}\"".contains(c)))
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
            if self.closes() || self.sees("OR") || self.sees("AND") {
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
            if self.closes() || self.sees("OR") {
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
            let start = self.at;
            let node = self.perhaps_not(field)?;
            nodes.push(self.near(field, node, start)?);
            if self.depth == 0 {
                self.parts.push(Span::new(start, self.at));
            }
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
        } else if let (Some(close @ (')' | '}')), 0) = (self.peek(), self.depth) {
            self.closes_nothing(close)
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
            if self.peek().is_none_or(|c| c.is_whitespace() || ")}".contains(c)) {
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
            Some('"') => self.phrase(field),
            Some('=') => self.exact(field),
            _ => self.word_or_field(field),
        }
    }

    /// `(a OR b)`
    fn group(&mut self, field: Option<Field>) -> Result<Node, QueryError> {
        self.list(field, ')')
    }

    /// A list up to the sign that closes it.
    fn list(&mut self, field: Option<Field>, close: char) -> Result<Node, QueryError> {
        let open = self.at;
        self.at += 1;
        self.skip_space();
        if self.peek() == Some(close) {
            let message = if close == ')' {
                "there is nothing between the parentheses"
            } else {
                "there is nothing between the braces"
            };
            return Err(error(Span::new(open, self.at + 1), message, None));
        }
        if self.peek().is_none() {
            return Err(unclosed(open, close));
        }
        let node = self.deeper(|parser| parser.either(field))?;
        if self.peek() != Some(close) {
            return Err(unclosed(open, close));
        }
        self.at += 1;
        Ok(node)
    }

    /// `"ferry tariff"`, `"ferry tariff"~3`
    fn phrase(&mut self, field: Option<Field>) -> Result<Node, QueryError> {
        let (value, span) = self.quoted()?;
        let rest = &self.text[self.at..];
        let Some(digits) = rest.strip_prefix('~') else {
            return self.leaf(field, value, span, true);
        };
        let len = digits.bytes().take_while(u8::is_ascii_digit).count();
        let sign = Span::new(self.at, self.at + 1 + len);
        self.at = sign.end;
        let between = value::between(&digits[..len], sign, NEAR_MAX)?;
        match self.leaf(field, value, span, true)? {
            Node::Words(text, words) if words.len() > 1 => {
                let parts = words.into_iter().map(|word| Pattern::Word(vec![word])).collect();
                Ok(Node::Placed(text, None, Pattern::Run { parts, between }))
            }
            _ => Err(error(sign, "only words of a text can stand apart", Some("leave out the `~`"))),
        }
    }

    /// `=Ferry`, `="AT&T"`
    fn exact(&mut self, field: Option<Field>) -> Result<Node, QueryError> {
        let start = self.at;
        self.at += 1;
        let (value, span) = if self.peek() == Some('"') { self.quoted()? } else { self.word() };
        let span = Span::new(start, span.end);
        if field.is_some() {
            return Err(error(span, "exact words are looked for in the whole text only", None));
        }
        value::exact(value, span)
    }

    fn leaf(
        &mut self,
        field: Option<Field>,
        value: &str,
        span: Span,
        quoted: bool,
    ) -> Result<Node, QueryError> {
        let node = leaf(field, value, span, quoted)?;
        if node == Node::Is(Standing::Phantom) {
            if self.depth > 0 || self.phantom.is_some() {
                return Err(super::absent::misplaced(span));
            }
            self.phantom = Some(span);
        }
        if field != Some(Field::Expand) {
            return Ok(node);
        }
        let (node, expansion) = super::expand::expand(value);
        self.expansions.push(expansion);
        Ok(node)
    }

    /// `ferry NEAR/3 tariff`, as often as it goes on.
    fn near(&mut self, field: Option<Field>, node: Node, start: usize) -> Result<Node, QueryError> {
        let mut node = node;
        let mut end = self.at;
        loop {
            self.skip_space();
            let Some(digits) = self.text[self.at..].strip_prefix("NEAR/") else { return Ok(node) };
            let len = digits.bytes().take_while(u8::is_ascii_digit).count();
            let sign = Span::new(self.at, self.at + "NEAR/".len() + len);
            let between = value::between(&digits[..len], sign, NEAR_MAX)?;
            self.at = sign.end;
            self.skip_space();
            if self.closes() || self.sees("OR") || self.sees("AND") {
                return Err(error(sign, "`NEAR` has nothing after it", None));
            }
            let one = placeable(node, Span::new(start, end))?;
            let from = self.at;
            let other = self.item(field)?;
            end = self.at;
            let other = placeable(other, Span::new(from, end))?;
            if one.0 != other.0 {
                let message = "these stand in different fields, and not near one another";
                return Err(error(Span::new(start, end), message, None));
            }
            let (one_box, other_box) = (Box::new(one.1), Box::new(other.1));
            node = Node::Placed(one.0, None, Pattern::Near { one: one_box, other: other_box, between });
        }
    }

    /// `para:{ferry tariff}`
    fn unit(&mut self, unit: Unit) -> Result<Node, QueryError> {
        let start = self.at;
        let node = self.list(None, '}')?;
        let span = Span::new(start, self.at);
        let pattern = within(node, span)?;
        if !has_positive(&pattern) {
            let message = "here is only what must not be there";
            return Err(error(span, message, Some("add a word to look for")));
        }
        Ok(Node::Placed(Text::Body, Some(unit), pattern))
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
            return self.leaf(field, value, span, false);
        }
        let name = &rest[..letters];
        let span = Span::new(start, start + letters);
        if field.is_some() {
            let message = format!("`{name}:` stands within another field's list");
            return Err(error(span, message, Some("put it before or after the list")));
        }
        let known = FIELDS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
        let Some((known, field, _)) = known else {
            return Err(unknown_field(name, span));
        };
        self.at = start + letters + 1;
        match (field, self.peek()) {
            (Field::Unit(unit), Some('{')) => self.unit(*unit),
            (Field::Unit(_), _) => {
                let help = format!("write `{known}:{{ferry tariff}}`");
                let span = Span::new(start, self.at);
                Err(error(span, format!("`{known}:` wants words in braces"), Some(&help)))
            }
            (Field::Web(relation), Some('{')) => Ok(Node::Web(*relation, Box::new(self.list(None, '}')?))),
            (_, Some('(')) => self.group(Some(*field)),
            (_, Some('"')) => {
                let (value, span) = self.quoted()?;
                self.leaf(Some(*field), value, span, true)
            }
            (Field::Date | Field::Measure(_), Some('[')) => {
                let (value, span) = self.range()?;
                self.leaf(Some(*field), &value, span, false)
            }
            (_, None | Some(')' | '}')) => Err(empty_field(known, Span::new(start, self.at))),
            (_, Some(c)) if c.is_whitespace() => Err(empty_field(known, Span::new(start, self.at))),
            (_, Some(_)) => {
                let (value, span) = self.word();
                self.leaf(Some(*field), value, span, false)
            }
        }
    }

    /// `[1974 TO 1976]`, as `1974..1976`.
    fn range(&mut self) -> Result<(String, Span), QueryError> {
        let open = self.at;
        let rest = &self.text[open..];
        let Some(close) = rest.find(']') else {
            let help = "write `[1974 TO 1976]`, or `1974..1976`";
            return Err(error(Span::new(open, open + 1), "this bracket is never closed", Some(help)));
        };
        self.at = open + close + 1;
        let span = Span::new(open, self.at);
        let Some((from, to)) = rest[1..close].split_once(" TO ") else {
            let help = "write `[1974 TO 1976]`, or `1974..1976`";
            return Err(error(span, "there is no `TO` between the brackets", Some(help)));
        };
        let end = |text: &'t str| if text.trim() == "*" { "" } else { text.trim() };
        Ok((format!("{}..{}", end(from), end(to)), span))
    }

    /// A word as typed, up to a space. Parentheses that it opens and closes, as in `1.4(b)`, are its own.
    fn word(&mut self) -> (&'t str, Span) {
        let start = self.at;
        while let Some(c) = self.peek() {
            if c.is_whitespace() || "\")}".contains(c) {
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

/// A query's part that can stand near another: in which field, and what.
fn placeable(node: Node, span: Span) -> Result<(Text, Pattern), QueryError> {
    match node {
        Node::Words(text, words) => {
            let mut parts: Vec<Pattern> = words.into_iter().map(|word| Pattern::Word(vec![word])).collect();
            let one = if parts.len() == 1 { parts.pop() } else { None };
            Ok((text, one.unwrap_or(Pattern::Run { parts, between: 0 })))
        }
        Node::Like(text, like) => Ok((text, Pattern::Like(like))),
        Node::Placed(text, None, pattern) => Ok((text, pattern)),
        Node::Or(nodes) => {
            let some: Vec<(Text, Pattern)> =
                nodes.into_iter().map(|node| placeable(node, span)).collect::<Result<_, _>>()?;
            let text = some.first().map_or(Text::Body, |first| first.0);
            if some.iter().any(|part| part.0 != text) {
                return Err(error(span, "these stand in different fields, and not near another", None));
            }
            Ok((text, Pattern::Any(some.into_iter().map(|part| part.1).collect())))
        }
        _ => {
            let help = "words, phrases, and (alternatives between OR) can";
            Err(error(span, "this can't stand near anything", Some(help)))
        }
    }
}

/// A query's part that words in one sentence or paragraph can answer.
fn within(node: Node, span: Span) -> Result<Pattern, QueryError> {
    let all = |nodes: Vec<Node>| nodes.into_iter().map(|node| within(node, span)).collect::<Result<_, _>>();
    match node {
        Node::And(nodes) => Ok(Pattern::All(all(nodes)?)),
        Node::Or(nodes) => Ok(Pattern::Any(all(nodes)?)),
        Node::Not(node) => Ok(Pattern::Not(Box::new(within(*node, span)?))),
        Node::Words(Text::Body, _) | Node::Like(Text::Body, _) | Node::Placed(Text::Body, None, _) => {
            Ok(placeable(node, span)?.1)
        }
        _ => {
            let help = "words, phrases, `-`, `OR` and `NEAR` can; fields stand outside the braces";
            Err(error(span, "not all of this can stand in one place of a text", Some(help)))
        }
    }
}

/// Whether there is anything that must be there.
fn has_positive(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Not(_) => false,
        Pattern::All(list) => list.iter().any(has_positive),
        Pattern::Any(list) => list.iter().all(has_positive),
        _ => true,
    }
}

pub(super) fn one_or(mut nodes: Vec<Node>, many: impl FnOnce(Vec<Node>) -> Node) -> Node {
    if nodes.len() > 1 {
        return many(nodes);
    }
    nodes.pop().unwrap_or(Node::All)
}

fn unclosed(open: usize, close: char) -> QueryError {
    let what = if close == ')' { "parenthesis" } else { "brace" };
    let message = format!("this {what} is never closed");
    error(Span::new(open, open + 1), message, Some(&format!("add `{close}` at its end")))
}

fn empty_field(name: &str, span: Span) -> QueryError {
    let help = format!("write `{name}:` and a word, a \"phrase\", or a (list) right behind it");
    error(span, format!("`{name}:` has nothing to look for"), Some(&help))
}

fn unknown_field(name: &str, span: Span) -> QueryError {
    let names: Vec<String> = FIELDS.iter().map(|(name, ..)| format!("`{name}:`")).collect();
    let help = match nearest(name, FIELDS.iter().map(|(name, ..)| *name)) {
        Some(near) => format!("did you mean `{near}:`? To search for the text, put it in quotation marks"),
        None => {
            format!("the fields are {}; to search for the text, put it in quotation marks", names.join(" "))
        }
    };
    error(span, format!("there is no field `{name}:`"), Some(&help))
}
