//! `reftel search`

mod explain;
mod histogram;
mod phantoms;

use std::path::Path;

use comfy_table::{ColumnConstraint, ContentArrangement, Table, TableStyle};
use reftel_archive::{Archive, Entry, Expansion, Facets, Found, Hit, Id, Query, QueryError, Snippet, Sort};
use serde::Serialize;

use super::place::Places;
use super::terminal::{STRONG, Screen, clean, count, counted, paint};
use super::{Failure, Status, check, terminal};
use crate::{copies, json, wording};

/// Find telegrams
///
/// All words must be there, unless OR stands between them. Fields narrow: from: to: info: tags: class:
/// caption: prec: mrn: ref: subj: signed: date: has: is:, and others; docs/query.md has them all. `*` finds everything, and `-word` is without that
/// word; behind `--` all is query, also what looks like an option. Quote what the shell takes for its own.
///
/// Prints a table of number, date, originator, classification and subject; a telegram without a number
/// has an `id:` in its place, which `reftel show` takes too, and one without a subject says from whom to whom. How many there are goes to standard error.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 found, 1 nothing found, 2 an error, such as a query that isn't one.

Examples:
  reftel search ferry -tariff
  reftel search '\"ferry tariff\" from:VALDORIA date:2009-06..2009-07 -class:SECRET'
  reftel search '*' --limit 0 --format csv > all.csv")]
pub(crate) struct Search {
    /// What to find
    #[arg(required_unless_present = "complete", value_name = "QUERY")]
    query: Vec<String>,

    /// In what order
    #[arg(long, value_name = "ORDER", default_value = "relevance")]
    sort: Order,

    /// How many to print at most; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,

    /// How many to skip
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,

    /// Go on behind this telegram, which a search before printed as its last: `id:57`. It takes no longer far down than
    /// at the top
    #[arg(long, value_name = "CURSOR", conflicts_with = "offset")]
    after: Option<Cursor>,

    /// In what form
    #[arg(long, default_value = "table")]
    format: Format,

    /// Count years, posts, classifications and TAGS over all that was found (`table` and `json`)
    #[arg(long)]
    facets: bool,

    /// Show the copies of one telegram as one result: those that are among the results printed, and how many there are
    #[arg(long)]
    group: bool,

    /// Count telegrams by year, month or day over all that was found, in place of a list of them
    #[arg(long, value_name = "PERIOD")]
    histogram: Option<histogram::By>,

    /// Say why: what each part of the query finds, what it had to do with each hit, and, where nothing is found, the
    /// nearest queries that find something (`table` and `json`)
    #[arg(long)]
    explain: bool,

    /// Look for the query's words and for what they mean, and merge the two lists: for what may have been said in
    /// other words. Needs a model (`reftel model fetch`), and has an order of its own
    #[arg(long, conflicts_with_all = ["after", "sort", "histogram"])]
    hybrid: bool,

    /// Print how the query could go on, each with what it finds: fields, and the values that they have here; for shells
    #[arg(long)]
    complete: bool,
}

/// A telegram that a list goes on behind: `id:57`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cursor(Id);

impl std::str::FromStr for Cursor {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Cursor, &'static str> {
        let number = text.strip_prefix("id:").unwrap_or(text).parse();
        number.map(|number| Cursor(Id(number))).map_err(|_| "write it as it was printed, as `id:57`")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Order {
    /// Best match first
    Relevance,
    /// Oldest first
    Oldest,
    /// Newest first
    Newest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people
    Table,
    /// One document
    Json,
    /// One object a line
    Jsonl,
    /// For spreadsheets; a cell that begins as a formula gets a ' in front
    Csv,
    /// The numbers alone, one a line
    Mrn,
}

/// What is told beside the telegrams.
struct Beside<'a> {
    /// Of each, its other copies, where results are grouped.
    copies: &'a [Vec<Entry>],
    why: Option<&'a explain::Why>,
    histogram: Option<histogram::HistogramLine>,
    next: Option<String>,
}

