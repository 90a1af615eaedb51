//! `fmt`, `draft` and `convert`: telegrams written.

use std::fs;

use crate::world::{run, run_with, sample};

#[test]
fn fmt_prints_what_reads_the_same() {
    let path = sample("2009-valdoria-01000.txt");
    let ran = run(&["fmt", path.to_str().unwrap()]);
    assert!(ran.out.contains("\nTAGS: ") && ran.out.ends_with("\nNNNN\n"), "{ran:?}");
    let again = run_with(&["fmt", "-"], ran.out.as_bytes());
    assert_eq!((again.status, again.out, again.error), (Some(0), ran.out, String::new()));
}

#[test]
fn fmt_lists_what_another_dialect_cannot_carry() {
    let path = sample("1975-valdoria-00391.txt");
    let ran = run(&["fmt", "--dialect", "acp126", path.to_str().unwrap()]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.out.starts_with("O 230640Z MAR 75\nFM AMEMBASSY VALDORIA\n"), "{ran:?}");
    assert!(
        ran.error.contains("/distribution/action/0: `SS-20` is left out: only an archive copy"),
        "{ran:?}"
    );
    assert!(ran.error.contains("/transmission/relay_counter: `065989` is left out"), "{ran:?}");
}

#[test]
fn fmt_prints_what_goes_over_the_line() {
    let path = sample("2009-valdoria-01000.txt");
    let fitted = run(&["fmt", "--fit", path.to_str().unwrap()]);
    assert!(fitted.out.lines().all(|line| line.chars().count() <= 69), "{fitted:?}");
    let wire = run(&["fmt", "--wire", "--charset", "ita2", path.to_str().unwrap()]);
    assert!(wire.out.starts_with("VZCZCXRO\u{1b}") && wire.out.contains("\r\r\n"), "{wire:?}");
    let end = format!("\r\r{}\u{1f}NNNN{}", "\n".repeat(8), "\u{1f}".repeat(12));
    assert!(wire.out.ends_with(&end), "{wire:?}");
    // What came over the line goes over it again as it was.
    let again = run_with(&["fmt", "--wire", "--charset", "ita2", "-"], wire.out.as_bytes());
    assert_eq!((again.status, &again.out), (Some(0), &wire.out), "{}", again.error);
}

#[test]
fn fmt_refuses_what_is_no_telegram_and_goes_on() {
    let path = sample("2009-valdoria-01000.txt");
    let ran = run(&["fmt", "no/such/file", path.to_str().unwrap()]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.out.starts_with("VZCZC"), "{ran:?}");
    let ran = run_with(&["fmt", "-"], b"Dear Sir,\nthe ferry is late.\n");
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{}", ran.error);
    assert!(ran.error.contains("holds no telegram"), "{}", ran.error);
}

#[test]
fn fmt_of_every_sample_is_as_good_as_the_sample() {
    for entry in fs::read_dir(sample("")).unwrap() {
        let path = entry.unwrap().path();
        let first = run(&["fmt", path.to_str().unwrap()]);
        assert!(matches!(first.status, Some(0 | 1)), "{first:?}");
        let again = run_with(&["fmt", "-"], first.out.as_bytes());
        assert_eq!((again.status, again.out), (Some(0), first.out), "{}\n{}", path.display(), again.error);
    }
}

/// The example in the help of `draft`.
fn example() -> String {
    let help = run(&["draft", "--help"]).out;
    let from = help.find("  From: RUEHVX").unwrap();
    let lines = help[from..].lines().take_while(|line| !line.starts_with("and then"));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix("  ").unwrap_or("")).collect();
    lines.join("\n") + "\n"
}

#[test]
fn draft_makes_of_its_own_example_a_telegram_that_check_finds_nothing_in() {
    let ran = run_with(&["draft", "-"], example().as_bytes());
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(ran.out.starts_with("VZCZC") && ran.out.ends_with("\nBT\n#1000\nNNNN\n"), "{ran:?}");
    assert!(ran.error.contains("<stdin>: format line 1: `XYZ0000` is set"), "{ran:?}");
    let checked = run_with(&["check", "-"], ran.out.as_bytes());
    assert_eq!((checked.status, checked.out.as_str()), (Some(0), ""), "{}", ran.out);
}

#[test]
fn draft_lists_what_is_sent_otherwise() {
    let text = example().replace("cabinet", "café’s");
    let ran = run_with(&["draft", "--charset", "ita2", "-"], text.as_bytes());
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(ran.error.contains("<stdin>:16:25: `’` is sent as `,`\n"), "{ran:?}");
    assert!(ran.error.contains(" small letters sent as capitals\n"), "{ran:?}");
    assert!(ran.out.contains("THE CAFE,S WILL"), "{ran:?}");
}

#[test]
fn draft_refuses_with_the_place_and_prints_nothing() {
    let text = example().replace("PREL", "").replace("DTG: 111528Z JUN 09", "DTG: 321528Z JUN 09");
    let ran = run_with(&["draft", "-"], text.as_bytes());
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{ran:?}");
    assert!(ran.error.starts_with("error: `321528Z JUN 09` is no date-time group\n"), "{ran:?}");
    assert!(ran.error.contains("--> <stdin>:6:6"), "{ran:?}");
    let ran = run_with(&["draft", "-"], b"");
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.error.contains("`From:` is missing"), "{ran:?}");
}

