//! The index: made from the store, and never the only place of anything.
//!
//! A document is made from a telegram's bytes and its record; what it holds is listed in
//! `docs/archive.md`. Nothing is stored in it but the telegram's number. Each commit carries, as its
//! payload, the archive's name and the number of the last change that it covers, so that what a crash
//! took from the index is known and can be made again.

use std::borrow::Cow;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use reftel_meaning::Model;
use reftel_telegram::record::{BlockKind, Station, TagKind};
use reftel_telegram::{Card, Record, Span, tables};
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, FileSlice, Lock, META_LOCK, MmapDirectory,
    TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyDocument, Term};

use crate::error::is_full;
use crate::words::{self, TEXT, WORDS};
use crate::{Error, ErrorKind, Id, Result, guard, meaning, store};

/// Memory for each of the indexer's threads; a segment is written when it is full.
const HEAP_BYTES_A_THREAD: usize = 128 << 20;

/// An index up to this size is checked whole before it is written to, which takes a tenth of a second: merging
/// would give what is damaged a checksum that is right.
const CHECKED_BYTES_MAX: u64 = 256 << 20;

/// More threads wait for the disk.
const THREADS_MAX: usize = 8;

/// The index of the archive in `dir`.
pub(crate) fn path(dir: &Path) -> PathBuf {
    dir.join("index")
}

/// The file that each commit of the index replaces.
pub(crate) fn meta(dir: &Path) -> PathBuf {
    path(dir).join("meta.json")
}

/// The fields of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    pub(crate) id: Field,
    pub(crate) body: Field,
    pub(crate) subject: Field,
    pub(crate) from: Field,
    pub(crate) to: Field,
    pub(crate) info: Field,
    pub(crate) caption: Field,
    pub(crate) signed: Field,
    pub(crate) person: Field,
    pub(crate) place: Field,
    pub(crate) key: Field,
    pub(crate) date: Field,
    pub(crate) year: Field,
    pub(crate) declassified: Field,
    pub(crate) serial: Field,
    pub(crate) sections: Field,
    pub(crate) words: Field,
    pub(crate) post: Field,
    pub(crate) class: Field,
    pub(crate) tags: Field,
    pub(crate) meaning: Field,
}

/// The schema, and its fields.
pub(crate) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default().set_tokenizer(WORDS);
    let positions = |rule: TextFieldIndexing| rule.set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let whole = TextOptions::default().set_indexing_options(positions(indexing.clone().set_tokenizer(TEXT)));
    let long = TextOptions::default().set_indexing_options(positions(indexing.clone()));
    let short = TextOptions::default().set_indexing_options(
        indexing.set_index_option(IndexRecordOption::WithFreqsAndPositions).set_fieldnorms(false),
    );
    let facet = TextOptions::default().set_fast("raw");
    let fields = Fields {
        id: builder.add_u64_field("id", INDEXED | FAST),
        body: builder.add_text_field("body", whole),
        subject: builder.add_text_field("subject", long),
        from: builder.add_text_field("from", short.clone()),
        to: builder.add_text_field("to", short.clone()),
        info: builder.add_text_field("info", short.clone()),
        caption: builder.add_text_field("caption", short.clone()),
        signed: builder.add_text_field("signed", short.clone()),
        person: builder.add_text_field("person", short.clone()),
        place: builder.add_text_field("place", short),
        key: builder.add_text_field("key", STRING),
        date: builder.add_i64_field("date", FAST),
        year: builder.add_i64_field("year", FAST | INDEXED),
        declassified: builder.add_i64_field("declassified", FAST),
        serial: builder.add_i64_field("serial", FAST),
        sections: builder.add_i64_field("sections", FAST),
        words: builder.add_i64_field("words", FAST),
        post: builder.add_text_field("post", facet.clone()),
        class: builder.add_text_field("class", facet.clone()),
        tags: builder.add_text_field("tags", facet),
        meaning: builder.add_u64_field("meaning", FAST),
    };
    (builder.build(), fields)
}

