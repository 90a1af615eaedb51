//! TAGS: which code means what, and when.
//!
//! One geographic code may mean two countries. The list was replaced about 1990 and about 2016, so
//! that `RS` is Russia in 2009 and Serbia in 2020: the year decides.

use super::{Table, TagKind, generated, table};

static SUBJECTS: Table<(&str, TagKind)> = table!(SUBJECTS);
static ORGANIZATIONS: Table<&str> = table!(ORGANIZATIONS);
static PLACES: [Table<&str>; 4] =
    [table!(PLACES_1974), table!(PLACES_LEGACY), table!(PLACES_GENC), table!(PLACES_OTHER)];

/// Which list of geographic codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GeoScheme {
    /// The handbook of 1974: `UR` is the Soviet Union.
    Of1974,
    /// The one of about 1990 to 2015: `RS` is Russia.
    Legacy,
    /// The one since about 2016, which follows GENC: `RU` is Russia.
    Genc,
    /// No list of State's: codes seen by mistake.
    Other,
}

/// The scheme in force in a year. The years of change are conventions: neither is known to the day.
///
/// Without a year it is the legacy one, which most telegrams kept as text follow.
pub fn geo_scheme(year: Option<i16>) -> GeoScheme {
    match year {
        Some(..=1990) => GeoScheme::Of1974,
        Some(2016..) => GeoScheme::Genc,
        _ => GeoScheme::Legacy,
    }
}

/// A TAG that the tables know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The code: `PREL`.
    pub code: &'static str,
    /// What it names: `External Political Relations`.
    pub label: &'static str,
    /// What kind.
    pub kind: TagKind,
    /// The list it is in, if it is geographic.
    pub scheme: Option<GeoScheme>,
}

/// What a code means in a telegram of that year.
///
/// A two-letter code is looked for in the year's scheme, then among the organizations, then in the
/// schemes of other years, nearest first: see [`Tag::scheme`] for where it was found.
pub fn tag(code: &str, year: Option<i16>) -> Option<Tag> {
    let bytes = code.as_bytes();
    if bytes.len() == 4
        && let Some((code, &(label, kind))) = SUBJECTS.entry(bytes)
    {
        return Some(Tag { code, label, kind, scheme: None });
    }
    let current = geo_scheme(year);
    if let Some(tag) = geo_tag(bytes, current) {
        return Some(tag);
    }
    if let Some((code, label)) = ORGANIZATIONS.entry(bytes) {
        return Some(Tag { code, label, kind: TagKind::Organization, scheme: None });
    }
    let others = match current {
        GeoScheme::Of1974 => [GeoScheme::Legacy, GeoScheme::Genc, GeoScheme::Other],
        GeoScheme::Legacy => [GeoScheme::Genc, GeoScheme::Of1974, GeoScheme::Other],
        GeoScheme::Genc | GeoScheme::Other => [GeoScheme::Legacy, GeoScheme::Of1974, GeoScheme::Other],
    };
    others.into_iter().find_map(|scheme| geo_tag(bytes, scheme))
}

fn geo_tag(code: &[u8], scheme: GeoScheme) -> Option<Tag> {
    if code.len() != 2 {
        return None;
    }
    let (code, label) = PLACES[scheme as usize].entry(code)?;
    Some(Tag { code, label, kind: TagKind::Geographic, scheme: Some(scheme) })
}

/// All TAGS of all lists, list by list. A geographic code may be in several, and mean something else in each.
pub fn tags() -> impl Iterator<Item = Tag> {
    let subjects = SUBJECTS.rows.iter().map(|&(code, (label, kind))| Tag { code, label, kind, scheme: None });
    let organizations = ORGANIZATIONS.rows.iter().map(|&(code, label)| Tag {
        code,
        label,
        kind: TagKind::Organization,
        scheme: None,
    });
    let schemes = [GeoScheme::Of1974, GeoScheme::Legacy, GeoScheme::Genc, GeoScheme::Other];
    let places = schemes.into_iter().zip(&PLACES).flat_map(|(scheme, table)| {
        let kind = TagKind::Geographic;
        table.rows.iter().map(move |&(code, label)| Tag { code, label, kind, scheme: Some(scheme) })
    });
    subjects.chain(organizations).chain(places)
}

/// Whether it is a subject's code, or a program's.
pub fn is_subject_tag(code: &str) -> bool {
    code.len() == 4 && SUBJECTS.find(code.as_bytes()).is_some()
}

/// Whether it is a geographic code in any scheme.
pub fn is_geo_tag(code: &str) -> bool {
    code.len() == 2 && PLACES.iter().any(|places| places.find(code.as_bytes()).is_some())
}

/// Whether it is an organization's code.
pub fn is_org_tag(code: &str) -> bool {
    ORGANIZATIONS.find(code.as_bytes()).is_some()
}