#[test]
fn convert_goes_to_every_form_and_back() {
    let path = sample("2009-valdoria-01000.txt");
    let path = path.to_str().unwrap();
    let own = run(&["fmt", path]).out;
    let record = |input: &[u8]| {
        let mut record = run_with(&["convert", "--to", "json", "-"], input).json().remove(0);
        // Places and mentions belong to a text.
        record["spans"] = serde_json::Value::Null;
        record["mentions"] = serde_json::Value::Null;
        record
    };
    let want = record(own.as_bytes());
    for form in ["eml", "json", "acp127-us"] {
        let there = run(&["convert", "--to", form, path]);
        assert!(there.error.lines().all(|line| line.contains("isn't printed as it stands")), "{there:?}");
        assert_eq!(record(&there.bytes), want, "{form}");
        let back = run_with(&["convert", "--to", "acp127-us", "-"], &there.bytes);
        assert_eq!((back.status, back.out.as_str()), (Some(0), own.as_str()), "{form}: {}", back.error);
    }
    for (form, begins) in
        [("acp126", "\nFM AMEMBASSY VALDORIA\n"), ("janap128", "VZCZC"), ("acp127", "VZCZC")]
    {
        let there = run(&["convert", "--to", form, path]);
        assert!(there.out.contains(begins), "{there:?}");
        let back = record(&there.bytes);
        assert_eq!(back["dialect"], form);
        assert_eq!((&back["paragraphs"], &back["references"]), (&want["paragraphs"], &want["references"]));
    }
    let lost = run(&["convert", "--to", "acp126", path]);
    assert_eq!(lost.status, Some(1), "{lost:?}");
    assert!(lost.error.contains("/transmission/validation: "), "{lost:?}");
}

#[test]
fn every_sample_comes_back_from_its_mail() {
    for entry in fs::read_dir(sample("")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap() == "2009-port-alder-00045-and-00046.txt" {
            continue;
        }
        let path = path.to_str().unwrap();
        let mail = run(&["convert", "--to", "eml", path]);
        let json = |bytes: &[u8]| run_with(&["convert", "--to", "json", "-"], bytes);
        let back = json(&mail.bytes);
        assert_eq!((back.status, back.error.as_str()), (Some(0), ""), "{path}");
        assert_eq!(json(back.out.as_bytes()).out, back.out, "{path}");
        let mut first = run(&["convert", "--to", "json", path]).json().remove(0);
        let mut second = back.json().remove(0);
        for record in [&mut first, &mut second] {
            record["spans"] = serde_json::Value::Null;
            record["diagnostics"] = serde_json::Value::Null;
            record["mentions"] = serde_json::Value::Null;
            for nested in record["nested"].as_array_mut().unwrap() {
                nested["diagnostics"] = serde_json::Value::Null;
                nested["mentions"] = serde_json::Value::Null;
            }
        }
        assert_eq!(first, second, "{path}");
    }
}

#[test]
fn convert_says_what_is_wrong_with_an_input() {
    let path = sample("2009-port-alder-00045-and-00046.txt");
    let two = run(&["convert", "--to", "eml", path.to_str().unwrap()]);
    assert_eq!((two.status, two.out.as_str()), (Some(2), ""), "{two:?}");
    assert!(two.error.contains("a mail holds one telegram"), "{two:?}");
    assert_eq!(run(&["convert", "--to", "json", path.to_str().unwrap()]).json().len(), 2);

    let broken = run_with(&["convert", "--to", "eml", "-"], br#"{"schema": 1, "dtg": "soon"}"#);
    assert_eq!(broken.status, Some(2), "{broken:?}");
    assert!(broken.error.contains("record 1 can't be read: `soon` is no time"), "{broken:?}");

    let path = sample("2009-valdoria-01000.txt");
    let mail = run(&["convert", "--to", "eml", path.to_str().unwrap()]).out;
    let changed = mail.replacen("SIO-Label: marking=\"", "SIO-Label: marking=\"UN", 1);
    let ran = run_with(&["convert", "--to", "acp126", "-"], changed.as_bytes());
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.error.contains("SIO-Label: `marking=\"UNCONFIDENTIAL\"`, but the record says"), "{ran:?}");
}

#[test]
fn no_value_of_a_record_becomes_a_line_of_its_own() {
    let record = serde_json::json!({
        "schema": 1, "dialect": "acp126", "dtg": "2009-06-11T15:28:00Z", "mrn": "09VALDORIA1",
        "mrn_printed": "VALDORIA 1\nNNNN", "classification": "UNCLASSIFIED",
        "from": {"plad": "AMEMBASSY VALDORIA\nTO AMEMBASSY LISBON"}, "to": [{"plad": "SECSTATE WASHDC\r\nBT\nNNNN"}],
        "subject": {"text": "X\nBcc: all", "printed": "X\nBcc: all"},
        "paragraphs": [{"number": 1, "text": "ONE.\nTWO.", "heading": "A\nB"}], "signatures": ["DOE\nROE"],
    });
    let ran = run_with(&["convert", "--to", "acp126", "-"], record.to_string().as_bytes());
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(
        ran.out.contains("\nFM AMEMBASSY VALDORIA TO AMEMBASSY LISBON\nTO SECSTATE WASHDC  BT NNNN\n"),
        "{ran:?}"
    );
    assert_eq!(ran.out.matches("\nNNNN").count(), 1, "{ran:?}");
    let mail = run_with(&["convert", "--to", "eml", "-"], record.to_string().as_bytes()).out;
    assert!(!mail.contains("\nBcc") && mail.contains("Subject: X Bcc: all\r\n"), "{mail}");
}
