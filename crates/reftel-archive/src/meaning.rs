//! What telegrams are about, paragraph by paragraph, and which come near to what is sought.
//!
//! Where the archive has a model (`model/` beside the database), the index has the directions of each telegram's
//! subject and paragraphs: numbers of a column, which is gone through whole for each question. No tree or graph of
//! neighbours is kept: going through a million paragraphs takes a fraction of a second, finds all that there is, and
//! needs nothing made again when telegrams come in. Without a model nothing of this happens.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use rayon::prelude::*;
use reftel_meaning::{DIMENSIONS, Model, Sought};
use reftel_telegram::Record;
use tantivy::index::SegmentId;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::Field;
use tantivy::{DocId, Score, SegmentReader, TantivyDocument};

use crate::search::Open;
use crate::search::listed::{self, Listed};
use crate::{Archive, Error, ErrorKind, Id, Result, Writer};

/// The numbers of one paragraph in the column.
const WORDS: usize = DIMENSIONS / 8;

/// A paragraph that is less near to what is sought isn't found. Set by looking: below, one finds what one didn't mean
/// more often than what one did (`docs/meaning.md`).
pub(crate) const NEAR_MIN: f32 = 0.3;

/// A paragraph of fewer words says too little to point anywhere.
const WORDS_MIN: usize = 3;

/// What a telegram as near as can be gets in the order by relevance, beside the weights of words.
const WEIGHT: Score = 20.0;

/// Telegrams that one thread goes through at a time.
const AT_ONCE: u32 = 4096;

/// Where the model of an archive lies.
fn folder(dir: &Path) -> PathBuf {
    dir.join("model")
}

/// The files of a model: the table of weights, and what cuts texts into pieces.
const WEIGHTS: &str = "weights.safetensors";
const TOKENIZER: &str = "tokenizer.json";

/// The archive's model, if it has one.
pub(crate) fn load(dir: &Path) -> Result<Option<Arc<Model>>> {
    let folder = folder(dir);
    let read = |name: &str| {
        let path = folder.join(name);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::file("read", &path, error)),
        }
    };
    let (Some(weights), Some(tokenizer)) = (read(WEIGHTS)?, read(TOKENIZER)?) else { return Ok(None) };
    let model = Model::read(&weights, &tokenizer).map_err(|error| {
        let message =
            format!(
                "the model in `{}` can't be used; `reftel model fetch` gets it anew, and without that folder the archive works as before",
                folder.display()
            );
        Error::because(ErrorKind::Storage, message, error)
    })?;
    Ok(Some(Arc::new(model)))
}

/// Puts a model into an archive, which need not be there yet.
fn keep(dir: &Path, weights: &[u8], tokenizer: &[u8]) -> Result<()> {
    let folder = folder(dir);
    std::fs::create_dir_all(&folder).map_err(|e| Error::file("make", &folder, e))?;
    for (name, bytes) in [(WEIGHTS, weights), (TOKENIZER, tokenizer)] {
        let (path, fresh) = (folder.join(name), folder.join("new"));
        let written = std::fs::write(&fresh, bytes).and_then(|()| std::fs::rename(&fresh, &path));
        written.map_err(|e| Error::file("write", &path, e))?;
    }
    Ok(())
}

/// What the archive has of meaning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meanings {
    /// The model that is here.
    pub model: Option<String>,
    /// How many pieces of words that model knows.
    pub pieces: usize,
    /// The model by which the index was made.
    pub indexed: Option<String>,
    /// How many paragraphs and subjects have a direction in the index.
    pub paragraphs: u64,
}

impl Writer {
    /// Takes a model into an archive, in the place of the one that it may have: a table of weights as safetensors and a
    /// tokenizer's JSON. The index is made anew with it, unless it was made with this very model.
    /// [`ErrorKind::Input`] if they are no model.
    pub fn take_model(
        dir: &Path,
        weights: &[u8],
        tokenizer: &[u8],
        progress: &mut dyn FnMut(&crate::Progress),
    ) -> Result<Writer> {
        Model::read(weights, tokenizer)
            .map_err(|error| Error::because(ErrorKind::Input, "this is no model", error))?;
        // Before the archive is opened: the model that is there may be damaged.
        keep(dir, weights, tokenizer)?;
        Writer::open_telling(dir, progress)
    }
}

impl Archive {
    /// The archive's model, kept once it was read.
    pub(crate) fn model(&self) -> Result<Option<Arc<Model>>> {
        let mut held = self.model.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            *held = load(&self.dir)?;
        }
        Ok(held.clone())
    }

    /// Whether meaning can be asked for: a model is here, and the index was made with it.
    pub fn knows_meanings(&self) -> bool {
        folder(&self.dir).join(WEIGHTS).is_file() && self.searcher().is_ok_and(|open| open.model.is_some())
    }

    /// What the archive has of meaning.
    pub fn meanings(&self) -> Result<Meanings> {
        let model = self.model()?;
        let open = self.searcher()?;
        let mut paragraphs = 0;
        for segment in open.searcher.segment_readers() {
            let column = segment.fast_fields().u64("meaning").map_err(|e| Error::index("read", e))?;
            paragraphs += u64::from(column.values.num_vals()) / WORDS as u64;
        }
        Ok(Meanings {
            model: model.as_ref().map(|model| model.name().to_owned()),
            pieces: model.as_ref().map_or(0, |model| model.pieces()),
            indexed: open.model.clone(),
            paragraphs,
        })
    }
}

