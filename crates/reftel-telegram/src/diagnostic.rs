//! What is odd about a telegram.
//!
//! An irregular telegram is data, not a failure: the parser reads on and reports. Codes are part of
//! the public interface. They are never reused, and each has a fixture that shows it.

use crate::Span;

/// One irregularity, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which rule.
    pub code: Code,
    /// What is the matter, in one line, for a person.
    pub message: String,
    /// The bytes of the input.
    pub span: Span,
}

impl Diagnostic {
    pub(crate) fn new(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { code, message: message.into(), span }
    }
}

/// How grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing: a repair that is certain.
    Info,
    /// Unusual, or repaired by a guess.
    Warning,
    /// Breaks a rule that a message must keep.
    Error,
}

impl Severity {
    /// The word in the JSON record.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($code:ident $name:literal $severity:ident $rule:literal $expected:literal $source:literal)*) => {
        /// The rules, in the order of their names. `docs/diagnostics.md` lists them with examples.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $rule] $code,)* }

        impl Code {
            /// All of them.
            pub const ALL: &[Code] = &[$(Code::$code),*];

            /// The stable name: `T012`.
            pub const fn name(self) -> &'static str {
                match self { $(Code::$code => $name),* }
            }

            /// How grave.
            pub const fn severity(self) -> Severity {
                match self { $(Code::$code => Severity::$severity),* }
            }

            /// What the rule says, in one line.
            pub const fn rule(self) -> &'static str {
                match self { $(Code::$code => $rule),* }
            }

            /// What is expected in this place, in a few words.
            pub const fn expected(self) -> &'static str {
                match self { $(Code::$code => $expected),* }
            }

            /// The publication that says so.
            pub const fn source(self) -> &'static str {
                match self { $(Code::$code => $source),* }
            }
        }
    };
}

