//! Rules on the text: its paragraphs, its length, its summary.

use super::{Checker, texts};
use crate::diagnostic::Code;
use crate::record::BlockKind;

/// Three pages of twenty lines.
const LINES_WITHOUT_SUMMARY: usize = 60;

pub(super) fn check(checker: &mut Checker<'_>) {
    let record = checker.record;
    let paragraphs = &record.paragraphs;
    if paragraphs.is_empty() && record.subject.is_none() && record.nested.is_empty() {
        checker.report(Code::TextMissing, checker.whole(), "nothing stands in the text");
    }
    let mut numbered = paragraphs.iter().filter(|paragraph| paragraph.value.number.is_some());
    if let (Some(only), None, true) = (numbered.next(), numbered.next(), checker.is_whole()) {
        let span = only.value.lines.first().map_or(only.span, |line| line.1);
        checker.report(Code::SingleParagraphNumbered, span, "the only paragraph has a number");
    }
    if let [_, second, ..] = &paragraphs[..]
        && paragraphs.iter().all(|paragraph| paragraph.value.number.is_none())
        && checker.of_state_series()
    {
        checker.report(
            Code::ParagraphsUnnumbered,
            second.span,
            format!("{} paragraphs without numbers", paragraphs.len()),
        );
    }
    let lines = checker.lines();
    let length: usize = texts(&lines).iter().map(ExactSizeIterator::len).sum();
    let summary = record.blocks.iter().any(|block| block.kind == BlockKind::Summary);
    if length > LINES_WITHOUT_SUMMARY && !summary && checker.of_state_series() {
        checker.report(Code::SummaryMissing, checker.whole(), format!("{length} lines without a summary"));
    }
}

impl Checker<'_> {
    /// Whether all sections are here.
    fn is_whole(&self) -> bool {
        let sections = &self.record.sections;
        sections.total.is_none_or(|total| usize::try_from(total).is_ok_and(|t| t == sections.present.len()))
    }
}
