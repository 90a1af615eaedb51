//! What is known before a telegram is read: posts, TAGS, captions, collectives, routing indicators.
//!
//! The facts are in `tables/*.csv`, each with its source; `cargo xtask codegen` makes sorted arrays of
//! them. Lookups are exact: letter case and spaces count, except where a function says otherwise. None
//! of them allocates but [`split_fused_tags`].
//!
//! A lookup searches an array of the keys' first eight bytes as numbers, and compares text only within
//! those that share them. A header's every word is looked up, so this is worth having: it takes about a
//! third of the time of a search over strings.

#[rustfmt::skip]
mod generated;
mod tags;

use crate::record::TagKind;

pub use tags::{
    GeoScheme, Tag, geo_scheme, is_geo_tag, is_org_tag, is_subject_tag, split_fused_tags, tag, tags,
};

/// A table: the heads of its keys, and its rows, both in the order of the keys.
struct Table<V: 'static> {
    heads: &'static [u64],
    rows: &'static [(&'static str, V)],
}

impl<V> Table<V> {
    /// The value of that key.
    fn find(&self, key: &[u8]) -> Option<&'static V> {
        self.entry(key).map(|entry| entry.1)
    }

    /// The key itself, and its value.
    fn entry(&self, key: &[u8]) -> Option<(&'static str, &'static V)> {
        let head = head(key);
        let from = self.heads.partition_point(|other| *other < head);
        if self.heads.get(from) != Some(&head) {
            return None;
        }
        if key.len() <= 8 && self.rows[from].0.len() == key.len() {
            let (key, value) = &self.rows[from];
            return Some((key, value));
        }
        let same = self.heads[from..].partition_point(|other| *other == head);
        let rows = &self.rows[from..from + same];
        let at = rows.binary_search_by(|row| row.0.as_bytes().cmp(key)).ok()?;
        let (key, value) = &rows[at];
        Some((key, value))
    }
}

/// The first eight bytes as a number that sorts as they do.
const fn head(key: &[u8]) -> u64 {
    let mut head = 0;
    let mut at = 0;
    while at < 8 {
        head = head << 8 | if at < key.len() { key[at] as u64 } else { 0 };
        at += 1;
    }
    head
}

/// The heads of a table's keys.
const fn heads<V, const N: usize>(rows: &[(&str, V); N]) -> [u64; N] {
    let mut heads = [0; N];
    let mut at = 0;
    while at < N {
        heads[at] = head(rows[at].0.as_bytes());
        at += 1;
    }
    heads
}

/// A table over one of the generated arrays.
macro_rules! table {
    ($rows:ident) => {{
        static HEADS: [u64; generated::$rows.len()] = $crate::tables::heads(&generated::$rows);
        $crate::tables::Table { heads: &HEADS, rows: &generated::$rows }
    }};
}
use table;

static POSTS: Table<Post> = table!(POSTS);
static NAMES: Table<Alias> = table!(NAMES);
static FORMER: Table<Former> = table!(FORMER);
static CAPTIONS: Table<Caption> = table!(CAPTIONS);
static COLLECTIVES: Table<Collective> = table!(COLLECTIVES);
static COLLECTIVES_ROUTED: Table<Collective> = table!(COLLECTIVES_ROUTED);
static ROUTING_INDICATORS: Table<Ri> = table!(ROUTING_INDICATORS);
static OPERATING_SIGNALS: Table<&str> = table!(OPERATING_SIGNALS);
static OFFICES: Table<&str> = table!(OFFICES);
static ACRONYMS: Table<&str> = table!(ACRONYMS);

/// For each byte, how it stands in a key: capitals and digits as they are, small letters as capitals, others not
/// at all, which is 0.
static IN_KEYS: [u8; 256] = in_keys();

const fn in_keys() -> [u8; 256] {
    let mut list = [0; 256];
    let mut byte = 0u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            list[byte as usize] = byte.to_ascii_uppercase();
        }
        byte += 1;
    }
    list
}

/// A name as the tables have it: upper-case letters and digits only, on the stack.
struct Key {
    bytes: [u8; Key::MAX],
    len: usize,
}

impl Key {
    /// The longest name in the tables has 45 characters; a longer one is in none.
    const MAX: usize = 48;

    fn of(printed: &str) -> Option<Key> {
        let mut key = Key { bytes: [0; Key::MAX], len: 0 };
        for byte in printed.bytes() {
            let letter = IN_KEYS[usize::from(byte)];
            if letter != 0 {
                *key.bytes.get_mut(key.len)? = letter;
                key.len += 1;
            }
        }
        (key.len > 0).then_some(key)
    }

