//! `export` and `cite`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::world::{ask, run, sample};

/// How many telegrams the sample has.
fn held() -> usize {
    let ran = ask(&["search", "*", "--limit", "0", "--format", "jsonl"]);
    ran.out.lines().count()
}

fn export(format: &str) -> String {
    let ran = ask(&["export", "*", "--format", format]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    String::from_utf8(ran.bytes).unwrap()
}

/// Every file below a directory.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_str().unwrap();
            found.extend(files(&path).into_iter().map(|(rest, bytes)| (format!("{name}/{rest}"), bytes)));
        } else {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn a_line_of_json_is_the_record_with_its_sources() {
    let ran = ask(&["export", "mrn:08NORTHMARK902", "--format", "jsonl"]);
    let line = &ran.json()[0];
    let parsed = &run(&["parse", sample("2008-northmark-00902.txt").to_str().unwrap()]).json()[0];
    for (name, value) in parsed.as_object().unwrap() {
        assert_eq!(&line[name], value, "{name}");
    }
    let source = &line["sources"][0];
    assert!(source["path"].as_str().unwrap().ends_with("2008-northmark-00902.txt"), "{source}");
    assert_eq!(source["hash"].as_str().unwrap().len(), 64, "{source}");
    assert_eq!(export("jsonl").lines().count(), held());
}

#[test]
fn a_table_has_a_row_for_each_telegram() {
    let csv = export("csv");
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let column = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), held());
    let row = rows.iter().find(|row| &row[column("mrn")] == "09NORTHMARK188").unwrap();
    assert_eq!(&row[column("from")], "NORTHMARK");
    assert!(row[column("text")].contains("Charge called"), "{row:?}");
    let document = include_str!("../../../../docs/export.md");
    for head in &heads {
        assert!(document.contains(&format!("| `{head}` |")), "docs/export.md has no column `{head}`");
    }
}

