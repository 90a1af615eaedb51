//! The names that a query knows, in one place: for the parser, its errors, completion, and `docs/query.md`.

use reftel_telegram::record::{Classification, Precedence};

use super::{Field, Measure, Relation, Text, Unit};

/// The fields, in the order of the documentation: the name, what it is here, and what it finds.
pub(super) const FIELDS: [(&str, Field, &str); 29] = [
    ("from", Field::Text(Text::From), "the originator"),
    ("to", Field::Text(Text::To), "action addressees"),
    ("info", Field::Text(Text::Info), "information addressees"),
    ("tags", Field::Tags, "TAGS"),
    ("class", Field::Class, "the classification"),
    ("caption", Field::Text(Text::Caption), "captions"),
    ("prec", Field::Precedence, "the action precedence"),
    ("mrn", Field::Mrn, "the telegram of this number"),
    ("ref", Field::Web(Relation::Cites), "telegrams that cite this number"),
    ("cites", Field::Web(Relation::Cites), "telegrams that cite this number"),
    ("citedby", Field::Web(Relation::CitedBy), "telegrams that this one cites"),
    (
        "thread",
        Field::Web(Relation::Thread),
        "the whole family of this one: what it cites, what cites it, and so on",
    ),
    ("subj", Field::Text(Text::Subject), "the subject line"),
    ("signed", Field::Text(Text::Signed), "who signed"),
    (
        "person",
        Field::Text(Text::Person),
        "who signed, classified, drafted, cleared or approved it, and persons among the TAGS",
    ),
    ("place", Field::Text(Text::Place), "the cities of its posts, and what its geographic TAGS name"),
    ("date", Field::Date, "when it was sent"),
    ("declass", Field::Measure(Measure::Declassified), "when its E.O. line has it declassified"),
    ("serial", Field::Measure(Measure::Serial), "the serial of its number"),
    ("sections", Field::Measure(Measure::Sections), "how many sections it says it has"),
    ("words", Field::Measure(Measure::Words), "how many words are printed"),
    ("has", Field::Has, "what a telegram has at all"),
    ("is", Field::Is, "what a telegram is among others"),
    ("in", Field::Collection, "telegrams of a collection, as `reftel import --collection` called it"),
    ("sentence", Field::Unit(Unit::Sentence), "both in one sentence"),
    ("para", Field::Unit(Unit::Paragraph), "both in one paragraph"),
    ("expand", Field::Expand, "a word, and what it stands for, is short for, or was called"),
    ("meaning", Field::Meaning, "what comes near to this in meaning, where the archive has a model"),
    ("like", Field::Like, "telegrams that have the telling words of this one"),
];

/// What `has:` can ask for, in the order of the documentation: the name, and what a telegram then has.
pub const HAS: [(&str, &str); 17] = [
    ("mrn", "a number"),
    ("dtg", "a date-time group"),
    ("from", "an originator"),
    ("class", "a classification"),
    ("captions", "a caption"),
    ("tags", "a TAGS code"),
    ("subject", "a subject"),
    ("refs", "a reference to another telegram"),
    ("eo", "an E.O. line"),
    ("summary", "a summary"),
    ("comment", "a comment"),
    ("action", "an action request"),
    ("passing", "an instruction for whom it is or to whom to pass it"),
    ("signature", "a signature"),
    ("sections", "more than one section"),
    ("quoted", "another telegram quoted whole in it"),
    ("diagnostics", "something odd about it"),
];

/// What `is:` can ask for, in the order of the documentation: the name, and what a telegram then is.
pub const IS: [(&str, &str); 7] = [
    ("phantom", "cited here and not here itself: a list of its own"),
    ("withdrawn", "withdrawn: a card stands for it, and its text is withheld"),
    ("stub", "without a text, withdrawn or lost"),
    (
        "version",
        "one of several: another copy of it is here, or one with its number, it came again by another way, or it says that it is a corrected copy or a repetition",
    ),
    ("corrected", "a corrected copy, as it says itself"),
    ("cancelled", "cancelled, as it says itself or another telegram here says of it"),
    ("odd", "unusual, or against the rules: a warning or an error on it"),
];

/// How a classification may be written.
pub(super) const CLASSIFICATIONS: [(&str, Classification); 12] = [
    ("U", Classification::Unclassified),
    ("UNCLAS", Classification::Unclassified),
    ("UNCLASSIFIED", Classification::Unclassified),
    ("R", Classification::Restricted),
    ("RESTRICTED", Classification::Restricted),
    ("C", Classification::Confidential),
    ("CONF", Classification::Confidential),
    ("CONFIDENTIAL", Classification::Confidential),
    ("S", Classification::Secret),
    ("SECRET", Classification::Secret),
    ("TS", Classification::TopSecret),
    ("TOPSECRET", Classification::TopSecret),
];

/// How a precedence may be written.
pub(super) const PRECEDENCES: [(&str, Precedence); 10] = [
    ("R", Precedence::Routine),
    ("ROUTINE", Precedence::Routine),
    ("P", Precedence::Priority),
    ("PRIORITY", Precedence::Priority),
    ("O", Precedence::Immediate),
    ("IMMEDIATE", Precedence::Immediate),
    ("Z", Precedence::Flash),
    ("FLASH", Precedence::Flash),
    ("Y", Precedence::FlashOverride),
    ("FLASHOVERRIDE", Precedence::FlashOverride),
];