    fn followed_by(mut self, more: &str) -> Option<Key> {
        for byte in more.bytes() {
            *self.bytes.get_mut(self.len)? = byte;
            self.len += 1;
        }
        Some(self)
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// A post, a mission, an office in Washington, or a travelling party.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Post {
    /// As in a message reference number: `NEWDELHI`.
    pub name: &'static str,
    /// For a person: `Embassy New Delhi`.
    pub display: &'static str,
    /// The plain language address, the last one it had: `AMEMBASSY NEW DELHI`.
    pub plad: &'static str,
    /// The city; empty for a travelling party.
    pub city: &'static str,
    /// The geographic TAG, in the scheme of about 1990 to 2015, of the country that holds the city now.
    pub country_tag: &'static str,
    /// The city's latitude and longitude in degrees, north and east positive.
    pub place: Option<(f32, f32)>,
    /// Its routing indicators.
    pub routing_indicators: &'static [&'static str],
}

impl Post {
    const fn row(
        name: &'static str,
        display: &'static str,
        plad: &'static str,
        city: &'static str,
        country_tag: &'static str,
        place: Option<(f32, f32)>,
        routing_indicators: &'static [&'static str],
    ) -> Post {
        Post { name, display, plad, city, country_tag, place, routing_indicators }
    }
}

/// The post of that canonical name: `NEWDELHI`.
pub fn post(name: &str) -> Option<&'static Post> {
    POSTS.find(name.as_bytes())
}

/// The post of a canonical name or of a former one: what was `LENINGRAD` is the post of `STPETERSBURG`.
pub fn post_of_any_time(name: &str) -> Option<&'static Post> {
    post(name)
        .or_else(|| post(post_alias(name).filter(|alias| alias.kind == AliasKind::FormerName)?.canonical))
}

/// What a post was called in some years.
#[derive(Clone, Copy, Debug)]
struct Former {
    name: &'static str,
    from: i16,
    until: i16,
}

impl Former {
    const fn row(name: &'static str, from: i16, until: i16) -> Former {
        Former { name, from, until }
    }
}

/// The name that a post had in a year, if another than now: `LENINGRAD` for `STPETERSBURG` in 1976.
///
/// The years of change are the table's, and none is known to the day.
pub fn former_name(post: &str, year: i16) -> Option<&'static str> {
    let former = FORMER.find(post.as_bytes()).filter(|former| (former.from..=former.until).contains(&year));
    former.map(|former| former.name)
}

/// All posts, by name.
pub fn posts() -> impl ExactSizeIterator<Item = &'static Post> {
    POSTS.rows.iter().map(|row| &row.1)
}

/// Another name of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The other name, in upper-case letters and digits.
    pub key: &'static str,
    /// The post's canonical name.
    pub canonical: &'static str,
    /// How it differs.
    pub kind: AliasKind,
    /// Whether it may mean another post too.
    pub ambiguous: bool,
}

impl Alias {
    const fn row(key: &'static str, canonical: &'static str, kind: AliasKind, ambiguous: bool) -> Alias {
        Alias { key, canonical, kind, ambiguous }
    }
}

/// How another name differs from the canonical one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AliasKind {
    /// Not at all: it is the canonical name.
    Name,
    /// Shortened by a person: `SP`. Safe only beside a number.
    Abbreviation,
    /// Cut off by a machine: `VALDOR`. Safe only beside a number.
    Truncation,
    /// Mistyped.
    Misspelling,
    /// Another way to write it: `USUN`.
    Variant,
    /// What the place was called: `PEKING`.
    FormerName,
    /// Written with spaces otherwise.
    SpacedForm,
    /// A plain language address, current or former.
    Plad,
    /// A name of the Department: `SECSTATE`.
    Department,
}

/// What `key` (upper-case letters and digits only) is another name of.
///
/// `None` for a post's canonical name: see [`post`].
pub fn post_alias(key: &str) -> Option<&'static Alias> {
    NAMES.find(key.as_bytes()).filter(|alias| alias.kind != AliasKind::Name)
}

/// The canonical name of a post printed in any way that the tables know: `PORT OF SPAIN`, `Secstate`.
///
/// Spaces, punctuation and letter case don't count. `None` means that the tables have no such post,
/// not that there is none.
pub fn canonical_post(printed: &str) -> Option<&'static str> {
    // Most are a single word, which is its own key.
    if printed.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return NAMES.find(printed.as_bytes()).map(|alias| alias.canonical);
    }
    Some(NAMES.find(Key::of(printed)?.as_bytes())?.canonical)
}

