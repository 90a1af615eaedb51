//! `fmt` and `draft`: telegrams written.

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
    assert!(ran.error.contains(":8: `---------------------  065989` isn't printed as it stands"), "{ran:?}");
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
