//! `expand:`: a word, and what the tables say that it stands for, or was called.

use reftel_telegram::tables;

use super::{Expansion, Node, Text};
use crate::words::words;

/// What to look for, and what that is besides the words typed.
pub(super) fn expand(typed: &str) -> (Node, Expansion) {
    let own = words(typed);
    let mut nodes = vec![Node::Words(Text::Body, own.clone())];
    let mut also: Vec<(String, &'static str)> = Vec::new();
    let mut seen = vec![own];
    let mut add = |text: &str, why: &'static str, also: &mut Vec<(String, &'static str)>| {
        let words = words(text);
        if !words.is_empty() && !seen.contains(&words) {
            nodes.push(Node::Words(Text::Body, words.clone()));
            seen.push(words);
            also.push((text.to_owned(), why));
        }
    };
    let upper = typed.trim().to_uppercase();
    for long in tables::acronym(&upper).map(readings).unwrap_or_default() {
        add(&long, "what it stands for", &mut also);
    }
    for (short, _) in tables::acronyms().filter(|(_, long)| long.eq_ignore_ascii_case(typed.trim())) {
        add(short, "its short form", &mut also);
    }
    if let Some(post) = tables::canonical_post(typed) {
        for alias in tables::post_names(post) {
            let why = match alias.kind {
                tables::AliasKind::FormerName => "another name of the place",
                tables::AliasKind::Misspelling => "as it is mistyped",
                tables::AliasKind::Name | tables::AliasKind::Variant | tables::AliasKind::SpacedForm => {
                    "as it is written too"
                }
                _ => continue,
            };
            add(alias.key, why, &mut also);
        }
        if let Some(post) = tables::post(post) {
            add(post.city, "the place of the post", &mut also);
        }
    }
    let mut tags = Vec::new();
    for tag in tables::tags() {
        let label = words(tag.label);
        let asked = words(typed);
        let named = tag.code == upper || asked == label;
        if named && !tags.contains(&tag.code) {
            tags.push(tag.code);
        }
    }
    for code in tags {
        also.push((format!("tags:{code}"), "the TAGS code of it"));
        nodes.push(Node::Key(format!("tag:{code}")));
        if code == upper
            && let Some(tag) = tables::tag(code, None)
        {
            let words = words(tag.label);
            nodes.push(Node::Words(Text::Body, words));
            also.push((tag.label.to_owned(), "what the code names"));
        }
    }
    let node = super::parser::one_or(nodes, Node::Or);
    (node, Expansion { typed: typed.to_owned(), also })
}

/// What an entry of the table means: `Government of India, Iran or Italy (by post)` is three.
fn readings(long: &str) -> Vec<String> {
    let long = long.split(" (").next().unwrap_or(long);
    let items = |list: &str| -> Vec<String> {
        list.split(',').flat_map(|item| item.split(" or ")).map(|item| item.trim().to_owned()).collect()
    };
    match long.split_once(" of ").filter(|(_, list)| list.contains(" or ")) {
        Some((what, list)) => {
            let several = items(list).into_iter().filter(|item| !item.starts_with("other "));
            several.map(|item| format!("{what} of {item}")).collect()
        }
        None => {
            long.split(';').flat_map(|part| part.split(" or ")).map(|part| part.trim().to_owned()).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_several_readings() {
        assert_eq!(readings("Foreign minister"), ["Foreign minister"]);
        assert_eq!(
            readings("Government of India, Iran, Iraq or other I country (by post)"),
            ["Government of India", "Government of Iran", "Government of Iraq"]
        );
    }

    #[test]
    fn an_acronym_a_place_and_a_code_are_expanded() {
        let also = |typed: &str| expand(typed).1.also.into_iter().map(|(what, _)| what).collect::<Vec<_>>();
        assert!(also("FONMIN").contains(&"Foreign minister".to_owned()));
        assert!(also("Beijing").contains(&"PEKING".to_owned()), "{:?}", also("Beijing"));
        assert!(also("PTER").iter().any(|what| what == "tags:PTER"), "{:?}", also("PTER"));
        assert!(also("nothing like it").is_empty());
    }
}