/// What was found, as JSON.
#[derive(Serialize)]
struct Answer<'a> {
    schema: u32,
    query: &'a str,
    total: usize,
    offset: usize,
    /// Behind which telegram the next ones are: for `--after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    unindexed: usize,
    /// What was looked for besides what was typed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expansions: Vec<ExpansionLine<'a>>,
    hits: Vec<HitLine<'a>>,
    /// Telegrams that are cited and aren't here, where the query asks for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<phantoms::MissingLine<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explain: Option<explain::WhyLine<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facets: Option<FacetLists<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    histogram: Option<histogram::HistogramLine>,
}

/// Prints what a query finds, newest first, and says how many that is.
pub(super) fn newest(
    archive: &Archive,
    query: &Query,
    limit: usize,
    format: Format,
    screen: &mut Screen,
) -> Result<usize, Failure> {
    let asked = Search {
        query: Vec::new(),
        sort: Order::Newest,
        limit,
        offset: 0,
        after: None,
        format,
        facets: false,
        group: false,
        histogram: None,
        explain: false,
        hybrid: false,
        complete: false,
    };
    let found = archive.search(&asked.search(query.clone(), archive)?)?;
    let next = asked.next(&found, found.hits.last().map(|hit| hit.id));
    let beside = Beside { copies: &[], why: None, histogram: None, next: next.clone() };
    asked.print(query, &found, beside, screen)?;
    screen.flush()?;
    if format != Format::Json {
        screen.say(&asked.summary(&found, found.hits.len(), None));
    }
    Ok(found.total)
}

/// What `expand:` added.
#[derive(Serialize)]
struct ExpansionLine<'a> {
    typed: &'a str,
    also: Vec<(&'a str, &'a str)>,
}

/// One result as JSON.
#[derive(Serialize)]
struct HitLine<'a> {
    #[serde(flatten)]
    card: json::Card<'a>,
    snippet: Option<SnippetLine<'a>>,
    /// The ids of its other copies, where results are grouped.
    #[serde(skip_serializing_if = "Option::is_none")]
    copies: Option<Vec<i64>>,
    /// Of other paragraphs that match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    more: Vec<SnippetLine<'a>>,
    /// How it was found by meaning.
    #[serde(skip_serializing_if = "Option::is_none")]
    near: Option<NearLine>,
}

#[derive(Serialize)]
struct NearLine {
    /// Its places in the two lists that `--hybrid` merges.
    by_words: Option<usize>,
    by_meaning: Option<usize>,
    /// The cosine of the angle to its nearest paragraph.
    similarity: Option<f32>,
    /// Which that is, from 1; 0 is the subject.
    paragraph: Option<u32>,
}

#[derive(Serialize)]
struct SnippetLine<'a> {
    text: &'a str,
    marks: Vec<[usize; 2]>,
    /// The number of its paragraph.
    paragraph: Option<u32>,
    /// The paragraph's portion mark.
    portion: Option<&'a str>,
    /// Where the telegram's page has it, behind `#`.
    anchor: Option<&'a str>,
}

#[derive(Serialize)]
struct FacetLists<'a> {
    years: Vec<Facet<i16>>,
    posts: Vec<Facet<&'a str>>,
    classifications: Vec<Facet<&'a str>>,
    tags: Vec<Facet<&'a str>>,
}

#[derive(Serialize)]
struct Facet<T> {
    value: T,
    count: u64,
}

