//! What is odd about a telegram, as a list that no input can make long.
//!
//! A text of nothing but links has a finding every few bytes, and each takes far more room than the bytes that raised
//! it. So of each code so many are kept, the others counted, and one finding at the end says how many.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use crate::Span;
use crate::diagnostic::{Code, Diagnostic};

/// How many findings of one code a telegram keeps. Texts that people typed have raised a dozen.
pub const KEPT: usize = 100;

/// How many it keeps of one code in an input that has used up its room: one finding for 64 bytes, and some more.
pub(crate) const KEPT_IN_A_CROWD: usize = 10;

/// How many findings an input of so many bytes keeps, before its telegrams keep fewer.
pub(crate) const fn room(bytes: usize) -> usize {
    10_000 + bytes / 64
}

/// The findings about one telegram: at most [`KEPT`] of a code, and how many more there are.
///
/// It is read as a slice. Where findings were left out, the last one is of the code [`Code::FindingsLeftOut`], and
/// [`Findings::left_out`] says how many of which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    list: Vec<Diagnostic>,
    /// Only where there are more than [`KEPT`].
    crowd: Option<Box<Crowd>>,
}

/// What a long list knows of its codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Crowd {
    /// How many of each code are kept.
    kept: BTreeMap<Code, usize>,
    /// How many of each code are left out.
    left_out: BTreeMap<Code, usize>,
    /// The first place of one that is left out.
    first: Option<Span>,
}

impl Findings {
    /// Adds one, or counts it where [`KEPT`] of its code are here.
    pub fn push(&mut self, found: Diagnostic) {
        let (code, span) = (found.code, found.span);
        self.add(code, span, KEPT, || found);
    }

    /// The same, with another number than [`KEPT`], and without making what isn't kept.
    pub(crate) fn add(&mut self, code: Code, span: Span, most: usize, make: impl FnOnce() -> Diagnostic) {
        if self.list.len() >= most {
            let list = &self.list;
            let crowd = self.crowd.get_or_insert_with(|| {
                let mut crowd = Crowd::default();
                crowd.count(list);
                Box::new(crowd)
            });
            let kept = crowd.kept.entry(code).or_default();
            if *kept >= most {
                return crowd.leave_out(code, span);
            }
            *kept += 1;
        } else if let Some(crowd) = &mut self.crowd {
            *crowd.kept.entry(code).or_default() += 1;
        }
        self.list.push(make());
    }

    /// Keeps at most so many of each code, the first of each in the order of the list.
    pub(crate) fn thin(&mut self, most: usize) {
        if self.list.len() <= most {
            return;
        }
        let whole = std::mem::take(&mut self.list);
        if let Some(crowd) = &mut self.crowd {
            crowd.kept.clear();
        }
        for found in whole {
            let (code, span) = (found.code, found.span);
            self.add(code, span, most, || found);
        }
        self.list.shrink_to_fit();
    }

    /// Takes out what `keep` doesn't want.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.list.retain(keep);
        self.recount();
    }

    /// Forgets all findings of some codes, the counted ones too.
    pub(crate) fn forget(&mut self, which: impl Fn(Code) -> bool) {
        self.list.retain(|found| !which(found.code));
        if let Some(crowd) = &mut self.crowd {
            crowd.left_out.retain(|code, _| !which(*code));
        }
        self.recount();
    }

    /// Takes off the findings from this place on.
    pub(crate) fn split_off(&mut self, at: usize) -> Vec<Diagnostic> {
        let taken = self.list.split_off(at);
        self.recount();
        taken
    }

    fn recount(&mut self) {
        let Some(crowd) = &mut self.crowd else { return };
        crowd.count(&self.list);
    }

    /// How many findings of each code aren't in the list.
    pub fn left_out(&self) -> impl Iterator<Item = (Code, usize)> {
        self.crowd.iter().flat_map(|crowd| &crowd.left_out).map(|(code, count)| (*code, *count))
    }

    /// Changes every place.
    pub(crate) fn each_span(&mut self, change: &mut dyn FnMut(&mut Span)) {
        for found in &mut self.list {
            change(&mut found.span);
        }
        if let Some(first) = self.crowd.as_mut().and_then(|crowd| crowd.first.as_mut()) {
            change(first);
        }
    }

    /// Puts the list in the order of the places, and at its end what says how many aren't in it.
    pub(crate) fn close(&mut self) {
        self.list.retain(|found| found.code != Code::FindingsLeftOut);
        self.list.sort_by_key(|found| (found.span.start, found.code));
        let Some(crowd) = &self.crowd else { return };
        let all: usize = crowd.left_out.values().sum();
        if let (Some(first), true) = (crowd.first, all > 0) {
            let each: Vec<String> =
                crowd.left_out.iter().map(|(code, count)| format!("{} {count}", code.name())).collect();
            let message = format!("{all} more like those listed, from here on: {}", each.join(", "));
            self.list.push(Diagnostic::new(Code::FindingsLeftOut, first, message));
        }
    }
}

