//! `parse`, `mrn` and `check`: without an archive.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::world::{reftel, run, run_with, sample};

#[test]
fn parse_prints_a_line_for_each_telegram_in_a_pipe() {
    let both = sample("2009-port-alder-00045-and-00046.txt");
    let ran = run(&["parse", both.to_str().unwrap()]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let numbers: Vec<Value> = ran.json().into_iter().map(|record| record["mrn"].clone()).collect();
    assert_eq!(numbers, [json!("09PORTALDER45"), json!("09PORTALDER46")]);
}

#[test]
fn spans_point_into_the_file() {
    let path = sample("2009-northmark-00188.txt");
    let bytes = std::fs::read(&path).unwrap();
    let record = run(&["parse", path.to_str().unwrap()]).json().remove(0);
    let [start, end] = ["0", "1"].map(|end| {
        let place = &record["spans"]["/from"][end.parse::<usize>().unwrap()];
        usize::try_from(place.as_u64().unwrap()).unwrap()
    });
    assert!(String::from_utf8_lossy(&bytes[start..end]).contains("AMEMBASSY NORTHMARK"), "{record}");
    assert_eq!(record["schema"], 1);
    assert!(record.get("id").is_none());
}

#[test]
fn parse_goes_on_after_a_file_that_it_cannot_read() {
    let path = sample("2009-northmark-00188.txt");
    let ran = run(&["parse", "no/such/file", path.to_str().unwrap()]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.error.starts_with("error: can't read `no/such/file`\n  because: "), "{ran:?}");
    assert_eq!(ran.out.lines().count(), 1, "{ran:?}");
}

#[test]
fn a_directory_is_named_and_passed_over() {
    let (dir, path) = (sample(""), sample("2009-northmark-00188.txt"));
    let (dir, path) = (dir.to_str().unwrap(), path.to_str().unwrap());
    for line in [&["parse", dir, path][..], &["check", dir, path], &["parse", "--jsonl", dir]] {
        let ran = run(line);
        assert_eq!(ran.status, Some(2), "{ran:?}");
        assert!(ran.error.contains("is a directory\n  help: give its files"), "{ran:?}");
    }
    assert_eq!(run(&["parse", dir, path]).out.lines().count(), 1);
}

#[test]
fn parse_reads_standard_input_and_takes_the_year() {
    let ran = run_with(&["parse", "-", "--year", "2008"], b"REF: VALDORIA 1402\n");
    assert_eq!(ran.json()[0]["references"][0]["mrn"], "08VALDORIA1402", "{ran:?}");
    let ran = run_with(&["parse", "--pretty", "-"], b"");
    assert!(ran.out.starts_with("{\n  \"schema\": 1,\n"), "{ran:?}");
}

#[test]
fn jsonl_answers_every_line_in_order() {
    let mut input = String::new();
    for number in 0..3000 {
        match number % 1000 {
            7 => input.push_str("{ broken\n"),
            8 => input.push_str("{\"id\": 8}\n"),
            _ => {
                input += &json!({"id": number, "text": "TAGS: PREL, EFIN\n"}).to_string();
                input.push('\n');
            }
        }
    }
    let ran = run_with(&["parse", "--jsonl"], input.as_bytes());
    assert_eq!(ran.status, Some(2), "{}", ran.error);
    let answers = ran.json();
    assert_eq!(answers.len(), 3000);
    for (number, answer) in answers.iter().enumerate() {
        match number % 1000 {
            7 => assert!(answer["id"].is_null() && answer["error"].is_string(), "{answer}"),
            8 => assert_eq!(*answer, json!({"id": 8, "error": "no `text`"})),
            _ => assert_eq!((&answer["id"], &answer["schema"]), (&json!(number), &json!(1)), "{answer}"),
        }
    }
    assert!(
        ran.error.contains("line 8: not JSON") && ran.error.contains("line 2009: no `text`"),
        "{}",
        ran.error
    );
}

#[test]
fn jsonl_answers_a_line_before_the_next_one_comes() {
    let mut child =
        reftel().args(["parse", "--jsonl"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for id in ["one", "two"] {
        writeln!(stdin, "{}", json!({"id": id, "text": "SUBJECT: FERRIES"})).unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(answer["id"], id);
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn mrn_prints_a_line_for_each_text() {
    let ran = run(&["mrn", "--year", "2009", "VALDORIA 001000", "nothing of the kind", "08 PORT ALDER 12"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), "09VALDORIA1000\n\n08PORTALDER12\n"), "{ran:?}");
    let ran = run_with(&["mrn", "-"], b"09VALDORIA1000\n\xff\n\r\n08 STATE 118204");
    assert_eq!(ran.out, "09VALDORIA1000\n\n\n08STATE118204\n", "{ran:?}");
}

#[test]
fn check_tells_the_odd_from_the_regular() {
    let regular = sample("2009-northmark-00188.txt");
    let odd = sample("2009-northmark-00188-garbled.txt");
    let ran = run(&["check", regular.to_str().unwrap()]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), ""), "{ran:?}");
    let ran = run(&["check", odd.to_str().unwrap()]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.out.contains("-garbled.txt:") && ran.out.contains("= note: rule: "), "{ran:?}");
    let ran = run(&["check", "no/such/file", regular.to_str().unwrap()]);
    assert_eq!(ran.status, Some(2), "{ran:?}");

    let ran = run(&["check", "--format", "json", odd.to_str().unwrap()]);
    for line in ran.json() {
        let keys = line.as_object().unwrap().keys().filter(|key| *key != "repair");
        let keys: Vec<&String> = keys.collect();
        assert_eq!(
            keys,
            ["file", "code", "severity", "message", "at", "line", "column", "rule", "source"],
            "{line}"
        );
    }
}

#[test]
fn check_colours_only_when_it_may() {
    let odd = sample("2009-northmark-00188-garbled.txt");
    let odd = odd.to_str().unwrap();
    assert!(!run(&["check", odd]).out.contains('\u{1b}'));
    assert!(run(&["check", odd, "--color", "always"]).out.contains('\u{1b}'));
}

#[test]
fn a_mistake_in_the_arguments_is_an_error() {
    assert_eq!(run(&["parse"]).status, Some(2));
    assert_eq!(run(&["serch"]).status, Some(2));
    assert_eq!(run(&["--help"]).status, Some(0));
}

#[test]
fn an_id_keeps_its_digits_and_a_mark_in_front_is_passed_over() {
    let input = "\u{feff}{\"id\": 123456789012345678901234567890.10, \"text\": \"SUBJECT: FERRIES\"}\n\
                 {\"id\": [1,\r\t2], \"text\": 7}\n";
    let ran = run_with(&["parse", "--jsonl"], input.as_bytes());
    assert_eq!(ran.status, Some(2), "{ran:?}");
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[0].contains("\"id\":123456789012345678901234567890.10,"), "{ran:?}");
    assert_eq!(ran.json()[1], json!({"id": [1, 2], "error": "`text` is not a string"}), "{ran:?}");
}

/// Writes without end until nobody reads; the program must go away by itself, with words.
#[test]
fn an_input_without_end_is_an_error() {
    for (line, words) in [
        (&["parse", "-"][..], "more than 128 MB"),
        (&["check", "-"], "more than 128 MB"),
        (&["parse", "--jsonl"], "a line doesn't end within a gigabyte"),
        (&["mrn", "-"], "a line doesn't end within a gigabyte"),
    ] {
        let mut child = reftel()
            .args(line)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let writing = std::thread::spawn(move || {
            let block = vec![b'y'; 1 << 20];
            while stdin.write_all(&block).is_ok() {}
        });
        let output = child.wait_with_output().unwrap();
        writing.join().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{line:?} {said}");
        assert!(said.contains(words), "{line:?} {said}");
    }
}

#[test]
fn a_line_that_is_too_long_is_answered_and_the_next_one_read() {
    let mut input = vec![b'x'; (128 << 20) + 1];
    input.extend_from_slice(b"\n{\"id\": 2, \"text\": \"SUBJECT: FERRIES\"}\n");
    let ran = run_with(&["parse", "--jsonl"], &input);
    assert_eq!(ran.status, Some(2), "{}", ran.error);
    assert!(ran.error.contains("line 1: longer than 128 MB"), "{}", ran.error);
    let answers = ran.json();
    assert!(answers[0]["id"].is_null() && answers[1]["id"] == 2, "{}", ran.out);
}