/// Words before the place in a plain language address, longer before shorter.
const KINDS: &[&str] = &[
    "AMCONSUL GENERAL",
    "AMCONGEN",
    "AMCONSULATE",
    "AMCONSUL",
    "AMEMBASSY BRANCH OFFICE",
    "AMERICAN CONSULATE GENERAL",
    "AMERICAN CONSULATE",
    "AMERICAN EMBASSY",
    "AMEMB",
    "EMBASSY BRANCH OFFICE",
    "EMBASSY",
    "AMEMBASSY",
    "AMLEGATION",
    "CONSULAR AGENCY",
    "USCONAGENCY",
    "US MISSION",
    "USMISSION",
    "US OFFICE",
    "USOFFICE",
    "USINT",
    "USLO",
    "USDEL",
    "USDAO",
    "REO",
    "APP",
    "AIT",
];

/// A plain language address without the words for its kind of post: `AMEMBASSY VALDORIA` → `VALDORIA`.
///
/// `None` if it has no such words, or nothing else.
pub fn place_of_plad(plad: &str) -> Option<&str> {
    let plad = plad.trim();
    // Few have the same first letters, and these are compared faster than strings.
    let first = plad.as_bytes().first_chunk::<3>()?;
    if !matches!(first[0], b'A' | b'E' | b'U' | b'R') {
        return None;
    }
    let kinds = KINDS.iter().filter(|kind| kind.as_bytes().first_chunk() == Some(first));
    kinds.filter_map(|kind| plad.strip_prefix(kind)).find_map(|rest| {
        let place = rest.strip_prefix(|c: char| c.is_ascii_whitespace())?.trim_start();
        (!place.is_empty()).then_some(place)
    })
}

/// The canonical name of the post at a plain language address: `AMEMBASSY BAGHDAD` → `BAGHDAD`.
///
/// An office behind slants and a country's two letters at the end don't count
/// (`AMEMBASSY BAGHDAD IZ//POL//`), nor does how Washington is written. `None` for an address that isn't a post's.
pub fn post_of_plad(plad: &str) -> Option<&'static str> {
    let end = memchr::memchr(b'/', plad.as_bytes()).unwrap_or(plad.len());
    let plad = plad[..end].trim();
    if let Some(post) = whole_plad(plad) {
        return Some(post);
    }
    for (washington, other) in [(" WASHDC", "WASHINGTONDC"), (" WASHINGTON DC", "WASHDC")] {
        if let Some(rest) = plad.strip_suffix(washington) {
            let otherwise = Key::of(rest).and_then(|key| NAMES.find(key.followed_by(other)?.as_bytes()));
            return otherwise.map(|alias| alias.canonical).or_else(|| whole_plad(rest));
        }
    }
    match plad.rsplit_once(' ') {
        Some((rest, country)) if country.len() == 2 => whole_plad(rest),
        _ => None,
    }
}

fn whole_plad(plad: &str) -> Option<&'static str> {
    let alias = Key::of(plad).and_then(|key| NAMES.find(key.as_bytes()));
    match alias.map(|alias| alias.kind) {
        None => canonical_post(place_of_plad(plad)?),
        // `SP` alone at an address is not São Paulo.
        Some(AliasKind::Abbreviation | AliasKind::Truncation) => None,
        Some(_) => alias.map(|alias| alias.canonical),
    }
}

/// A caption: who may read it, or through which channel it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caption {
    /// The canonical spelling: `OFFICIAL INFORMAL`.
    pub name: &'static str,
    /// What kind.
    pub kind: CaptionKind,
    /// What it means, in a few words.
    pub meaning: &'static str,
}

impl Caption {
    const fn row(name: &'static str, kind: CaptionKind, meaning: &'static str) -> Caption {
        Caption { name, kind, meaning }
    }
}

/// What kind of caption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CaptionKind {
    /// Through a channel of few: at most one on a telegram.
    Channel,
    /// To whom the text may go.
    Distribution,
    /// How to treat it.
    Handling,
    /// A dissemination control, of agencies beyond State too.
    Dissemination,
    /// The mark of a numbered series, such as `SECTO`: rather a number than a caption.
    Series,
    /// A keyword of the subject line: `VISAS VIPER`.
    Keyword,
}

/// Whether a caption is a channel's.
pub(crate) fn is_channel(name: &str) -> bool {
    caption(name).is_some_and(|caption| caption.kind == CaptionKind::Channel)
}

/// Whether a caption suffers no other beside it.
///
/// Source: 5 FAH-2 H-442.
pub(crate) fn goes_alone(name: &str) -> bool {
    matches!(name, "AGREMENT CHANNEL" | "DIRGEN CHANNEL")
}

