//! Rules on TAGS and references.

use std::collections::HashSet;

use super::Checker;
use crate::diagnostic::Code;
use crate::record::{Tag, TagKind, YearSource};
use crate::{Spanned, mrn, tables};

pub(super) fn check(checker: &mut Checker<'_>) {
    tags(checker);
    tag_order(checker);
    tag_years(checker);
    references(checker);
}

fn tags(checker: &mut Checker<'_>) {
    let record = checker.record;
    let Some(first) = record.tags.first() else {
        if checker.of_state_series() {
            checker.report(Code::TagsMissing, checker.whole(), "no TAGS");
        }
        return;
    };
    let of_subject = |tag: &Spanned<Tag>| matches!(tag.kind, TagKind::Subject | TagKind::Program);
    if !record.tags.iter().any(of_subject) && record.tags.iter().all(|tag| tag.kind != TagKind::Unknown) {
        checker.report(Code::SubjectTagMissing, first.span, "no subject among the TAGS");
    }
    let mut seen = HashSet::new();
    for tag in &record.tags {
        if let Some(code) = &tag.code
            && !seen.insert((code.as_str(), tag.person.as_deref()))
        {
            checker.report(Code::TagRepeated, tag.span, format!("{code} stands here a second time"));
        }
    }
}

/// Subjects, then places and organizations, then names.
fn tag_order(checker: &mut Checker<'_>) {
    let rank = |tag: &Tag| match tag.kind {
        TagKind::Subject | TagKind::Program => 0,
        TagKind::Geographic | TagKind::Organization => 1,
        TagKind::Person => 2,
        TagKind::Unknown => 3,
    };
    let mut highest = (0, String::new());
    let mut fields = String::new();
    for tag in &checker.record.tags {
        let (rank, name) = (rank(tag), tag.code.clone().or_else(|| tag.person.clone()).unwrap_or_default());
        if rank < highest.0 && rank < 3 && highest.0 < 3 {
            let message = format!("{name} stands behind {}", highest.1);
            checker.report(Code::TagsOutOfOrder, tag.span, message);
        }
        if rank >= highest.0 && rank < 3 {
            highest = (rank, name);
        }
        if tag.kind == TagKind::Subject {
            fields.extend(tag.code.iter().filter_map(|code| code.chars().next()));
        }
    }
    let person = checker.record.tags.iter().find(|tag| tag.person.is_some());
    if let Some(person) = person
        && !fields.is_empty()
        && !fields.contains(['A', 'B', 'C', 'O'])
    {
        let message = "a name, but no TAG of the fields A, B, C or O";
        checker.report(Code::PersonMisplaced, person.span, message);
    }
}

fn tag_years(checker: &mut Checker<'_>) {
    let Some(year) = checker.date().map(jiff::civil::Date::year) else { return };
    for tag in checker.record.tags.iter().filter(|tag| tag.kind == TagKind::Geographic) {
        let Some(code) = tag.code.as_deref() else { continue };
        let Some(known) = tables::tag(code, Some(year)) else { continue };
        if known.scheme.is_some_and(|scheme| scheme != tables::geo_scheme(Some(year))) {
            let message = format!("{code} ({}) isn't in the list of {year}", known.label);
            checker.report(Code::TagOfOtherYears, tag.span, message);
        }
    }
}

fn references(checker: &mut Checker<'_>) {
    let record = checker.record;
    let own = record.mrn.as_ref().and_then(|mrn| mrn::parts(&mrn.value));
    let mut seen = HashSet::new();
    for reference in &record.references {
        let Some(number) = reference.mrn.as_deref() else { continue };
        if !seen.insert(number) {
            checker.report(
                Code::ReferenceRepeated,
                reference.span,
                format!("{number} stands here a second time"),
            );
        }
        if let (Some((year, post, serial)), Some((of, from, cited))) = (own, mrn::parts(number))
            && (year, post) == (of, from)
            && cited > serial
            && reference.year == Some(YearSource::Inherited)
        {
            let message = format!("{cited} of {post} is later than {serial}");
            checker.report(Code::ReferenceAhead, reference.span, message);
        }
    }
}
