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
    /// What to write instead, where that can be said.
    pub repair: Option<Repair>,
}

impl Diagnostic {
    pub(crate) fn new(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { code, message: message.into(), span, repair: None }
    }

    /// The same, with what to write in its place.
    pub(crate) fn mended(mut self, after: impl Into<String>, confidence: Confidence) -> Diagnostic {
        self.repair = Some(Repair { after: after.into(), confidence });
        self
    }
}

/// What to write in the place of a diagnostic's span. What stands there now are the bytes of the span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The text to write. Empty where something is to go.
    pub after: String,
    /// How sure that is.
    pub confidence: Confidence,
}

/// How sure a repair is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// It may be something else. Somebody should look.
    Likely,
    /// It changes nothing that was meant: safe to do unasked.
    Certain,
}

impl Confidence {
    /// The word in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Confidence::Likely => "likely",
            Confidence::Certain => "certain",
        }
    }
}

/// What a telegram is questioned for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// It is an old copy, to be read and kept: what the age and the copyist did is no fault of anybody's.
    #[default]
    Archive,
    /// It is about to be sent: every rule that holds for the sender holds.
    Release,
}

impl Purpose {
    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Purpose::Archive => "archive",
            Purpose::Release => "release",
        }
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

macro_rules! severity {
    (-) => {
        None
    };
    ($severity:ident) => {
        Some(Severity::$severity)
    };
}