impl Search {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let text = self.query.join(" ");
        if self.facets && !matches!(self.format, Format::Table | Format::Json) {
            return Err(Failure::new("`--facets` goes with `--format table` and `json` only"));
        }
        if self.after.is_some() && query_is_of_phantoms(&text) {
            return Err(Failure::new(
                "`--after` goes behind a telegram, and `is:phantom` finds none; use `--offset`",
            ));
        }
        if self.histogram.is_some() && self.format == Format::Mrn {
            return Err(Failure::new(
                "`--histogram` goes with `--format table`, `json`, `jsonl` and `csv` only",
            ));
        }
        if self.explain && !matches!(self.format, Format::Table | Format::Json) {
            return Err(Failure::new("`--explain` goes with `--format table` and `json` only"));
        }
        if self.complete {
            return complete(&super::archive(dir)?, &text, self.limit, screen);
        }
        let query = Query::parse(&text).map_err(|error| refuse(&text, &error, screen.error_color))?;
        let archive = super::archive(dir)?;
        let search = self.search(query.clone(), &archive)?;
        let mut found = match self.after {
            Some(Cursor(after)) => archive.search_after(&search, after)?,
            None if self.hybrid => archive.search_hybrid(&search)?,
            None => archive.search(&search)?,
        };
        let histogram = match self.histogram {
            Some(by) => Some((by, archive.histogram(&query, by.period())?)),
            None => None,
        };
        let (shown, last) = (found.hits.len(), found.hits.last().map(|hit| hit.id));
        let next = self.next(&found, last);
        let copies = if self.group { copies::fold(&archive, &mut found)? } else { Vec::new() };
        let why = if self.explain && found.missing.is_none() {
            Some(explain::Why::of(&archive, &query, &found)?)
        } else {
            None
        };
        if let (Some((by, histogram)), false) = (&histogram, self.format == Format::Json) {
            histogram::print(*by, histogram, self.format, screen)?;
        } else {
            let histogram =
                histogram.as_ref().map(|(by, histogram)| histogram::HistogramLine::of(*by, histogram));
            self.print(
                &query,
                &found,
                Beside { copies: &copies, why: why.as_ref(), histogram, next: next.clone() },
                screen,
            )?;
        }
        screen.flush()?;
        if !matches!(self.format, Format::Json) {
            for expansion in &query.expansions {
                screen.say(&expanded(expansion));
            }
        }
        if !matches!(self.format, Format::Json) {
            screen.say(&self.summary(&found, shown, next.as_deref()));
        }
        Ok(if all(&found) == 0 { Status::Negative } else { Status::Fine })
    }

    fn search(&self, query: Query, archive: &Archive) -> Result<reftel_archive::Search, Failure> {
        let mut search = reftel_archive::Search {
            query,
            sort: match self.sort {
                Order::Relevance => Sort::Relevance,
                Order::Oldest => Sort::Oldest,
                Order::Newest => Sort::Newest,
            },
            offset: self.offset,
            limit: self.limit,
            facets: false,
            snippets: false,
        };
        if self.limit == 0 {
            // How many "all" are must be known first: room is made for as many as are asked for.
            search.limit = 1;
            let one = if self.hybrid { archive.search_hybrid(&search) } else { archive.search(&search) };
            search.limit = one.map(|found| all(&found))?.max(1);
        }
        search.facets = self.facets;
        search.snippets = matches!(self.format, Format::Json | Format::Jsonl);
        Ok(search)
    }

    fn print(
        &self,
        query: &Query,
        found: &Found,
        beside: Beside<'_>,
        screen: &mut Screen,
    ) -> Result<(), Failure> {
        let Beside { copies, why, histogram, next } = beside;
        if let (Some(missing), false) = (&found.missing, self.format == Format::Json) {
            return phantoms::print(missing, self.format, screen);
        }
        match self.format {
            Format::Table => {
                if !found.hits.is_empty() {
                    screen.line(&table(&found.hits, copies, screen.width(), screen.color))?;
                }
                for line in why.iter().flat_map(|why| why.lines(found)) {
                    screen.line(&line)?;
                }
                if self.facets {
                    screen.line(&facet_table(&found.facets, screen.color))?;
                }
            }
            Format::Json => {
                let answer = Answer {
                    schema: json::SCHEMA,
                    query: &query.text,
                    total: found.total,
                    offset: self.offset,
                    next,
                    unindexed: found.unindexed,
                    expansions: query.expansions.iter().map(ExpansionLine::of).collect(),
                    hits: hit_lines(found, copies).collect(),
                    missing: found.missing.as_ref().map(phantoms::MissingLine::of),
                    explain: why.map(explain::Why::as_json),
                    facets: self.facets.then(|| FacetLists::of(&found.facets)),
                    histogram,
                };
                screen.line(&json::print(&answer, screen.terminal)?)?;
            }
            Format::Jsonl => {
                for line in hit_lines(found, copies) {
                    screen.line(&json::print(&line, false)?)?;
                }
            }
            Format::Csv => {
                print_csv(&csv(&found.hits)?, screen)?;
            }
            Format::Mrn => {
                for mrn in found.hits.iter().filter_map(|hit| hit.card.mrn.as_deref()) {
                    screen.line(&clean(mrn))?;
                }
            }
        }
        Ok(())
    }

    /// The last telegram of a list that goes on.
    fn next(&self, found: &Found, last: Option<Id>) -> Option<String> {
        let last = last?;
        // Behind a telegram, it isn't known how many were before it.
        let whole = self.after.is_some() && found.hits.len() < self.limit;
        let all = self.offset + found.hits.len() >= found.total || self.limit == 0;
        (!whole && !all).then(|| format!("id:{}", last.0))
    }

    /// `1 to 20 of 4,812 telegrams; --after id:57 for the next, --limit 0 for all`
    fn summary(&self, found: &Found, shown: usize, next: Option<&str>) -> String {
        if let Some(missing) = &found.missing {
            return phantoms::summary(missing, self.offset);
        }
        let total = found.total as u64;
        let mut summary = if total == 0 {
            "nothing found".to_owned()
        } else if self.histogram.is_some() {
            counted(total, "telegram")
        } else if let Some(Cursor(after)) = self.after {
            let some = count(shown as u64);
            format!("{some} of {} behind id:{}", counted(total, "telegram"), after.0)
        } else if found.hits.is_empty() {
            format!("none of {} behind --offset {}", counted(total, "telegram"), self.offset)
        } else if shown == found.total {
            counted(total, "telegram")
        } else {
            let (first, last) = (self.offset + 1, self.offset + shown);
            let part = format!(
                "{} to {} of {}",
                count(first as u64),
                count(last as u64),
                counted(total, "telegram")
            );
            part
        };
        if let (Some(next), None) = (next, self.histogram) {
            summary += &format!("; --after {next} for the next, --limit 0 for all");
        }
        let without_number = found.hits.iter().filter(|hit| hit.card.mrn.is_none()).count() as u64;
        if self.format == Format::Mrn && without_number > 0 {
            summary += &format!("; {} of them without a number", count(without_number));
        }
        if found.hits.len() < shown {
            summary += &format!("; {} of them copies of others", count((shown - found.hits.len()) as u64));
        }
        if found.unindexed > 0 {
            summary += &format!("; {} more can't be searched yet", count(found.unindexed as u64));
        }
        summary
    }
}

