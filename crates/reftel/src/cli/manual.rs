//! Keeps `docs/cli.md` equal to what `--help` says.

use std::fmt::Write as _;
use std::path::Path;

use super::program;

/// What stands before the generated part.
const MARK: &str =
    "<!-- From here on: the program's own help. REFTEL_BLESS=1 cargo test -p reftel manual -->\n";

/// The help of every command, as the document has it.
fn help() -> String {
    let mut program = program().term_width(100);
    program.build();
    let mut text = String::new();
    let mut add = |name: &str, help: String| {
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        write!(text, "\n## {name}\n\n```text\n{}\n```\n", help.join("\n").trim_end()).unwrap();
    };
    add("reftel", program.render_long_help().to_string());
    let names: Vec<String> = program.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    for name in names.iter().filter(|name| *name != "help") {
        let command = program.find_subcommand_mut(name).unwrap();
        add(&format!("reftel {name}"), command.render_long_help().to_string());
    }
    text
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a test is told to renew the document")]
fn the_manual_is_what_help_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md");
    let document = std::fs::read_to_string(&path).unwrap();
    let (written, generated) = document.split_once(MARK).expect("docs/cli.md has the mark");
    let want = help();
    if std::env::var_os("REFTEL_BLESS").is_some() {
        std::fs::write(&path, format!("{written}{MARK}{want}")).unwrap();
    } else {
        assert_eq!(
            generated, want,
            "docs/cli.md is not what --help says; the mark in it says how to renew it"
        );
    }
}
