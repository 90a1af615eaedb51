//! Makes `crates/reftel-telegram/src/tables/generated.rs` from the CSV files in `tables/`.
//!
//! The tables are compiled in as sorted arrays, so that the format needs no start-up work and no
//! files. The made file is kept in the repository: its diff is what a reviewer reads.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const HEADER: &str = "//! The tables, made from `tables/*.csv` by `cargo xtask codegen`. Change those, not this.\n\
                      use super::{Alias, AliasKind, Caption, CaptionKind, Collective, Former, Post, Ri, TagKind};\n";

/// Writes `generated.rs`; with `check`, only says whether it is as the tables would make it.
pub(crate) fn run(check: bool) -> Result<(), String> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/reftel-telegram");
    let path = home.join("src/tables/generated.rs");
    let made = made(&home.join("tables"))?;
    if check {
        let kept = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let same = kept.replace("\r\n", "\n") == made;
        return if same { Ok(()) } else { Err("the tables have changed: run `cargo xtask codegen`".into()) };
    }
    fs::write(&path, made).map_err(|error| format!("{}: {error}", path.display()))
}

/// The text of `generated.rs`.
fn made(tables: &Path) -> Result<String, String> {
    let sections = [
        posts(&read(tables, "posts.csv")?),
        names(&read(tables, "posts.csv")?, &read(tables, "post_aliases.csv")?),
        former(&read(tables, "former_names.csv")?),
        subjects(&read(tables, "tags_subject.csv")?),
        places(&read(tables, "tags_geo_org.csv")?),
        captions(&read(tables, "captions.csv")?),
        collectives(&read(tables, "collectives.csv")?),
        routing_indicators(&read(tables, "routing_indicators.csv")?),
        pairs("OPERATING_SIGNALS", &read(tables, "operating_signals.csv")?, "signal", |row| {
            quoted(&row["meaning"])
        }),
        pairs("OFFICES", &read(tables, "office_symbols.csv")?, "symbol", |row| quoted(&row["name"])),
        pairs("ACRONYMS", &read(tables, "acronyms.csv")?, "acronym", expansion),
    ];
    let mut text = String::from(HEADER);
    for section in sections {
        text.push_str(&section?);
    }
    Ok(text)
}

type Row = BTreeMap<String, String>;

/// The rows of one file, each by its column names.
fn read(tables: &Path, name: &str) -> Result<Vec<Row>, String> {
    let path: PathBuf = tables.join(name);
    let mut reader = csv::Reader::from_path(&path).map_err(|error| format!("{name}: {error}"))?;
    let columns = reader.headers().map_err(|error| format!("{name}: {error}"))?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| format!("{name}: {error}"))?;
        rows.push(columns.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect());
    }
    Ok(rows)
}

fn posts(rows: &[Row]) -> Result<String, String> {
    pairs("POSTS", rows, "name", |row| {
        let place = match (row["latitude"].as_str(), row["longitude"].as_str()) {
            ("", _) | (_, "") => "None".to_owned(),
            (latitude, longitude) => format!("Some(({}, {}))", degrees(latitude), degrees(longitude)),
        };
        format!(
            "Post::row({}, {}, {}, {}, {}, {place}, {})",
            quoted(&row["name"]),
            quoted(&row["display"]),
            quoted(&row["plad"]),
            quoted(&row["city"]),
            quoted(&row["country_tag"]),
            list(&row["routing_indicators"]),
        )
    })
}

/// A number without zeros at its end, for clippy.
fn degrees(text: &str) -> String {
    text.parse::<f32>().map_or_else(|_| text.to_owned(), |degrees| format!("{degrees:?}"))
}

/// Posts and aliases in one: whatever a post may be called.
fn names(posts: &[Row], aliases: &[Row]) -> Result<String, String> {
    let known: BTreeSet<&str> = posts.iter().map(|row| row["name"].as_str()).collect();
    let mut table: BTreeMap<&str, String> = BTreeMap::new();
    for row in aliases {
        let (key, canonical) = (row["key"].as_str(), row["canonical"].as_str());
        if !known.contains(canonical) {
            return Err(format!("post_aliases.csv: {key} is an alias of {canonical}, which is no post"));
        }
        let kind = match row["kind"].as_str() {
            "abbreviation" => "Abbreviation",
            "truncation" => "Truncation",
            "misspelling" => "Misspelling",
            "variant" => "Variant",
            "former name" => "FormerName",
            "spaced form" => "SpacedForm",
            "plad" => "Plad",
            "department" => "Department",
            other => return Err(format!("post_aliases.csv: {key} is of an unknown kind, {other}")),
        };
        let ambiguous = &row["ambiguous"];
        let value =
            format!("Alias::row({}, {}, AliasKind::{kind}, {ambiguous})", quoted(key), quoted(canonical));
        if !known.contains(key) && table.insert(key, value).is_some() {
            return Err(format!("post_aliases.csv: {key} is there twice"));
        }
    }
    for name in known {
        table.insert(name, format!("Alias::row({0}, {0}, AliasKind::Name, false)", quoted(name)));
    }
    Ok(array("NAMES", "Alias", table))
}