/// A text as directions are taken of it. The model tells capitals from small letters, and a telegram that is all in
/// capitals means no more by them than blanks between lines.
fn plain(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (small, capital) = text.chars().fold((0_usize, 0_usize), |(small, capital), c| {
        (small + usize::from(c.is_lowercase()), capital + usize::from(c.is_uppercase()))
    });
    if capital > small { text.to_lowercase() } else { text }
}

/// Adds the directions of a telegram's subject and of its paragraphs, in order; zeros for what says too little.
pub(crate) fn add(document: &mut TantivyDocument, field: Field, record: &Record, model: &Model) {
    let subject = record.subject.as_ref().map_or("", |subject| subject.value.text.as_str());
    let paragraphs = record.paragraphs.iter().map(|paragraph| paragraph.value.text.as_str());
    for text in std::iter::once(subject).chain(paragraphs) {
        let says = text.split_whitespace().nth(WORDS_MIN - 1).is_some();
        let direction = if says { model.direction(&plain(text)) } else { None };
        let kept = direction.map_or([0; WORDS], |direction| direction.kept());
        for word in kept {
            document.add_u64(field, word);
        }
    }
}

/// A telegram that is near to what is sought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Near {
    doc: DocId,
    pub(crate) id: Id,
    /// The cosine of the angle between what is sought and its nearest paragraph.
    pub(crate) similarity: f32,
    /// Which: 0 is the subject, 1 the first paragraph.
    pub(crate) place: u32,
}

/// All telegrams that are near to what is sought, by segments of the index, each in ascending order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Nearest(HashMap<SegmentId, Vec<Near>>);

impl Nearest {
    /// How near a telegram is.
    pub(crate) fn of(&self, ids: &[Id]) -> HashMap<Id, Near> {
        let all = self.0.values().flatten();
        all.filter(|near| ids.contains(&near.id)).map(|near| (near.id, *near)).collect()
    }
}

/// The telegrams with a paragraph whose meaning is near to a text's. [`ErrorKind::Query`] where there is no model, or
/// the text says too little.
pub(crate) fn nearest(archive: &Archive, open: &Open, text: &str) -> Result<Nearest> {
    let Some(model) = archive.model()? else {
        let message = "to search by meaning a model is needed, and this archive has none; `reftel model fetch` gets \
                       one, and is the only command that asks another machine for anything";
        return Err(Error::new(ErrorKind::Query, message));
    };
    if open.model.as_deref() != Some(model.name()) {
        let message = "the index was made without this model; `reftel reindex` makes it anew";
        return Err(Error::new(ErrorKind::Query, message));
    }
    let Some(direction) = model.direction(&plain(text)) else {
        let message = format!("there is nothing in `{text}` that could mean something");
        return Err(Error::new(ErrorKind::Query, message));
    };
    let sought = direction.sought();
    let mut jobs = Vec::new();
    for (segment, ids) in open.searcher.segment_readers().iter().zip(open.ids.iter()) {
        let starts = (0..segment.max_doc()).step_by(AT_ONCE as usize);
        jobs.extend(starts.map(|start| (segment, ids, start)));
    }
    let found: Vec<tantivy::Result<(SegmentId, Vec<Near>)>> = jobs
        .into_par_iter()
        .map(|(segment, ids, start)| {
            let docs = start..segment.max_doc().min(start + AT_ONCE);
            Ok((segment.segment_id(), near_in(segment, ids, docs, &sought)?))
        })
        .collect();
    let mut nearest = Nearest::default();
    for some in found {
        let (segment, some) = some.map_err(|e| Error::index("search", e))?;
        nearest.0.entry(segment).or_default().extend(some);
    }
    Ok(nearest)
}

/// The telegrams of a part of a segment that are near.
fn near_in(
    segment: &SegmentReader,
    ids: &tantivy::columnar::Column<u64>,
    docs: std::ops::Range<DocId>,
    sought: &Sought,
) -> tantivy::Result<Vec<Near>> {
    let column = segment.fast_fields().u64("meaning")?;
    let mut near = Vec::new();
    let mut words = Vec::new();
    for doc in docs {
        let rows = column.index.value_row_ids(doc);
        if rows.is_empty() || segment.is_deleted(doc) {
            continue;
        }
        words.resize(rows.len(), 0);
        column.values.get_range(u64::from(rows.start), &mut words);
        let mut best = (NEAR_MIN, None);
        for (place, kept) in (0..).zip(words.chunks_exact(WORDS)) {
            let similarity = sought.similarity(kept);
            if similarity >= best.0 {
                best = (similarity, Some(place));
            }
        }
        if let (similarity, Some(place)) = best {
            let id = Id(ids.first(doc).unwrap_or_default().cast_signed());
            near.push(Near { doc, id, similarity, place });
        }
    }
    Ok(near)
}

/// The index's query for what is near: how near is its weight.
#[derive(Clone, Debug)]
pub(crate) struct IsNear(pub(crate) Arc<Nearest>);

impl Query for IsNear {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for IsNear {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let near = self.0.0.get(&segment.segment_id()).map_or(&[][..], Vec::as_slice);
        let docs = near.iter().map(|near| (near.doc, near.similarity * WEIGHT * boost));
        Ok(Box::new(Listed::new(docs.collect())))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("near in meaning", listed::score(self.scorer(segment, 1.0)?, doc)))
    }
}
