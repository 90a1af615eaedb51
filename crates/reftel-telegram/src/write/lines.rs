//! Lines of at most 69 columns, and where a long one may be broken so that it is still read as it was.

/// The columns of a line, blanks counted.
///
/// Source: ACP 127(G) ¶138f.
pub const COLUMNS: usize = 69;

/// The columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// `text` broken at blanks into lines of at most [`COLUMNS`]: the first begins with `first`, those that
/// continue it with `indent`. `may_begin` says whether what stands from a blank on may begin a line; where no
/// blank will do, the line stays long.
pub(super) fn wrap(first: &str, text: &str, indent: &str, may_begin: impl Fn(&str) -> bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut start = first.to_owned();
    let mut rest = text;
    while width(&start) + width(rest) > COLUMNS {
        let room = COLUMNS.saturating_sub(width(&start));
        let Some(cut) = cut(rest, room, &may_begin) else { break };
        lines.push(format!("{start}{}", rest[..cut].trim_end_matches(' ')));
        rest = rest[cut..].trim_start_matches(' ');
        indent.clone_into(&mut start);
    }
    lines.push(format!("{start}{rest}"));
    lines
}

/// The last blank of `text` within `room` columns behind which a line may begin; else the first one after them.
fn cut(text: &str, room: usize, may_begin: impl Fn(&str) -> bool) -> Option<usize> {
    let mut best = None;
    for (column, (at, char)) in text.char_indices().enumerate() {
        if char != ' ' || text[at..].trim_start_matches(' ').is_empty() || text[..at].trim().is_empty() {
            continue;
        }
        if column > room && best.is_some() {
            break;
        }
        if may_begin(text[at..].trim_start_matches(' ')) {
            best = Some(at);
            if column > room {
                break;
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_the_last_blank_that_will_do() {
        let text = "THE HARBOR DUES OF PORT ALDER WILL BE RAISED AGAIN IN 2009. THE LINES OBJECT TO IT";
        let broken = wrap("SUBJECT: ", text, "", |_| true);
        assert_eq!(
            broken,
            [
                "SUBJECT: THE HARBOR DUES OF PORT ALDER WILL BE RAISED AGAIN IN 2009.",
                "THE LINES OBJECT TO IT"
            ]
        );
        let broken = wrap("SUBJECT: ", text, "", |rest| !rest.starts_with("THE"));
        assert_eq!(broken[1], "2009. THE LINES OBJECT TO IT");
        assert_eq!(wrap("", text, "", |_| false), [text]);
        let word = "X".repeat(80);
        assert_eq!(wrap("", &word, "", |_| true), [word.as_str()]);
        assert_eq!(wrap("", &format!("{word} Y"), "", |_| true), [word.as_str(), "Y"]);
    }
}