macro_rules! codes {
    ($($code:ident $name:literal $archive:tt $release:tt $rule:literal $expected:literal $source:literal)*) => {
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

            /// How grave it is for this purpose; `None` where it is no rule at all.
            pub const fn severity_for(self, purpose: Purpose) -> Option<Severity> {
                let (archive, release) = match self {
                    $(Code::$code => (severity!($archive), severity!($release))),*
                };
                match purpose {
                    Purpose::Archive => archive,
                    Purpose::Release => release,
                }
            }

            /// How grave it is in an old copy, or, where that has no such rule, before a release.
            pub const fn severity(self) -> Severity {
                match (self.severity_for(Purpose::Archive), self.severity_for(Purpose::Release)) {
                    (Some(severity), _) | (None, Some(severity)) => severity,
                    (None, None) => Severity::Info,
                }
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

// Code, name, severity in an old copy (`-`: no rule there), severity before a release, the rule, what is
// expected, the source.
codes! {
    EscapeRemoved "T001" Info Warning
        "A backslash that a web page put before a character is not part of the telegram."
        "the character alone" "CommonMark 0.31, backslash escapes"
    LinkRemoved "T002" Info Warning
        "A Markdown link around words is not part of the telegram."
        "the words alone" "CommonMark 0.31, links"
    EntityDecoded "T003" Info Warning
        "A character written as an HTML entity is read as that character."
        "the character itself" "HTML, named character references"
    TagRemoved "T004" Info Warning
        "HTML tags that lay out a page are not part of the telegram."
        "text without tags" "HTML, text-level semantics"
    ControlCharacter "T005" Info Error
        "Bells, shift characters and nulls of the line are not part of the text."
        "printable characters" "ACP 127(G) ¶140"
    ReleaseStamp "T006" Info Warning
        "A declassification stamp was set into the text by the archive."
        "the telegram's own text" "NARA RG 59 Central Foreign Policy File FAQ"
    CharacterLost "T007" Warning Error
        "A byte that is no character in the encoding was replaced."
        "text in UTF-8, UTF-16 or windows-1252" "Unicode 16, §3.9"
    NotText "T008" Warning Error
        "An input of which every tenth byte is a control character is no text, and is not read."
        "text" "ACP 127(G) ¶140"
    EditorialRemark "T009" Info Warning
        "What an editor put in brackets about the copy is no text of the telegram."
        "the telegram's own words" "ACP 127(G) ¶140, which has no square brackets"
    RoutingIndicatorRepeated "T010" Warning Error
        "A routing indicator stands once in format line 2, however many addressees it serves."
        "each routing indicator once" "ACP 127(G) ¶204c"
    RoutingPrecedenceDiffers "T011" Warning Error
        "Format line 2 carries the highest precedence of the message."
        "the highest precedence of format line 5 and the addressees" "ACP 127(G) ¶151–152"
    DateTimeGroupInvalid "T012" Warning Error
        "A date-time group has a day, hour, minute and month that exist."
        "a date-time group such as `101530Z MAR 79`" "ACP 127(G) ¶113"
    DateTimeGroupRepaired "T013" Info Warning
        "Spaces that the archive's processing put into the date-time group are left out."
        "a date-time group such as `101530Z MAR 79`" "ACP 127(G) ¶113"
    FilingTimeInvalid "T014" Warning Error
        "A filing time is day of year and time, or day and time."
        "a filing time such as `1621530` or `11/1215Z`" "ACP 127(G) ¶115"
    FilingDayDiffers "T015" Warning Warning
        "The filing day is within two days of the date-time group."
        "the day of the year of the date-time group" "ACP 127(G) ¶113, ¶115"
    SecurityCharactersInvalid "T016" Warning Error
        "`ZNR` goes with U, `ZNY` with E, R, C, S or T, five times."
        "`ZNR UUUUU` or `ZNY` and one letter five times" "ACP 127(G) ¶124"
    ClassificationDisagrees "T017" Warning Error
        "Format line 4 and the classification line say the same."
        "the letter of the classification line" "ACP 127(G) ¶203, ¶209"
    OriginatorMissing "T018" Warning Error
        "A message with a heading names its originator."
        "a line `FM` and the originator" "ACP 127(G) Annex B, format line 6"
    AddresseeMissing "T019" Warning Error
        "A message with a heading names an addressee."
        "a line `TO` or `INFO` and an addressee" "ACP 127(G) Annex B, format lines 7 and 8"
    ExemptionWithoutCollective "T020" Warning Error
        "`XMT` goes only with a collective address."
        "a collective address above `XMT`" "ACP 127(G) Annex B, format line 9"
    PrecedenceMisspelt "T021" Info Error
        "A precedence word behind an addressee is read in spite of a slip."
        "FLASH, NIACT IMMEDIATE, IMMEDIATE, PRIORITY or ROUTINE" "5 FAH-2 H-421"
    InfoPrecedenceHigher "T022" Warning Error
        "The precedence for information is not above the one for action."
        "the higher precedence first" "ACP 127(G) ¶152"
    ValidationDiffers "T023" Warning Error
        "The number of format line 15 is the station's serial number."
        "the serial number of format line 3" "JANAP 128, end of message validation"
    TextUnclosed "T024" Warning Error
        "`BT` opens the text and closes it."
        "a second `BT`" "ACP 127(G) Annex B, format line 13"
    DistributionTotalWrong "T025" Warning Warning
        "The total behind the slant is the sum of the offices' copies."
        "the sum of the copies" "NARA RG 59 Central Foreign Policy File, distribution line"
    MidnightTime "T026" Info Info
        "0000Z and 2400Z are avoided: they leave the day in doubt."
        "2359Z or 0001Z" "NTP 3, date-time group"
    MessagesFused "T027" Info Error
        "The end of one message and the start of the next ran together."
        "`NNNN` on a line of its own" "ACP 127(G) ¶114"
    CommaForApostrophe "T028" Info -
        "A comma stands for the apostrophe, which five-unit lines don't have."
        "an apostrophe, or words that need none" "ACP 127(G) ¶140"
    SignLost "T029" Warning Error
        "An archive wrote an inverted question mark for a sign that it had none for."
        "the sign itself" "the exports of the National Archives, RG 59"
    SectionMissing "T030" Warning Warning
        "A telegram in sections has all of them."
        "every section from 1 to the last" "ACP 127(G) ¶208e"
    SectionsOutOfOrder "T031" Info Warning
        "Sections are joined in the order of their numbers, not of the copy."
        "section 1 first" "ACP 127(G) ¶208e"
    SectionRepeated "T032" Info Warning
        "A section that came twice is read once."
        "each section once" "ACP 127(G) ¶208e, ¶428"
    SectionWordDamaged "T033" Info Warning
        "The word SECTION is read in spite of lost or wrong letters."
        "`SECTION 01 OF 04`" "ACP 127(G) ¶208e"
    PostRepaired "T034" Info Warning
        "A post's name is read in spite of a known slip."
        "the post's name as in its own telegrams" "table of post aliases"
    LinesJoined "T035" Warning Error
        "Lines that a page ran together are read apart."
        "each format line and each label on a line of its own" "ACP 127(G) Annex B; 5 FAH-1 H-210"
    ClassificationMissing "T040" Warning Error
        "Every telegram carries a classification or a control."
        "a classification at the start of the text" "5 FAH-2 H-222"
    ClassificationConflict "T041" Warning Error
        "The classification is the same wherever it is printed."
        "one classification" "ACP 127(G) ¶209"
    PortionAboveOverall "T042" Warning Error
        "No paragraph is marked higher than the whole."
        "a portion mark no higher than the classification" "5 FAH-1 H-246.2"
    ExecutiveOrderUnreadable "T050" Warning Error
        "The E.O. line names an order and an instruction."
        "such as `E.O. 12958: DECL: 06/10/2019`" "Department of State TAGS handbook 1974; 5 FAH-1 H-212"
    TagUnknown "T051" Warning Warning
        "A TAG is in the handbook's lists."
        "a TAG of the handbook" "5 FAH-3 H-010"
    TagsFused "T052" Info Warning
        "TAGS that ran together are read apart."
        "TAGS with commas or spaces between them" "Department of State TAGS handbook 1974, section 3"
    TagsLabelDamaged "T053" Info Warning
        "The label TAGS is read in spite of lost or wrong letters."
        "`TAGS:`" "Department of State TAGS handbook 1974, section 3"
    TagsPunctuation "T054" Info Error
        "TAGS end without a full stop and have single commas."
        "no full stop and no extra comma" "Department of State TAGS handbook 1974, section 3"
    TravelTagWithoutPerson "T055" Info Warning
        "Travel TAGS carry the traveller's name."
        "a name in parentheses" "Department of State TAGS handbook 1974, section 4"
    SubjectMissing "T056" Warning Error
        "A telegram with TAGS has a subject line."
        "a line `SUBJECT:`" "Department of State TAGS handbook 1974, section 1"
    ReferenceUnreadable "T060" Info Warning
        "A reference names a telegram, or another document, in a known form."
        "such as `09 VALDORIA 123`" "5 FAH-1 H-210"
    ReferenceLabelsIrregular "T061" Warning Warning
        "References are labelled A, B, C in order."
        "the next letter" "5 FAH-1 H-210"
    ReferenceToItself "T062" Warning Warning
        "A telegram doesn't refer to itself."
        "another telegram's number" "5 FAH-1 H-210"
    MentionUnresolved "T063" Warning Warning
        "A reference in the text is in the reference block."
        "the label of an entry of the reference block" "5 FAH-1 H-210"
    MentionRepaired "T064" Info Warning
        "A reference's letter in the text is read in spite of signs a web page put before it."
        "the letter alone" "quirks of published copies"
    ParagraphNumberRepaired "T070" Info Warning
        "A paragraph number with an added first digit is read by its place in the sequence."
        "the next number" "5 FAH-1 H-246.2"
    ParagraphNumberJumps "T071" Warning Warning
        "Paragraphs are numbered consecutively from 1."
        "the next number" "5 FAH-1 H-246.2"
    ParagraphSignRemoved "T072" Info Warning
        "A paragraph sign that a web page put before a number is not part of the telegram."
        "the number alone" "quirks of published copies"
    BlockUnclosed "T073" Info Warning
        "A block that was opened is closed."
        "`END SUMMARY`, `END COMMENT`, or the like" "5 FAH-1 H-246.3"
    NumberDamaged "T074" Warning Error
        "The number on the classification line is the number on the page lines."
        "one number" "5 FAH-2 H-320"
    FormatLinesInDisorder "T080" Warning Error
        "The lines of a heading keep their order: FM, TO, INFO, text."
        "the originator, then TO, then INFO" "ACP 127(G) ¶142b"
    OriginatorRepeated "T081" Warning Error
        "A heading has one originator."
        "one line `FM`" "ACP 127(G) Annex B, format line 6"
    ActionAddresseeMissing "T082" - Warning
        "A telegram asks somebody for action, and not only informs."
        "a line `TO`" "ACP 127(G) Annex B, format line 7"
    NightActionNotImmediate "T083" Warning Error
        "Night action is asked for at IMMEDIATE, and at no other precedence."
        "`NIACT IMMEDIATE`" "5 FAH-2 H-421"
    NightActionForInformation "T084" Warning Error
        "Night action is asked of an addressee who is to act."
        "`NIACT IMMEDIATE` on a line of `TO`" "5 FAH-2 H-421.2"
    NightActionUnexplained "T085" - Warning
        "The first paragraph says why action is wanted by night."
        "the reason in paragraph 1" "5 FAH-2 H-421.2"
    AddresseePrecedenceHigher "T086" - Error
        "No addressee has a higher precedence than format line 5."
        "a precedence no higher than the message's" "ACP 127(G) ¶152; 5 FAH-2 H-321.2"
    FlashNotSeparate "T087" - Error
        "A FLASH message goes in a transmission of its own."
        "one transmission for FLASH, another for the rest" "ACP 127(G) ¶152b; 5 FAH-2 H-321.2"
    PriorityAbolished "T088" - Warning
        "PRIORITY is not in the list of precedences since 2017."
        "ROUTINE or IMMEDIATE" "5 FAH-2 H-421 (2017)"
    UrgentTextLong "T089" - Info
        "A FLASH or IMMEDIATE message is short: 200 words at most."
        "200 words at most" "US Army Ss0656, precedence"
    AddresseeRepeated "T090" - Warning
        "An addressee stands in the heading once."
        "each addressee once" "ACP 127(G) ¶204c, ¶206e"
    DeliveryUnsaid "T091" - Warning
        "Each addressee says who delivers: a routing indicator, or ZEN."
        "`RUEHC/SECSTATE WASHDC`" "ACP 127(G) Annex B, format lines 7 and 8"
    AddressCharacter "T092" - Error
        "An address has letters, figures, spaces and hyphens."
        "no other punctuation" "ACP 117 CAN-US SUPP-1 ¶5b"
    RoutingIndicatorForm "T093" Warning Error
        "A routing indicator has four to seven letters, begins with R or Q, and names a nation with its second."
        "a routing indicator such as `RUEHC`" "ACP 117 CAN-US SUPP-1 ¶3"
    CollectiveRouted "T094" - Error
        "A delivered collective routing indicator, RUCR, isn't put into a network again."
        "`RHCR`, or the members' routing indicators" "ACP 117 CAN-US SUPP-1 ¶11"
    RoutingTooLong "T095" - Error
        "A message has at most 500 routing indicators."
        "500 routing indicators at most" "JANAP 128, multiple routing"
    TransmissionIdForm "T096" - Warning
        "A transmission identification is three letters and three or four figures."
        "such as `ABC0123`" "ACP 127(G) ¶112; 5 FAH-2 H-321.1"
    TransmissionIdLetters "T097" - Info
        "H and U are avoided in a transmission identification, where they could be a security prosign."
        "other letters" "ACP 127(G) ¶203e"
    StartRepeated "T098" - Error
        "`ZCZC` stands once in a transmission."
        "one `ZCZC`" "ACP 127(G) ¶202c"
    CallingLineIncomplete "T099" - Error
        "Format line 3 has a routing indicator, a serial number and a filing time."
        "such as `DE RUEHVX #1000 1621530`" "ACP 127(G) ¶115–116"
    SecurityLineMissing "T100" - Error
        "Format line 4 says over which circuits a message may go."
        "`ZNR UUUUU`, or `ZNY` and the letter of the classification" "ACP 127(G) ¶124, Annex B"
    ReleaseCodesInvalid "T101" Warning Error
        "Transmission release codes are one letter twice, or two in the order of the alphabet."
        "such as `SSSAC`" "ACP 117 CAN-US SUPP-1 ¶7d"
    EncryptionOnlyDisagrees "T102" Warning Error
        "`ZNY EEEEE` goes with UNCLAS EFTO."
        "`EEEEE` above and EFTO in the text" "JANAP 128; 5 FAH-2 H-222"
    ClassificationNotSpaced "T103" - Warning
        "The letters of a classification are spaced, so that none can be lost unseen."
        "`C O N F I D E N T I A L`" "ACP 127(G) ¶209"
    EndMissing "T104" - Error
        "`NNNN` ends a message."
        "`NNNN` on the last line" "ACP 127(G) ¶114"
    ValidationMissing "T105" - Error
        "The serial number is repeated behind the text."
        "`#` and the serial number of format line 3" "JANAP 128, end of message validation"
    YearWidth "T106" - Warning
        "Since 2006 an allied date-time group has a year of four figures."
        "a year of four figures" "ACP 127(G) ¶113"
    PreambleMissing "T107" - Error
        "A message has a heading with a date-time group."
        "precedence and date-time group" "ACP 127(G) Annex B, format line 5"
    NumberMissing "T108" - Error
        "A telegram has a number of its post's series."
        "post and number behind the classification" "5 FAH-2 H-320"
    TextMissing "T109" - Error
        "A message has a text."
        "a text between two `BT`" "ACP 127(G) Annex B, format line 12"
    ChannelsSeveral "T110" Warning Error
        "A telegram goes through one channel."
        "one channel caption" "5 FAH-2 H-442"
    CaptionBesideChannel "T111" Warning Error
        "Nothing is added to AGREMENT CHANNEL or DIRGEN CHANNEL."
        "the channel caption alone" "5 FAH-2 H-442.1"
    CaptionsOutOfOrder "T112" - Error
        "Captions stand one to a line, the most restrictive first."
        "the most restrictive caption first" "5 FAH-2 H-252.1-1"
    OfficialInformalSubject "T113" - Warning
        "OFFICIAL INFORMAL stands in the subject too, with a number."
        "such as `SUBJECT: OFFICIAL INFORMAL NO. 12`" "5 FAH-2 H-252.1-2"
    AgrementUnmarked "T114" - Error
        "AGREMENT CHANNEL telegrams are classified or controlled."
        "a classification or a control" "5 FAH-2 H-442.1"
    CaptionRepeated "T115" - Warning
        "A caption stands once."
        "each caption once" "5 FAH-2 H-252.1-1"
    ExecutiveOrderMissing "T120" - Error
        "Since March 1973 every telegram of the State series has an E.O. line."
        "such as `E.O. 13526: N/A`" "Department of State TAGS handbook 1974, section 1; 5 FAH-1 H-212"
    ExecutiveOrderOfOtherEra "T121" Warning Error
        "The order named is the one in force on the day."
        "the order in force" "Executive Orders 11652, 12065, 12356, 12958, 13526"
    InstructionObsolete "T122" Warning Error
        "The instruction is one that the order in force knows."
        "a date, an event, or an exemption of that order" "ISOO CAPCO manual §E.6; Department of State TAGS handbook 1974"
    DeclassificationUnsaid "T123" Warning Error
        "A classified text says when it may be declassified: a date, an event, or an exemption."
        "a date or an event" "ODNI ISM-ID-00141; Department of State TAGS handbook 1974, section 1"
    DateBesideExemption "T124" Warning Error
        "50X1-HUM and 50X2-WMD have no date beside them."
        "the exemption alone" "ODNI ISM-ID-00133"
    NotApplicableButClassified "T125" Warning Error
        "`N/A` goes with texts that aren't classified, and with no other."
        "an instruction that says when" "Department of State TAGS handbook 1974, section 1"
    DeclassificationOfUnclassified "T126" - Error
        "A text that isn't classified has `N/A`."
        "`N/A`" "Department of State TAGS handbook 1974, section 1"
    DeclassificationBeforeDate "T127" Warning Error
        "The day of declassification is later than that of the telegram."
        "a later date" "5 FAH-1 H-212"
    DeclassificationTooLate "T128" - Warning
        "Without an exemption a text is declassified after 25 years; under E.O. 12065 after 20."
        "a date within the time" "Executive Order 13526 §1.5; Executive Order 12065 §1-4"
    ClassifierMissing "T129" - Error
        "A classified text says who classified it."
        "`Classified By:`, name, title and reasons" "5 FAH-1 H-246"
    ReasonsMissing "T130" - Warning
        "Who classifies says why, by the letters of the order."
        "such as `Reasons: 1.4 (b) and (d)`" "5 FAH-1 H-246"
    ReasonOfOtherEra "T131" Warning Error
        "Reasons are of section 1.5 until March 2003, and of section 1.4 since."
        "the section of the order in force" "5 FAH-1 H-246; Executive Order 13292"
    OverallAbovePortions "T132" - Warning
        "The whole is classified as its highest paragraph, not higher."
        "a classification that a paragraph bears out" "5 FAH-1 H-246.2"
    PortionMissing "T133" - Error
        "In a classified text the subject and every numbered paragraph have a portion mark."
        "such as `2. (C)`" "5 FAH-1 H-246.2"
    SingleParagraphNumbered "T134" - Error
        "A paragraph that is alone has no number."
        "no number" "5 FAH-1 H-246.2"
    SensitiveUnmarked "T135" - Warning
        "An unclassified text with SBU paragraphs is marked SENSITIVE or SBU as a whole."
        "`SENSITIVE` above the text" "5 FAH-1 H-246.2"
    NoForeignUnmarked "T136" - Error
        "A text with a NOFORN paragraph is NOFORN as a whole."
        "the caption `NOFORN`" "5 FAH-1 H-246.2; ODNI ISM"
    SummaryMissing "T137" - Warning
        "A text of more than three pages has a summary."
        "a summary above the text" "5 FAH-1 H-246.3"
    ParagraphsUnnumbered "T138" - Warning
        "Paragraphs are numbered when there are several."
        "`1.`, `2.`, …" "5 FAH-1 H-246.2"
    SubjectTagMissing "T140" Info Error
        "At least one of the TAGS is a subject's."
        "such as `PREL`" "Department of State TAGS handbook 1974, section 7"
    TagsOutOfOrder "T141" - Warning
        "TAGS stand in order: subjects, then places and organizations, then names."
        "subjects first" "Department of State TAGS handbook 1974, section 4"
    TagOfOtherYears "T142" Info Error
        "A geographic TAG is of the list in force that year."
        "the code of that year" "5 FAH-3 H-010; Department of State TAGS handbook 1974, section 5"
    PersonMisplaced "T143" - Warning
        "Names stand with TAGS of the fields A, B, C and O."
        "a TAG of administration, business, consular affairs or operations" "Department of State TAGS handbook 1974, section 4"
    TagRepeated "T144" - Warning
        "A TAG stands once."
        "each TAG once" "Department of State TAGS handbook 1974, section 3"
    TagsMissing "T145" - Error
        "Since March 1973 every telegram of the State series has TAGS."
        "a line `TAGS:`" "Department of State TAGS handbook 1974, section 1"
    ReferenceRepeated "T146" - Warning
        "A telegram is referred to once in the reference block."
        "each telegram once" "5 FAH-1 H-210"
    ReferenceAhead "T147" - Warning
        "A telegram refers to numbers of its own series that are lower than its own."
        "a lower number" "5 FAH-1 H-210"
    LineTooLong "T150" - Error
        "A line has at most 69 characters."
        "69 characters at most" "ACP 127(G) ¶138f"
    CharacterNotSent "T151" - Error
        "A message has the characters of the teleprinter, in capitals."
        "capitals, figures and the punctuation of the line" "ACP 127(G) ¶134, ¶140"
    PagesUnmarked "T152" - Warning
        "A message of more than twenty lines is in pages, each with its line."
        "a page line after every twenty lines" "ACP 127(G) ¶208"
    SectionTooLong "T153" - Error
        "A section has at most five pages of text: 100 lines."
        "sections of 100 lines" "ACP 127(G) ¶208e"
    SectionsDiffer "T154" Warning Error
        "All sections of a telegram have one date-time group."
        "the date-time group of the other sections" "ACP 127(G) ¶208f"
    ErrorSignLeft "T155" - Error
        "A sign of error that an operator keyed isn't sent on."
        "the corrected text" "ACP 127(G) ¶211"
    TrailingBlanks "T156" - Info
        "No blanks stand at a line's end."
        "no blanks" "ACP 127(G) ¶138e"
    SmallLetters "T157" - Warning
        "A message on an ITA2 line is in capitals, and so is every message before about 2000."
        "capitals" "ACP 127(G) ¶140"
    FindingsLeftOut "T160" Warning Warning
        "Of one rule's findings a telegram lists a hundred, and the rest is counted."
        "fewer findings of one rule" "this program, so that no text is answered at a length out of proportion"
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
