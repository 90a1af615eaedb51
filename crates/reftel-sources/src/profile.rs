//! How a collection calls what telegrams have: small files that anybody can write.

use std::sync::Arc;

use jiff::civil::DateTime;
use toml::de::{DeTable, DeValue};

use crate::csv::Dialect;
use crate::document::Field;
use crate::{Confidence, Error};

/// What a collection's files are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Rows of a table.
    Csv,
    /// Files that begin with `---`, keys, `---`.
    FrontMatter,
    /// Lines with an object each.
    Jsonl,
}

impl Shape {
    /// The name in a profile.
    pub const fn name(self) -> &'static str {
        match self {
            Shape::Csv => "csv",
            Shape::FrontMatter => "front-matter",
            Shape::Jsonl => "jsonl",
        }
    }
}

/// Where a field of the record is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The field.
    pub field: Field,
    /// The columns or keys that may have it; the first that isn't empty has it.
    pub from: Vec<String>,
    /// What stands between several values in one.
    pub separator: Option<String>,
    /// How dates are written, as `strptime` has it.
    pub forms: Vec<String>,
}

/// How a collection's fields map to a record's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name: `cables`.
    pub name: String,
    /// What it is for, in a line.
    pub title: String,
    /// What it reads.
    pub shape: Shape,
    /// Columns or keys that make the telegram's text, in order.
    pub text: Vec<String>,
    /// Keys that a file must have to be of this collection.
    pub keys: Vec<String>,
    /// The columns, where the file doesn't name them.
    pub columns: Vec<String>,
    /// Whether the first row names the columns.
    pub header: bool,
    /// The fields.
    pub fields: Vec<Mapping>,
    pub(crate) dialect: Dialect,
    toml: String,
}

impl Profile {
    /// Reads a profile.
    pub fn parse(text: &str) -> Result<Profile, Error> {
        let table = DeTable::parse(text).map_err(|error| Error {
            message: error.message().to_owned(),
            at: error.span().map(|at| at.start),
        })?;
        let table = table.get_ref();
        check_keys(table, &["name", "title", "kind", "text", "keys", "csv", "fields"])?;
        let name = string(table, "name")?.ok_or_else(|| Error::new("no `name`"))?;
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return Err(Error::new("`name` has other signs than letters, figures, `-` and `_`"));
        }
        let shape = match string(table, "kind")?.as_deref() {
            Some("csv") => Shape::Csv,
            Some("front-matter") => Shape::FrontMatter,
            Some("jsonl") => Shape::Jsonl,
            _ => return Err(at(table, "kind", "`kind` is one of `csv`, `front-matter`, `jsonl`")),
        };
        let mut profile = Profile {
            title: string(table, "title")?.unwrap_or_default(),
            text: strings(table, "text")?,
            keys: strings(table, "keys")?,
            columns: Vec::new(),
            header: true,
            fields: Vec::new(),
            dialect: Dialect { delimiter: b',', escape: None },
            name,
            shape,
            toml: text.to_owned(),
        };
        if let Some(csv) = sub_table(table, "csv")? {
            profile.csv(csv)?;
        }
        if let Some(fields) = sub_table(table, "fields")? {
            for (key, value) in fields {
                profile.fields.push(mapping(
                    key.get_ref(),
                    key.span().start,
                    value.get_ref(),
                    value.span().start,
                )?);
            }
        }
        if shape != Shape::FrontMatter && profile.text.is_empty() {
            return Err(Error::new("`text` doesn't say which columns or keys make the text"));
        }
        if shape == Shape::Csv && !profile.header && profile.columns.len() < 2 {
            return Err(at(
                table,
                "csv",
                "a table without a line of column names needs `columns`, two at least",
            ));
        }
        Ok(profile)
    }

    fn csv(&mut self, csv: &DeTable<'_>) -> Result<(), Error> {
        check_keys(csv, &["columns", "header", "delimiter", "escape"])?;
        self.columns = strings(csv, "columns")?;
        self.header = match csv.get("header").map(toml::Spanned::get_ref) {
            None => true,
            Some(DeValue::Boolean(given)) => *given,
            Some(_) => return Err(at(csv, "header", "`header` is `true` or `false`")),
        };
        let one = |key: &str| match string(csv, key)?.map(String::into_bytes).as_deref() {
            None => Ok(None),
            Some([byte]) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(Some(*byte)),
            Some(_) => Err(at(csv, key, &format!("`{key}` is one ASCII character"))),
        };
        self.dialect = Dialect { delimiter: one("delimiter")?.unwrap_or(b','), escape: one("escape")? };
        Ok(())
    }

    /// The file that it was read from, whole: who keeps what it reads keeps this too.
    pub fn toml(&self) -> &str {
        &self.toml
    }

    /// Whether the program carries it.
    pub fn is_built_in(&self) -> bool {
        BUILT_IN.contains(&self.toml.as_str())
    }

    /// By what its files are known, for a person.
    pub fn marks(&self) -> String {
        let list = |names: &[String]| format!("`{}`", names.join("`, `"));
        match self.shape {
            Shape::Csv if !self.header => {
                format!("rows of {} columns, with a date where it belongs", self.columns.len())
            }
            Shape::Csv => format!("a row of column names with {}", list(&self.text)),
            Shape::FrontMatter if self.keys.is_empty() => "front matter between two lines `---`".to_owned(),
            Shape::FrontMatter => format!("front matter with {}", list(&self.keys)),
            Shape::Jsonl => format!("objects with {}", list(&self.text)),
        }
    }

    /// The mapping of a field.
    pub(crate) fn mapping(&self, field: Field) -> Option<&Mapping> {
        self.fields.iter().find(|mapping| mapping.field == field)
    }
}