/// What posts were called, and until when.
fn former(rows: &[Row]) -> Result<String, String> {
    pairs("FORMER", rows, "current", |row| {
        let year = |column: &str, without: &str| match row[column].as_str() {
            "" => without.to_owned(),
            year => year.to_owned(),
        };
        format!("Former::row({}, {}, {})", quoted(&row["name"]), year("from", "0"), year("until", "9999"))
    })
}

fn subjects(rows: &[Row]) -> Result<String, String> {
    pairs("SUBJECTS", rows, "code", |row| {
        let kind = if row["kind"] == "program" { "Program" } else { "Subject" };
        format!("({}, TagKind::{kind})", quoted(&row["label"]))
    })
}

/// The geographic schemes, and the organizations, each an array of its own.
fn places(rows: &[Row]) -> Result<String, String> {
    let mut text = String::new();
    for (scheme, name) in [
        ("geo-1974", "PLACES_1974"),
        ("geo-legacy", "PLACES_LEGACY"),
        ("geo-genc", "PLACES_GENC"),
        ("geo-other", "PLACES_OTHER"),
        ("org", "ORGANIZATIONS"),
    ] {
        let rows: Vec<Row> = rows.iter().filter(|row| row["scheme"] == scheme).cloned().collect();
        text.push_str(&pairs(name, &rows, "code", |row| quoted(&row["label"]))?);
    }
    Ok(text)
}

fn captions(rows: &[Row]) -> Result<String, String> {
    let rows = with_keys(rows);
    pairs("CAPTIONS", &rows, "key", |row| {
        let kind = match row["kind"].as_str() {
            "channel" => "Channel",
            "distribution" => "Distribution",
            "handling" => "Handling",
            "dissemination" => "Dissemination",
            "series" => "Series",
            _ => "Keyword",
        };
        format!("Caption::row({}, CaptionKind::{kind}, {})", quoted(&row["name"]), quoted(&row["meaning"]))
    })
}

/// Collectives by each of their names, and their routing indicators.
fn collectives(rows: &[Row]) -> Result<String, String> {
    let mut all = Vec::new();
    for row in rows {
        for name in std::iter::once(row["name"].as_str()).chain(parts(&row["other_names"])) {
            // A remark in the list, not a name.
            if !name.contains("in a handbook") {
                let mut other = row.clone();
                other.insert("key".to_owned(), key(name));
                all.push(other);
            }
        }
    }
    let value = |row: &Row| {
        format!(
            "Collective::row({}, {}, {})",
            quoted(&row["name"]),
            quoted(&row["routing_indicator"]),
            quoted(&row["description"])
        )
    };
    let routed: Vec<Row> = rows.iter().filter(|row| !row["routing_indicator"].is_empty()).cloned().collect();
    let by_name = pairs("COLLECTIVES", &all, "key", value)?;
    Ok(by_name + &pairs("COLLECTIVES_ROUTED", &routed, "routing_indicator", value)?)
}

fn routing_indicators(rows: &[Row]) -> Result<String, String> {
    pairs("ROUTING_INDICATORS", rows, "ri", |row| {
        format!("Ri::row({}, {}, {})", quoted(&row["ri"]), list(&row["names"]), row["shared"])
    })
}

fn expansion(row: &Row) -> String {
    let all: Vec<&str> = std::iter::once(row["expansion"].as_str())
        .chain(parts(&row["other_expansions"]))
        .filter(|part| !part.is_empty())
        .collect();
    quoted(&all.join(", or "))
}

/// One array of `(key, value)`, sorted by the key, which must be distinct.
fn pairs(name: &str, rows: &[Row], column: &str, value: impl Fn(&Row) -> String) -> Result<String, String> {
    let mut table: BTreeMap<&str, String> = BTreeMap::new();
    for row in rows {
        if table.insert(&row[column], value(row)).is_some() {
            return Err(format!("{name}: `{}` is there twice", row[column]));
        }
    }
    let kind = match name {
        "POSTS" => "Post",
        "FORMER" => "Former",
        "SUBJECTS" => "(&str, TagKind)",
        "CAPTIONS" => "Caption",
        "COLLECTIVES" | "COLLECTIVES_ROUTED" => "Collective",
        "ROUTING_INDICATORS" => "Ri",
        _ => "&str",
    };
    Ok(array(name, kind, table))
}

fn array(name: &str, kind: &str, table: BTreeMap<&str, String>) -> String {
    let mut text = format!("\npub(super) static {name}: [(&str, {kind}); {}] = [\n", table.len());
    for (key, value) in table {
        let _ = writeln!(text, "    ({}, {value}),", quoted(key));
    }
    text.push_str("];\n");
    text
}

fn with_keys(rows: &[Row]) -> Vec<Row> {
    let keyed = |row: &Row| {
        let mut row = row.clone();
        row.insert("key".to_owned(), key(&row["name"]));
        row
    };
    rows.iter().map(keyed).collect()
}

/// Upper case, letters and digits only.
fn key(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn parts(list: &str) -> impl Iterator<Item = &str> {
    list.split(';').map(str::trim).filter(|part| !part.is_empty())
}

fn list(values: &str) -> String {
    let all: Vec<String> = parts(values).map(quoted).collect();
    format!("&[{}]", all.join(", "))
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_made_file_is_fresh() {
        assert_eq!(super::run(true), Ok(()));
    }
}
