//! SQLite's FTS5 on the same texts, asked the same.
//!
//! Given what makes it fast: one optimised index, indices on date and sender, a large cache, no
//! journal. Each question returns what ours returns: the exact total, twenty cards, and where asked
//! counts and snippets.

use std::path::Path;

use rusqlite::{Connection, Result, Statement};

use xtask::generate::{Generated, POSTS};

const SCHEMA: &str = "
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144;
    PRAGMA mmap_size = 4294967296;
    CREATE TABLE cards (
        id INTEGER PRIMARY KEY, mrn TEXT, post TEXT, year INTEGER, sent TEXT, class TEXT, subject TEXT
    );
    CREATE TABLE tags (card INTEGER, tag TEXT);
    CREATE VIRTUAL TABLE texts USING fts5 (sender, subject, body);
    BEGIN;";

const FINISH: &str = "
    COMMIT;
    CREATE INDEX by_sent ON cards (sent);
    CREATE INDEX by_card ON tags (card, tag);
    INSERT INTO texts (texts) VALUES ('optimize');
    ANALYZE;";

/// A database being filled.
pub(super) struct Fts {
    connection: Connection,
}

impl Fts {
    pub(super) fn create(path: &Path) -> Result<Fts> {
        let connection = Connection::open(path)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Fts { connection })
    }

    pub(super) fn put(&self, id: i64, telegram: &Generated) -> Result<()> {
        let facts = &telegram.facts;
        let post = POSTS[facts.post].name;
        let mut card = self.connection.prepare_cached("INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?)")?;
        let (year, sent, class) = (facts.sent.year(), facts.sent.to_string(), facts.class.banner());
        card.execute((id, &facts.mrn, post, year, &sent, class, telegram.subject()))?;
        let mut tag = self.connection.prepare_cached("INSERT INTO tags VALUES (?, ?)")?;
        for code in &facts.tags {
            tag.execute((id, code))?;
        }
        let mut text = self
            .connection
            .prepare_cached("INSERT INTO texts (rowid, sender, subject, body) VALUES (?, ?, ?, ?)")?;
        text.execute((id, post, telegram.subject(), &telegram.text))?;
        Ok(())
    }

    pub(super) fn finish(&self) -> Result<()> {
        self.connection.execute_batch(FINISH)
    }

    /// A question ready to be asked again and again. The first statement gives the total.
    pub(super) fn question(&self, statements: &[String]) -> Result<Question<'_>> {
        let statements = statements.iter().map(|sql| self.connection.prepare(sql)).collect::<Result<_>>()?;
        Ok(Question { statements })
    }
}

/// Statements that together answer what one search of ours does.
pub(super) struct Question<'f> {
    statements: Vec<Statement<'f>>,
}

impl Question<'_> {
    /// Runs them all, reads every row, and returns the total.
    pub(super) fn ask(&mut self) -> Result<i64> {
        let mut total = 0;
        for (index, statement) in self.statements.iter_mut().enumerate() {
            let columns = statement.column_count();
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if index == 0 {
                    total = row.get(0)?;
                }
                for column in 0..columns {
                    std::hint::black_box(row.get_ref(column)?);
                }
            }
        }
        Ok(total)
    }
}

/// The total and the first twenty of those that match.
pub(super) fn matching(expression: &str, condition: &str, order: &str) -> Vec<String> {
    let from =
        format!("FROM texts JOIN cards ON id = texts.rowid WHERE texts MATCH '{expression}' {condition}");
    let count = if condition.is_empty() {
        format!("SELECT count(*) FROM texts WHERE texts MATCH '{expression}'")
    } else {
        format!("SELECT count(*) {from}")
    };
    let cards = format!("SELECT id, mrn, post, sent, class, cards.subject {from} ORDER BY {order} LIMIT 20");
    vec![count, cards]
}

/// The same with snippets and with counts by year, post, classification and TAG.
pub(super) fn with_facets_and_snippets(expression: &str) -> Vec<String> {
    let from = format!("FROM texts JOIN cards ON id = texts.rowid WHERE texts MATCH '{expression}'");
    let mut statements = vec![
        format!("SELECT count(*) FROM texts WHERE texts MATCH '{expression}'"),
        format!(
            "SELECT id, mrn, post, sent, class, cards.subject, snippet(texts, 2, '[', ']', '…', 24) \
             {from} ORDER BY rank LIMIT 20"
        ),
    ];
    for column in ["year", "post", "class"] {
        statements.push(format!("SELECT {column}, count(*) {from} GROUP BY 1"));
    }
    statements.push(format!(
        "SELECT tag, count(*) FROM texts JOIN tags ON card = texts.rowid \
         WHERE texts MATCH '{expression}' GROUP BY 1"
    ));
    statements
}

/// All, newest first.
pub(super) fn everything() -> Vec<String> {
    vec![
        "SELECT count(*) FROM cards".to_owned(),
        "SELECT id, mrn, post, sent, class, subject FROM cards ORDER BY sent DESC LIMIT 20".to_owned(),
    ]
}