impl Mapping {
    /// A date as this collection writes it.
    pub(crate) fn date(&self, value: &str) -> Option<DateTime> {
        let value = value.trim();
        self.forms.iter().find_map(|form| {
            let read = jiff::fmt::strtime::parse(form, value).ok()?;
            read.to_datetime().or_else(|_| read.to_date().map(|date| date.at(0, 0, 0, 0))).ok()
        })
    }
}

/// What makes a text of a PDF's bytes, or says why it can't. It is the caller's, because it takes another program.
pub type PdfText = dyn Fn(&[u8]) -> Result<String, String> + Send + Sync;

/// What makes a telegram's text of a record in JSON that carries none, or says why it can't. It is the caller's, because
/// the names in the JSON are.
pub type RecordText = dyn Fn(&[u8]) -> Result<String, String> + Send + Sync;

/// The profiles that are known, and what reads PDFs and records.
#[derive(Clone)]
pub struct Collections {
    profiles: Vec<Profile>,
    pdf: Option<Arc<PdfText>>,
    record: Option<Arc<RecordText>>,
}

impl std::fmt::Debug for Collections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collections").field("profiles", &self.profiles).finish_non_exhaustive()
    }
}

/// The profiles that the program carries, most particular first.
const BUILT_IN: &[&str] = &[
    include_str!("../profiles/cables.toml"),
    include_str!("../profiles/dfat.toml"),
    include_str!("../profiles/telegrams-csv.toml"),
    include_str!("../profiles/front-matter.toml"),
    include_str!("../profiles/texts-jsonl.toml"),
];

impl Collections {
    /// Those that are built in.
    pub fn built_in() -> Collections {
        let profiles = BUILT_IN.iter().filter_map(|text| Profile::parse(text).ok()).collect();
        Collections { profiles, pdf: None, record: None }
    }

    /// Reads PDFs by this. Without it they are refused.
    pub fn read_pdf_by(&mut self, pdf: Option<Arc<PdfText>>) {
        self.pdf = pdf;
    }

    /// What reads PDFs.
    pub(crate) fn pdf(&self) -> Option<&PdfText> {
        self.pdf.as_deref()
    }

    /// Prints records that carry no text by this. Without it nothing is made of them.
    pub fn print_records_by(&mut self, record: Option<Arc<RecordText>>) {
        self.record = record;
    }

    /// What prints records.
    pub fn record(&self) -> Option<&RecordText> {
        self.record.as_deref()
    }

    /// Adds a profile in front of the others. One of the same name is replaced.
    pub fn add(&mut self, profile: Profile) {
        self.profiles.retain(|known| known.name != profile.name);
        self.profiles.insert(0, profile);
    }

    /// All of them, in the order in which files are held against them.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// The one of this name.
    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// Those of a shape, with how sure a match of all their keys makes.
    pub(crate) fn of(&self, shape: Shape) -> impl Iterator<Item = (&Profile, Confidence)> {
        self.profiles.iter().filter(move |profile| profile.shape == shape).map(|profile| {
            (profile, if profile.keys.is_empty() { Confidence::Likely } else { Confidence::Certain })
        })
    }
}

fn at(table: &DeTable<'_>, key: &str, message: &str) -> Error {
    Error { message: message.to_owned(), at: table.get(key).map(|value| value.span().start) }
}

