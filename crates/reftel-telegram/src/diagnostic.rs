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

/// The rules, in the order of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// The date-time group can't be one.
    DateTimeGroupInvalid,
}

impl Code {
    /// All of them.
    pub const ALL: &[Code] = &[Code::DateTimeGroupInvalid];

    /// The stable name: `T001`.
    pub const fn name(self) -> &'static str {
        "T001"
    }

    /// How grave.
    pub const fn severity(self) -> Severity {
        Severity::Warning
    }

    /// What the rule says, in one line.
    pub const fn rule(self) -> &'static str {
        "the date-time group can't be one"
    }

    /// The publication that says so.
    pub const fn source(self) -> &'static str {
        "ACP 127(G) ¶113"
    }
}
