//! What the documents and the habits claim, checked.
//!
//! Each check looks at a [`Tree`] of files and lists what is wrong, so that a test can hand it a small
//! tree with the fault planted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::codegen;

/// The repository's files: path with `/`, and the text. A file that isn't text has none.
#[derive(Debug, Default)]
struct Tree {
    files: BTreeMap<String, Option<String>>,
}

/// What is wrong, one line each.
type Faults = Vec<String>;

/// Folders that aren't the repository's.
const SKIPPED: [&str; 3] = ["target", ".git", "node_modules"];

/// Folders at the top that the program makes when it is tried.
const MADE: [&str; 2] = ["reftel-archive", "reftel-sample"];

/// What the format crate may depend on: crates that compute, and do no I/O.
const FORMAT_MAY_USE: [&str; 4] = ["aho-corasick", "encoding_rs", "jiff", "memchr"];

/// How long a function may be, without blank and comment lines.
const LINES_MAX: usize = 70;

/// Runs every check over the repository and prints what is wrong.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let tree = Tree::read(root)?;
    let mut faults = Faults::new();
    faults.extend(dependencies_are_as_drawn(&tree));
    faults.extend(format_stays_light(&tree));
    faults.extend(modules_say_why(&tree));
    faults.extend(functions_are_short(&tree));
    faults.extend(documents_name_what_exists(&tree));
    faults.extend(nothing_is_left_undone(&tree));
    faults.extend(nothing_outside_is_named(&tree));
    let codes: Vec<_> = reftel_telegram::Code::ALL.iter().map(|code| code.name()).collect();
    faults.extend(codes_are_documented(&tree, &codes));
    faults.extend(codegen::run(true).err());
    if faults.is_empty() {
        return Ok(());
    }
    for fault in &faults {
        eprintln!("tidy: {fault}");
    }
    Err(format!("{} untidy {}", faults.len(), if faults.len() == 1 { "place" } else { "places" }))
}

impl Tree {
    fn read(root: &Path) -> Result<Tree, String> {
        let mut tree = Tree::default();
        tree.read_folder(root, "")
            .map_err(|error| format!("can't read the tree at `{}`: {error}", root.display()))?;
        Ok(tree)
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str) -> std::io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            if entry.file_type()?.is_dir() {
                if !SKIPPED.contains(&name.as_str()) && !MADE.contains(&path.as_str()) {
                    self.read_folder(&entry.path(), &format!("{path}/"))?;
                }
            } else {
                // A file may go while others work here; then it is no longer in the tree.
                let Ok(bytes) = fs::read(entry.path()) else { continue };
                self.files.insert(path, String::from_utf8(bytes).ok());
            }
        }
        Ok(())
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Every text whose path ends so.
    fn texts(&self, ending: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter(move |(path, _)| path.ends_with(ending))
            .filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// Rust sources of the crates themselves, without tests and benches.
    fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts(".rs").filter(|(path, _)| path.contains("/src/"))
    }

    fn exists(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.files.contains_key(path)
            || self
                .files
                .range(format!("{path}/")..)
                .next()
                .is_some_and(|(next, _)| next.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
    }
}

/// The names under `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            inside = section == "dependencies]";
            names.extend(section.strip_prefix("dependencies.").and_then(|name| name.strip_suffix(']')));
        } else if inside && !line.starts_with('#') {
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            if !name.is_empty() {
                names.insert(name);
            }
        }
    }
    names
}

/// The workspace's crates: name and manifest.
fn manifests(tree: &Tree) -> BTreeMap<&str, &str> {
    let name = |path: &str, text| {
        let folder = path.strip_suffix("/Cargo.toml")?;
        let name = folder.strip_prefix("crates/").or((folder == "xtask").then_some(folder))?;
        Some((&tree.files.get_key_value(path)?.0[path.find(name)?..path.find(name)? + name.len()], text))
    };
    tree.texts("/Cargo.toml").filter_map(|(path, text)| name(path, text)).collect()
}

