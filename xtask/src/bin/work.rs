//! Reads a text of a given shape and size. `cargo xtask work` counts what that takes.
//!
//! Usage: `work SHAPE BYTES`, or `work` for the names of the shapes.

use std::process::ExitCode;

use reftel_telegram::{Context, Purpose, check, read};

const HEAD: &str = "R 101530Z MAR 79\nFM AMEMBASSY LISBON\nTO SECSTATE WASHDC\nUNCLAS LISBON 1\n";

/// A text of at least so many bytes.
type Shape = fn(usize) -> String;

const SHAPES: &[(&str, Shape)] = &[
    ("one-line", |size| repeat("", "THE FERRY TARIFF, SEE STATE 12 (ref B). ", size)),
    ("joined", |size| {
        let text = numbered(size, |at| format!("{}. (C) FM X TO Y PAGE 02 OF VALDOR 001000 ", at + 1));
        text.insert_front("E.O. 12958: DECL: 06/10/2019 TAGS: PREL SUBJECT: FERRY REF: STATE 1 ")
    }),
    ("one-word", |size| repeat("", "A", size)),
    ("blanks", |size| repeat(HEAD, " ", size)),
    ("references", |size| repeat(HEAD, "REF: STATE 1\n", size)),
    ("reference-list", |size| repeat(&format!("{HEAD}REF: "), "A. STATE 12345, ", size)),
    ("mentions", |size| repeat(&format!("{HEAD}REF: A. STATE 1\n1. "), "reftel A and STATE 12345 ", size)),
    ("quotes-open", |size| repeat(HEAD, "QUOTE\nUNCLAS LISBON 2\n", size)),
    ("quotes-nested", |size| {
        let half = size / 2;
        repeat("", "UNQUOTE\n", half).insert_front(&repeat(HEAD, "QUOTE\nUNCLAS LISBON 2\n", half))
    }),
    ("quotes-in-a-row", |size| repeat(HEAD, "QUOTE\nUNCLAS LISBON 2\nONE.\nUNQUOTE\n", size)),
    ("sections", |size| numbered(size, |at| section(at / 90 + 1, at % 90 + 1, 90))),
    ("section-repeated", |size| numbered(size, |_| section(1, 1, 2))),
    ("sections-backwards", |size| numbered(size, |at| section(at / 90 + 1, 90 - at % 90, 90))),
    ("telegrams", |size| repeat("", &format!("{HEAD}BT\nNNNN\n"), size)),
    ("tags", |size| repeat(&format!("{HEAD}TAGS: "), "PREL, ", size)),
    ("paragraphs", |size| repeat(HEAD, "1. (C) SUMMARY: X\n", size)),
    ("paragraphs-counted", |size| {
        numbered(size, |at| format!("{}. (C) COMMENT: X\n", at + 1)).insert_front(HEAD)
    }),
    ("blocks", |size| repeat(HEAD, "COMMENT: (NOTE: ", size)),
    ("addressees", |size| repeat("R 101530Z MAR 79\nFM AMEMBASSY LISBON\nTO ", "AMEMBASSY X\n", size)),
    ("exemptions", |size| repeat("R 101530Z MAR 79\nFM AMEMBASSY LISBON\nTO ALL POSTS\nXMT ", "A\n", size)),
    ("routing-indicators", |size| {
        numbered(size, |at| format!("{}\n", indicator(at))).insert_front("VZCZCABC0001\nRR RUEHC\n")
    }),
    ("acp127-us", |size| {
        repeat(
            "",
            include_str!("../../../crates/reftel-telegram/fixtures/regular/acp127-us-unclassified.txt"),
            size,
        )
    }),
    ("acp127", |size| {
        repeat("", include_str!("../../../crates/reftel-telegram/fixtures/regular/acp127-allied.txt"), size)
    }),
    ("janap128", |size| {
        repeat("", include_str!("../../../crates/reftel-telegram/fixtures/regular/janap128.txt"), size)
    }),
    ("acp126", |size| {
        repeat("", include_str!("../../../crates/reftel-telegram/fixtures/regular/acp126.txt"), size)
    }),
    ("archive-1970s", |size| {
        repeat(
            "",
            include_str!("../../../crates/reftel-telegram/fixtures/regular/archive-1975-incoming.txt"),
            size,
        )
    }),
    ("general-message", |size| {
        repeat("", include_str!("../../../crates/reftel-telegram/fixtures/regular/general-message.txt"), size)
    }),
    ("edited-cablegram", |size| {
        repeat(
            "",
            include_str!("../../../crates/reftel-telegram/fixtures/regular/edited-cablegram.txt"),
            size,
        )
    }),
    ("sets", |size| repeat("MSGID/GENADMIN/LISBON//\nSUBJ/X//\n", "REF/A/MSG/LISBON/101530ZMAR79//\n", size)),
    ("pages", |size| repeat(HEAD, "CONFIDENTIAL\nPAGE 02 STATE 015113 182333Z\nTHE TEXT\n", size)),
    ("entities", |size| repeat(HEAD, "&amp; &#x41; &#x", size)),
    ("html", |size| repeat("<pre>", "<br><p", size)),
    ("links", |size| repeat(HEAD, "[A](#) [[[", size)),
    ("mentions-unresolved", |size| repeat(&format!("{HEAD}REF: A. STATE 1\n1. "), "ref B ", size)),
    ("tags-unknown", |size| repeat(&format!("{HEAD}TAGS: "), "QX,,", size)),
    ("line-ends", |size| repeat(HEAD, "\n", size)),
    ("short-lines", |size| repeat(&format!("{HEAD}1. X\n"), "A\n", size)),
    ("apostrophes", |size| repeat(HEAD, "IT,S ", size)),
    ("lost-signs", |size| repeat(HEAD, "A¿B ", size)),
    ("bells", |size| repeat(HEAD, "A\u{7}", size)),
    ("stamps", |size| {
        repeat(HEAD, "Declassified/Released US Department of State EO Systematic Review 30 JUN 2005\n", size)
    }),
    ("escapes", |size| repeat(HEAD, "\\. \\", size)),
    ("control-characters", |size| repeat(HEAD, "A LINE OF TEXT AND A BELL\u{7}\n", size)),
];