/// How a query could go on: the whole of it, a tab, and what that adds.
fn complete(archive: &Archive, text: &str, limit: usize, screen: &mut Screen) -> Result<Status, Failure> {
    let all = if limit == 0 { usize::MAX } else { limit };
    let list = archive.complete(text, all)?;
    for one in &list {
        let what = match one.telegrams {
            Some(number) => counted(number, "telegram"),
            None => one.what.clone(),
        };
        screen.line(&format!("{}\t{}", clean(&one.query), clean(&what)))?;
    }
    Ok(if list.is_empty() { Status::Negative } else { Status::Fine })
}

fn query_is_of_phantoms(text: &str) -> bool {
    Query::parse(text).is_ok_and(|query| query.is_of_phantoms())
}

/// How many were found in all, here or not.
fn all(found: &Found) -> usize {
    found.missing.as_ref().map_or(found.total, |missing| missing.total)
}

/// `FONMIN: also Foreign minister (what it stands for)`
fn expanded(expansion: &Expansion) -> String {
    if expansion.also.is_empty() {
        return format!("{}: nothing to add", clean(&expansion.typed));
    }
    let also: Vec<String> =
        expansion.also.iter().map(|(what, why)| format!("{} ({why})", clean(what))).collect();
    format!("{}: also {}", clean(&expansion.typed), also.join(", "))
}

