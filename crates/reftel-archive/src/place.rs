//! Words that stand in a certain place to one another: near, or in one sentence or paragraph.
//!
//! Telegrams that have the words at all come from the index's plain queries. Of each, the places of the words are
//! read and compared. Ends of sentences and paragraphs are words of their own in the index (`words`), at the place
//! of the word before them.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{Bm25Weight, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use crate::query::{Pattern, Unit};
use crate::words::{PARAGRAPH_END, SENTENCE_END};

/// Telegrams in which a pattern stands. `candidates` finds all that may be among them.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) field: Field,
    pub(crate) unit: Option<Unit>,
    pub(crate) pattern: Pattern,
    pub(crate) candidates: Box<dyn Query>,
}

impl Clone for Placed {
    fn clone(&self) -> Placed {
        let (field, unit, pattern) = (self.field, self.unit, self.pattern.clone());
        Placed { field, unit, pattern, candidates: self.candidates.box_clone() }
    }
}

impl Query for Placed {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let similarity = match scoring {
            EnableScoring::Enabled { statistics_provider, .. } => {
                let mut terms = Vec::new();
                self.pattern.each_word(&mut |words| terms.extend(words.first().cloned()));
                let terms: Vec<Term> =
                    terms.iter().map(|word| Term::from_field_text(self.field, word)).collect();
                (!terms.is_empty()).then(|| Bm25Weight::for_terms(statistics_provider, &terms)).transpose()?
            }
            EnableScoring::Disabled { .. } => None,
        };
        let plain = match scoring.searcher() {
            Some(searcher) => EnableScoring::disabled_from_searcher(searcher),
            None => EnableScoring::disabled_from_schema(scoring.schema()),
        };
        let candidates = self.candidates.weight(plain)?;
        let (field, unit, pattern) = (self.field, self.unit, self.pattern.clone());
        Ok(Box::new(PlacedWeight { field, unit, pattern, candidates, similarity }))
    }
}

struct PlacedWeight {
    field: Field,
    unit: Option<Unit>,
    pattern: Pattern,
    candidates: Box<dyn Weight>,
    similarity: Option<Bm25Weight>,
}

impl Weight for PlacedWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let candidates = self.candidates.scorer(segment, 1.0)?;
        if candidates.doc() == TERMINATED {
            return Ok(Box::new(EmptyScorer));
        }
        let ends = match self.unit {
            None => None,
            Some(Unit::Sentence) => Some(Places::of(segment, self.field, &[SENTENCE_END.to_owned()])?),
            Some(Unit::Paragraph) => Some(Places::of(segment, self.field, &[PARAGRAPH_END.to_owned()])?),
        };
        let norms = match &self.similarity {
            Some(_) => segment.fieldnorms_readers().get_field(self.field)?,
            None => None,
        };
        let mut scorer = PlacedScorer {
            candidates,
            pattern: Reading::of(segment, self.field, &self.pattern)?,
            ends,
            similarity: self.similarity.as_ref().map(|weight| weight.boost_by(boost)),
            norms: norms.unwrap_or_else(|| FieldNormReader::constant(segment.max_doc(), 1)),
            count: 0,
        };
        if !scorer.matches() {
            scorer.advance();
        }
        Ok(Box::new(scorer))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(segment, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Ok(Explanation::new("the words don't stand like that", 0.0));
        }
        Ok(Explanation::new("words in their places", scorer.score()))
    }
}

struct PlacedScorer {
    candidates: Box<dyn Scorer>,
    pattern: Reading,
    ends: Option<Places>,
    similarity: Option<Bm25Weight>,
    norms: FieldNormReader,
    /// How often the pattern stands in the telegram it is at.
    count: usize,
}

impl PlacedScorer {
    /// Whether the pattern stands in the telegram that the candidates are at.
    fn matches(&mut self) -> bool {
        let doc = self.candidates.doc();
        if doc == TERMINATED {
            return false;
        }
        self.count = match &mut self.ends {
            None => self.pattern.spans(doc).len(),
            Some(ends) => self.pattern.units(doc, ends.at(doc)).len(),
        };
        self.count > 0
    }
}

