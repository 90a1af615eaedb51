//! `csv`: a row for each telegram.

use reftel_archive::{Archive, Telegram};

use super::super::Failure;
use super::super::search::disarm;
use super::lines::{Lines, Piece};
use crate::json;
use crate::wording::unslanted;

/// The columns, as `docs/export.md` explains them.
const HEAD: &str = "id,mrn,mrn_printed,dtg,dtg_printed,year,from,from_printed,to,info,precedence,classification,\
                    controls,captions,tags,subject,references,cites,signed,sections_present,sections_total,\
                    declassify_on,dialect,paragraphs,words,odd,source,hash,text\n";

pub(super) fn form() -> Lines {
    Lines::new(HEAD, "", "", one)
}

fn one(telegram: &Telegram, _: &Archive) -> Result<Piece, Failure> {
    let (card, record) = (&telegram.card, &telegram.record);
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let body = record.paragraphs.iter().map(|paragraph| unslanted(&paragraph.text).trim());
    let body = body.collect::<Vec<_>>().join("\n\n");
    let controls: Vec<&str> = record.controls.iter().map(|control| control.as_str()).collect();
    let references: Vec<&str> = record.references.iter().map(|each| each.printed.as_str()).collect();
    let present: Vec<String> = card.sections.present.iter().map(u32::to_string).collect();
    let due = record.executive_order.as_ref().and_then(|order| order.date.or(order.due.map(|due| due.date)));
    let first = telegram.sources.first();
    let row = [
        telegram.id.0.to_string(),
        text(&card.mrn),
        text(&record.mrn_printed),
        card.dtg.map(json::time).unwrap_or_default(),
        text(&record.dtg_printed),
        card.year.map(|year| year.to_string()).unwrap_or_default(),
        text(&card.post),
        record.from.as_ref().map(|from| from.plad.clone()).unwrap_or_default(),
        card.to.join("; "),
        card.info.join("; "),
        card.precedence.unwrap_or_default().to_owned(),
        card.classification.unwrap_or_default().to_owned(),
        controls.join("; "),
        card.captions.join("; "),
        card.tags.join("; "),
        text(&card.subject),
        references.join("; "),
        card.cites.join("; "),
        card.signed.join("; "),
        present.join(" "),
        number(card.sections.total),
        due.map(|date| date.to_string()).unwrap_or_default(),
        record.dialect.name().to_owned(),
        record.paragraphs.len().to_string(),
        body.split_whitespace().count().to_string(),
        record.diagnostics.len().to_string(),
        first.map(|source| source.path.display().to_string()).unwrap_or_default(),
        first.map(|source| source.hash.clone()).unwrap_or_default(),
        body,
    ];
    let trouble = |error: csv::Error| Failure::because("can't write the table as CSV", &error);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(row.map(disarm)).map_err(trouble)?;
    let bytes = writer
        .into_inner()
        .map_err(|error| Failure::because("can't write the table as CSV", error.error()))?;
    Ok(Piece { bytes, replaced: 0 })
}
