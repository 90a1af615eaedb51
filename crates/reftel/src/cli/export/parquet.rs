//! `parquet`: a row for each telegram in columns with types, for notebooks and engines of analysis.
//!
//! Written with the columns' own writers: Arrow's arrays, of which each row would be made for nothing else, would
//! double what there is to build.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::date;
use jiff::tz::Offset;
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use reftel_archive::{Archive, Telegram};

use super::super::Failure;
use super::Form;
use super::out::Out;
use crate::wording::unslanted;

/// The columns of `csv`, with types.
const SCHEMA: &str = "message telegrams {
    required int64 id;
    optional binary mrn (UTF8);
    optional binary mrn_printed (UTF8);
    optional int64 dtg (TIMESTAMP(MICROS,true));
    optional binary dtg_printed (UTF8);
    optional int32 year;
    optional binary from (UTF8);
    optional binary from_printed (UTF8);
    required group to (LIST) { repeated group list { required binary element (UTF8); } }
    required group info (LIST) { repeated group list { required binary element (UTF8); } }
    optional binary precedence (UTF8);
    optional binary classification (UTF8);
    required group controls (LIST) { repeated group list { required binary element (UTF8); } }
    required group captions (LIST) { repeated group list { required binary element (UTF8); } }
    required group tags (LIST) { repeated group list { required binary element (UTF8); } }
    optional binary subject (UTF8);
    required group references (LIST) { repeated group list { required binary element (UTF8); } }
    required group cites (LIST) { repeated group list { required binary element (UTF8); } }
    required group signed (LIST) { repeated group list { required binary element (UTF8); } }
    required group sections_present (LIST) { repeated group list { required int32 element; } }
    optional int32 sections_total;
    optional int32 declassify_on (DATE);
    optional binary dialect (UTF8);
    optional int32 paragraphs;
    optional int32 words;
    optional int32 odd;
    optional binary source (UTF8);
    optional binary hash (UTF8);
    optional binary text (UTF8);
}";

/// A row group is written when its texts have so many bytes, or it has so many rows: what is in memory at a time.
const GROUP_BYTES: usize = 16 << 20;
const GROUP_ROWS: usize = 50_000;

/// A value of a row.
#[derive(Debug)]
pub(super) enum Cell {
    Id(i64),
    Text(Option<String>),
    Texts(Vec<String>),
    Number(Option<i32>),
    Numbers(Vec<i32>),
    /// Microseconds since 1970 in UTC.
    Time(Option<i64>),
}

/// What the writer of the library writes to, and what is taken from there.
#[derive(Clone, Debug, Default)]
struct Way(Arc<Mutex<Vec<u8>>>);

impl Way {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Way {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A table that is being written.
pub(super) struct Table {
    way: Way,
    /// Behind a lock only because forms are shared between threads.
    writer: Mutex<Option<SerializedFileWriter<Way>>>,
    rows: Vec<Vec<Cell>>,
    bytes: usize,
}

fn refused(error: &ParquetError) -> Failure {
    Failure::because("can't write the table as Parquet", error)
}

impl Table {
    pub(super) fn new() -> Result<Table, Failure> {
        let schema = Arc::new(parse_message_type(SCHEMA).map_err(|error| refused(&error))?);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("reftel {}", env!("CARGO_PKG_VERSION")))
            .build();
        let way = Way::default();
        let writer = SerializedFileWriter::new(way.clone(), schema, Arc::new(properties));
        let writer = writer.map_err(|error| refused(&error))?;
        Ok(Table { way, writer: Mutex::new(Some(writer)), rows: Vec::new(), bytes: 0 })
    }

    /// Writes the rows that wait as a group.
    fn group(&mut self, out: &mut Out<'_>) -> Result<(), Failure> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(writer) = writer.as_mut().filter(|_| !rows.is_empty()) {
            write(writer, &rows).map_err(|error| refused(&error))?;
        }
        out.write(&self.way.take())
    }
}

fn write(writer: &mut SerializedFileWriter<Way>, rows: &[Vec<Cell>]) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    let mut index = 0;
    while let Some(mut column) = group.next_column()? {
        let cells = rows.iter().filter_map(|row| row.get(index));
        write_column(&mut column, cells)?;
        column.close()?;
        index += 1;
    }
    group.close()?;
    Ok(())
}

/// A column's values, whether each is there, and whether it goes on in the list before it, as Parquet has them.
#[derive(Default)]
struct Levels {
    definition: Vec<i16>,
    repetition: Vec<i16>,
}

impl Levels {
    fn one(&mut self, there: bool) {
        self.definition.push(i16::from(there));
        self.repetition.push(0);
    }

    fn list(&mut self, length: usize) {
        if length == 0 {
            self.one(false);
        }
        for place in 0..length {
            self.definition.push(1);
            self.repetition.push(i16::from(place > 0));
        }
    }
}