/// Makes the rules of words known to an index.
fn register(index: &Index) {
    index.tokenizers().register(WORDS, words::analyzer());
    index.tokenizers().register(TEXT, words::text_analyzer());
}

/// Opens the index, if there is one that this program made.
pub(crate) fn open(dir: &Path) -> Result<(Index, Fields)> {
    let path = path(dir);
    if !meta(dir).is_file() {
        let message = format!("there is no index in `{}`; `reindex` makes it", path.display());
        return Err(Error::new(ErrorKind::Index, message));
    }
    let directory = MmapDirectory::open(&path).map_err(tantivy::TantivyError::from);
    let index = directory
        .and_then(|inner| Index::open(Readable { inner, path: path.clone() }))
        .map_err(|e| Error::index("open", e))?;
    let (schema, fields) = schema();
    if index.schema() != schema {
        let message =
            format!("the index in `{}` is another version's; `reindex` makes it anew", path.display());
        return Err(Error::new(ErrorKind::Index, message));
    }
    register(&index);
    Ok((index, fields))
}

/// Whether the disk was full when the index was last written. Tantivy writes with threads of its own, and only
/// says that one of them failed.
static FULL: AtomicBool = AtomicBool::new(false);

/// Whether the disk was full when the index was last written.
pub(crate) fn was_full() -> bool {
    FULL.swap(false, Ordering::Relaxed)
}

/// Notes that a disk is full, if it is.
fn note(error: &std::io::Error) {
    if is_full(error) {
        FULL.store(true, Ordering::Relaxed);
    }
}

/// What was written, with a note where that failed because a disk is full.
pub(crate) fn noted<T>(written: std::io::Result<T>) -> std::io::Result<T> {
    written.inspect_err(note)
}

/// A file of the index that notes when the disk is full.
struct Noting(WritePtr);

impl Write for Noting {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        noted(self.0.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        noted(self.0.flush())
    }
}

impl TerminatingWrite for Noting {
    fn terminate_ref(&mut self, token: AntiCallToken) -> std::io::Result<()> {
        noted(self.0.terminate_ref(token))
    }
}

/// The index's directory, which can be read also where it can't be written, and by everyone who may.
///
/// Tantivy makes the files that it replaces as temporary ones, which their owner alone may read; here they
/// follow the umask, as all others do.
///
/// Readers lock a file for a moment, lest the writer removes what they are about to open. Tantivy opens that
/// file for writing; here, where it must, for reading, which is enough for a lock. Where there is no such
/// file and none can be made, nobody writes.
#[derive(Clone, Debug)]
struct Readable {
    inner: MmapDirectory,
    path: PathBuf,
}

impl Directory for Readable {
    fn acquire_lock(&self, lock: &Lock) -> std::result::Result<DirectoryLock, LockError> {
        let refused = |error: &std::io::Error| {
            matches!(
                error.kind(),
                std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem
            )
        };
        match self.inner.acquire_lock(lock) {
            Err(LockError::IoError(error)) if lock.filepath == META_LOCK.filepath && refused(&error) => {
                let Ok(file) = std::fs::File::open(self.path.join(&lock.filepath)) else {
                    return Ok(DirectoryLock::from(Box::new(())));
                };
                file.lock_shared().map_err(LockError::wrap_io_error)?;
                Ok(DirectoryLock::from(Box::new(file)))
            }
            locked => locked,
        }
    }

    fn get_file_handle(&self, path: &Path) -> std::result::Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn open_read(&self, path: &Path) -> std::result::Result<FileSlice, OpenReadError> {
        self.inner.open_read(path)
    }

    fn delete(&self, path: &Path) -> std::result::Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> std::result::Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> std::result::Result<WritePtr, OpenWriteError> {
        let file = self.inner.open_write(path).inspect_err(|error| {
            if let OpenWriteError::IoError { io_error, .. } = error {
                note(io_error);
            }
        })?;
        Ok(BufWriter::new(Box::new(Noting(file))))
    }