/// The `dependencies` block of ARCHITECTURE.md says what the manifests say.
fn dependencies_are_as_drawn(tree: &Tree) -> Faults {
    let Some(document) = tree.text("ARCHITECTURE.md") else {
        return vec!["ARCHITECTURE.md is missing".to_owned()];
    };
    let Some(drawn) = document.split("```dependencies\n").nth(1).and_then(|rest| rest.split("```").next())
    else {
        return vec!["ARCHITECTURE.md has no block of `dependencies`".to_owned()];
    };
    let drawn: BTreeMap<&str, BTreeSet<&str>> = drawn
        .lines()
        .filter_map(|line| line.split_once("->"))
        .map(|(from, to)| (from.trim(), to.split_whitespace().collect()))
        .collect();
    let manifests = manifests(tree);
    let real: BTreeMap<&str, BTreeSet<&str>> = manifests
        .iter()
        .map(|(name, text)| {
            let internal = dependencies(text).into_iter().filter(|name| manifests.contains_key(name));
            (*name, internal.collect())
        })
        .collect();
    let names: BTreeSet<&str> = drawn.keys().chain(real.keys()).copied().collect();
    let differs = |name: &&str| drawn.get(name) != real.get(name);
    let fault = |name: &str| {
        let list = |graph: &BTreeMap<&str, BTreeSet<&str>>| match graph.get(name) {
            Some(to) => format!("{name} -> {}", to.iter().copied().collect::<Vec<_>>().join(" ")),
            None => format!("no {name}"),
        };
        format!("ARCHITECTURE.md draws `{}`, the manifests say `{}`", list(&drawn), list(&real))
    };
    names.into_iter().filter(differs).map(fault).collect()
}

/// The format crate depends on nothing that could do I/O.
fn format_stays_light(tree: &Tree) -> Faults {
    let path = "crates/reftel-telegram/Cargo.toml";
    let used = tree.text(path).map(dependencies).unwrap_or_default();
    let heavy = used.into_iter().filter(|name| !FORMAT_MAY_USE.contains(name));
    heavy.map(|name| format!("{path}: `{name}` isn't one of {}", FORMAT_MAY_USE.join(", "))).collect()
}

/// Every source file begins by saying why it exists.
fn modules_say_why(tree: &Tree) -> Faults {
    let silent = tree.sources().filter(|(_, text)| !text.starts_with("//! "));
    silent.map(|(path, _)| format!("{path}: the first line isn't a `//! ` header")).collect()
}

/// No function outside tests is longer than a screen.
fn functions_are_short(tree: &Tree) -> Faults {
    let mut faults = Faults::new();
    for (path, text) in tree.sources() {
        if path.ends_with("/generated.rs") || path.ends_with("/tests.rs") {
            continue;
        }
        for (line, name, length) in functions(text) {
            if length > LINES_MAX {
                faults.push(format!("{path}:{line}: `{name}` has {length} lines, more than {LINES_MAX}"));
            }
        }
    }
    faults
}

/// Line number, name and length of every function up to the tests. Relies on rustfmt: a function's
/// closing brace stands below the first letter of the line that opens it.
fn functions(text: &str) -> Vec<(usize, &str, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let end = lines.iter().position(|line| *line == "#[cfg(test)]").unwrap_or(lines.len());
    let mut found = Vec::new();
    for (index, line) in lines[..end].iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let exempt = lines[..index]
            .iter()
            .rev()
            .take_while(|line| !line.is_empty() && !line.trim().ends_with('}'))
            .any(|line| line.contains("clippy::too_many_lines"));
        let indent = &line[..line.len() - line.trim_start().len()];
        let close = format!("{indent}}}");
        let Some(length) = lines[index..].iter().position(|line| *line == close) else { continue };
        let counted = |line: &&&str| !line.trim().is_empty() && !line.trim().starts_with("//");
        let count = lines[index..=index + length].iter().filter(counted).count();
        if !exempt && !line.ends_with([';', '}']) {
            found.push((index + 1, name, count));
        }
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    for word in ["pub(crate) ", "pub(super) ", "pub ", "const ", "async ", "extern \"C\" "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    rest.strip_prefix("fn ")?.split(['(', '<']).next()
}

/// Documents name no path that isn't there.
fn documents_name_what_exists(tree: &Tree) -> Faults {
    let mut faults = Faults::new();
    let top = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(|path| (path, tree.text(path)));
    let top = top.into_iter().filter_map(|(path, text)| Some((path, text?)));
    let docs = tree.texts(".md").filter(|(path, _)| path.starts_with("docs/"));
    for (document, text) in top.chain(docs) {
        for named in text.split('`').skip(1).step_by(2) {
            let ours = ["crates/", "xtask/", "docs/", ".ci/"].iter().any(|start| named.starts_with(start));
            let plain = !named.contains([' ', '*', '…', '<', '{', '\n']) && !named.contains("DATE");
            if ours && plain && !tree.exists(named) {
                faults.push(format!("{document}: names `{named}`, which doesn't exist"));
            }
        }
        let folder = document.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with("../") {
                continue;
            }
            if !tree.exists(&format!("{folder}{target}")) {
                faults.push(format!("{document}: links to `{link}`, which doesn't exist"));
            }
        }
    }
    faults
}