#[test]
fn originals_go_out_and_come_in_again() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let ran = ask(&["export", "*", "--format", "raw", "--to", &at("first")]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let first = files(&dir.path().join("first"));
    assert_eq!(first.len(), held());
    let one = std::fs::read(sample("2008-northmark-00902.txt")).unwrap();
    assert!(first.values().any(|bytes| *bytes == one));

    run(&["import", &at("first"), "--archive", &at("fresh")]);
    let ran = run(&["export", "*", "--format", "raw", "--to", &at("second"), "--archive", &at("fresh")]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(files(&dir.path().join("second")) == first);

    let ran = ask(&["export", "*", "--format", "raw", "--to", &at("first")]);
    assert!(ran.status == Some(2) && ran.error.contains("isn't empty"), "{ran:?}");
}

/// Lines of JSON go out, in and out again, and are the same.
fn lines_come_back(archive: &str, at: &dyn Fn(&str) -> String) -> usize {
    let first = at("first.jsonl");
    let ran = run(&["export", "*", "--format", "jsonl", "--to", &first, "--archive", archive]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let ran = run(&["import", &first, "--no-copies", "--archive", &at("fresh")]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let second = at("second.jsonl");
    run(&["export", "*", "--format", "jsonl", "--to", &second, "--archive", &at("fresh")]);
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    let (first, second) = (read(&first), read(&second));
    for (before, after) in first.lines().zip(second.lines()) {
        assert_eq!(before, after);
    }
    assert_eq!(first.lines().count(), second.lines().count());
    first.lines().count()
}

#[test]
fn lines_of_json_go_out_and_come_in_again() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(lines_come_back(crate::world::archive(), &at), held());
}

#[test]
fn lines_of_json_carry_what_came_in_collections() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let telegram = |serial: u32, word: &str| {
        format!(
            "ZCZC\nRR RUEHC\nDE RUEHVX #{serial:04} 1620928\nZNR UUUUU ZZH\nR 110928Z JUN 09\nFM AMEMBASSY VALDORIA\n\
             TO SECSTATE WASHDC\nBT\nUNCLAS VALDORIA {serial:06}\nSUBJECT: {word}\n1. {word} IN PORT ALDER.\nROE\nBT\n#{serial:04}\nNNNN\n"
        )
    };
    std::fs::create_dir(at("in")).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join("in").join(name), bytes).unwrap();
    // Several in one file, two files alike, bytes that aren't UTF-8, rows of a table, a page.
    write("many.txt", (telegram(1, "FERRIES") + "\n" + &telegram(2, "TARIFFS")).as_bytes());
    write("one.txt", telegram(3, "HARBOURS").as_bytes());
    write("same.txt", telegram(3, "HARBOURS").as_bytes());
    let mut latin = telegram(4, "CAF\u{e9}").replace('\u{e9}', "?").into_bytes();
    for byte in latin.iter_mut().filter(|byte| **byte == b'?') {
        *byte = 0xe9;
    }
    write("latin.txt", &latin);
    let row = |serial: u32| {
        format!(
            "{serial},6/11/2009 9:28,09VALDORIA{serial},Embassy Valdoria,CONFIDENTIAL,09STATE54767|09STATE2,\
             \"VZCZCXRO\",\"C O N F I D E N T I A L VALDORIA {serial:06}\nSUBJECT: ROW {serial}\n\n1. NO \\\"CHANGE\\\" HERE.\nROE\n\"\n"
        )
    };
    write("cables.csv", (row(11) + &row(12) + &row(13)).as_bytes());
    let page = format!("<html><body><pre>{}</pre></body></html>", telegram(20, "PAGES"));
    write("page.html", page.as_bytes());
    let ran = run(&["import", &at("in"), "--no-copies", "--archive", &at("archive")]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert_eq!(lines_come_back(&at("archive"), &at), 8);

    // What the books call them, and what their source says.
    let ran = run(&["show", "09VALDORIA12", "--archive", &at("fresh")]);
    assert!(ran.out.contains("in/cables.csv#2, bytes"), "{ran:?}");
    // Twice the same is nothing new, also from another place.
    std::fs::copy(at("first.jsonl"), at("again.jsonl")).unwrap();
    let ran = run(&["import", &at("again.jsonl"), "--no-copies", "--archive", &at("fresh")]);
    assert!(ran.out.contains("9 duplicates"), "{ran:?}");
}

#[test]
fn a_record_without_its_text_is_printed_or_says_what_would_be_lost() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let parsed = run(&["parse", sample("2008-northmark-00902.txt").to_str().unwrap()]).out;
    let mut lost: Value = serde_json::from_str(&parsed).unwrap();
    lost["paragraphs"][0]["number_printed"] = "one hundred".into();
    lost["signatures"] = serde_json::json!(["roe\nbt\nnnnn"]);
    std::fs::write(at("records.jsonl"), format!("{}\n{lost}\n", parsed.trim_end())).unwrap();
    let ran = run(&["import", &at("records.jsonl"), "--no-copies", "--archive", &at("archive")]);
    assert!(ran.out.contains("1 kept") && ran.out.contains("1 failed"), "{ran:?}");
    let ran = run(&["export", "*", "--format", "jsonl", "--archive", &at("archive")]);
    let one: Value = ran.json()[0].clone();
    let parsed: Value = serde_json::from_str(&parsed).unwrap();
    for field in ["mrn", "dtg", "from", "to", "subject", "tags", "paragraphs", "signatures"] {
        assert_eq!(one[field], parsed[field], "{field}");
    }
    let ran = run(&["books", "--rejected", "--archive", &at("archive")]);
    assert!(ran.out.contains("would lose"), "{ran:?}");
}

#[test]
fn a_file_is_replaced_only_where_that_is_said() {
    let dir = tempfile::tempdir().unwrap();
    for format in ["csv", "sqlite"] {
        let to = dir.path().join(format);
        std::fs::write(&to, "mine").unwrap();
        let to = to.to_str().unwrap();
        let ran = ask(&["export", "from:NORTHMARK", "--format", format, "--to", to]);
        assert!(ran.status == Some(2) && ran.error.contains("--force"), "{ran:?}");
        assert_eq!(std::fs::read(to).unwrap(), b"mine");
        let ran = ask(&["export", "from:NORTHMARK", "--format", format, "--force", "--to", to]);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        assert!(std::fs::read(to).unwrap() != b"mine");
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
}

#[test]
fn a_tar_has_the_same_files_as_a_directory() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("files");
    ask(&["export", "from:NORTHMARK", "--format", "raw", "--to", to.to_str().unwrap()]);
    let tar = ask(&["export", "from:NORTHMARK", "--format", "raw"]).bytes;
    let mut in_tar = BTreeMap::new();
    let mut rest = tar.as_slice();
    // The header's name and its size in octal digits, as POSIX has them.
    while rest[0] != 0 {
        let text = |range: std::ops::Range<usize>| {
            String::from_utf8_lossy(&rest[range]).trim_end_matches('\0').to_owned()
        };
        let size = usize::from_str_radix(&text(124..136), 8).unwrap();
        in_tar.insert(text(0..100), rest[512..512 + size].to_vec());
        rest = &rest[512 + size.next_multiple_of(512)..];
    }
    assert!(!in_tar.is_empty() && in_tar == files(&to));
}