/// How restrictive a caption is; the lower the more. `None` where no publication says.
pub(crate) fn restriction(name: &str) -> Option<u8> {
    match name {
        "NODIS" => Some(1),
        "EXDIS" => Some(2),
        "LIMDIS" => Some(3),
        "STADIS" => Some(4),
        "SIPDIS" | "INFORM CONSULS" | "INFORM ALL STATE EMPLOYEES" => Some(9),
        other => is_channel(other).then_some(0),
    }
}

/// The caption of that name. Letter case, spaces and hyphens don't count: `OFFICIAL-INFORMAL`.
pub fn caption(name: &str) -> Option<&'static Caption> {
    CAPTIONS.find(Key::of(name)?.as_bytes())
}

/// All captions, by name.
pub fn captions() -> impl ExactSizeIterator<Item = &'static Caption> {
    CAPTIONS.rows.iter().map(|row| &row.1)
}

/// One address that means many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collective {
    /// Its name: `CHINA POSTS COLLECTIVE`.
    pub name: &'static str,
    /// Its routing indicator; empty if none is known.
    pub routing_indicator: &'static str,
    /// Whom it means.
    pub description: &'static str,
}

impl Collective {
    const fn row(
        name: &'static str,
        routing_indicator: &'static str,
        description: &'static str,
    ) -> Collective {
        Collective { name, routing_indicator, description }
    }
}

/// The collective of that name, in any letter case and spacing, or of that routing indicator.
pub fn collective(name_or_ri: &str) -> Option<&'static Collective> {
    let key = Key::of(name_or_ri)?;
    COLLECTIVES.find(key.as_bytes()).or_else(|| COLLECTIVES_ROUTED.find(key.as_bytes()))
}

/// Whether an address is a collective one: by the table, by its routing indicator, or by its form.
pub fn is_collective(plad: &str, routing_indicator: Option<&str>) -> bool {
    let by_routing_indicator = |ri: &str| {
        ri.starts_with("RHCR") || ri.starts_with("RUCR") || COLLECTIVES_ROUTED.find(ri.as_bytes()).is_some()
    };
    has_form_of_collective(plad)
        || routing_indicator.is_some_and(by_routing_indicator)
        || Key::of(plad).is_some_and(|key| COLLECTIVES.find(key.as_bytes()).is_some())
}

fn has_form_of_collective(plad: &str) -> bool {
    let mut words = plad.split_ascii_whitespace();
    let numbered = |word: Option<&str>| word.is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit()));
    match words.next() {
        Some("AIG" | "CAD") => numbered(words.next()),
        Some("ALL") => {
            words.any(|word| matches!(word, "POST" | "POSTS" | "CAPITALS" | "COLLECTIVE" | "EMBASSIES"))
        }
        Some("ALDAC" | "ALDIP" | "ALFOR") => true,
        Some("SPECIAL") => plad.starts_with("SPECIAL EMBASSY PROGRAM"),
        _ => plad.trim_end().ends_with("COLLECTIVE"),
    }
}

/// A routing indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ri {
    /// Four to seven letters.
    pub ri: &'static str,
    /// Who is behind it.
    pub names: &'static [&'static str],
    /// Whether it is a gateway that many share, so that it can't say who is meant.
    pub shared: bool,
}

impl Ri {
    const fn row(ri: &'static str, names: &'static [&'static str], shared: bool) -> Ri {
        Ri { ri, names, shared }
    }
}

/// What is behind a routing indicator.
pub fn routing_indicator(ri: &str) -> Option<&'static Ri> {
    ROUTING_INDICATORS.find(ri.as_bytes())
}

/// What an operating signal or a prosign means: `ZFR`.
pub fn operating_signal(signal: &str) -> Option<&'static str> {
    OPERATING_SIGNALS.find(signal.as_bytes()).copied()
}

/// The name of the office of that symbol: `EUR`.
pub fn office(symbol: &str) -> Option<&'static str> {
    OFFICES.find(symbol.as_bytes()).copied()
}

/// What an acronym stands for; if for several things, they are all named.
pub fn acronym(word: &str) -> Option<&'static str> {
    ACRONYMS.find(word.as_bytes()).copied()
}

/// All acronyms, in order, and what each stands for.
pub fn acronyms() -> impl ExactSizeIterator<Item = (&'static str, &'static str)> {
    ACRONYMS.rows.iter().copied()
}

/// All names of the post with that canonical name, in order.
pub fn post_names(canonical: &str) -> impl Iterator<Item = &'static Alias> {
    NAMES.rows.iter().map(|row| &row.1).filter(move |alias| alias.canonical == canonical)
}

#[cfg(test)]
mod tests;
