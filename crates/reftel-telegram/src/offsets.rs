//! From places in a derived text back to places in what it was derived from.
//!
//! Decoding and cleaning each make a new text. Their maps are kept as the points where the distance
//! between the two changes, so that a text which needed neither costs nothing.

use crate::Span;

/// A map from offsets in a derived text to offsets in its origin.
#[derive(Clone, Debug, Default)]
pub(crate) struct OffsetMap {
    /// `(derived, origin)`, ascending: from `derived` on, offsets run on from `origin`.
    points: Vec<(usize, usize)>,
}

impl OffsetMap {
    /// From `derived` on, offsets run on from `origin`.
    pub(crate) fn point(&mut self, derived: usize, origin: usize) {
        match self.points.last_mut() {
            Some(last) if last.0 == derived => last.1 = origin,
            Some(last) if derived - last.0 == origin.wrapping_sub(last.1) => {}
            None if derived == origin => {}
            _ => self.points.push((derived, origin)),
        }
    }

    /// The origin began `by` bytes earlier.
    pub(crate) fn shift(&mut self, by: usize) {
        for point in &mut self.points {
            point.1 += by;
        }
        if self.points.first().is_none_or(|first| first.0 > 0) {
            self.points.insert(0, (0, by));
        }
    }

    /// Whether every offset maps to itself.
    pub(crate) fn is_identity(&self) -> bool {
        self.points.is_empty()
    }

    /// The origin of a start: the first byte at or after what was left out before it.
    fn start(&self, derived: usize) -> usize {
        match self.points.partition_point(|p| p.0 <= derived) {
            0 => derived,
            n => {
                let (from, to) = self.points[n - 1];
                to + (derived - from)
            }
        }
    }

    /// The origin of an end: right behind the last byte before it.
    fn end(&self, derived: usize) -> usize {
        match self.points.partition_point(|p| p.0 < derived) {
            0 => self.points.first().map_or(derived, |next| derived.min(next.1)),
            n => {
                let (from, to) = self.points[n - 1];
                let end = to + (derived - from);
                self.points.get(n).map_or(end, |next| end.min(next.1))
            }
        }
    }

    /// The bytes of the origin that a span of the derived text stands for.
    pub(crate) fn span(&self, span: Span) -> Span {
        if self.is_identity() {
            return span;
        }
        let start = self.start(span.start);
        Span { start, end: if span.is_empty() { start } else { self.end(span.end).max(start) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wider_derived_text_maps_back() {
        let mut map = OffsetMap::default();
        map.point(0, 0);
        map.point(3, 1); // one byte became three
        assert_eq!(map.span(Span::new(0, 3)), Span::new(0, 1));
        assert_eq!(map.span(Span::new(3, 5)), Span::new(1, 3));
    }

    #[test]
    fn what_was_left_out_belongs_to_nothing() {
        let mut map = OffsetMap::default();
        map.point(4, 6); // two bytes left out at 4
        assert_eq!(map.span(Span::new(0, 4)), Span::new(0, 4));
        assert_eq!(map.span(Span::new(4, 8)), Span::new(6, 10));
        assert_eq!(map.span(Span::new(2, 8)), Span::new(2, 10));
    }
}