#[test]
fn a_mailbox_has_a_mail_for_each() {
    let mbox = export("mbox");
    assert!(mbox.starts_with("From reftel@mmhs.invalid "), "{}", &mbox[..80]);
    assert_eq!(mbox.lines().filter(|line| line.starts_with("From ")).count(), held());
}

#[test]
fn citations_have_a_name_each() {
    let items: Vec<Value> = serde_json::from_str(&export("csl-json")).unwrap();
    let names: std::collections::BTreeSet<&str> =
        items.iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(names.len(), held());
    assert!(items.iter().all(|item| !item["title"].as_str().unwrap().is_empty()));
    let bibtex = export("bibtex");
    let ris = export("ris");
    for name in names {
        assert_eq!(bibtex.matches(&format!("@misc{{{name},")).count(), 1, "{name}");
        assert_eq!(ris.matches(&format!("ID  - {name}\r\n")).count(), 1, "{name}");
    }
    assert_eq!(ris.matches("ER  - \r\n").count(), held());
}

/// Every element of an XML document with its attributes, and its text if it has no other within. Panics where it isn't
/// well formed.
fn elements(xml: &str) -> Vec<(String, BTreeMap<String, String>, String)> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut all, mut depth) = (Vec::new(), 0);
    loop {
        let (start, empty) = match reader.read_event().unwrap() {
            Event::Start(start) => (start.into_owned(), false),
            Event::Empty(start) => (start.into_owned(), true),
            Event::End(_) => {
                depth -= 1;
                continue;
            }
            Event::Text(text) => {
                let last: Option<&mut (String, BTreeMap<String, String>, String)> = all.last_mut();
                if let Some((_, _, said)) = last {
                    *said += text.trim();
                }
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        depth += i32::from(!empty);
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            (attribute.key.as_ref().to_owned(), attribute.value.into_owned())
        });
        let name = start.name().as_ref().to_owned();
        all.push((name, attributes.collect(), String::new()));
    }
    assert_eq!(depth, 0);
    all
}

#[test]
fn both_languages_have_the_same_web() {
    let graphml = elements(&export("graphml"));
    let gexf = elements(&export("gexf"));
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, attributes, text) in graphml.iter().filter(|(name, ..)| name == "data") {
        if attributes["key"] == "n_state" {
            *states.entry(text).or_default() += 1;
        }
    }
    assert!(states["found"] > 50 && states["phantom"] > 5 && states.len() == 2, "{states:?}");
    let ids = |all: &[(String, BTreeMap<String, String>, String)]| {
        let nodes = all.iter().filter(|(name, ..)| name == "node");
        nodes.map(|(_, attributes, _)| attributes["id"].clone()).collect::<Vec<_>>()
    };
    let edges = |all: &[(String, BTreeMap<String, String>, String)]| {
        let edges = all.iter().filter(|(name, ..)| name == "edge");
        let ends = edges.map(|(_, ends, _)| (ends["source"].clone(), ends["target"].clone()));
        ends.collect::<Vec<_>>()
    };
    assert_eq!(ids(&graphml), ids(&gexf));
    assert_eq!(edges(&graphml), edges(&gexf));
    let nodes: std::collections::BTreeSet<String> = ids(&graphml).into_iter().collect();
    assert_eq!(nodes.len(), ids(&graphml).len());
    assert_eq!(nodes.len(), states.values().sum::<usize>());
    assert!(
        edges(&graphml).iter().all(|(from, to)| nodes.contains(from) && nodes.contains(to) && from != to)
    );
    // What is here and wasn't found isn't a phantom.
    let some = ask(&["export", "from:VALDORIA", "--format", "gexf"]).out;
    for state in ["found", "held", "phantom"] {
        assert!(some.contains(&format!("for=\"n_state\" value=\"{state}\"")), "{state}");
    }
}