impl Crowd {
    fn count(&mut self, list: &[Diagnostic]) {
        self.kept.clear();
        for found in list {
            *self.kept.entry(found.code).or_default() += 1;
        }
    }

    fn leave_out(&mut self, code: Code, span: Span) {
        *self.left_out.entry(code).or_default() += 1;
        self.first = Some(self.first.map_or(span, |first| first.min(span)));
    }
}

impl Deref for Findings {
    type Target = [Diagnostic];
    fn deref(&self) -> &[Diagnostic] {
        &self.list
    }
}

impl DerefMut for Findings {
    fn deref_mut(&mut self) -> &mut [Diagnostic] {
        &mut self.list
    }
}

impl<'f> IntoIterator for &'f Findings {
    type Item = &'f Diagnostic;
    type IntoIter = std::slice::Iter<'f, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl IntoIterator for Findings {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl Extend<Diagnostic> for Findings {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, more: T) {
        for found in more {
            self.push(found);
        }
    }
}

impl FromIterator<Diagnostic> for Findings {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(all: T) -> Findings {
        let mut findings = Findings::default();
        findings.extend(all);
        findings
    }
}

impl<const N: usize> PartialEq<[Diagnostic; N]> for Findings {
    fn eq(&self, other: &[Diagnostic; N]) -> bool {
        self.list == *other
    }
}

impl Findings {
    /// Adds the findings of another list, its counted ones too.
    pub(crate) fn append(&mut self, other: Findings) {
        let (left_out, first) =
            other.crowd.map_or_else(Default::default, |crowd| (crowd.left_out, crowd.first));
        self.extend(other.list);
        if let Some(first) = first {
            let crowd = self.crowd.get_or_insert_default();
            for (code, count) in left_out {
                *crowd.left_out.entry(code).or_default() += count;
            }
            crowd.first = Some(crowd.first.map_or(first, |known| known.min(first)));
            self.recount();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(code: Code, place: usize) -> Diagnostic {
        Diagnostic::new(code, Span::new(place, place + 1), "odd")
    }

    #[test]
    fn what_is_too_much_is_counted() {
        let mut findings = Findings::default();
        for place in 0..KEPT + 7 {
            findings.push(at(Code::EscapeRemoved, place));
        }
        findings.push(at(Code::TagUnknown, 5));
        findings.close();
        assert_eq!(findings.len(), KEPT + 2);
        assert_eq!(findings.left_out().collect::<Vec<_>>(), [(Code::EscapeRemoved, 7)]);
        let last = findings.last().unwrap();
        assert_eq!((last.code, last.span), (Code::FindingsLeftOut, Span::new(KEPT, KEPT + 1)));
        assert_eq!(last.message, "7 more like those listed, from here on: T001 7");
        // Closed again, it says the same once.
        let closed = findings.clone();
        findings.close();
        assert_eq!(findings, closed);
    }

    #[test]
    fn a_list_is_thinned_code_by_code() {
        let mut findings: Findings = (0..40).map(|place| at(Code::EscapeRemoved, place)).collect();
        findings.push(at(Code::TagUnknown, 50));
        findings.thin(10);
        findings.close();
        assert_eq!(findings.len(), 12);
        assert_eq!(findings.left_out().collect::<Vec<_>>(), [(Code::EscapeRemoved, 30)]);
        findings.forget(|code| code == Code::EscapeRemoved);
        findings.close();
        assert_eq!(findings.iter().map(|found| found.code).collect::<Vec<_>>(), [Code::TagUnknown]);
    }
}