    fn atomic_read(&self, path: &Path) -> std::result::Result<Vec<u8>, OpenReadError> {
        self.inner.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> std::io::Result<()> {
        // There is one writer, so one name will do.
        let (path, fresh) = (self.path.join(path), self.path.join("new"));
        let write = || {
            let mut file = std::fs::File::create(&fresh)?;
            file.write_all(data)?;
            file.sync_data()?;
            std::fs::rename(&fresh, path)
        };
        noted(write())
    }

    fn sync_directory(&self) -> std::io::Result<()> {
        self.inner.sync_directory()
    }

    fn watch(&self, watch_callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(watch_callback)
    }
}

/// The same, if every file of it can be read, and is as it was written where that is quickly said.
pub(crate) fn open_sound(dir: &Path) -> Result<(Index, Fields)> {
    guard::asking(dir, || {
        let (index, fields) = open(dir)?;
        let reader: tantivy::Result<IndexReader> =
            index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        reader.map_err(|e| Error::index("open", e))?;
        if bytes(dir) <= CHECKED_BYTES_MAX && !damaged(dir, &index)?.is_empty() {
            return Err(Error::new(ErrorKind::Index, "the index is damaged"));
        }
        Ok((index, fields))
    })
}

/// The files of the index that aren't as they were written, in order of name.
pub(crate) fn damaged(dir: &Path, index: &Index) -> Result<Vec<String>> {
    let segments = index.searchable_segment_ids().map_err(|e| Error::index("read", e))?;
    let segments: Vec<String> = segments.iter().map(tantivy::index::SegmentId::uuid_string).collect();
    let mut damaged = Vec::new();
    for file in path(dir).read_dir().into_iter().flatten().flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        if !segments.iter().any(|segment| name.starts_with(segment)) {
            continue;
        }
        let sound = match index.directory().validate_checksum(Path::new(&name)) {
            Ok(sound) => sound,
            // Merged away meanwhile. One that is wanted and isn't there is said on opening.
            Err(OpenReadError::FileDoesNotExist(_)) => true,
            Err(_) => false,
        };
        if !sound {
            damaged.push(name);
        }
    }
    damaged.sort();
    Ok(damaged)
}