#[test]
fn a_database_has_the_tables_that_are_documented() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("telegrams.sqlite");
    let ran = ask(&["export", "*", "--format", "sqlite", "--to", to.to_str().unwrap()]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let database = rusqlite::Connection::open(&to).unwrap();
    let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(usize::try_from(count("SELECT count(*) FROM telegrams")).unwrap(), held());
    assert_eq!(count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_eq!(count("PRAGMA user_version"), 1);
    for table in ["addressees", "marks", "tags", "citations", "paragraphs", "signatures", "sources"] {
        assert!(count(&format!("SELECT count(DISTINCT telegram) FROM {table}")) > 10, "{table}");
    }
    let of = "FROM telegrams JOIN citations ON citations.telegram = telegrams.id WHERE telegrams.mrn = '09NORTHMARK188'";
    assert!(count(&format!("SELECT count(*) {of}")) > 0);
    let document = include_str!("../../../../docs/export.md");
    let mut columns = database
        .prepare(
            "SELECT tables.name, columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns \
             WHERE tables.type = 'table'",
        )
        .unwrap();
    let columns =
        columns.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).unwrap();
    for column in columns {
        let (table, column) = column.unwrap();
        let mut lines = document.lines().filter(|line| line.starts_with(&format!("| `{table}` |")));
        let told = lines.any(|line| line.contains(&format!("`{column}`")));
        assert!(told, "docs/export.md has no `{table}.{column}`");
    }
    // Standard output has the same.
    let bytes = ask(&["export", "*", "--format", "sqlite"]).bytes;
    assert_eq!(bytes, std::fs::read(&to).unwrap());
}

#[test]
fn columns_have_what_the_table_has() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("all.parquet");
    let ran = ask(&["export", "*", "--format", "parquet", "--to", to.to_str().unwrap()]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let reader = SerializedFileReader::new(std::fs::File::open(&to).unwrap()).unwrap();
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    let csv = export("csv");
    let mut table = csv::Reader::from_reader(csv.as_bytes());
    let heads = table.headers().unwrap().clone();
    let mut lists = 0;
    for (row, line) in rows.iter().zip(table.records().map(Result::unwrap)) {
        let columns: Vec<_> = row.get_column_iter().collect();
        assert!(columns.iter().map(|(name, _)| name.as_str()).eq(&heads));
        for ((head, field), cell) in columns.into_iter().zip(&line) {
            // What a spreadsheet would take for a formula is disarmed in one of them alone.
            let cell = cell.strip_prefix('\'').unwrap_or(cell);
            let said = match field {
                Field::Null => String::new(),
                Field::Str(text) => text.strip_prefix('\'').unwrap_or(text).to_owned(),
                Field::Int(number) => number.to_string(),
                Field::Long(number) => number.to_string(),
                Field::ListInternal(list) => {
                    let each = list.elements().iter().map(|each| match each {
                        Field::Str(text) => text.clone(),
                        other => other.to_string(),
                    });
                    lists += usize::from(list.len() > 1);
                    let each = each.collect::<Vec<_>>();
                    let said = each.join(if head == "sections_present" { " " } else { "; " });
                    said.strip_prefix('\'').unwrap_or(&said).to_owned()
                }
                // `2009-06-11 15:28:00.000000 +00:00`, and a day alone.
                other => {
                    let said = other.to_string();
                    assert_eq!(said[..10], cell[..10], "{head}");
                    assert!(head != "dtg" || said[11..19] == cell[11..19], "{said} {cell}");
                    continue;
                }
            };
            assert_eq!(said, cell, "{head}");
        }
    }
    assert_eq!(rows.len(), held());
    assert!(lists > 50, "{lists}");
}

#[test]
fn a_corpus_has_a_text_for_each_telegram() {
    let tei = elements(&export("tei"));
    let count = |wanted: &str| tei.iter().filter(|(name, ..)| name == wanted).count();
    assert_eq!(tei[0].0, "teiCorpus");
    assert_eq!(count("TEI"), held());
    assert_eq!(count("text"), held());
    let numbered =
        tei.iter().filter(|(name, attributes, _)| name == "ref" && attributes.contains_key("cRef")).count();
    assert!(numbered > 100, "{numbered}");
    let one = ask(&["export", "mrn:09NORTHMARK188", "--format", "tei"]).out;
    for part in [
        " n=\"09NORTHMARK188\">",
        "<correspAction type=\"sent\"><orgName key=\"NORTHMARK\">AMEMBASSY NORTHMARK</orgName><date when=\"2009-",
        "<correspAction type=\"received\" subtype=\"action\"><orgName key=\"STATE\">",
        "<keywords scheme=\"#classification\"><term>",
        "<seg type=\"portion\">",
        "<closer><signed>",
    ] {
        assert!(one.contains(part), "{part}: {one}");
    }
}