impl DocSet for PlacedScorer {
    fn advance(&mut self) -> DocId {
        loop {
            let doc = self.candidates.advance();
            if doc == TERMINATED || self.matches() {
                return doc;
            }
        }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let doc = self.candidates.seek(target);
        if doc == TERMINATED || self.matches() { doc } else { self.advance() }
    }

    fn doc(&self) -> DocId {
        self.candidates.doc()
    }

    fn size_hint(&self) -> u32 {
        self.candidates.size_hint() / 4
    }

    fn cost(&self) -> u64 {
        self.candidates.cost().saturating_mul(8)
    }
}

impl Scorer for PlacedScorer {
    fn score(&mut self) -> Score {
        let count = u32::try_from(self.count).unwrap_or(u32::MAX);
        match &self.similarity {
            Some(weight) => weight.score(self.norms.fieldnorm_id(self.doc()), count),
            None => 1.0,
        }
    }
}

/// Where any of some words stands, telegram by telegram.
struct Places {
    postings: Vec<SegmentPostings>,
    here: Vec<u32>,
    /// Those of one word, where there are several.
    some: Vec<u32>,
}

impl Places {
    fn of(segment: &SegmentReader, field: Field, words: &[String]) -> tantivy::Result<Places> {
        let index = segment.inverted_index(field)?;
        let mut postings = Vec::with_capacity(words.len().min(64));
        for word in words {
            let term = Term::from_field_text(field, word);
            postings.extend(index.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)?);
        }
        Ok(Places { postings, here: Vec::new(), some: Vec::new() })
    }

    /// The places in this telegram, in order. Telegrams are asked for in ascending order.
    fn at(&mut self, doc: DocId) -> &[u32] {
        self.here.clear();
        let mut sources = 0;
        for postings in &mut self.postings {
            if postings.doc() < doc {
                postings.seek(doc);
            }
            if postings.doc() != doc {
                continue;
            }
            if sources == 0 {
                postings.positions(&mut self.here);
            } else {
                postings.positions(&mut self.some);
                self.here.extend_from_slice(&self.some);
            }
            sources += 1;
        }
        if sources > 1 {
            self.here.sort_unstable();
            self.here.dedup();
        }
        &self.here
    }
}

/// The places of a match's first and last word.
type Span = (u32, u32);

/// A pattern with its postings.
enum Reading {
    Word(Places),
    Run { parts: Vec<Reading>, between: u32 },
    Near { one: Box<Reading>, other: Box<Reading>, between: u32 },
    Any(Vec<Reading>),
    All(Vec<Reading>),
    Not(Box<Reading>),
}

impl Reading {
    fn of(segment: &SegmentReader, field: Field, pattern: &Pattern) -> tantivy::Result<Reading> {
        let all = |patterns: &[Pattern]| {
            patterns
                .iter()
                .map(|pattern| Reading::of(segment, field, pattern))
                .collect::<tantivy::Result<_>>()
        };
        Ok(match pattern {
            Pattern::Word(words) => Reading::Word(Places::of(segment, field, words)?),
            // Resolved before; what isn't stands nowhere.
            Pattern::Like(_) => Reading::Any(Vec::new()),
            Pattern::Run { parts, between } => Reading::Run { parts: all(parts)?, between: *between },
            Pattern::Near { one, other, between } => Reading::Near {
                one: Box::new(Reading::of(segment, field, one)?),
                other: Box::new(Reading::of(segment, field, other)?),
                between: *between,
            },
            Pattern::Any(patterns) => Reading::Any(all(patterns)?),
            Pattern::All(patterns) => Reading::All(all(patterns)?),
            Pattern::Not(pattern) => Reading::Not(Box::new(Reading::of(segment, field, pattern)?)),
        })
    }

    /// Where it stands in this telegram, in order.
    fn spans(&mut self, doc: DocId) -> Vec<Span> {
        match self {
            Reading::Word(places) => places.at(doc).iter().map(|&at| (at, at)).collect(),
            Reading::Run { parts, between } => {
                let parts: Vec<Vec<Span>> = parts.iter_mut().map(|part| part.spans(doc)).collect();
                runs(&parts, *between)
            }
            Reading::Near { one, other, between } => near(&one.spans(doc), &other.spans(doc), *between),
            Reading::Any(list) => {
                let mut spans: Vec<Span> = list.iter_mut().flat_map(|reading| reading.spans(doc)).collect();
                spans.sort_unstable();
                spans.dedup();
                spans
            }
            // These are asked for by unit only.
            Reading::All(_) | Reading::Not(_) => Vec::new(),
        }
    }

