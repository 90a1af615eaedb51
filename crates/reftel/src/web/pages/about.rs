//! How to use the room.

use maud::{Markup, html};

use crate::web::address;
use crate::web::layout::{Frame, page as framed};

/// Query words: what is typed, and what it finds.
const QUERY: [(&str, &str); 28] = [
    ("ferry tariff", "both words, anywhere"),
    ("\"ferry tariff\"", "the words side by side"),
    ("-subsidy", "without this word"),
    ("ferry OR boat", "either; parentheses group"),
    ("ferr*  te?t", "words like this; ? is one letter"),
    ("tarif~  harbuor~2", "words that differ in one or two letters"),
    ("=Ferry", "exactly so: capitals, accents and signs count"),
    ("ferry NEAR/5 tariff", "with at most five words between, in either order"),
    ("sentence:{ferry tariff}  para:{ferry tariff}", "in one sentence, in one paragraph"),
    ("expand:FONMIN", "also what it stands for, or was called"),
    ("from:VALDORIA", "the originator's post"),
    ("to:STATE  info:NORTHMARK", "action, and information addressees"),
    ("date:1974  date:2009-06", "a year, a month, a day"),
    ("date:2009-06..2009-07", "from one to the other, both included"),
    ("tags:ETRD", "a TAG"),
    ("class:secret", "the overall classification"),
    ("caption:EXDIS  prec:immediate", "a caption; the action precedence"),
    ("subj:ferry", "in the subject line"),
    ("signed:ROE", "who signed"),
    ("mrn:09VALDORIA1000", "the telegram of that number"),
    ("ref:09STATE12345", "telegrams that cite that number"),
    ("is:corrected  is:withdrawn", "what a telegram is among others"),
    ("is:phantom from:STATE", "what is cited and not here"),
    ("cites:{subj:ferry}  citedby:{subj:ferry}", "who cites one of these, and what these cite"),
    ("thread:{subj:ferry}", "the whole family of references around these"),
    ("serial:100..200  words:..500", "a range of serials, of lengths"),
    ("has:summary", "with a summary"),
    ("*", "everything"),
];

/// Keys: where the script is allowed to run, and where it isn't.
const KEYS: [(&str, &str); 3] = [
    ("/", "to the search box"),
    ("Tab", "from link to link; the first leads past the head of the page"),
    ("Enter on ¶", "shows a field's place in the original"),
];

/// The help page.
pub(crate) fn page() -> Markup {
    let frame = Frame { title: "Help", here: "/about", query: Some(""), ..Frame::default() };
    framed(
        &frame,
        &html! {
            div.plain {
                h1 { "Help" }
                p.lead {
                    "One box searches everything. All that is typed must match; a query that can't be read says where and why."
                }
                h2 #query { "Query words" }
                table.words {
                    thead { tr { th scope="col" { "Type" } th scope="col" { "To find" } } }
                    tbody {
                        @for (typed, what) in QUERY {
                            tr {
                                td { a href=(address::search(typed.split("  ").next().unwrap_or(typed))) { code { (typed) } } }
                                td { (what) }
                            }
                        }
                    }
                }
                h2 #telegram { "A telegram's page" }
                p {
                    "The telegram stands twice: as it reads, and as it came. Point at a field, or press Enter on the "
                    span.pinmark { "¶" } " beside it, and its place in the original lights up. What is grey in the original "
                    "is in no field of the reading. Every repair that was made is listed, with its place."
                }
                p {
                    "A number in a " span.absent { "dashed" } " box is cited but not in this archive; its page says who else cites it. "
                    "Codes and short forms with a dotted line explain themselves when pointed at."
                }
                h2 #keys { "Keys" }
                dl.keys { @for (key, what) in KEYS { dt { kbd { (key) } } dd { (what) } } }
                h2 #addresses { "Addresses" }
                p {
                    code { "/t/09VALDORIA1000" } " is a telegram by its own number, and stays. Add " code { "/raw" }
                    " for its bytes exactly as they came."
                }
                h2 #fonts { "Type" }
                p { "Set in Source Serif 4, Source Sans 3 and Source Code Pro, under the SIL Open Font License." }
            }
        },
    )
}