/// A routing indicator like no other.
fn indicator(at: usize) -> String {
    let letters = (0..4).map(|place| char::from(b"ABCDEFGHIKLMNOPQRSTUVWXYZ"[at / 25_usize.pow(place) % 25]));
    format!("RUE{}", letters.collect::<String>())
}

trait InsertFront {
    fn insert_front(self, front: &str) -> String;
}

impl InsertFront for String {
    fn insert_front(mut self, front: &str) -> String {
        self.insert_str(0, front);
        self
    }
}

fn repeat(head: &str, piece: &str, size: usize) -> String {
    format!("{head}{}", piece.repeat(size.div_ceil(piece.len())))
}

fn numbered(size: usize, piece: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(size);
    for at in 0.. {
        if text.len() >= size {
            break;
        }
        text.push_str(&piece(at));
    }
    text
}

fn section(telegram: usize, number: usize, total: usize) -> String {
    format!(
        "VZCZCXRO4100\nPP RUEHC\nDE RUEHVX #1000/{number:02} 1621530\nZNY CCCCC ZZH\nP 111528Z JUN 09\n\
         FM AMEMBASSY LISBON\nTO RUEHC/SECSTATE WASHDC PRIORITY 4821\nBT\n\
         C O N F I D E N T I A L SECTION {number:02} OF {total:02} LISBON {telegram:06}\n\n\
         {number}. (C) A PART.\nDOE\nBT\n#1000\nNNNN\n"
    )
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, size] = &arguments[..] else {
        for (name, _) in SHAPES {
            println!("{name}");
        }
        return ExitCode::SUCCESS;
    };
    let shape = SHAPES.iter().find(|(other, _)| other == name);
    let (Some((_, shape)), Ok(size)) = (shape, size.parse()) else {
        eprintln!("no shape `{name}`, or `{size}` is no number");
        return ExitCode::FAILURE;
    };
    let text = shape(size);
    let started = std::time::Instant::now();
    let readings = read(text.as_bytes(), &Context::default());
    let taken = started.elapsed();
    let found = check(text.as_bytes(), &readings, Purpose::Release).len();
    let checked = started.elapsed().saturating_sub(taken);
    println!(
        "{} bytes, {} telegrams in {:.2} s, {found} findings in {:.2} s",
        text.len(),
        readings.len(),
        taken.as_secs_f64(),
        checked.as_secs_f64()
    );
    ExitCode::SUCCESS
}
