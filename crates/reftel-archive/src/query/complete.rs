//! What could be typed next: read from a query that is being typed, and so needs not be one yet.

use super::tables::{CLASSIFICATIONS, FIELDS, HAS, IS, PRECEDENCES};
use super::{Field, Text};

/// Where a query goes on, and with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted<'t> {
    /// What stays as it is.
    pub before: &'t str,
    /// What was typed of the name or value so far.
    pub typed: &'t str,
    /// What could stand there.
    pub wants: Wants,
}

/// What could stand at the end of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// A field's name, or a word.
    Field,
    /// One of these: the name, and what it means. None where only the reader can know.
    Name(&'static [(&'static str, &'static str)]),
    /// A classification.
    Classification,
    /// A precedence.
    Precedence,
    /// A TAGS code.
    Tag,
    /// A post.
    Post,
    /// A caption.
    Caption,
    /// A collection's name.
    Collection,
}

impl Wanted<'_> {
    /// Reads a query that is being typed.
    pub fn of(query: &str) -> Wanted<'_> {
        let (start, list, quoted) = last(query);
        let token = &query[start..];
        let hyphens = token.len() - token.trim_start_matches('-').len();
        let token = &token[hyphens..];
        let field = match token.split_once(':') {
            Some((name, value)) if list.is_none() => {
                let value = value.strip_prefix('"').unwrap_or(value);
                Some((known(name), query.len() - value.len(), value))
            }
            _ => list.map(|field| {
                let value = token.strip_prefix('"').unwrap_or(token);
                (Some(field), query.len() - value.len(), value)
            }),
        };
        let Some((field, at, typed)) = field else {
            let wants = if quoted { Wants::Name(&[]) } else { Wants::Field };
            let at = start + hyphens;
            return Wanted { before: &query[..at], typed: token, wants };
        };
        // A quotation mark that was typed is set again, where the value wants one.
        let at = if query[..at].ends_with('"') { at - 1 } else { at };
        Wanted { before: &query[..at], typed, wants: field.map_or(Wants::Name(&[]), wants) }
    }

    /// The field's names that begin so, and what they find.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let typed = self.typed.to_ascii_lowercase();
        let known = FIELDS.iter().filter(move |(name, ..)| name.starts_with(&typed));
        known.map(|(name, _, finds)| (*name, *finds))
    }

    /// The names of classifications or precedences that begin so, in full.
    pub fn ranks(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = match self.wants {
            Wants::Classification => CLASSIFICATIONS.iter().map(|(_, class)| class.name()).collect(),
            Wants::Precedence => PRECEDENCES.iter().map(|(_, precedence)| precedence.name()).collect(),
            _ => Vec::new(),
        };
        names.dedup();
        names.retain(|name| starts(name, self.typed));
        names
    }
}

/// Whether a name begins so, whatever the case.
pub(crate) fn starts(name: &str, typed: &str) -> bool {
    name.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

fn known(name: &str) -> Option<Field> {
    FIELDS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name)).map(|(_, field, _)| *field)
}

fn wants(field: Field) -> Wants {
    match field {
        Field::Has => Wants::Name(&HAS),
        Field::Is => Wants::Name(&IS),
        Field::Class => Wants::Classification,
        Field::Precedence => Wants::Precedence,
        Field::Tags => Wants::Tag,
        Field::Text(Text::From | Text::To | Text::Info) => Wants::Post,
        Field::Text(Text::Caption) => Wants::Caption,
        Field::Collection => Wants::Collection,
        _ => Wants::Name(&[]),
    }
}

/// Where the last word begins, the field of the list it stands in, and whether it stands between quotation marks.
fn last(query: &str) -> (usize, Option<Field>, bool) {
    let mut start = 0;
    let mut quoted = false;
    let mut lists: Vec<Option<Field>> = Vec::new();
    for (at, c) in query.char_indices() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '{' => {
                let name = query[start..at].trim_start_matches('-').strip_suffix(':');
                let outer = lists.last().copied().flatten();
                lists.push(if c == '{' { None } else { name.and_then(known).or(outer) });
                start = at + 1;
            }
            ')' | '}' => {
                lists.pop();
                start = at + 1;
            }
            c if c.is_whitespace() => start = at + c.len_utf8(),
            _ => {}
        }
    }
    (start, lists.last().copied().flatten(), quoted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_can_go_on(text in "([a-z:é\"(){} -]|from:|tags:\\(|\\PC){0,40}") {
            let wanted = Wanted::of(&text);
            prop_assert!(text.starts_with(wanted.before), "{:?}", wanted);
            prop_assert!(text.ends_with(wanted.typed), "{:?}", wanted);
        }
    }

    #[test]
    fn where_a_query_goes_on() {
        for (query, before, typed, wants) in [
            ("", "", "", Wants::Field),
            ("fer", "", "fer", Wants::Field),
            ("ferry fr", "ferry ", "fr", Wants::Field),
            ("ferry -fr", "ferry -", "fr", Wants::Field),
            ("ferry -from:VAL", "ferry -from:", "VAL", Wants::Post),
            ("from:\"PORT A", "from:", "PORT A", Wants::Post),
            ("tags:(PREL OR E", "tags:(PREL OR ", "E", Wants::Tag),
            ("tags:(PREL) to:", "tags:(PREL) to:", "", Wants::Post),
            ("thread:{cla", "thread:{", "cla", Wants::Field),
            ("class:s", "class:", "s", Wants::Classification),
            ("is:", "is:", "", Wants::Name(&IS)),
            ("\"decl: u", "\"decl: u", "", Wants::Name(&[])),
            ("subj:fer", "subj:", "fer", Wants::Name(&[])),
            ("nosuch:fer", "nosuch:", "fer", Wants::Name(&[])),
        ] {
            let wanted = Wanted::of(query);
            assert_eq!(wanted.wants, wants, "{query}");
            if wants != Wants::Name(&[]) {
                assert_eq!((wanted.before, wanted.typed), (before, typed), "{query}");
            }
        }
    }
}