fn write_column<'c>(
    column: &mut SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = &'c Cell>,
) -> Result<(), ParquetError> {
    let bytes = |text: &String| ByteArray::from(text.as_bytes().to_vec());
    let (mut levels, mut texts, mut numbers, mut times) = (Levels::default(), vec![], vec![], vec![]);
    let mut kind = None;
    for cell in cells {
        kind = Some(cell);
        match cell {
            Cell::Id(id) => times.push(*id),
            Cell::Text(text) => {
                levels.one(text.is_some());
                texts.extend(text.iter().map(bytes));
            }
            Cell::Texts(list) => {
                levels.list(list.len());
                texts.extend(list.iter().map(bytes));
            }
            Cell::Number(number) => {
                levels.one(number.is_some());
                numbers.extend(number);
            }
            Cell::Numbers(list) => {
                levels.list(list.len());
                numbers.extend(list);
            }
            Cell::Time(time) => {
                levels.one(time.is_some());
                times.extend(time);
            }
        }
    }
    let Levels { definition, repetition } = &levels;
    let (definition, repetition) = (Some(definition.as_slice()), Some(repetition.as_slice()));
    match kind {
        Some(Cell::Id(_)) => column.typed::<Int64Type>().write_batch(&times, None, None)?,
        Some(Cell::Time(_)) => column.typed::<Int64Type>().write_batch(&times, definition, None)?,
        Some(Cell::Text(_)) => column.typed::<ByteArrayType>().write_batch(&texts, definition, None)?,
        Some(Cell::Texts(_)) => {
            column.typed::<ByteArrayType>().write_batch(&texts, definition, repetition)?
        }
        Some(Cell::Number(_)) => column.typed::<Int32Type>().write_batch(&numbers, definition, None)?,
        Some(Cell::Numbers(_)) => {
            column.typed::<Int32Type>().write_batch(&numbers, definition, repetition)?
        }
        None => 0,
    };
    Ok(())
}

/// A telegram's row, in the order of the schema.
fn row(telegram: &Telegram) -> Vec<Cell> {
    let (card, record) = (&telegram.card, &telegram.record);
    let text = |value: Option<&str>| Cell::Text(value.map(str::to_owned));
    let count = |number: usize| Cell::Number(Some(i32::try_from(number).unwrap_or(i32::MAX)));
    let small = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let body = record.paragraphs.iter().map(|paragraph| unslanted(&paragraph.text).trim());
    let body = body.collect::<Vec<_>>().join("\n\n");
    let time = card.dtg.and_then(|at| Some(Offset::UTC.to_timestamp(at).ok()?.as_microsecond()));
    let order = record.executive_order.as_ref();
    let due = order.and_then(|order| order.date.or(order.due.map(|due| due.date)));
    let due = due.and_then(|day| Some(date(1970, 1, 1).until(day).ok()?.get_days()));
    let first = telegram.sources.first();
    let path = first.map(|source| source.path.to_string_lossy().into_owned());
    vec![
        Cell::Id(telegram.id.0),
        text(card.mrn.as_deref()),
        text(record.mrn_printed.as_deref()),
        Cell::Time(time),
        text(record.dtg_printed.as_deref()),
        Cell::Number(card.year.map(i32::from)),
        text(card.post.as_deref()),
        text(record.from.as_ref().map(|from| from.plad.as_str())),
        Cell::Texts(card.to.clone()),
        Cell::Texts(card.info.clone()),
        text(card.precedence),
        text(card.classification),
        Cell::Texts(record.controls.iter().map(|control| control.value.clone()).collect()),
        Cell::Texts(card.captions.clone()),
        Cell::Texts(card.tags.clone()),
        text(card.subject.as_deref()),
        Cell::Texts(record.references.iter().map(|each| each.printed.clone()).collect()),
        Cell::Texts(card.cites.clone()),
        Cell::Texts(card.signed.clone()),
        Cell::Numbers(card.sections.present.iter().map(|number| small(*number)).collect()),
        Cell::Number(card.sections.total.map(small)),
        Cell::Number(due),
        text(Some(record.dialect.name())),
        count(record.paragraphs.len()),
        count(body.split_whitespace().count()),
        count(record.diagnostics.len()),
        Cell::Text(path),
        text(first.map(|source| source.hash.as_str())),
        Cell::Text(Some(body)),
    ]
}

impl Form for Table {
    type Piece = Vec<Cell>;

    fn begin(&mut self, _: &mut Out<'_>) -> Result<(), Failure> {
        Ok(())
    }

    fn piece(&self, telegram: &Telegram, _: &Archive) -> Result<Vec<Cell>, Failure> {
        Ok(row(telegram))
    }

    fn put(&mut self, row: Vec<Cell>, out: &mut Out<'_>) -> Result<(), Failure> {
        if let Some(Cell::Text(Some(text))) = row.last() {
            self.bytes += text.len();
        }
        self.rows.push(row);
        if self.bytes >= GROUP_BYTES || self.rows.len() >= GROUP_ROWS { self.group(out) } else { Ok(()) }
    }

    fn end(&mut self, out: &mut Out<'_>) -> Result<(), Failure> {
        self.group(out)?;
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            writer.close().map_err(|error| refused(&error))?;
        }
        out.write(&self.way.take())
    }
}