    /// In which sentences or paragraphs of this telegram it stands, by number, in order. `ends` are their last places.
    fn units(&mut self, doc: DocId, ends: &[u32]) -> Vec<usize> {
        match self {
            Reading::Word(places) => {
                let mut units = Vec::new();
                let mut unit = 0;
                for &place in places.at(doc) {
                    while ends.get(unit).is_some_and(|end| *end < place) {
                        unit += 1;
                    }
                    if units.last() != Some(&unit) {
                        units.push(unit);
                    }
                }
                units
            }
            Reading::All(list) => {
                let mut all = list.iter_mut();
                let Some(first) = all.next() else { return Vec::new() };
                let mut units = first.units(doc, ends);
                for reading in all {
                    if units.is_empty() {
                        break;
                    }
                    let other = reading.units(doc, ends);
                    units.retain(|unit| other.binary_search(unit).is_ok());
                }
                units
            }
            Reading::Any(list) => {
                ordered(list.iter_mut().flat_map(|reading| reading.units(doc, ends)).collect())
            }
            Reading::Not(reading) => {
                let not = reading.units(doc, ends);
                (0..=ends.len()).filter(|unit| not.binary_search(unit).is_err()).collect()
            }
            _ => {
                let unit = |place: u32| ends.partition_point(|end| *end < place);
                let units = self
                    .spans(doc)
                    .into_iter()
                    .filter_map(|(first, last)| Some(unit(first)).filter(|number| unit(last) == *number));
                ordered(units.collect())
            }
        }
    }
}

/// In order, each once.
fn ordered(mut units: Vec<usize>) -> Vec<usize> {
    units.sort_unstable();
    units.dedup();
    units
}

/// One behind the other, with at most `between` other words among them.
fn runs(parts: &[Vec<Span>], between: u32) -> Vec<Span> {
    let Some((first, others)) = parts.split_first() else { return Vec::new() };
    let mut spans = Vec::new();
    'starts: for &(start, end) in first {
        let mut last = end;
        let mut left = between;
        for part in others {
            // The nearest behind leaves most room for the rest.
            let at = part.partition_point(|span| span.0 <= last);
            let Some(&(next, end)) = part.get(at) else { break 'starts };
            let Some(rest) = left.checked_sub(next - last - 1) else { continue 'starts };
            (left, last) = (rest, end);
        }
        spans.push((start, last));
    }
    spans
}

/// Both, in either order, with at most `between` words between them.
fn near(one: &[Span], other: &[Span], between: u32) -> Vec<Span> {
    let mut spans = Vec::new();
    for (these, those) in [(one, other), (other, one)] {
        for &(start, end) in these {
            let from = those.partition_point(|span| span.0 <= end);
            let behind = those[from..].iter().take_while(|span| span.0 - end - 1 <= between);
            spans.extend(behind.map(|span| (start, span.1)));
        }
    }
    spans.sort_unstable();
    spans.dedup();
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(places: &[u32]) -> Vec<Span> {
        places.iter().map(|&place| (place, place)).collect()
    }

    #[test]
    fn runs_have_no_more_between_them_than_allowed() {
        let parts = [at(&[1, 10, 20]), at(&[2, 12, 24]), at(&[3, 13, 25])];
        assert_eq!(runs(&parts, 0), [(1, 3)]);
        assert_eq!(runs(&parts, 1), [(1, 3), (10, 13)]);
        assert_eq!(runs(&parts, 3), [(1, 3), (10, 13), (20, 25)]);
        assert_eq!(runs(&[at(&[5]), at(&[4])], 9), []);
        assert_eq!(runs(&[at(&[5])], 0), [(5, 5)]);
    }

    #[test]
    fn near_is_near_in_either_order() {
        assert_eq!(near(&at(&[10]), &at(&[7, 9, 13, 14]), 2), [(7, 10), (9, 10), (10, 13)]);
        assert_eq!(near(&at(&[1, 2]), &at(&[1, 2]), 0), [(1, 2)]);
        assert_eq!(near(&[], &at(&[1]), 5), []);
    }
}
