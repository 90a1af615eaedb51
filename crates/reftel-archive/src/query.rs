//! The query language: one box, AND by default.

use reftel_telegram::Span;

/// A query that is well formed.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// As typed.
    pub text: String,
}

/// Why a query isn't one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// The bytes of the query.
    pub span: Span,
    /// What is the matter there.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Query {
    /// Reads a query.
    pub fn parse(text: &str) -> Result<Query, QueryError> {
        Ok(Query { text: text.to_owned() })
    }
}