impl<'a> ExpansionLine<'a> {
    fn of(expansion: &'a Expansion) -> ExpansionLine<'a> {
        let also = expansion.also.iter().map(|(what, why)| (what.as_str(), *why)).collect();
        ExpansionLine { typed: &expansion.typed, also }
    }
}

fn hit_lines<'a>(found: &'a Found, copies: &'a [Vec<Entry>]) -> impl Iterator<Item = HitLine<'a>> {
    found.hits.iter().enumerate().map(|(at, hit)| HitLine::of(hit, copies.get(at)))
}

impl<'a> HitLine<'a> {
    fn of(hit: &'a Hit, copies: Option<&Vec<Entry>>) -> HitLine<'a> {
        HitLine {
            copies: copies.map(|copies| copies.iter().map(|entry| entry.id.0).collect()),
            card: json::Card::of(hit.id, &hit.card),
            snippet: hit.snippet.as_ref().map(SnippetLine::of),
            more: hit.more.iter().map(SnippetLine::of).collect(),
            near: hit.near.map(|near| NearLine {
                by_words: near.by_words,
                by_meaning: near.by_meaning,
                similarity: near.similarity,
                paragraph: near.similarity.map(|_| near.paragraph),
            }),
        }
    }
}

impl<'a> SnippetLine<'a> {
    fn of(snippet: &'a Snippet) -> SnippetLine<'a> {
        let Snippet { text, marks, paragraph, portion, anchor } = snippet;
        let marks = marks.iter().map(|mark| json::range(*mark)).collect();
        let (portion, anchor) = (portion.as_deref(), anchor.as_deref());
        SnippetLine { text, marks, paragraph: *paragraph, portion, anchor }
    }
}

impl<'a> FacetLists<'a> {
    fn of(facets: &'a Facets) -> FacetLists<'a> {
        let texts = |list: &'a [(String, u64)]| {
            list.iter().map(|(value, count)| Facet { value: value.as_str(), count: *count }).collect()
        };
        FacetLists {
            years: facets.years.iter().map(|&(value, count)| Facet { value, count }).collect(),
            posts: texts(&facets.posts),
            classifications: texts(&facets.classifications),
            tags: texts(&facets.tags),
        }
    }
}

/// A query that isn't one, with the place shown.
pub(super) fn refuse(query: &str, error: &QueryError, color: bool) -> Failure {
    use annotate_snippets::{AnnotationKind, Level, Snippet};

    let excerpt = Places::new(query.as_bytes()).excerpt(error.span);
    let snippet = Snippet::source(excerpt.text.as_str())
        .line_numbering(false)
        .annotation(AnnotationKind::Primary.span(excerpt.span.clone()));
    let mut report = Level::ERROR.primary_title(clean(&error.message)).element(snippet);
    if let Some(help) = &error.help {
        report = report.element(Level::HELP.message(clean(help).into_owned()));
    }
    Failure::Shown(check::renderer(color).render(&[report]))
}

/// `2009-06-11`
pub(super) fn day(card: &reftel_telegram::Card) -> String {
    match (card.dtg, card.year) {
        (Some(dtg), _) => dtg.date().to_string(),
        (None, Some(year)) => year.to_string(),
        (None, None) => String::new(),
    }
}

/// The number, or what stands in for it.
pub(super) fn handle(id: reftel_archive::Id, card: &reftel_telegram::Card) -> String {
    card.mrn.as_deref().map_or_else(|| format!("id:{}", id.0), |mrn| clean(mrn).into_owned())
}

/// The subject, or else from whom to whom.
pub(super) fn title(card: &reftel_telegram::Card) -> String {
    clean(&wording::title(card)).into_owned()
}

fn table(hits: &[Hit], copies: &[Vec<Entry>], width: Option<u16>, color: bool) -> String {
    let by_meaning = hits.iter().any(|hit| hit.near.is_some());
    let rows = hits.iter().enumerate().map(|(at, hit)| {
        let card = &hit.card;
        let post = clean(card.post.as_deref().unwrap_or_default()).into_owned();
        let class = card.classification.unwrap_or_default().to_owned();
        let title = match copies.get(at).map_or(0, Vec::len) {
            0 => title(card),
            others => format!("{} ({})", title(card), copies::and_copies(others)),
        };
        let mut row = vec![handle(hit.id, card), day(card), post, class, title];
        if by_meaning {
            row.push(hit.near.as_ref().map(wording::nearness).unwrap_or_default());
        }
        row
    });
    let mut heads = vec!["MRN", "DATE", "FROM", "CLASS", "SUBJECT"];
    if by_meaning {
        heads.push("WHY");
    }
    listed(&heads, rows, width, color)
}

/// Rows under heads, in columns. In a narrow terminal all but the first two columns are wrapped.
pub(super) fn listed(
    heads: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
    width: Option<u16>,
    color: bool,
) -> String {
    let mut table = Table::new();
    table.load_style(TableStyle::new());
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(heads);
    rows.for_each(|row| {
        table.add_row(row);
    });
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        for column in table.column_iter_mut().take(2) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let text: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    match text.split_first() {
        Some((head, rows)) if color => [&[paint(true, STRONG, head)], rows].concat().join("\n"),
        _ => text.join("\n"),
    }
}

/// The values of each facet that are shown in a table.
const FACETS_SHOWN: usize = 10;

fn facet_table(facets: &Facets, color: bool) -> String {
    let years: Vec<_> = facets.years.iter().map(|(year, count)| (year.to_string(), *count)).collect();
    let mut lines = Vec::new();
    for (name, list, shown) in [
        ("Years", &years, usize::MAX),
        ("Posts", &facets.posts, FACETS_SHOWN),
        ("Classifications", &facets.classifications, FACETS_SHOWN),
        ("TAGS", &facets.tags, FACETS_SHOWN),
    ] {
        if list.is_empty() {
            continue;
        }
        lines.push(format!("\n{}", paint(color, STRONG, name)));
        let values = list.iter().take(shown);
        lines.extend(values.map(|(value, number)| format!("{:>9}  {}", count(*number), clean(value))));
        if list.len() > shown {
            lines.push(format!("{:>9}  {} more", "", count((list.len() - shown) as u64)));
        }
    }
    lines.join("\n")
}

/// The columns of a CSV.
const COLUMNS: [&str; 13] = [
    "id",
    "mrn",
    "dtg",
    "from",
    "to",
    "info",
    "precedence",
    "classification",
    "captions",
    "tags",
    "subject",
    "signed",
    "cites",
];

fn csv(hits: &[Hit]) -> Result<String, Failure> {
    let row = |hit: &Hit| {
        let card = &hit.card;
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        [
            hit.id.0.to_string(),
            text(&card.mrn),
            card.dtg.map(json::time).unwrap_or_default(),
            text(&card.post),
            card.to.join("; "),
            card.info.join("; "),
            card.precedence.unwrap_or_default().to_owned(),
            card.classification.unwrap_or_default().to_owned(),
            card.captions.join("; "),
            card.tags.join("; "),
            text(&card.subject),
            card.signed.join("; "),
            card.cites.join("; "),
        ]
    };
    csv_table(&COLUMNS, hits.iter().map(row))
}

/// A table as CSV, below the names of its columns.
pub(super) fn csv_table<const N: usize>(
    columns: &[&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let trouble = |error: csv::Error| Failure::because("can't write the table as CSV", &error);
    writer.write_record(columns).map_err(trouble)?;
    for row in rows {
        writer.write_record(row.map(disarm)).map_err(trouble)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| Failure::because("can't write the table as CSV", error.error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Prints a table as CSV. In a file the values stay as they are, and on a terminal all is made safe.
pub(super) fn print_csv(csv: &str, screen: &mut Screen) -> Result<(), Failure> {
    let shown = if screen.terminal { terminal::clean_lines(csv) } else { csv.to_owned() };
    screen.bytes(shown.as_bytes())
}

/// What begins a formula, also as East Asian spreadsheets take it, wide or small; and a true minus.
const FORMULA: [char; 13] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹢', '﹣', '﹦', '﹫', '\u{2212}'];

/// A cell that a spreadsheet would run as a formula, made a text. Spreadsheets pass over what isn't seen in front.
pub(super) fn disarm(cell: String) -> String {
    let without_width = |char| matches!(char, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}');
    let unseen = |char: char| char.is_whitespace() || terminal::is_unsafe(char) || without_width(char);
    let seen = cell.trim_start_matches(unseen);
    let controls = cell.chars().take_while(|&char| unseen(char)).any(char::is_control);
    if controls || seen.starts_with(FORMULA) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use reftel_telegram::{Card, Span};

    use super::*;

    fn hit(mrn: Option<&str>, subject: &str) -> Hit {
        let card = Card {
            mrn: mrn.map(str::to_owned),
            dtg: Some(jiff::civil::date(2009, 6, 11).at(9, 28, 0, 0)),
            post: Some("VALDORIA".into()),
            classification: Some("CONFIDENTIAL"),
            subject: Some(subject.into()),
            ..Card::default()
        };
        Hit { id: Id(7), card, snippet: None, more: Vec::new(), near: None }
    }

    #[test]
    fn a_table_has_a_line_for_each_telegram() {
        let hits = [hit(Some("09VALDORIA1000"), "FERRY\u{1b}[31m TARIFF"), hit(None, "")];
        let table = table(&hits, &[], None, false);
        let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[0], ["MRN", "DATE", "FROM", "CLASS", "SUBJECT"], "{table}");
        let first = ["09VALDORIA1000", "2009-06-11", "VALDORIA", "CONFIDENTIAL", "FERRY␛[31m", "TARIFF"];
        assert_eq!(lines[1], first, "{table}");
        assert_eq!(lines[2][0], "id:7", "{table}");
    }

    #[test]
    fn a_narrow_terminal_wraps_the_subject_and_not_the_number() {
        let hits = [hit(Some("09VALDORIA1000"), &"FERRY TARIFF ".repeat(9))];
        let table = table(&hits, &[], Some(72), false);
        assert!(table.lines().all(|line| line.chars().count() <= 72), "{table}");
        assert!(table.contains("09VALDORIA1000"), "{table}");
    }

    #[test]
    fn a_cell_is_no_formula() {
        let csv = csv(&[hit(Some("09VALDORIA1000"), "=HYPERLINK(\"x\")"), hit(None, "-1")]).unwrap();
        let mut lines = csv.lines().skip(1);
        assert_eq!(
            lines.next().unwrap(),
            "7,09VALDORIA1000,2009-06-11T09:28:00Z,VALDORIA,,,,CONFIDENTIAL,,,\"'=HYPERLINK(\"\"x\"\")\",,"
        );
        assert!(lines.next().unwrap().contains(",'-1,"), "{csv}");
    }

    #[test]
    fn a_formula_hides_behind_nothing() {
        for begin in
            ["=1", "＝1", "＋1", "－1", "＠A", "﹦1", "\u{2212}1", "\t1", "\r1", "\n=1", " =1", "\u{a0}=1"]
        {
            assert_eq!(disarm(begin.to_owned()), format!("'{begin}"));
        }
        for begin in ["\u{3000}+1", "\u{2003}@A", "\u{feff}=1", "\u{200b}\u{202e} ＝1", "\u{85}x"] {
            assert_eq!(disarm(begin.to_owned()), format!("'{begin}"), "{begin:?}");
        }
        for text in ["", " ", "FERRY = TARIFF", "  FERRY", "\u{3000}FERRY", "'=1", "1-2"] {
            assert_eq!(disarm(text.to_owned()), text);
        }
    }

    #[test]
    fn a_bad_query_shows_where() {
        let error = QueryError {
            span: Span::new(6, 11),
            message: "no field `frm:`".into(),
            help: Some("did you mean `from:`?".into()),
        };
        let Failure::Shown(report) = refuse("ferry frm:X", &error, false) else { panic!() };
        let want = "error: no field `frm:`\n  |\n  | ferry frm:X\n  |       ^^^^^\n  |\n  = help: did you mean `from:`?";
        let tidy = |text: &str| {
            text.lines().map(|line| line.trim().to_owned()).filter(|line| line != "|").collect::<Vec<_>>()
        };
        assert_eq!(tidy(&report), tidy(want), "{report}");
    }
}
