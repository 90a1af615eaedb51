//! PDFs come in by the programs that read them, and none of them can take this one down.
//!
//! The programs are scripts here, so that each fault can be had; the last test asks those that are installed.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::world::{Ran, reftel, sample};

struct World {
    dir: tempfile::TempDir,
}

impl World {
    fn new() -> World {
        let world = World { dir: tempfile::tempdir().unwrap() };
        for name in ["in", "bin"] {
            fs::create_dir(world.path(name)).unwrap();
        }
        world
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    /// A program that is a script.
    fn program(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn pdf(&self, name: &str, rest: &str) {
        fs::write(self.path("in").join(name), format!("%PDF-1.7\n{rest}")).unwrap();
    }

    /// Runs the program where these programs are all that there is.
    fn run(&self, line: &[&str]) -> Ran {
        let mut command = reftel();
        command
            .env("PATH", self.path("bin"))
            .args(line)
            .args(["--archive", self.path("archive").to_str().unwrap()]);
        Ran::of(&mut command)
    }

    fn import(&self) -> Ran {
        self.run(&["import", self.path("in").to_str().unwrap()])
    }
}

#[test]
fn the_text_of_a_pdf_is_its_telegrams() {
    let world = World::new();
    let (one, two) = (sample("2009-valdoria-01000.txt"), sample("2008-state-118204-corrected.txt"));
    let (one, two) = (one.display(), two.display());
    world.program(
        "pdftotext",
        &format!("sed 's/^/     /' '{one}'; printf '\\f'; sed 's/^/  /' '{two}'; printf '\\f'"),
    );
    world.pdf("two.pdf", "x");
    let ran = world.import();
    assert!(
        ran.out.starts_with("1 file: 1 kept, 0 duplicates, 0 not telegrams, 0 failed; 2 telegrams new; "),
        "{ran:?}"
    );
    let ran = world.run(&["show", "--json", "09VALDORIA1000"]);
    assert_eq!(ran.json()[0]["paragraphs"].as_array().unwrap().len(), 12, "{ran:?}");
    assert_eq!(world.run(&["verify"]).status, Some(0));
    assert!(world.import().out.starts_with("1 file: 1 known already"));
    let ran = world.run(&["parse", world.path("in/two.pdf").to_str().unwrap()]);
    assert_eq!(ran.json().len(), 2, "{ran:?}");
}

#[test]
fn what_cannot_be_read_is_in_the_books_with_the_way_to_read_it() {
    let world = World::new();
    for (name, script, why) in [
        (
            "a-damaged.pdf",
            "echo 'Syntax Error: no trailer' >&2; exit 1",
            "pdftotext can't read it: Syntax Error: no trailer",
        ),
        ("b-crash.pdf", "kill -SEGV $$", "pdftotext broke down on it"),
        ("c-scan.pdf", "printf '\\f\\f'", "a scan without a text: it needs OCR; `reftel import --ocr`"),
        (
            "d-other.pdf",
            "echo 'Minutes of the ferry office, and nothing that anybody sent to anybody else'",
            "",
        ),
    ] {
        world.program("pdftotext", script);
        world.pdf(name, name);
        let ran = world.import();
        assert_eq!(ran.status, Some(0), "{ran:?}");
        let books = world.run(&["books"]);
        let line = books.out.lines().find(|line| line.contains(name)).unwrap().to_owned();
        let state = if why.is_empty() { "not a telegram: " } else { "failed: " };
        assert!(line.contains(state) && line.contains(why), "{line}");
    }
    fs::remove_file(world.path("bin/pdftotext")).unwrap();
    world.pdf("e-none.pdf", "x");
    world.import();
    let books = world.run(&["books"]);
    assert!(books.out.contains("isn't installed (on Debian: apt install poppler-utils)"), "{books:?}");
}

#[test]
fn a_scan_is_read_where_that_is_asked_for() {
    let world = World::new();
    let telegram = sample("2009-valdoria-01000.txt");
    world.program("pdftotext", "printf '\\f'");
    world.program("pdftoppm", "eval last=\\${$#}; touch \"$last.png\"");
    world.pdf("scan.pdf", "x");
    assert!(world.import().out.contains("1 failed"));
    world.run(&["retry", "--failed", "--ocr"]);
    let books = world.run(&["books"]);
    assert!(books.out.contains("Tesseract, which reads scans, isn't installed"), "{books:?}");
    world.program("tesseract", &format!("test -f \"$1\" && cat '{}'", telegram.display()));
    let ran = world.run(&["retry", "--failed", "--ocr"]);
    assert!(ran.out.contains("1 kept") && ran.out.contains("1 telegram new"), "{ran:?}");
    assert_eq!(world.run(&["show", "09VALDORIA1000"]).status, Some(0));
}

/// A PDF of these lines, one page each list.
#[allow(clippy::format_push_string, reason = "the other way can fail, and a string can't")]
fn typeset(pages: &[&[&str]]) -> Vec<u8> {
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned(), String::new()];
    objects.push("<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>".to_owned());
    let mut kids = String::new();
    for page in pages {
        let lines: Vec<String> = page.iter().map(|line| format!("({line}) Tj T*")).collect();
        let stream = format!("BT /F1 10 Tf 12 TL 50 780 Td {} ET", lines.join("\n"));
        objects.push(format!("<< /Length {} >>\nstream\n{stream}\nendstream", stream.len()));
        let content = objects.len();
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R \
             /Resources << /Font << /F1 3 0 R >> >> >>"
        ));
        kids += &format!("{} 0 R ", objects.len());
    }
    objects[1] = format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len());
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut table = String::from("0000000000 65535 f \n");
    for (at, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", pdf.len());
        pdf += &format!("{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let (start, size) = (pdf.len(), objects.len() + 1);
    pdf += &format!(
        "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    pdf.into_bytes()
}

#[test]
fn a_pdf_is_read_by_the_programs_that_are_installed() {
    if !["/usr/bin/pdftotext", "/usr/local/bin/pdftotext"].iter().any(|path| Path::new(path).exists()) {
        println!("skipped: Poppler isn't installed");
        return;
    }
    let world = World::new();
    let first = [
        "R 101530Z MAR 79",
        "FM AMEMBASSY VALDORIA",
        "TO SECSTATE WASHDC",
        "BT",
        "UNCLAS VALDORIA 7",
        "SUBJECT: FERRIES",
        "1. THE FERRY TARIFF ROSE IN MARCH, AND THE HARBOUR",
    ];
    let second = ["MASTER TOLD THE PRESS.", "2. NO COMMENT.", "DOE", "BT"];
    fs::write(world.path("in/ferry.pdf"), typeset(&[&first, &second])).unwrap();
    for (name, bytes) in
        [("cut.pdf", &typeset(&[&first])[..300]), ("garbage.pdf", b"%PDF-1.7 \xff\0\x01 obj << [[[[[")]
    {
        fs::write(world.path("in").join(name), bytes).unwrap();
    }
    let mut command = reftel();
    command.args([
        "import",
        world.path("in").to_str().unwrap(),
        "--archive",
        world.path("archive").to_str().unwrap(),
    ]);
    let ran = Ran::of(&mut command);
    assert!(ran.status == Some(0) && ran.out.contains("1 telegram new"), "{ran:?}");
    let shown = world.run(&["show", "--json", "79VALDORIA7"]);
    let paragraphs = shown.json()[0]["paragraphs"].clone();
    let text = paragraphs[0]["text"].as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(text, "THE FERRY TARIFF ROSE IN MARCH, AND THE HARBOUR MASTER TOLD THE PRESS.");
    assert_eq!(paragraphs[1]["number"], 2);
}
