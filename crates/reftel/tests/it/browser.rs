//! The reading room in a real browser: the sample, and telegrams that try to break out of the page.
//!
//! The browser is the system's Chromium, driven by `tests/browser/room.mjs`.

use std::path::{Path, PathBuf};
use std::process::Command;

use reftel_archive::{Archive, Desk, Hand, Query, Writer};

use crate::room::Room;
use crate::world::sample;

/// Fails with what to install, where something is missing.
fn found(path: &str, package: &str) -> PathBuf {
    let path = PathBuf::from(path);
    assert!(path.exists(), "no {}: install Debian's `{package}` (apt-get install {package})", path.display());
    path
}

/// The folder of the scripts, with what they need installed.
fn scripts() -> PathBuf {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    let installed = ["playwright-core", "axe-core"]
        .iter()
        .all(|package| scripts.join("node_modules").join(package).join("package.json").exists());
    if !installed {
        let npm = Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&scripts).output();
        let npm = npm.expect("no npm: install Debian's `npm` (apt-get install nodejs npm)");
        assert!(npm.status.success(), "npm ci: {}", String::from_utf8_lossy(&npm.stderr));
    }
    scripts
}

/// Every file of a folder, by name.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// A telegram of two megabytes, and one whose words have no end.
fn unwieldy() -> Vec<(String, Vec<u8>)> {
    let telegram = |serial: u32, subject: &str, text: &str| {
        format!(
            "R 011200Z MAR 09\nFM AMEMBASSY NORTHMARK\nTO SECSTATE WASHDC\nBT\nUNCLAS NORTHMARK {serial:06}\n\
             E.O. 12958: N/A\nTAGS: ECON\nSUBJECT: {subject}\n1. {text}\nDOE\nBT\nNNNN\n"
        )
        .into_bytes()
    };
    let long = "The tide tables follow, hour by hour and buoy by buoy.\n".repeat(38_000);
    let word = "INTERGOVERNMENTAL".repeat(180);
    vec![
        ("long.txt".into(), telegram(7001, "TIDE TABLES", &long)),
        ("word.txt".into(), telegram(7002, &word, &word)),
    ]
}

/// What persons did: a correction, and two telegrams that they hold for copies of one.
fn by_hand(archive: &Path, writer: &mut Writer) {
    let reader = Archive::open(archive).unwrap();
    let id = |mrn: &str| reader.by_mrn(mrn).unwrap()[0].id;
    let because = format!("<script>alert(1)</script> {}", "UNENDING".repeat(60));
    let hand = Hand { by: "Roe <b>".to_owned(), at: jiff::Timestamp::UNIX_EPOCH, because };
    writer.correct(id("09NORTHMARK7002"), "captions", "NODIS; LIMDIS", &hand).unwrap();
    writer.decide(id("09NORTHMARK7002"), id("08SALTHOLM233"), true, &hand).unwrap();
}

#[test]
fn the_reading_room_in_a_browser() {
    let chromium = found("/usr/bin/chromium", "chromium");
    let scripts = scripts();
    let dir = tempfile::tempdir().unwrap();
    let archive = dir.path().join("archive");
    let mut texts = files(&sample(""));
    texts.extend(files(&scripts.join("hostile")));
    texts.extend(unwieldy());
    let texts: Vec<_> = texts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let mut writer = Writer::open(&archive).unwrap();
    writer.import_texts(&texts, &mut |_| true).unwrap();
    writer.find_copies(&mut |_| true).unwrap();
    by_hand(&archive, &mut writer);
    drop(writer);
    let mut desk = Desk::open(&archive).unwrap();
    desk.put_list("ministers", &["foreign minister", "Roe", "nobody at all"].map(str::to_owned)).unwrap();
    desk.save("ferries", &Query::parse("ferry <b> -tariff").unwrap()).unwrap();
    drop(desk);
    let empty = dir.path().join("empty");
    drop(Writer::open(&empty).unwrap());

    let room = Room::open(&["serve", "--archive", archive.to_str().unwrap()]);
    let bare = Room::open(&["serve", "--archive", empty.to_str().unwrap()]);
    let node = Command::new("node")
        .arg(scripts.join("room.mjs"))
        .arg(format!("http://{}", room.address))
        .arg(format!("http://{}", bare.address))
        .env("CHROMIUM", chromium)
        .output()
        .expect("no node: install Debian's `nodejs` (apt-get install nodejs npm)");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(node.status.success(), "{}{}", said(&node.stdout), said(&node.stderr));
}