/// What stands where the index is to be and isn't an index's: somebody's, and not to be removed.
fn strange(path: &Path) -> Option<PathBuf> {
    let is_index = |name: &str| {
        let segment = name.split('.').next().unwrap_or_default();
        matches!(name, "meta.json" | ".managed.json" | "new")
            || [".tantivy-", ".tmp"].iter().any(|start| name.starts_with(start))
            || segment.len() == 32 && segment.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    if path.is_file() {
        return path.metadata().is_ok_and(|file| file.len() > 0).then(|| path.to_owned());
    }
    let mut files = path.read_dir().ok()?.flatten();
    let strange = files.find(|file| {
        let is_file = file.file_type().is_ok_and(|kind| kind.is_file());
        !is_file || !is_index(&file.file_name().to_string_lossy())
    });
    strange.map(|file| file.path())
}

/// Makes an empty index in place of what was there.
pub(crate) fn create(dir: &Path) -> Result<(Index, Fields)> {
    let path = path(dir);
    if let Some(strange) = strange(&path) {
        let message = format!(
            "`{}` is no index's file; move it away, or choose another directory for the archive",
            strange.display()
        );
        return Err(Error::new(ErrorKind::Storage, message));
    }
    let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { Ok(()) };
    let removed = if path.is_file() { std::fs::remove_file(&path) } else { removed };
    removed.map_err(|e| Error::file("remove", &path, e))?;
    std::fs::create_dir_all(&path).map_err(|e| Error::file("make", &path, e))?;
    let (schema, fields) = schema();
    let directory = MmapDirectory::open(&path).map_err(tantivy::TantivyError::from);
    let index = directory
        .and_then(|inner| {
            Index::create(Readable { inner, path: path.clone() }, schema, IndexSettings::default())
        })
        .map_err(|e| Error::index("make", e))?;
    register(&index);
    Ok((index, fields))
}

/// A writer for the index.
pub(crate) fn writer(index: &Index) -> Result<IndexWriter> {
    was_full();
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
    index
        .writer_with_num_threads(threads, threads * HEAP_BYTES_A_THREAD)
        .map_err(|e| Error::index("write", e))
}

/// Commits, and notes in the index up to which change it is complete, and by which model.
pub(crate) fn commit(
    writer: &mut IndexWriter,
    archive: &str,
    change: i64,
    model: Option<&Model>,
) -> Result<()> {
    let model = model.map_or("-", Model::name);
    let commit = |writer: &mut IndexWriter| {
        let mut prepared = writer.prepare_commit()?;
        prepared.set_payload(&format!("{archive} {change} {model}"));
        prepared.commit()
    };
    commit(writer).map(|_| ()).map_err(|e| Error::index("write", e))
}

/// Lets the indexer end, after making the index one segment if asked to.
pub(crate) fn finish(mut writer: IndexWriter, one: bool) -> Result<()> {
    let mut merge = || {
        let segments = writer.index().searchable_segment_ids()?;
        if one && segments.len() > 1 { writer.merge(&segments).wait().map(|_| ()) } else { Ok(()) }
    };
    // Segments that are being merged already can't be merged here, which does no harm.
    let _ = merge();
    writer.wait_merging_threads().map_err(|e| Error::index("merge", e))
}

/// How large the index is.
pub(crate) fn bytes(dir: &Path) -> u64 {
    let files = path(dir).read_dir().into_iter().flatten();
    files.filter_map(|file| file.ok()?.metadata().ok()).map(|file| file.len()).sum()
}

/// The change up to which the index of this archive is complete; `None` if it is another's.
pub(crate) fn covered(index: &Index, archive: &str) -> Result<Option<i64>> {
    Ok(payload(index, archive)?.and_then(|(change, _)| change.parse().ok()))
}

/// The name of the model by which the index was made; `None` without one.
pub(crate) fn model(index: &Index, archive: &str) -> Result<Option<String>> {
    Ok(payload(index, archive)?.and_then(|(_, model)| (model != "-").then_some(model)))
}

/// What the last commit noted: the change, and the model.
fn payload(index: &Index, archive: &str) -> Result<Option<(String, String)>> {
    let metas = index.load_metas().map_err(|e| Error::index("read", e))?;
    let payload = metas.payload.unwrap_or_default();
    let mut words = payload.split(' ');
    if words.next() != Some(archive) {
        return Ok(None);
    }
    let mut next = || words.next().map(str::to_owned);
    Ok(next().zip(next()))
}

/// The term that finds a telegram by its number here.
pub(crate) fn id_term(fields: &Fields, id: Id) -> Term {
    Term::from_field_u64(fields.id, id.0.cast_unsigned())
}

/// The document of a telegram that is bytes `span` of an input, but for its number; and the record of the input.
pub(crate) fn document(
    fields: &Fields,
    bytes: &[u8],
    span: Span,
    record: &Record,
    card: &Card,
    model: Option<&Model>,
) -> TantivyDocument {
    // Room for the text and what the rest takes of most telegrams.
    let mut document = TantivyDocument::with_capacity(span.len() + 1024);
    let body = readable(bytes, span, record);
    let words = words_ended(body.as_bytes());
    document.add_text(fields.body, body);
    if let Some(subject) = &record.subject {
        document.add_text(fields.subject, &subject.printed);
    }
    let mut stations = |field, stations: &mut dyn Iterator<Item = &Station>| {
        for station in stations {
            names(station, |name| document.add_text(field, name));
        }
    };
    stations(fields.from, &mut record.from.iter().map(|from| &from.value));
    stations(fields.to, &mut record.to.iter().map(|to| &to.station));
    stations(fields.info, &mut record.info.iter().map(|info| &info.station));
    for (field, values) in
        [(fields.caption, &card.captions), (fields.signed, &card.signed), (fields.tags, &card.tags)]
    {
        for value in values {
            document.add_text(field, value);
        }
    }
    persons(record, |name| document.add_text(fields.person, name));
    for place in places(record) {
        document.add_text(fields.place, place);
    }
    add_keys(&mut document, fields.key, record, card);
    if let Some(model) = model {
        meaning::add(&mut document, fields.meaning, record, model);
    }
    let declassified = record.executive_order.as_ref().and_then(|order| order.value.date);
    let measures = [
        (fields.declassified, declassified.map(crate::query::day_number)),
        (fields.serial, card.serial.map(i64::from)),
        (fields.sections, card.sections.total.map(i64::from)),
        (fields.words, i64::try_from(words).ok()),
    ];
    for (field, value) in measures {
        if let Some(value) = value {
            document.add_i64(field, value);
        }
    }
    if let Some(seconds) = card.dtg.and_then(store::seconds) {
        document.add_i64(fields.date, seconds);
    }
    if let Some(year) = card.year {
        document.add_i64(fields.year, i64::from(year));
    }
    if let Some(post) = &card.post {
        document.add_text(fields.post, post);
    }
    if let Some(class) = card.classification {
        document.add_text(fields.class, class);
    }
    document
}

/// How many words have white space behind them.
fn words_ended(text: &[u8]) -> usize {
    // As many at once as a byte counts, which lets the processor take them side by side.
    const MANY: usize = u8::MAX as usize;
    let space = |byte: u8| byte == b' ' || byte.wrapping_sub(b'\t') < 5;
    let behind = text.get(1..).unwrap_or_default();
    let ends = |(last, next): (&u8, &u8)| u8::from(!space(*last) & space(*next));
    let pieces = text.chunks(MANY).zip(behind.chunks(MANY));
    pieces.map(|(here, behind)| usize::from(here.iter().zip(behind).map(ends).sum::<u8>())).sum()
}

/// Adds what a telegram is among others.
pub(crate) fn add_standing(
    document: &mut TantivyDocument,
    fields: &Fields,
    text: (&[u8], Span),
    record: &Record,
    stated: &[reftel_sources::Stated],
) {
    crate::standing::add(document, fields.key, text, record, stated);
}

/// Adds the collections that a telegram is of, as the user calls them.
pub(crate) fn add_collections(document: &mut TantivyDocument, fields: &Fields, names: &[String]) {
    for name in names {
        document.add_text(fields.key, collection_key(name));
    }
}

/// The key of a collection: its name in small letters, its words one blank apart.
pub(crate) fn collection_key(name: &str) -> String {
    format!("in:{}", name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
}

/// Who is named in the fields of a telegram.
fn persons(record: &Record, mut add: impl FnMut(&str)) {
    let workflow = &record.workflow;
    let hands = [&workflow.drafted_by, &workflow.approved_by, &workflow.cleared_by, &workflow.released_by];
    record.signatures.iter().for_each(|name| add(&name.value));
    record.classified_by.iter().filter_map(|by| by.value.name.as_deref()).for_each(&mut add);
    hands.into_iter().flatten().for_each(|hand| add(&hand.value));
    record.tags.iter().filter_map(|tag| tag.value.person.as_deref()).for_each(add);
}

/// Where its posts are, and what its geographic TAGS name.
fn places(record: &Record) -> Vec<&'static str> {
    let addressees = record.to.iter().chain(&record.info).map(|addressee| &addressee.value.station);
    let stations = record.from.iter().map(|from| &from.value).chain(addressees);
    let mut places: Vec<&'static str> = stations
        .filter_map(|station| tables::post(station.post.as_deref()?))
        .map(|post| post.city)
        .filter(|city| !city.is_empty())
        .collect();
    let year = record.dtg.as_ref().map(|dtg| dtg.value.year());
    let geographic = record.tags.iter().filter(|tag| tag.value.kind == TagKind::Geographic);
    places.extend(geographic.filter_map(|tag| Some(tables::tag(tag.value.code.as_deref()?, year)?.label)));
    places.sort_unstable();
    places.dedup();
    places
}

/// The names that an address goes by: as printed, the post, and the post as its numbers spell it.
fn names(station: &Station, mut add: impl FnMut(&str)) {
    add(&station.plad);
    if let Some(post) = &station.post {
        add(post);
        if post.contains(' ') {
            add(&post.replace(' ', ""));
        }
    }
}

/// Adds the exact values that a telegram is found by.
fn add_keys(document: &mut TantivyDocument, field: Field, record: &Record, card: &Card) {
    let mut key = String::new();
    let mut add = |name: &str, value: &str| {
        key.clear();
        key.extend([name, ":", value]);
        document.add_text(field, &key);
    };
    card.mrn.iter().for_each(|mrn| add("mrn", mrn));
    card.cites.iter().for_each(|mrn| add("ref", mrn));
    card.tags.iter().for_each(|tag| add("tag", &tag.to_ascii_uppercase()));
    card.classification.iter().for_each(|class| add("class", class));
    card.precedence.iter().for_each(|precedence| add("prec", precedence));
    let block = |kind| record.blocks.iter().any(|block| block.kind == kind);
    let has = [
        ("mrn", card.mrn.is_some()),
        ("dtg", card.dtg.is_some()),
        ("from", record.from.is_some()),
        ("class", card.classification.is_some()),
        ("captions", !card.captions.is_empty()),
        ("tags", !card.tags.is_empty()),
        ("subject", card.subject.is_some()),
        ("refs", !card.cites.is_empty()),
        ("eo", record.executive_order.is_some()),
        ("summary", block(BlockKind::Summary)),
        ("comment", block(BlockKind::Comment)),
        ("action", block(BlockKind::ActionRequest)),
        ("passing", !record.passing.is_empty()),
        ("signature", !card.signed.is_empty()),
        ("sections", card.sections.total.is_some_and(|total| total > 1)),
        ("quoted", !record.nested.is_empty()),
        ("diagnostics", !record.diagnostics.is_empty()),
    ];
    has.iter().filter(|(_, has)| *has).for_each(|(name, _)| add("has", name));
}

/// The text of the paragraph that a place of a telegram is in, and where in it that place is, roughly.
pub(crate) fn readable_part(record: &Record, place: Span) -> Option<(String, usize)> {
    let paragraph = record.paragraphs.iter().find(|paragraph| {
        let lines = &paragraph.value.lines;
        lines.iter().any(|(_, line)| line.start <= place.start && place.start < line.end)
    })?;
    let lines = &paragraph.value.lines;
    let (at, line) = lines.iter().find(|(_, line)| line.start <= place.start && place.start < line.end)?;
    Some((paragraph.value.text.clone(), at + (place.start - line.start)))
}

/// A telegram's text as it is searched: every character that is printed, once.
///
/// Paragraphs come from the record, where the lines of pages and sections don't break them; what no
/// paragraph has (the heading, the lines before the text, page lines) comes as it is printed.
pub(crate) fn readable(bytes: &[u8], span: Span, record: &Record) -> String {
    let (whole, encoding) = reftel_telegram::decode(bytes.get(span.range()).unwrap_or_default());
    if record.paragraphs.is_empty() || encoding.starts_with("utf-16") {
        return whole.into_owned();
    }
    let mut lines: Vec<Span> =
        record.paragraphs.iter().flat_map(|paragraph| paragraph.lines.iter().map(|line| line.1)).collect();
    lines.sort_unstable();
    // Where the text is as it came, a piece of it is borrowed; else it is decoded again.
    let as_it_came = matches!(whole, Cow::Borrowed(_));
    let mut text = String::with_capacity(span.len() + 64);
    let mut at = span.start;
    let mut add = |start: usize, end: usize| {
        let Some(piece) = bytes.get(start..end) else { return };
        if piece.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        match whole.get(start - span.start..end - span.start) {
            Some(piece) if as_it_came => text.push_str(piece),
            _ => text.push_str(&reftel_telegram::decode(piece).0),
        }
        text.push('\n');
    };
    for line in lines {
        add(at, line.start);
        at = at.max(line.end);
    }
    add(at, span.end);
    text.push('\n');
    for paragraph in &record.paragraphs {
        text.push_str(&paragraph.text);
        text.push_str("\n\n");
    }
    text
}
