//! What could be typed next, from the tables of the language and from what the archive has.

use crate::query::{Wanted, Wants, starts};
use crate::search::{asking, facets};
use crate::{Archive, Query, Result};

/// A way to go on with a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The whole query, with it.
    pub query: String,
    /// What was added, as it is typed: `from:`, `VALDORIA`, `"PORT ALDER"`.
    pub added: String,
    /// What that finds or means, in a few words; empty where the name says it.
    pub what: String,
    /// How many telegrams have it, where that is known.
    pub telegrams: Option<u64>,
}

impl Archive {
    /// How a query that is being typed could go on: with a field's name, or a value that the field can have here, the
    /// most frequent first. Nothing where only the reader can know.
    pub fn complete(&self, query: &str, limit: usize) -> Result<Vec<Completion>> {
        let wanted = Wanted::of(query);
        let mut list = Vec::new();
        let mut add = |added: String, what: &str, telegrams| {
            let query = format!("{}{added}", wanted.before);
            list.push(Completion { query, added, what: what.to_owned(), telegrams });
        };
        match wanted.wants {
            Wants::Field => {
                for (name, finds) in wanted.fields() {
                    add(format!("{name}:"), finds, None);
                }
            }
            Wants::Name(names) => {
                for (name, what) in names.iter().filter(|(name, _)| starts(name, wanted.typed)) {
                    add((*name).to_owned(), what, None);
                }
            }
            Wants::Classification | Wants::Precedence => {
                for name in wanted.ranks() {
                    add(quoted(name), "", None);
                }
            }
            Wants::Tag | Wants::Post | Wants::Caption | Wants::Collection => {
                for (value, number) in self.values(wanted.wants)? {
                    let typed = wanted.typed;
                    // A post is also typed as its numbers spell it.
                    if starts(&value, typed) || starts(&value.replace(' ', ""), typed) {
                        add(quoted(&value), "", Some(number));
                    }
                }
            }
        }
        list.truncate(limit);
        Ok(list)
    }

    /// The values that a field has here, with how many telegrams have each, most first.
    fn values(&self, wants: Wants) -> Result<Vec<(String, u64)>> {
        match wants {
            Wants::Post => {
                let mut posts = self.holdings()?.posts;
                posts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
                Ok(posts)
            }
            Wants::Tag => asking(self, || facets(self)).map(|facets| facets.tags),
            Wants::Caption => self.counted(
                reftel_telegram::tables::captions().map(|caption| caption.name.to_owned()).collect(),
                |caption| format!("caption:\"{caption}\""),
            ),
            _ => {
                let names = self.reading(|connection| {
                    let mut names = connection.prepare_cached("SELECT name FROM collection ORDER BY name")?;
                    let names = names.query_map([], |row| row.get(0))?;
                    Ok(names.collect::<rusqlite::Result<Vec<String>>>()?)
                })?;
                self.counted(names, |name| format!("in:\"{name}\""))
            }
        }
    }

    /// Those values that any telegram has, with how many.
    fn counted(&self, values: Vec<String>, query: impl Fn(&str) -> String) -> Result<Vec<(String, u64)>> {
        let mut list = Vec::new();
        for value in values {
            let Ok(query) = Query::parse(&query(&value)) else { continue };
            let total = self.count(query)? as u64;
            if total > 0 {
                list.push((value, total));
            }
        }
        list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(list)
    }
}

/// A value as it is typed: between quotation marks, where it has a blank or a sign.
fn quoted(value: &str) -> String {
    let bare = value.chars().all(|c| c.is_alphanumeric() || "-/_".contains(c));
    if bare { value.to_owned() } else { format!("\"{}\"", value.replace('"', " ")) }
}
