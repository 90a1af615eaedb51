//! An archive made again from what another one carried over.
//!
//! What comes in is a stranger's: tables and columns are those of the schema or none, originals have their hash, and
//! at last the whole is verified as any archive is.

use std::path::{Path, PathBuf};

use reftel_sources::Reader;
use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, ToSql, params_from_iter};

use crate::import::{BLOCK_BYTES, Packer};
use crate::whole::{Value, Whole, columns};
use crate::{Error, ErrorKind, Progress, Result, Verified, Writer, store};

/// So many rows are one transaction.
const ROWS_A_TRANSACTION: usize = 10_000;

/// An archive that is being made again.
///
/// All rows of the tables in the order of [`Whole::tables`], originals with their bytes; then [`Restoring::finish`].
/// Until then there is no archive that could be used, and what there is may be removed.
#[derive(Debug)]
pub struct Restoring {
    dir: PathBuf,
    connection: Connection,
    /// Originals that wait for their block to be full.
    waiting: Vec<u8>,
    block: i64,
    packer: Packer,
    rows: usize,
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Value::Null => ToSqlOutput::Owned(rusqlite::types::Value::Null),
            Value::Integer(number) => ToSqlOutput::from(*number),
            Value::Real(number) => ToSqlOutput::from(*number),
            Value::Text(text) => ToSqlOutput::from(text.as_str()),
            Value::Bytes(bytes) => ToSqlOutput::from(bytes.as_slice()),
        })
    }
}

impl Restoring {
    /// Begins an archive in a directory that has none. `name` is the archive's own, sixteen hexadecimal digits.
    pub fn begin(dir: &Path, name: &str) -> Result<Restoring> {
        if name.len() != 16 || !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Error::new(ErrorKind::Input, "an archive's own name has sixteen hexadecimal digits"));
        }
        std::fs::create_dir_all(dir).map_err(|e| Error::file("make the directory", dir, e))?;
        if store::path(dir).exists() {
            let message = format!("there is an archive in `{}` already", dir.display());
            return Err(Error::new(ErrorKind::Input, message));
        }
        let connection = store::open_to_write(dir)?;
        connection.execute("UPDATE meta SET value = ? WHERE name = 'archive'", [name])?;
        connection.execute_batch("BEGIN")?;
        let (dir, packer) = (dir.to_owned(), Packer::new());
        Ok(Restoring { dir, connection, waiting: Vec::new(), block: 1, packer, rows: 0 })
    }

    /// Enters a row. [`ErrorKind::Input`] where the table doesn't take it.
    pub fn row(&mut self, table: &str, row: &[(String, Value)]) -> Result<()> {
        self.insert(table, row, &[])
    }

    /// Enters an original's row, and keeps its bytes.
    pub fn original(&mut self, row: &[(String, Value)], bytes: &[u8]) -> Result<()> {
        let value = |name: &str| row.iter().find(|(column, _)| column == name).map(|(_, value)| value);
        let id = match value("id") {
            Some(Value::Integer(id)) => *id,
            _ => return Err(Error::new(ErrorKind::Input, "an original has no number")),
        };
        let refuse = |why: &str| Err(Error::new(ErrorKind::Input, format!("original {id} {why}")));
        if value("hash") != Some(&Value::Bytes(blake3::hash(bytes).as_bytes().to_vec())) {
            return refuse("doesn't have the bytes that its hash says");
        }
        if value("len") != Some(&Value::Integer(store::integer(bytes.len()))) {
            return refuse("doesn't have as many bytes as it should");
        }
        match value("reader") {
            Some(Value::Text(name)) if Reader::from_name(name).is_none() => {
                return refuse(&format!("has the reader `{name}`, which this program doesn't know"));
            }
            _ => {}
        }
        if !self.waiting.is_empty() && self.waiting.len() + bytes.len() > BLOCK_BYTES {
            self.write_block()?;
        }
        let place = [("block", self.block), ("offset", store::integer(self.waiting.len()))];
        self.waiting.extend_from_slice(bytes);
        self.insert("original", row, &place)
    }

    fn insert(&mut self, table: &str, row: &[(String, Value)], place: &[(&str, i64)]) -> Result<()> {
        let refuse = |why: String| Error::new(ErrorKind::Input, why);
        if !Whole::tables().contains(&table) {
            return Err(refuse(format!("there is no table `{table}` to be restored")));
        }
        let known = columns(&self.connection, table)?.0;
        if let Some((name, _)) = row.iter().find(|(name, _)| !known.contains(name)) {
            return Err(refuse(format!("the table `{table}` has no column `{name}`")));
        }
        // All of these names are the schema's own.
        let names: Vec<&str> =
            row.iter().map(|(name, _)| name.as_str()).chain(place.iter().map(|(name, _)| *name)).collect();
        let marks = vec!["?"; names.len()].join(", ");
        let sql = format!("INSERT INTO {table} ({}) VALUES ({marks})", names.join(", "));
        let values = row.iter().map(|(_, value)| value.clone());
        let values = values.chain(place.iter().map(|(_, number)| Value::Integer(*number)));
        self.connection
            .prepare_cached(&sql)
            .and_then(|mut insert| insert.execute(params_from_iter(values)))
            .map_err(|error| match error.sqlite_error_code() {
                Some(rusqlite::ErrorCode::ConstraintViolation | rusqlite::ErrorCode::TypeMismatch) => {
                    Error::because(ErrorKind::Input, format!("the table `{table}` refuses a row"), error)
                }
                _ => Error::from(error),
            })?;
        self.rows += 1;
        if self.rows.is_multiple_of(ROWS_A_TRANSACTION) {
            self.connection.execute_batch("COMMIT; BEGIN")?;
        }
        Ok(())
    }

    fn write_block(&mut self) -> Result<()> {
        let packed = self.packer.pack(&self.waiting)?;
        self.connection
            .prepare_cached("INSERT INTO block VALUES (?, ?)")?
            .execute(rusqlite::params![self.block, packed])?;
        self.block += 1;
        self.waiting.clear();
        Ok(())
    }

    /// Makes cards, references and index from the originals, and verifies the whole. `progress` may end it, and
    /// then there is no archive.
    ///
    /// What is found is returned, and whoever restores decides what a finding means.
    pub fn finish(mut self, progress: &mut dyn FnMut(&Progress) -> bool) -> Result<Verified> {
        if !self.waiting.is_empty() {
            self.write_block()?;
        }
        self.connection.execute_batch("COMMIT")?;
        let Restoring { dir, connection, .. } = self;
        drop(connection);
        let mut writer = Writer::open(&dir)?;
        match writer.derive_all(progress) {
            // Told by what follows.
            Err(error) if error.kind() == ErrorKind::Damaged => {}
            done => done?,
        }
        writer.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        drop(writer);
        crate::Archive::open(&dir)?.verify(&mut |_, _| ())
    }
}
