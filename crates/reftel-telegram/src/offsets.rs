//! From places in a derived text back to places in what it was derived from.
//!
//! Decoding and cleaning each make a new text. Their maps are kept as the points where the distance
//! between the two changes, so that a text which needed neither costs nothing. A text of nothing but escapes has a
//! point every two bytes: so each is written as the way from the one before, mostly in two bytes, and every sixteenth
//! whole, to be found by halving.

use crate::Span;

/// From `derived` on, offsets run on from `origin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Point {
    derived: usize,
    origin: usize,
}

/// A map from offsets in a derived text to offsets in its origin. Its points ascend.
#[derive(Clone, Debug, Default)]
pub(crate) struct OffsetMap {
    /// Every sixteenth point, and where in `steps` those behind it begin.
    marks: Vec<(Point, usize)>,
    /// The other points, each as its distance from the one before, derived and origin.
    steps: Vec<u8>,
    /// How many points are behind the last mark.
    behind: u8,
    /// The last point that is written.
    before_last: Option<Point>,
    /// The last point, which may still change.
    last: Option<Point>,
}

/// How many points go with a mark, its own counted.
const EACH: u8 = 16;

impl OffsetMap {
    /// From `derived` on, offsets run on from `origin`.
    pub(crate) fn point(&mut self, derived: usize, origin: usize) {
        match &mut self.last {
            Some(last) if last.derived == derived => last.origin = origin,
            Some(last) if derived - last.derived == origin.wrapping_sub(last.origin) => {}
            None if derived == origin => {}
            _ => {
                self.flush();
                self.last = Some(Point { derived, origin });
            }
        }
    }

    /// Writes the last point to the others.
    fn flush(&mut self) {
        let Some(point) = self.last.take() else { return };
        match self.before_last {
            Some(before) if self.behind < EACH => {
                write(&mut self.steps, point.derived.wrapping_sub(before.derived));
                write(&mut self.steps, point.origin.wrapping_sub(before.origin));
                self.behind += 1;
            }
            _ => {
                self.marks.push((point, self.steps.len()));
                self.behind = 1;
            }
        }
        self.before_last = Some(point);
    }

    /// The origin began `by` bytes earlier.
    pub(crate) fn shift(&mut self, by: usize) {
        for (point, _) in &mut self.marks {
            point.origin += by;
        }
        for point in [&mut self.before_last, &mut self.last].into_iter().flatten() {
            point.origin += by;
        }
        let first = self.marks.first().map(|mark| mark.0).or(self.last);
        if first.is_none_or(|first| first.derived > 0) {
            self.marks.insert(0, (Point { derived: 0, origin: by }, 0));
            if self.before_last.is_none() {
                self.before_last = Some(Point { derived: 0, origin: by });
                self.behind = 1;
            }
        }
    }

    /// Whether every offset maps to itself.
    pub(crate) fn is_identity(&self) -> bool {
        self.marks.is_empty() && self.last.is_none()
    }

    /// The last of the points whose derived place is `before` something, and the first that isn't.
    fn around(&self, before: impl Fn(usize) -> bool) -> (Option<Point>, Option<Point>) {
        if let Some(last) = self.last.filter(|last| before(last.derived)) {
            return (Some(last), None);
        }
        let block = self.marks.partition_point(|(point, _)| before(point.derived));
        let after = self.marks.get(block).copied();
        let next = after.map(|mark| mark.0).or(self.last);
        let Some((mut point, from)) = block.checked_sub(1).and_then(|at| self.marks.get(at)).copied() else {
            return (None, next);
        };
        let mut steps = &self.steps[from..after.map_or(self.steps.len(), |mark| mark.1)];
        while let (Some(derived), Some(origin)) = (read(&mut steps), read(&mut steps)) {
            let step = Point {
                derived: point.derived.wrapping_add(derived),
                origin: point.origin.wrapping_add(origin),
            };
            if !before(step.derived) {
                return (Some(point), Some(step));
            }
            point = step;
        }
        (Some(point), next)
    }

    /// The origin of a start: the first byte at or after what was left out before it.
    fn start(&self, derived: usize) -> usize {
        match self.around(|place| place <= derived).0 {
            None => derived,
            Some(point) => point.origin + (derived - point.derived),
        }
    }

    /// The origin of an end: right behind the last byte before it.
    fn end(&self, derived: usize) -> usize {
        match self.around(|place| place < derived) {
            (None, next) => next.map_or(derived, |next| derived.min(next.origin)),
            (Some(point), next) => {
                let end = point.origin + (derived - point.derived);
                next.map_or(end, |next| end.min(next.origin))
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

/// Writes a number in as few bytes as it needs, seven bits in each.
fn write(bytes: &mut Vec<u8>, mut number: usize) {
    loop {
        let low = number.to_le_bytes()[0] & 0x7F;
        number >>= 7;
        if number == 0 {
            return bytes.push(low);
        }
        bytes.push(low | 0x80);
    }
}

/// Takes off a number that [`write`] wrote.
fn read(bytes: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    let mut shift = 0;
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= usize::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_points_are_found_as_in_a_plain_list() {
        let mut map = OffsetMap::default();
        let mut points: Vec<(usize, usize)> = Vec::new();
        let (mut derived, mut origin) = (0, 0);
        for step in 1..400_usize {
            derived += step % 7 + 1;
            origin += step % 7 + 1 + step % 3 + 300 * usize::from(step % 50 == 0);
            map.point(derived, origin);
            match points.last_mut() {
                Some(last) if derived - last.0 == origin - last.1 => {}
                _ => points.push((derived, origin)),
            }
        }
        for moved in [0, 3] {
            if moved > 0 {
                map.shift(moved);
                for point in &mut points {
                    point.1 += moved;
                }
                points.insert(0, (0, moved));
            }
            for place in 0..derived + 5 {
                let start = match points.partition_point(|point| point.0 <= place) {
                    0 => place,
                    n => points[n - 1].1 + place - points[n - 1].0,
                };
                let end = match points.partition_point(|point| point.0 < place) {
                    0 => place.min(points[0].1),
                    n => {
                        let end = points[n - 1].1 + place - points[n - 1].0;
                        points.get(n).map_or(end, |next| end.min(next.1))
                    }
                };
                assert_eq!((map.start(place), map.end(place)), (start, end), "{place} {moved}");
            }
        }
        assert!(map.steps.len() < 3 * points.len() && map.marks.len() <= points.len() / 15 + 2);
    }

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