codes! {
    EscapeRemoved "T001" Info
        "A backslash that a web page put before a character is not part of the telegram."
        "the character alone" "CommonMark 0.31, backslash escapes"
    LinkRemoved "T002" Info
        "A Markdown link around words is not part of the telegram."
        "the words alone" "CommonMark 0.31, links"
    EntityDecoded "T003" Info
        "A character written as an HTML entity is read as that character."
        "the character itself" "HTML, named character references"
    TagRemoved "T004" Info
        "HTML tags that lay out a page are not part of the telegram."
        "text without tags" "HTML, text-level semantics"
    ControlCharacter "T005" Info
        "Bells, shift characters and nulls of the line are not part of the text."
        "printable characters" "ACP 127(G) ¶140"
    ReleaseStamp "T006" Info
        "A declassification stamp was set into the text by the archive."
        "the telegram's own text" "NARA RG 59 Central Foreign Policy File FAQ"
    CharacterLost "T007" Warning
        "A byte that is no character in the encoding was replaced."
        "text in UTF-8, UTF-16 or windows-1252" "Unicode 16, §3.9"
    NotText "T008" Warning
        "An input of which every tenth byte is a control character is no text, and is not read."
        "text" "ACP 127(G) ¶140"
    RoutingIndicatorRepeated "T010" Warning
        "A routing indicator stands once in format line 2, however many addressees it serves."
        "each routing indicator once" "ACP 127(G) ¶204c"
    RoutingPrecedenceDiffers "T011" Warning
        "Format line 2 carries the highest precedence of the message."
        "the highest precedence of format line 5 and the addressees" "ACP 127(G) ¶151–152"
    DateTimeGroupInvalid "T012" Warning
        "A date-time group has a day, hour, minute and month that exist."
        "a date-time group such as `101530Z MAR 79`" "ACP 127(G) ¶113"
    DateTimeGroupRepaired "T013" Info
        "Spaces that the archive's processing put into the date-time group are left out."
        "a date-time group such as `101530Z MAR 79`" "ACP 127(G) ¶113"
    FilingTimeInvalid "T014" Warning
        "A filing time is day of year and time, or day and time."
        "a filing time such as `1621530` or `11/1215Z`" "ACP 127(G) ¶115"
    FilingDayDiffers "T015" Warning
        "The filing day is within two days of the date-time group."
        "the day of the year of the date-time group" "ACP 127(G) ¶113, ¶115"
    SecurityCharactersInvalid "T016" Warning
        "`ZNR` goes with U, `ZNY` with E, R, C, S or T, five times."
        "`ZNR UUUUU` or `ZNY` and one letter five times" "ACP 127(G) ¶124"
    ClassificationDisagrees "T017" Warning
        "Format line 4 and the classification line say the same."
        "the letter of the classification line" "ACP 127(G) ¶203, ¶209"
    OriginatorMissing "T018" Warning
        "A message with a heading names its originator."
        "a line `FM` and the originator" "ACP 127(G) Annex B, format line 6"
    AddresseeMissing "T019" Warning
        "A message with a heading names an addressee."
        "a line `TO` or `INFO` and an addressee" "ACP 127(G) Annex B, format lines 7 and 8"
    ExemptionWithoutCollective "T020" Warning
        "`XMT` goes only with a collective address."
        "a collective address above `XMT`" "ACP 127(G) Annex B, format line 9"
    PrecedenceMisspelt "T021" Info
        "A precedence word behind an addressee is read in spite of a slip."
        "FLASH, NIACT IMMEDIATE, IMMEDIATE, PRIORITY or ROUTINE" "5 FAH-2 H-421"
    InfoPrecedenceHigher "T022" Warning
        "The precedence for information is not above the one for action."
        "the higher precedence first" "ACP 127(G) ¶152"
    ValidationDiffers "T023" Warning
        "The number of format line 15 is the station's serial number."
        "the serial number of format line 3" "JANAP 128, end of message validation"
    TextUnclosed "T024" Warning
        "`BT` opens the text and closes it."
        "a second `BT`" "ACP 127(G) Annex B, format line 13"
    DistributionTotalWrong "T025" Warning
        "The total behind the slant is the sum of the offices' copies."
        "the sum of the copies" "NARA RG 59 Central Foreign Policy File, distribution line"
    MidnightTime "T026" Info
        "0000Z and 2400Z are avoided: they leave the day in doubt."
        "2359Z or 0001Z" "NTP 3, date-time group"
    MessagesFused "T027" Info
        "The end of one message and the start of the next ran together."
        "`NNNN` on a line of its own" "ACP 127(G) ¶114"
    SectionMissing "T030" Warning
        "A telegram in sections has all of them."
        "every section from 1 to the last" "ACP 127(G) ¶208e"
    SectionsOutOfOrder "T031" Info
        "Sections are joined in the order of their numbers, not of the copy."
        "section 1 first" "ACP 127(G) ¶208e"
    SectionRepeated "T032" Info
        "A section that came twice is read once."
        "each section once" "ACP 127(G) ¶208e, ¶428"
    SectionWordDamaged "T033" Info
        "The word SECTION is read in spite of lost or wrong letters."
        "`SECTION 01 OF 04`" "ACP 127(G) ¶208e"
    PostRepaired "T034" Info
        "A post's name is read in spite of a known slip."
        "the post's name as in its own telegrams" "table of post aliases"
    ClassificationMissing "T040" Warning
        "Every telegram carries a classification or a control."
        "a classification at the start of the text" "5 FAH-2 H-222"
    ClassificationConflict "T041" Warning
        "The classification is the same wherever it is printed."
        "one classification" "ACP 127(G) ¶209"
    PortionAboveOverall "T042" Warning
        "No paragraph is marked higher than the whole."
        "a portion mark no higher than the classification" "5 FAH-1 H-246.2"
    ExecutiveOrderUnreadable "T050" Warning
        "The E.O. line names an order and an instruction."
        "such as `E.O. 12958: DECL: 06/10/2019`" "Department of State TAGS handbook 1974; 5 FAH-1 H-212"
    TagUnknown "T051" Warning
        "A TAG is in the handbook's lists."
        "a TAG of the handbook" "5 FAH-3 H-010"
    TagsFused "T052" Info
        "TAGS that ran together are read apart."
        "TAGS with commas or spaces between them" "Department of State TAGS handbook 1974, section 3"
    TagsLabelDamaged "T053" Info
        "The label TAGS is read in spite of lost or wrong letters."
        "`TAGS:`" "Department of State TAGS handbook 1974, section 3"
    TagsPunctuation "T054" Info
        "TAGS end without a full stop and have single commas."
        "no full stop and no extra comma" "Department of State TAGS handbook 1974, section 3"
    TravelTagWithoutPerson "T055" Info
        "Travel TAGS carry the traveller's name."
        "a name in parentheses" "Department of State TAGS handbook 1974, section 4"
    SubjectMissing "T056" Warning
        "A telegram with TAGS has a subject line."
        "a line `SUBJECT:`" "Department of State TAGS handbook 1974, section 1"
    ReferenceUnreadable "T060" Info
        "A reference names a telegram, or another document, in a known form."
        "such as `09 VALDORIA 123`" "5 FAH-1 H-210"
    ReferenceLabelsIrregular "T061" Warning
        "References are labelled A, B, C in order."
        "the next letter" "5 FAH-1 H-210"
    ReferenceToItself "T062" Warning
        "A telegram doesn't refer to itself."
        "another telegram's number" "5 FAH-1 H-210"
    MentionUnresolved "T063" Warning
        "A reference in the text is in the reference block."
        "the label of an entry of the reference block" "5 FAH-1 H-210"
    MentionRepaired "T064" Info
        "A reference's letter in the text is read in spite of signs a web page put before it."
        "the letter alone" "quirks of published copies"
    ParagraphNumberRepaired "T070" Info
        "A paragraph number with an added first digit is read by its place in the sequence."
        "the next number" "5 FAH-1 H-246.2"
    ParagraphNumberJumps "T071" Warning
        "Paragraphs are numbered consecutively from 1."
        "the next number" "5 FAH-1 H-246.2"
    ParagraphSignRemoved "T072" Info
        "A paragraph sign that a web page put before a number is not part of the telegram."
        "the number alone" "quirks of published copies"
    BlockUnclosed "T073" Info
        "A block that was opened is closed."
        "`END SUMMARY`, `END COMMENT`, or the like" "5 FAH-1 H-246.3"
    NumberDamaged "T074" Warning
        "The number on the classification line is the number on the page lines."
        "one number" "5 FAH-2 H-320"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_distinct() {
        assert!(Code::ALL.is_sorted_by(|a, b| a.name() < b.name()));
    }

    #[test]
    fn codes_end_their_sentences() {
        for code in Code::ALL {
            assert!(code.rule().ends_with('.'), "{}", code.name());
            assert!(!code.expected().ends_with('.') && !code.source().is_empty(), "{}", code.name());
        }
    }
}