/// No code waits to be written, and no test is switched off.
fn nothing_is_left_undone(tree: &Tree) -> Faults {
    let needles = [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("#[", "ignore")];
    lines_with(tree.texts(".rs"), &needles, "has")
}

/// Nothing names what lies outside the repository but the one place that looks there.
fn nothing_outside_is_named(tree: &Tree) -> Faults {
    let all = tree.texts("").filter(|(path, _)| *path != "xtask/src/corpora.rs");
    lines_with(all, &[concat!("..", "/shared"), concat!("/work", "/shared")], "names")
}

fn lines_with<'t>(texts: impl Iterator<Item = (&'t str, &'t str)>, needles: &[&str], verb: &str) -> Faults {
    let mut faults = Faults::new();
    for (path, text) in texts {
        for needle in needles.iter().filter(|needle| text.contains(**needle)) {
            let line = text.lines().position(|line| line.contains(needle)).unwrap_or_default() + 1;
            faults.push(format!("{path}:{line}: {verb} `{needle}`"));
        }
    }
    faults
}

/// Every diagnostic's code has its place in docs/diagnostics.md, and no other has.
fn codes_are_documented(tree: &Tree, codes: &[&str]) -> Faults {
    let Some(text) = tree.text("docs/diagnostics.md") else {
        return vec!["docs/diagnostics.md is missing".to_owned()];
    };
    let words: BTreeSet<&str> = text.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    let is_code = |word: &str| {
        word.len() == 4 && word.starts_with('T') && word[1..].bytes().all(|byte| byte.is_ascii_digit())
    };
    let missing = codes.iter().filter(|code| !words.contains(**code));
    let missing = missing.map(|code| format!("docs/diagnostics.md: {code} isn't in it"));
    let stale = words.iter().filter(|word| is_code(word) && !codes.contains(word));
    let stale = stale.map(|word| format!("docs/diagnostics.md: there is no code {word}"));
    missing.chain(stale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let own = |(path, text): &(&str, &str)| ((*path).to_owned(), Some((*text).to_owned()));
        Tree { files: files.iter().map(own).collect() }
    }

    const FORMAT: (&str, &str) =
        ("crates/reftel-telegram/Cargo.toml", "[dependencies]\njiff.workspace = true\n");
    const ARCHIVE: (&str, &str) = (
        "crates/reftel-archive/Cargo.toml",
        "[dependencies]\nreftel-telegram.workspace = true\n\n[dev-dependencies]\nxtask.workspace = true\n",
    );

    #[test]
    fn an_arrow_must_be_drawn() {
        let drawn = |block: &str| {
            let document = format!("# Map\n```dependencies\n{block}```\n");
            dependencies_are_as_drawn(&tree(&[("ARCHITECTURE.md", &document), FORMAT, ARCHIVE]))
        };
        let right = "reftel-archive -> reftel-telegram\nreftel-telegram ->\n";
        assert_eq!(drawn(right), Faults::new());
        assert_eq!(drawn("reftel-archive ->\nreftel-telegram ->\n").len(), 1, "an arrow not drawn");
        assert_eq!(drawn("reftel-archive -> reftel-telegram\n").len(), 1, "a crate not drawn");
        assert_eq!(drawn(&format!("{right}reftel-wire ->\n")).len(), 1, "a crate that isn't there");
        let turned = "reftel-archive -> reftel-telegram\nreftel-telegram -> reftel-archive\n";
        assert_eq!(drawn(turned).len(), 1, "an arrow the manifests don't have");
    }

    #[test]
    fn the_format_takes_no_heavy_dependency() {
        assert_eq!(format_stays_light(&tree(&[FORMAT])), Faults::new());
        for manifest in ["[dependencies]\ntokio = \"1\"\n", "[dependencies.tokio]\nversion = \"1\"\n"] {
            let faults = format_stays_light(&tree(&[(FORMAT.0, manifest)]));
            assert_eq!(faults.len(), 1, "{manifest}");
        }
        let for_tests = "[dev-dependencies]\ninsta.workspace = true\n";
        assert_eq!(format_stays_light(&tree(&[(FORMAT.0, for_tests)])), Faults::new());
    }

    #[test]
    fn a_module_has_a_header() {
        let with = ("crates/a/src/b.rs", "//! Why.\nfn f() {}\n");
        let without = ("crates/a/src/c.rs", "fn f() {}\n");
        let test = ("crates/a/tests/it/d.rs", "fn f() {}\n");
        assert_eq!(modules_say_why(&tree(&[with, test])), Faults::new());
        assert_eq!(modules_say_why(&tree(&[with, without, test])).len(), 1);
    }

    #[test]
    fn a_long_function_is_found() {
        let function = |lines: usize, before: &str| {
            let body = "        step();\n        // why\n\n".repeat(lines);
            let text = format!("impl A {{\n{before}    pub(crate) fn f(&self) {{\n{body}    }}\n}}\n");
            functions_are_short(&tree(&[("crates/a/src/b.rs", &text)])).len()
        };
        assert_eq!(function(68, ""), 0, "68 lines, a head and a foot");
        assert_eq!(function(69, ""), 1);
        assert_eq!(function(69, "    #[allow(clippy::too_many_lines, reason = \"a list\")]\n"), 0);
        assert_eq!(function(69, "    #[allow(clippy::other)]\n"), 1);
    }

    #[test]
    fn a_body_of_one_line_and_a_promise_end_where_they_stand() {
        let rest = "    step();\n".repeat(100);
        for line in ["    fn f(&self) {}", "    fn f(&self);"] {
            let text = format!("impl A {{\n{line}\n{rest}    }}\n}}\n");
            assert_eq!(functions_are_short(&tree(&[("crates/a/src/b.rs", &text)])), Faults::new(), "{line}");
        }
    }

    #[test]
    fn only_code_before_the_tests_is_measured() {
        let long = format!("fn f() {{\n{}}}\n", "    step();\n".repeat(100));
        let in_tests = format!("//! Why.\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        assert_eq!(functions_are_short(&tree(&[("crates/a/src/b.rs", &in_tests)])), Faults::new());
        assert_eq!(functions_are_short(&tree(&[("crates/a/src/b.rs", &long)])).len(), 1);
        assert_eq!(functions_are_short(&tree(&[("crates/a/src/generated.rs", &long)])), Faults::new());
    }

    #[test]
    fn a_dead_path_is_found() {
        let there = ("crates/a/src/b.rs", "");
        let faults =
            |document: &str| documents_name_what_exists(&tree(&[("README.md", document), there])).len();
        assert_eq!(faults("see `crates/a/src/b.rs`, `crates/a/` and `crates/a/src`"), 0);
        assert_eq!(faults("see `crates/a/src/c.rs`"), 1);
        assert_eq!(faults("see `crates/a/s`"), 1, "the beginning of a name is no path");
        assert_eq!(faults("run `crates/x y` or `crates/*/src` or `a/b`"), 0, "no paths of ours");
        assert_eq!(faults("[a](crates/a/src/b.rs) [b](https://example.org/) [c](#d)"), 0);
        assert_eq!(faults("[a](crates/a/src/c.rs)"), 1);
        let from_docs = [("docs/x.md", "[y](y.md)"), ("docs/y.md", "")];
        assert_eq!(documents_name_what_exists(&tree(&from_docs)), Faults::new());
        assert_eq!(documents_name_what_exists(&tree(&from_docs[..1])).len(), 1);
    }

    #[test]
    fn what_is_left_undone_is_found() {
        for text in [concat!("todo", "!()"), concat!("unimplemented", "!()"), concat!("#[", "ignore]")] {
            let faults = nothing_is_left_undone(&tree(&[("crates/a/tests/b.rs", text)]));
            assert_eq!(faults.len(), 1, "{text}");
        }
        assert_eq!(nothing_is_left_undone(&tree(&[("crates/a/src/b.rs", "a_todo()")])), Faults::new());
    }

    #[test]
    fn the_outside_is_named_in_one_place() {
        let text = concat!("..", "/shared/x");
        assert_eq!(nothing_outside_is_named(&tree(&[("xtask/src/corpora.rs", text)])), Faults::new());
        assert_eq!(nothing_outside_is_named(&tree(&[("docs/a.md", text)])).len(), 1);
    }

    #[test]
    fn codes_and_their_document_agree() {
        let faults = |text| codes_are_documented(&tree(&[("docs/diagnostics.md", text)]), &["T001", "T002"]);
        assert_eq!(faults("## T001\n## T002\n"), Faults::new());
        assert_eq!(faults("## T001\n").len(), 1, "one missing");
        assert_eq!(faults("T001 T002 T003").len(), 1, "one too many");
        assert_eq!(codes_are_documented(&tree(&[]), &[]).len(), 1, "no document");
    }
}