#[test]
fn every_link_joins_two_entities() {
    let text = export("followthemoney");
    let entities: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let schemas: BTreeMap<&str, &str> = entities
        .iter()
        .map(|entity| (entity["id"].as_str().unwrap(), entity["schema"].as_str().unwrap()))
        .collect();
    let messages = entities.iter().filter(|entity| entity["schema"] == "Message").count();
    assert_eq!(messages, held());
    let names = |entity: &Value, property: &str| {
        let list = entity["properties"][property].as_array().cloned().unwrap_or_default();
        list.into_iter().map(|value| value.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for entity in &entities {
        let ends: &[&str] = match entity["schema"].as_str().unwrap() {
            "UnknownLink" => &["subject", "object"],
            "Message" => &["sender", "recipients"],
            "PublicBody" | "Person" => {
                assert!(!names(entity, "name").is_empty(), "{entity}");
                continue;
            }
            _ => continue,
        };
        for end in ends {
            let ids = names(entity, end);
            assert!(entity["schema"] == "Message" || ids.len() == 1, "{entity}");
            assert!(ids.iter().all(|id| schemas.contains_key(id.as_str())), "{end}: {entity}");
        }
    }
    for schema in ["Person", "PublicBody", "Document"] {
        assert!(schemas.values().any(|other| *other == schema), "{schema}");
    }
}

#[test]
fn a_telegram_is_cited_in_three_styles() {
    let cite = |style: &str| ask(&["cite", "--style", style, "08NORTHMARK902"]).out;
    let chicago = cite("chicago");
    assert!(chicago.starts_with("Embassy Northmark to Department of State, telegram 902, "), "{chicago}");
    let frus = cite("frus");
    assert!(
        frus.starts_with("Telegram 902 From the Embassy in Northmark to the Department of State, "),
        "{frus}"
    );
    assert!(frus.contains("Z. Source: File ") && frus.contains("). "), "{frus}");
    let nara = cite("nara");
    assert!(nara.starts_with("Telegram 902 from Embassy Northmark to Department of State, “"), "{nara}");
    assert!(nara.contains("doesn't say which archive"), "{nara}");
    assert_eq!(ask(&["cite", "99NOWHERE1"]).status, Some(1));
}

#[test]
fn what_is_not_found_makes_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("none.csv");
    let ran = ask(&["export", "xyzzyplugh", "--format", "csv", "--to", to.to_str().unwrap()]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{ran:?}");
    assert!(!to.exists());
    let ran = ask(&["export", "(x", "--format", "csv"]);
    assert!(ran.status == Some(2) && ran.error.contains('^'), "{ran:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = crate::world::reftel();
    command.args(["export", "*", "--format", "jsonl", "--archive", crate::world::archive()]).stdout(full);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("No space left"), "{output:?}");
}

#[test]
fn nothing_is_written_over_the_archive_or_a_device() {
    let dir = tempfile::tempdir().unwrap();
    let archive = dir.path().join("archive");
    let texts = sample("2009-northmark-00188.txt");
    assert_eq!(
        run(&["import", texts.to_str().unwrap(), "--archive", archive.to_str().unwrap()]).status,
        Some(0)
    );
    for place in ["archive.sqlite", "more/export.csv", "."] {
        let to = archive.join(place);
        let ran = run(&[
            "export",
            "*",
            "--format",
            "csv",
            "--to",
            to.to_str().unwrap(),
            "--archive",
            archive.to_str().unwrap(),
        ]);
        assert!(ran.status == Some(2) && ran.error.contains("is in the archive"), "{place}: {ran:?}");
    }
    #[cfg(unix)]
    {
        let ran = ask(&["export", "*", "--format", "csv", "--to", "/dev/null"]);
        assert!(ran.status == Some(2) && ran.error.contains("is no file"), "{ran:?}");
    }
    assert_eq!(run(&["search", "*", "--archive", archive.to_str().unwrap()]).status, Some(0));
}
