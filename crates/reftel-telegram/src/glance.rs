//! What a line may be, told by its first three bytes.
//!
//! Each line is asked by many readers whether it is theirs, and nearly always it isn't. Branches on letters that
//! change from line to line are slow, for no processor foresees them; three looks into a table take none, and
//! what they leave over is rare.

/// Classification words, letter-spaced or not.
pub(crate) const CLASS: u8 = 1;
/// A set of a general message, in any letters.
pub(crate) const SET: u8 = 1 << 1;
/// A line that isn't text, as far as its start tells.
pub(crate) const NOISE: u8 = 1 << 2;
/// A preamble that begins with a prosign or a precedence, or the originator's line.
pub(crate) const PREAMBLE: u8 = 1 << 3;
/// The opening of a marked block, in any letters.
pub(crate) const BLOCK: u8 = 1 << 4;
/// The start of another transmission, or a page line.
pub(crate) const TRANSMISSION: u8 = 1 << 5;
/// A digit at the end, where the number on a page line stands. A start doesn't tell it.
pub(crate) const DIGIT_LAST: u8 = 1 << 6;
/// An N at the end, as that of `NNNN`.
pub(crate) const N_LAST: u8 = 1 << 7;

/// A kind, and the bytes that may stand in each of the first three places; an empty list allows all.
type Form = (u8, [&'static [u8]; 3]);

const FORMS: &[Form] = &[
    (CLASS, [b"UCSTLRF", b"NOEI ", b"CNPMSROEI "]),
    (SET, [b"MSRNAPGEOmsrnapgeo", b"SUEAMPOXsueampox", b"GBFRPMCKNEgbfrpmckne"]),
    // `BT`, `#1`, `NNN`, `PAGE`, `<<`, `***`, `Sh`, `Ma`, `De`, `EO`
    (NOISE, [b"B#NP<*SMDE", b"T0123456789NA<*haeO#", b""]),
    (PREAMBLE, [b"ROPZF", b" 0123456789ROM", b" 0123456789OPRZYUI"]),
    (BLOCK, [b"SCNBAUITQEscnbauitqe", b"UOECINXRuoecinxr", b"MTGIOFAEXmtgiofaex"]),
    // `VZCZ`, `ZCZC`, `PAGE`, `Message Text`
    (TRANSMISSION, [b"VZPM", b"ZCAe", b"CZGs"]),
];

static KINDS: [[u8; 256]; 3] = table();

/// The kinds that a last byte tells.
static LAST: [u8; 256] = last();

const fn last() -> [u8; 256] {
    let mut kinds = [0; 256];
    let mut digit = b'0' as usize;
    while digit <= b'9' as usize {
        kinds[digit] = DIGIT_LAST;
        digit += 1;
    }
    kinds[b'N' as usize] = N_LAST;
    kinds
}

const fn table() -> [[u8; 256]; 3] {
    let mut kinds = [[0; 256]; 3];
    let mut form = 0;
    while form < FORMS.len() {
        let (kind, places) = FORMS[form];
        let mut place = 0;
        while place < 3 {
            let bytes = places[place];
            let mut at = 0;
            while at < 256 {
                if bytes.is_empty() || (at < bytes.len() && bytes[at] != 0) {
                    let byte = if bytes.is_empty() { at } else { bytes[at] as usize };
                    kinds[place][byte] |= kind;
                }
                at += 1;
            }
            place += 1;
        }
        form += 1;
    }
    kinds
}

/// The kinds that a line may be, as its start and its last byte tell. A line of less than three bytes may be all.
#[inline]
pub(crate) fn kinds(line: &str) -> u8 {
    let bytes = line.as_bytes();
    let (Some(start), Some(last)) = (bytes.first_chunk::<3>(), bytes.last()) else { return u8::MAX };
    let [first, second, third] = start.map(usize::from);
    let start = KINDS[0][first] & KINDS[1][second] & KINDS[2][third];
    start | LAST[usize::from(*last)]
}

/// Whether the start of a line doesn't rule out this kind.
#[inline]
pub(crate) fn may_be(kind: u8, line: &str) -> bool {
    kinds(line) & kind != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_ruled_out_that_is_one() {
        for (kind, lines) in [
            (
                CLASS,
                &["UNCLAS", "C O N F", "S  E C", "TOP SECRET", "T O P", "LIMITED", "RESTRICTED", "FOR O"][..],
            ),
            (CLASS, &["SENSITIVE", "U N C", "SECRET", "S E N", "F O R", "L I M", "R E S"]),
            (
                SET,
                &[
                    "MSGID/", "subj/", "Rmks/", "REF A/", "NARR/", "AMPN/", "APMN/", "POC/", "GENTEXT/",
                    "EXER/",
                ],
            ),
            (SET, &["OPER/", "REMARKS/", "SUBJECT/"]),
            (
                NOISE,
                &["BT", "#1", "NNN", "PAGE 2", "<<END", "***  Current", "Sheryl", "Margaret", "De", "EO S"],
            ),
            (
                PREAMBLE,
                &["R 101530Z", "O P 10", "P  10", "R101530Z", "ROUTINE 1", "PRIORITY: 1", "Z 1", "O 0"],
            ),
            (BLOCK, &["SUMMARY", "comment", "NOTE", "BEGIN", "ACTION", "Bio Note", "UNOFFICIAL", "INFORMAL"]),
            (BLOCK, &["TRANSLATION", "TEXT", "QUOTE", "EXECUTIVE"]),
            (TRANSMISSION, &["VZCZCXRO", "ZCZC", "PAGE 01", "Message Text"]),
        ] {
            for line in lines {
                assert!(may_be(kind, line), "{line}");
            }
        }
        for line in ["THE MINISTER", "HE SAID", "1. (C) SUMMARY", "WITH"] {
            assert!(!may_be(CLASS | SET | NOISE | PREAMBLE | BLOCK | TRANSMISSION, line), "{line}");
        }
    }
}
