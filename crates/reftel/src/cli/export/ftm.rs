//! `followthemoney`: entities and the links between them, as `FollowTheMoney` and Aleph read them, one a line.
//!
//! A telegram is a `Message`, a post or an office a `PublicBody`, whoever signed or is named in TAGS a `Person`, and
//! what is cited and not here a `Document` with a number and nothing else. Names are the same in every export, so
//! that two of them merge.

use std::collections::HashSet;

use reftel_archive::{Archive, Telegram};
use reftel_telegram::record::Station;
use reftel_telegram::tables;
use serde_json::{Map, Value, json};

use super::super::Failure;
use super::citation::Citation;
use super::out::Out;
use super::{Form, key};
use crate::json;
use crate::wording::unslanted;

/// Entities as they are written. Those that many telegrams have are written once.
#[derive(Default)]
pub(super) struct Entities {
    written: HashSet<String>,
}

/// An entity.
#[derive(Debug)]
pub(super) struct Entity {
    id: String,
    line: String,
    /// Whether other telegrams may have it too.
    shared: bool,
}

/// A telegram's entities.
struct Drawn<'a> {
    telegram: &'a Telegram,
    archive: &'a Archive,
    message: String,
    entities: Vec<Entity>,
}

impl Drawn<'_> {
    /// Adds an entity; what has no value is left out.
    fn add(
        &mut self,
        id: &str,
        schema: &str,
        shared: bool,
        properties: Vec<(&str, Vec<String>)>,
    ) -> Result<(), Failure> {
        let mut map = Map::new();
        for (name, mut values) in properties {
            values.retain(|value| !value.trim().is_empty());
            if !values.is_empty() {
                map.insert(name.to_owned(), values.into());
            }
        }
        let entity = json!({ "id": id, "schema": schema, "properties": Value::Object(map) });
        self.entities.push(Entity { id: id.to_owned(), line: json::print(&entity, false)? + "\n", shared });
        Ok(())
    }

    /// A link from something to the telegram, or from it to something.
    fn link(&mut self, from: &str, to: &str, role: &str) -> Result<(), Failure> {
        let id = format!("link-{}", digits(&format!("{from}\n{to}\n{role}")));
        let properties = vec![
            ("subject", vec![from.to_owned()]),
            ("object", vec![to.to_owned()]),
            ("role", vec![role.to_owned()]),
        ];
        self.add(&id, "UnknownLink", false, properties)
    }

    /// A station; says its name among all.
    fn station(&mut self, station: &Station) -> Result<String, Failure> {
        let plad = unslanted(&station.plad).trim().to_owned();
        let id = match &station.post {
            Some(post) => format!("station-{}", plain(post)),
            None => format!("station-{}", digits(&plad)),
        };
        let known = station.post.as_deref().and_then(tables::post);
        let name = known.map_or_else(|| plad.clone(), |post| post.display.to_owned());
        let code = station.post.clone();
        let properties = vec![
            ("name", vec![if name.is_empty() { "?".to_owned() } else { name }]),
            ("alias", vec![plad]),
            ("abbreviation", code.into_iter().collect()),
        ];
        self.add(&id, "PublicBody", true, properties)?;
        Ok(id)
    }

    fn message(&mut self) -> Result<(), Failure> {
        let (card, record) = (&self.telegram.card, &self.telegram.record);
        let mut sender = Vec::new();
        if let Some(from) = &record.from {
            sender.push(self.station(from)?);
        }
        let mut recipients = Vec::new();
        for addressee in record.to.iter().chain(&record.info) {
            recipients.push(self.station(&addressee.station)?);
        }
        recipients.sort();
        recipients.dedup();
        let body = record.paragraphs.iter().map(|paragraph| unslanted(&paragraph.text).trim());
        let source = self.telegram.sources.first();
        let file = source.and_then(|source| Some(source.path.file_name()?.to_string_lossy().into_owned()));
        let words = card.tags.iter().chain(&card.captions).cloned();
        let properties = vec![
            ("title", vec![Citation::of(self.telegram).title()]),
            ("subject", card.subject.iter().cloned().collect()),
            ("messageId", card.mrn.iter().cloned().collect()),
            ("date", card.dtg.map(json::time).into_iter().collect()),
            ("sender", sender),
            ("recipients", recipients),
            ("keywords", words.chain(card.classification.map(str::to_owned)).collect()),
            ("author", record.signatures.iter().map(|name| name.value.clone()).collect()),
            ("fileName", file.into_iter().collect()),
            ("bodyText", vec![body.collect::<Vec<_>>().join("\n\n")]),
        ];
        let message = self.message.clone();
        self.add(&message, "Message", false, properties)
    }

    fn persons(&mut self) -> Result<(), Failure> {
        let (record, message) = (&self.telegram.record, self.message.clone());
        // A surname says who only together with the post.
        let post = self.telegram.card.post.as_deref().unwrap_or_default();
        for name in &record.signatures {
            let id = format!("person-{}-{}", plain(post), digits(&name.to_uppercase()));
            self.add(
                &id,
                "Person",
                true,
                vec![("name", vec![name.value.clone()]), ("lastName", vec![name.value.clone()])],
            )?;
            self.link(&id, &message, "signed")?;
        }
        for person in record.tags.iter().filter_map(|tag| tag.person.as_ref()) {
            let id = format!("person-{}", digits(&person.to_uppercase()));
            self.add(&id, "Person", true, vec![("name", vec![person.clone()])])?;
            self.link(&id, &message, "named in TAGS")?;
        }
        Ok(())
    }

    fn references(&mut self) -> Result<(), Failure> {
        let message = self.message.clone();
        for mrn in &self.telegram.card.cites {
            let held = self.archive.by_mrn(mrn)?;
            if held.is_empty() {
                let id = format!("telegram-{}", plain(mrn));
                let properties = vec![
                    ("title", vec![mrn.clone()]),
                    ("notes", vec!["cited, and not in the archive".to_owned()]),
                ];
                self.add(&id, "Document", true, properties)?;
                self.link(&message, &id, "cites")?;
            }
            for entry in &held {
                let name =
                    if held.len() > 1 { format!("{}-id{}", plain(mrn), entry.id.0) } else { plain(mrn) };
                self.link(&message, &format!("telegram-{name}"), "cites")?;
            }
        }
        Ok(())
    }
}

/// Letters, digits and hyphens.
fn plain(name: &str) -> String {
    name.chars().filter(|char| char.is_ascii_alphanumeric() || *char == '-').collect()
}

/// Sixteen digits that stand for a text.
fn digits(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
}

impl Form for Entities {
    type Piece = Vec<Entity>;

    fn begin(&mut self, _: &mut Out<'_>) -> Result<(), Failure> {
        Ok(())
    }

    fn piece(&self, telegram: &Telegram, archive: &Archive) -> Result<Vec<Entity>, Failure> {
        let message = format!("telegram-{}", key(telegram, archive)?);
        let mut drawn = Drawn { telegram, archive, message, entities: Vec::new() };
        drawn.message()?;
        drawn.persons()?;
        drawn.references()?;
        Ok(drawn.entities)
    }

    fn put(&mut self, entities: Vec<Entity>, out: &mut Out<'_>) -> Result<(), Failure> {
        for entity in entities {
            // The same station may be called otherwise elsewhere: then its lines merge.
            if !entity.shared || self.written.insert(entity.id + &digits(&entity.line)) {
                out.write(entity.line.as_bytes())?;
            }
        }
        Ok(())
    }

    fn end(&mut self, _: &mut Out<'_>) -> Result<(), Failure> {
        Ok(())
    }
}
