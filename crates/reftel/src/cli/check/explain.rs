//! `--explain`: a rule in the words of the documentation.

use anstyle::Style;
use reftel_telegram::{Code, Purpose, Severity, explain};

use crate::cli::Failure;
use crate::cli::terminal::{BAD, GOOD, LABEL, STRONG, clean, paint, wrap};

/// Columns of the explanation, where the terminal has no fewer.
const WIDTH: usize = 78;

/// The code that somebody typed, in small letters or without its `T` too.
pub(super) fn find(typed: &str) -> Result<Code, Failure> {
    let upper = typed.trim().to_ascii_uppercase();
    let number = upper.strip_prefix('T').unwrap_or(&upper);
    let name = number.parse::<u16>().map_or_else(|_| upper.clone(), |number| format!("T{number:03}"));
    if let Some(code) = Code::ALL.iter().find(|code| code.name() == name) {
        return Ok(*code);
    }
    let mut near: Vec<(usize, &str)> =
        Code::ALL.iter().map(|code| (strsim::damerau_levenshtein(&name, code.name()), code.name())).collect();
    near.sort_unstable();
    let names: Vec<&str> = near.iter().take(3).map(|(_, name)| *name).collect();
    let help = format!("the nearest are {}; docs/diagnostics.md lists all", names.join(", "));
    Err(Failure::new(format!("there is no rule `{}`", clean(typed))).help(help))
}

/// The rule, why it is there, what is wrong and right, how to mend it, and where it is from.
pub(super) fn text(code: Code, color: bool, width: Option<u16>) -> String {
    let width = width.map_or(WIDTH, |width| WIDTH.min(usize::from(width)));
    let explanation = explain(code);
    let severity = |purpose| code.severity_for(purpose).map_or("no rule", Severity::name);
    let mut shown = format!("{}  {}\n", paint(color, STRONG, code.name()), wrap(code.rule(), width));
    let mut part = |name: &str, text: &str| {
        shown += &format!("\n{}\n{}\n", paint(color, LABEL, name), text);
    };
    part("why", &wrap(explanation.why, width));
    if !explanation.wrong.is_empty() {
        part("wrong", &sample(explanation.wrong, color, BAD));
        if !explanation.right.is_empty() {
            part("right", &sample(explanation.right, color, GOOD));
        }
    }
    part("to mend", &wrap(explanation.mend, width));
    part(
        "severity",
        &format!("archive: {}, release: {}", severity(Purpose::Archive), severity(Purpose::Release)),
    );
    part("source", &wrap(code.source(), width));
    shown
}

/// A piece of a telegram, set in.
fn sample(text: &str, color: bool, style: Style) -> String {
    let lines = text.trim_matches('\n').lines().map(|line| format!("    {}", paint(color, style, line)));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        for typed in ["T012", "t012", "12", "T12", " t012 "] {
            assert_eq!(find(typed).unwrap().name(), "T012", "{typed}");
        }
        let failure = find("T999").unwrap_err().report(false);
        assert!(failure.contains("there is no rule `T999`\n  help: the nearest are T0"), "{failure}");
        assert!(find("").is_err() && find("70000").is_err());
    }

    #[test]
    fn every_rule_is_explained_in_narrow_terminals_too() {
        for code in Code::ALL {
            let shown = text(*code, false, Some(40));
            for part in [code.name(), "\nwhy\n", "\nto mend\n", "\nseverity\n", "\nsource\n"] {
                assert!(shown.contains(part), "{shown}");
            }
        }
        let shown = text(find("T010").unwrap(), false, None);
        assert!(shown.contains("wrong\n    RUEHC RUEHPQ RUEHC\n\nright\n    RUEHC RUEHPQ\n"), "{shown}");
    }
}
