//! The repository's chores: one entry, in the language of the rest, with nothing to install.

use std::path::PathBuf;
use std::process::ExitCode;

mod ci;

mod tidy;

mod codegen;

mod work;

use xtask::generate::collections::Shape;
use xtask::{generate, number, root};

const HELP: &str = "\
The repository's chores

Usage: cargo xtask CHORE

  ci                  set up, then all that must hold: format, clippy, tidy, tests, documentation
  tidy                what no compiler checks: the drawn dependencies, dead paths, long functions …
  codegen [--check]   tables → generated.rs; with --check only say whether they are fresh
  bless               take the present snapshots for right; read `git diff` after it
  generate [--seed S] [--count N] [--as SHAPE] --out DIR
                      invented telegrams with known answers; SHAPE: texts, nara, cables, mbox, eml, tei, front,
                      html, jsonl
  work                count what reading takes, and see that it grows no faster than the text
  bench [parse|import|collections|search|resolve|meaning|all] [--count N] [--write]
                      measure; with --write also into docs/benchmarks
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), String> {
    match arguments {
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        ["ci"] => ci::run(),
        ["tidy"] => tidy::run(&root()),
        ["codegen"] => codegen::run(false),
        ["codegen", "--check"] => codegen::run(true),
        ["bless"] => ci::bless(),
        ["generate", options @ ..] => generate_command(options),
        ["work"] => work::run(),
        ["bench", options @ ..] => ci::bench(options),
        [unknown, ..] => Err(format!("no chore `{unknown}` with these arguments\n\n{HELP}")),
    }
}

fn generate_command(options: &[&str]) -> Result<(), String> {
    let (mut seed, mut count, mut shape, mut out) = (1, 1000, Shape::Texts, None);
    let mut options = options.iter();
    while let Some(&option) = options.next() {
        let value = options.next().ok_or_else(|| format!("`{option}` wants a value"))?;
        match option {
            "--seed" => seed = number(option, value)?,
            "--count" => count = number(option, value)?,
            "--as" => shape = Shape::of(value).ok_or_else(|| format!("no shape `{value}`"))?,
            "--out" => out = Some(PathBuf::from(value)),
            _ => return Err(format!("no option `{option}`")),
        }
    }
    let out = out.ok_or("`--out DIR` is missing")?;
    let (answers, bytes) = match shape {
        Shape::Texts => {
            let answers = generate::write(seed, count, &out, |_| ())?;
            let bytes = answers.bytes;
            (answers, bytes)
        }
        shape => generate::collections::write(shape, seed, count, &out, |_| ())?,
    };
    let (telegrams, megabytes) = (answers.telegrams, bytes / 1_000_000);
    println!("{telegrams} telegrams, {megabytes} MB, in {}", out.display());
    Ok(())
}