fn check_keys(table: &DeTable<'_>, known: &[&str]) -> Result<(), Error> {
    match table.keys().find(|key| !known.contains(&key.get_ref().as_ref())) {
        None => Ok(()),
        Some(key) => {
            let message = format!("`{}` isn't one of {}", key.get_ref(), known.join(", "));
            Err(Error::at(message, key.span().start))
        }
    }
}

fn string(table: &DeTable<'_>, key: &str) -> Result<Option<String>, Error> {
    match table.get(key).map(toml::Spanned::get_ref) {
        None => Ok(None),
        Some(DeValue::String(text)) => Ok(Some(text.clone().into_owned())),
        Some(_) => Err(at(table, key, &format!("`{key}` is a string"))),
    }
}

/// A string or a list of strings.
fn strings(table: &DeTable<'_>, key: &str) -> Result<Vec<String>, Error> {
    let fault = || at(table, key, &format!("`{key}` is a string or a list of strings"));
    match table.get(key).map(toml::Spanned::get_ref) {
        None => Ok(Vec::new()),
        Some(DeValue::String(text)) => Ok(vec![text.clone().into_owned()]),
        Some(DeValue::Array(list)) => {
            list.iter().map(|value| value.get_ref().as_str().map(str::to_owned).ok_or_else(fault)).collect()
        }
        Some(_) => Err(fault()),
    }
}

fn sub_table<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Result<Option<&'t DeTable<'i>>, Error> {
    match table.get(key).map(toml::Spanned::get_ref) {
        None => Ok(None),
        Some(DeValue::Table(inner)) => Ok(Some(inner)),
        Some(_) => Err(at(table, key, &format!("`{key}` is a table"))),
    }
}

fn mapping(key: &str, key_at: usize, value: &DeValue<'_>, value_at: usize) -> Result<Mapping, Error> {
    let Some((_, field)) = Field::ALL.iter().find(|(name, _)| *name == key) else {
        let names: Vec<&str> = Field::ALL.iter().map(|(name, _)| *name).collect();
        return Err(Error::at(format!("`{key}` isn't one of {}", names.join(", ")), key_at));
    };
    let mut mapping = Mapping { field: *field, from: Vec::new(), separator: None, forms: Vec::new() };
    match value {
        DeValue::String(from) => mapping.from = vec![from.clone().into_owned()],
        DeValue::Array(list) => {
            mapping.from =
                list.iter().filter_map(|value| value.get_ref().as_str().map(str::to_owned)).collect();
        }
        DeValue::Table(table) => {
            check_keys(table, &["from", "separator", "forms"])?;
            mapping.from = strings(table, "from")?;
            mapping.separator = string(table, "separator")?.filter(|given| !given.is_empty());
            mapping.forms = strings(table, "forms")?;
        }
        _ => {}
    }
    if mapping.from.is_empty() {
        return Err(Error::at(format!("`{key}` doesn't say from which column or key"), value_at));
    }
    Ok(mapping)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_can_be_read() {
        for text in BUILT_IN {
            Profile::parse(text).unwrap();
        }
        assert_eq!(Collections::built_in().profiles().len(), BUILT_IN.len());
    }

    #[test]
    fn a_mistake_has_a_place_and_says_what_may_stand_there() {
        for (text, place, why) in [
            ("name = \"x\"\nkind = \"tape\"", Some(18), "`kind` is one of"),
            (
                "name = \"x\"\nkind = \"csv\"\ntext = \"t\"\n[fields]\nnumbre = \"n\"",
                Some(44),
                "`numbre` isn't one of",
            ),
            (
                "name = \"x\"\nkind = \"csv\"\ntext = \"t\"\n[csv]\nescape = \"ab\"",
                Some(50),
                "one ASCII character",
            ),
            ("name = \"x\"\nkind = \"csv\"", None, "`text` doesn't say"),
            ("name = \"../x\"\nkind = \"csv\"", None, "other signs"),
            ("name", Some(4), ""),
        ] {
            let error = Profile::parse(text).unwrap_err();
            assert_eq!(error.place(), place, "{text}: {error}");
            assert!(error.to_string().contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn dates_are_read_as_the_collection_writes_them() {
        let collections = Collections::built_in();
        let date = collections.get("cables").unwrap().mapping(Field::Date).unwrap();
        assert_eq!(date.date("6/11/2009 9:28").unwrap().to_string(), "2009-06-11T09:28:00");
        assert_eq!(date.date("11.6.2009"), None);
    }
}
