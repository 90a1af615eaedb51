//! What reviewers and editors put on a copy: stamps of release, and remarks in brackets. It is none of the
//! telegram's text, and it says where the copy comes from and what it lacks.

use crate::datetime;
use crate::record::Review;

/// An editor's remark in square brackets at the end of a line: where it begins, and its words.
///
/// Teleprinters had no such brackets, so it isn't the sender's. Only what speaks of the copy's extent is a remark;
/// `[ILLEGIBLE]` stands for a word of the sentence, and stays in it.
pub(crate) fn remark(line: &str) -> Option<(usize, &str)> {
    const ABOUT: &[&str] = &[
        "EXCERPT",
        "EXCERPTS",
        "EXTRACT",
        "TEXT",
        "REMAINDER",
        "REST",
        "PARAGRAPH",
        "PARAGRAPHS",
        "PAGE",
        "PAGES",
        "SECTION",
        "SECTIONS",
        "PORTION",
        "MATTER",
        "DOCUMENT",
        "CABLE",
        "TELEGRAM",
        "COPY",
        "ENCLOSURE",
        "ATTACHMENT",
    ];
    const HAPPENED: &[&str] = &[
        "ENDS",
        "END",
        "BEGINS",
        "BEGIN",
        "STARTS",
        "CONTINUES",
        "FOLLOWS",
        "OMITTED",
        "OMITS",
        "MISSING",
        "CUT",
        "ABRIDGED",
        "TRUNCATED",
        "ONLY",
        "PRINTED",
        "INCOMPLETE",
        "DELETED",
        "REMOVED",
    ];
    let inside = line.strip_suffix(']')?;
    let open = inside.rfind('[')?;
    let inside = inside[open + 1..].trim_ascii();
    if inside.len() > 200 {
        return None;
    }
    let has = |list: &[&str]| {
        let words = inside.split(|c: char| !c.is_ascii_alphabetic());
        words.into_iter().any(|word| list.iter().any(|known| known.eq_ignore_ascii_case(word)))
    };
    let first = inside.split(' ').next().unwrap_or("");
    let whole = first.eq_ignore_ascii_case("OMITTED") || has(ABOUT) && has(HAPPENED);
    whole.then_some((open, inside))
}

/// What the stamp of a review says on one line.
pub(crate) fn review(line: &str) -> Review {
    const ACTION: &str = "Declassified/Released";
    const AUTHORITY: &str = "EO Systematic Review";
    let mut review = Review::default();
    let named = line.find(ACTION).or_else(|| line.find(AUTHORITY)).unwrap_or(line.len());
    let name = line[..named].trim_ascii();
    review.by = (!name.is_empty() && !name.starts_with('*')).then(|| name.to_owned());
    let mut rest = &line[named..];
    if let Some(after) = rest.strip_prefix(ACTION) {
        ACTION.clone_into(&mut review.action);
        rest = after;
    }
    match datetime::written_date(rest) {
        Some((date, start, _)) => {
            review.date = Some(date);
            rest = &rest[..start];
        }
        None if rest.len() > 80 => rest = "",
        None => {}
    }
    rest.trim_ascii().clone_into(&mut review.authority);
    review
}

/// Adds what one line of a stamp says: a review is counted once, and may stand in two or three lines.
pub(crate) fn add(review: Review, span: crate::Span, reviews: &mut Vec<crate::Spanned<Review>>) {
    if let Some(last) = reviews.last_mut() {
        let open = last.value.date.is_none() && last.span.end <= span.start && span.start - last.span.end < 8;
        if open && (last.value.by.is_none() || review.by.is_none()) {
            let Review { action, authority, by, date } = review;
            let value = &mut last.value;
            if value.action.is_empty() {
                value.action = action;
            }
            let gap = if value.authority.is_empty() || authority.is_empty() { "" } else { " " };
            value.authority = format!("{}{gap}{authority}", value.authority);
            value.by = value.by.take().or(by);
            value.date = date;
            last.span = last.span.cover(span);
            let whole = last.value.clone();
            if reviews[..reviews.len() - 1].iter().any(|other| other.value == whole) {
                reviews.pop();
            }
            return;
        }
    }
    let empty = review.by.is_none() && review.action.is_empty() && review.date.is_none();
    if !empty && !reviews.iter().any(|other| other.value == review) {
        reviews.push(crate::Spanned::new(review, span));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_speak_of_the_copy() {
        for (line, words) in [
            ("FERRY DUES. [EXCERPT ENDS]", Some("EXCERPT ENDS")),
            ("[Omitted here is a list of ferries.]", Some("Omitted here is a list of ferries.")),
            ("[REMAINDER OF TEXT NOT PRINTED]", Some("REMAINDER OF TEXT NOT PRINTED")),
            ("THE [ILLEGIBLE]", None),
            ("[1]", None),
            ("HARBOR [SIC]", None),
            ("TEXT ENDS]", None),
        ] {
            assert_eq!(remark(line).map(|found| found.1), words, "{line}");
        }
    }

    #[test]
    fn stamps_say_who_and_when() {
        let text =
            "Jane Q. Roe Declassified/Released US Department of State EO Systematic Review 20 Mar 2014";
        let read = review(text);
        assert_eq!(read.by.as_deref(), Some("Jane Q. Roe"));
        assert_eq!(read.action, "Declassified/Released");
        assert_eq!(read.authority, "US Department of State EO Systematic Review");
        assert_eq!(read.date.map(|date| date.to_string()).as_deref(), Some("2014-03-20"));

        let mut reviews = Vec::new();
        let mut at = 0;
        for line in [
            "Jane Q. Roe",
            "Declassified/Released US Department of State",
            "EO Systematic Review 20 Mar 2014",
        ] {
            add(review(line), crate::Span::new(at, at + line.len()), &mut reviews);
            at += line.len() + 1;
        }
        assert_eq!(reviews.into_iter().map(|review| review.value).collect::<Vec<_>>(), [read]);
    }
}