/// TAGS run together, taken apart: `ETRDECONWTOCS` → `ETRD ECON WTO CS`.
///
/// The whole run must be made of known codes, begin with a subject, and be subjects by half its
/// letters at least; what is a TAG itself is none. Of several ways it takes the one with the fewest
/// pieces, rather subjects and programs than organizations than places; of equals, the one whose first
/// piece is longest.
pub fn split_fused_tags(run: &str) -> Option<Vec<&str>> {
    // Longer than any line of TAGS; shorter than two of them.
    if !(6..=120).contains(&run.len()) || !run.is_ascii() || is_org_tag(run) {
        return None;
    }
    if !is_subject_tag(&run[..4]) {
        return None;
    }
    // For each place, the least cost of the rest of the run, and the length of its first piece.
    let mut best: Vec<Option<(u32, usize)>> = vec![None; run.len() + 1];
    best[run.len()] = Some((0, 0));
    for at in (0..run.len()).rev() {
        for len in 2..=ORGANIZATION_MAX.min(run.len() - at) {
            let (Some(cost), Some((rest, _))) = (cost(&run[at..at + len]), best[at + len]) else { continue };
            // Longer pieces come later, and win where the cost is equal.
            if best[at].is_none_or(|(least, _)| cost + rest <= least) {
                best[at] = Some((cost + rest, len));
            }
        }
    }
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < run.len() {
        let (_, len) = best[at]?;
        pieces.push(&run[at..at + len]);
        at += len;
    }
    let subjects: usize = pieces.iter().filter(|piece| is_subject_tag(piece)).map(|piece| piece.len()).sum();
    (subjects * 2 >= run.len()).then_some(pieces)
}

/// Longer organizations' codes are names of several words, and not found in runs.
const ORGANIZATION_MAX: usize = 12;

/// What a piece of a run costs.
fn cost(piece: &str) -> Option<u32> {
    if is_subject_tag(piece) {
        Some(4)
    } else if is_geo_tag(piece) {
        Some(7)
    } else if is_org_tag(piece) {
        Some(if piece.len() > 2 { 6 } else { 8 })
    } else {
        None
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    type Check<V> = fn(&str, &Table<V>);

    /// The tables are private to this module, so their order is asserted from here.
    pub(crate) fn tables_are_sorted(subjects: Check<(&'static str, TagKind)>, labels: Check<&'static str>) {
        subjects("subjects", &SUBJECTS);
        labels("organizations", &ORGANIZATIONS);
        for places in &PLACES {
            labels("places", places);
        }
    }

    fn found(code: &str, year: i16) -> (&'static str, TagKind) {
        let tag = tag(code, Some(year)).unwrap_or_else(|| panic!("no {code} in {year}"));
        (tag.label, tag.kind)
    }

    #[test]
    fn the_year_decides() {
        assert_eq!(found("RS", 2009).0, "Russia");
        assert_eq!(found("RS", 2020).0, "Serbia");
        assert_eq!(found("UR", 1975).1, TagKind::Geographic);
        assert!(found("GE", 1975).0.contains("German"), "{}", found("GE", 1975).0);
        assert!(!found("GE", 2020).0.contains("German"));
        assert_eq!(found("AU", 2009).0, "Austria");
        assert_eq!(found("AU", 2020).0, "Australia");
    }

    #[test]
    fn other_years_come_last() {
        assert_eq!(found("UN", 2009).1, TagKind::Organization);
        assert_eq!(tag("RU", Some(2009)).and_then(|tag| tag.scheme), Some(GeoScheme::Genc));
        assert_eq!(tag("UR", None).and_then(|tag| tag.scheme), Some(GeoScheme::Of1974));
        assert_eq!(tag("QQ", None), None);
    }

    #[test]
    fn kinds() {
        assert_eq!(found("PREL", 2009).1, TagKind::Subject);
        assert_eq!(found("KPAO", 2009).1, TagKind::Program);
        assert_eq!(found("NATO", 1975).1, TagKind::Organization);
        assert_eq!(found("PFOR", 1975).1, TagKind::Subject);
        assert_eq!(found("AFL-CIO", 1975).1, TagKind::Organization);
        assert!(is_geo_tag("UR") && is_geo_tag("RS") && !is_geo_tag("PREL"));
        assert!(is_subject_tag("KNNP") && !is_subject_tag("OPEC"));
    }

    #[test]
    fn fused_tags() {
        for (run, apart) in [
            ("PRELPK", "PREL PK"),
            ("ETRDECONWTOCS", "ETRD ECON WTO CS"),
            ("KFRDCVISCMGTKOCIASECPHUMSMIGEG", "KFRD CVIS CMGT KOCI ASEC PHUM SMIG EG"),
            ("PGOVPREL", "PGOV PREL"),
            ("PRELNATO", "PREL NATO"),
            ("PRELUNSC", "PREL UNSC"),
        ] {
            assert_eq!(split_fused_tags(run).map(|pieces| pieces.join(" ")).as_deref(), Some(apart), "{run}");
        }
        for whole in ["", "PREL", "OPEC", "MERCOSUR", "PRELQQ", "REACTION", "PGOV, PREL", "PRELÉÉ", "ÉÉÉÉÉÉ"]
        {
            assert_eq!(split_fused_tags(whole), None, "{whole}");
        }
        assert_eq!(split_fused_tags(&"PREL".repeat(40)), None);
    }
}
