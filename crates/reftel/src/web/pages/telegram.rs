//! One telegram: as it reads, and beside it as it came.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use maud::{Markup, html};
use reftel_archive::{Corrected, Entry, Kinship, Standing, Telegram};
use reftel_telegram::record::{Addressee, Reference, Station};
use reftel_telegram::{Diagnostic, Record, Span, Spanned};

use super::home::date;
use super::number::{entries, entry_because};
use super::picture::{NODES_FEW, picture};
use super::prose::Prose;
use crate::around::Around;
use crate::copies::why;
use crate::web::fields::{Field, Fields};
use crate::web::layout::{Frame, classification_class, page as framed};
use crate::web::room::Shown;
use crate::web::text::{Decoded, clean, count, counted, sentence, size};
use crate::web::{address, explain};
use crate::wording::{Clock, behind_label, clock, route, title, unslanted};

/// More addressees than this are folded away.
const ADDRESSEES: usize = 8;

/// How many of the telegrams that cite this one are shown at once.
const CITED_BY: usize = 12;

/// How many quoted telegrams are set, one behind another.
const NESTED: usize = 20;

/// Below this it is said that another telegram than the one of the number may be meant.
const DOUBTED: f32 = 0.8;

/// More notes of one kind than this are told together.
const ALIKE: usize = 3;

type Cites<'a> = BTreeMap<&'a str, &'a [Entry]>;

/// The page.
pub(crate) fn page(shown: &Shown) -> Markup {
    let telegram = &shown.telegram;
    let decoded = Decoded::new(&telegram.bytes);
    let fields = Fields::new(&decoded);
    let cites: Cites<'_> =
        shown.web.cites.iter().map(|(mrn, held)| (mrn.as_str(), held.as_slice())).collect();
    let view =
        View { shown, telegram, record: &telegram.record, decoded: &decoded, fields: &fields, cites: &cites };
    // The original comes last: only then is it known which fields there are.
    let article = view.article();
    let around = view.around();
    let original = view.original();
    let sole = telegram.card.mrn.as_deref().filter(|_| shown.web.same_number.is_empty());
    let canonical = sole.map_or_else(|| address::id(telegram.id), address::number);
    let number = telegram.card.mrn.as_deref().unwrap_or("Telegram without a number");
    let title = match &telegram.card.subject {
        Some(subject) => format!("{number}: {subject}"),
        None => number.to_owned(),
    };
    let frame = Frame {
        title: &title,
        query: Some(""),
        canonical: Some(&canonical),
        fields: true,
        ..Frame::default()
    };
    framed(
        &frame,
        &html! {
            (view.series())
            div.reading {
                div.left { (article) (around) }
                (original)
            }
        },
    )
}

struct View<'a> {
    shown: &'a Shown,
    telegram: &'a Telegram,
    record: &'a Record,
    decoded: &'a Decoded<'a>,
    fields: &'a Fields<'a>,
    cites: &'a Cites<'a>,
}

impl View<'_> {
    fn field<T>(&self, value: &Spanned<T>) -> Field {
        self.fields.add(&[value.span])
    }

    fn raw(&self) -> String {
        format!("{}/raw", address::id(self.telegram.id))
    }

    /// The telegrams before and after this one.
    fn series(&self) -> Markup {
        let link = |entry: &Option<Entry>, rel: &str, word: &str| {
            html! {
                @if let Some(entry) = entry {
                    a rel=(rel) href=(address::id(entry.id)) {
                        span.dir { (word) } " "
                        span.mrn { (clean(entry.card.mrn.as_deref().unwrap_or("without a number"))) }
                    }
                } @else { span.none {} }
            }
        };
        let post = self.telegram.card.post.as_deref().unwrap_or("this post");
        html! {
            @if self.shown.previous.is_some() || self.shown.next.is_some() {
                nav.series aria-label={ "Series of " (clean(post)) } {
                    (link(&self.shown.previous, "prev", "← Before"))
                    (link(&self.shown.next, "next", "After →"))
                }
            }
        }
    }

    fn article(&self) -> Markup {
        html! {
            article.telegram aria-labelledby="subject" {
                (self.banner(true))
                (self.head())
                (self.corrections())
                (self.envelope())
                (self.filing())
                (self.references())
                div.prose #text { (self.prose("").set()) }
                (self.nested())
                (self.signatures())
                (self.banner(false))
            }
        }
    }

    /// What a person corrected, and what was read there.
    fn corrections(&self) -> Markup {
        let corrected = &self.telegram.corrected;
        html! {
            @if !corrected.is_empty() {
                section.corrections aria-labelledby="corrections" {
                    h2 #corrections { "Corrected by hand" }
                    dl {
                        @for Corrected { correction, read } in corrected {
                            dt { code { (clean(&correction.field)) } }
                            dd {
                                @if correction.value.is_empty() { i { "nothing" } } @else { (clean(&correction.value)) }
                                ", read as "
                                @if read.is_empty() { i { "nothing" } } @else { q { (clean(read)) } }
                                p.muted { (clean(&format!("{}, {}: {}", correction.hand.by,
                                    correction.hand.at.strftime("%-d %B %Y"), correction.hand.because))) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The mark of a field that was corrected, or of a paragraph in which something was.
    fn mark(&self, field: &str) -> Markup {
        let is = |corrected: &&Corrected| corrected.correction.field == field;
        html! {
            @if let Some(corrected) = self.telegram.corrected.iter().find(is) {
                " " a.mark href="#corrections" title=(clean(&corrected.correction.hand.because)) { "corrected" }
            }
        }
    }

    fn prose<'p>(&'p self, anchor: &'p str) -> Prose<'p> {
        Prose { record: self.record, decoded: self.decoded, fields: self.fields, cites: self.cites, anchor }
    }

    /// The classification, at the top and at the bottom, as on paper.
    fn banner(&self, top: bool) -> Markup {
        let record = self.record;
        let field = record.classification.as_ref().filter(|_| top).map(|class| self.field(class));
        html! {
            @if let Some(class) = &record.classification {
                p.banner.(classification_class(class.name())) {
                    span.(field.map(Field::class).unwrap_or_default()) {
                        (class.name())
                        @if let Some(field) = field { (field.pin("Classification")) }
                    }
                    @for control in &record.controls {
                        " · " abbr title=[explain::control(control)] { (clean(control)) }
                    }
                }
            } @else if top {
                p.banner.c-none { "No classification printed" }
            }
        }
    }

    fn head(&self) -> Markup {
        let record = self.record;
        let number = record.mrn.as_ref().map(|mrn| (mrn, self.field(mrn)));
        let subject = record.subject.as_ref().map(|subject| (subject, self.field(subject)));
        html! {
            header {
                p.kicker {
                    @if let Some((mrn, field)) = &number {
                        span.mrn.(field.class()) { (clean(mrn)) (field.pin("Number")) }
                    } @else { span.mrn { "Without a number" } }
                    @if let Some(dtg) = &record.dtg { " " (date(dtg.value)) }
                    (self.sections())
                }
                h1 #subject {
                    @if let Some((subject, field)) = &subject {
                        span.(field.class()) {
                            @if let Some(mark) = &subject.portion {
                                abbr.portion.(explain::portion_class(mark)) title=[explain::portion(mark)] { "(" (clean(mark)) ")" } " "
                            }
                            (clean(&subject.text))
                            (field.pin("Subject"))
                        }
                        (self.mark("subject"))
                    } @else { (clean(&route(&self.telegram.card))) " " span.small { "no subject line" } }
                }
                @if !record.captions.is_empty() {
                    ul.captions aria-label="Captions" {
                        @for caption in &record.captions {
                            @let field = self.field(caption);
                            li.(field.class()) {
                                abbr title=[explain::caption(caption)] { (clean(caption)) }
                                (field.pin("Caption"))
                            }
                        }
                    }
                }
                (self.contents())
            }
        }
    }

    fn sections(&self) -> Markup {
        let sections = &self.record.sections;
        let Some(total) = sections.total.filter(|total| *total > 1) else { return html! {} };
        let missing: Vec<_> =
            (1..=total.min(200)).filter(|n| !sections.present.contains(n)).map(|n| n.to_string()).collect();
        html! {
            @if missing.is_empty() {
                span.sections { "all " (total) " sections" }
            } @else {
                span.sections.lacking { "section " (missing.join(", ")) " of " (total) " isn’t here" }
            }
        }
    }

    /// Ways around the page.
    fn contents(&self) -> Markup {
        let (record, web) = (self.record, &self.shown.web);
        html! {
            nav.contents aria-label="On this page" {
                ul {
                    li { a href="#text" { "Text" } }
                    @if !record.references.is_empty() { li { a href="#references" { "References " (record.references.len()) } } }
                    @if !web.cited_by.is_empty() { li { a href="#cited-by" { "Cited by " (web.cited_by.len()) } } }
                    @if let (Some(mrn), false) = (&self.telegram.card.mrn, web.cites.is_empty() && web.cited_by.is_empty()) {
                        li { a href=(address::thread(mrn)) { "Thread" } }
                    }
                    @if self.others() > 0 { li { a href="#copies" { "Other copies " (self.others()) } } }
                    @if !record.diagnostics.is_empty() { li { a href="#notes" { "Notes " (record.diagnostics.len()) } } }
                    li { a href="#original" { "Original" } }
                    li { a href=(self.raw()) { "Raw" } }
                    li { a href={ (address::id(self.telegram.id)) "/json" } { "JSON" } }
                }
            }
        }
    }

    fn envelope(&self) -> Markup {
        let record = self.record;
        html! {
            section.envelope aria-label="Envelope" {
                dl {
                    @if let Some(dtg) = &record.dtg {
                        @let field = self.field(dtg);
                        dt { "Sent" (self.mark("dtg")) }
                        dd { span.(field.class()) {
                            (moment(dtg.value, record.dtg_printed.as_deref()))
                            @if let Some(printed) = &record.dtg_printed { " " code.printed { (clean(printed)) } }
                            (field.pin("Date-time group"))
                        } }
                    }
                    @if let Some(precedence) = &record.precedence {
                        @let field = self.field(precedence);
                        dt { "Precedence" (self.mark("precedence")) }
                        dd {
                            abbr.(field.class()) title=(explain::precedence(precedence.value)) {
                                (precedence.name()) (field.pin("Precedence"))
                            }
                            @if let Some(info) = &record.precedence_info {
                                @let field = self.field(info);
                                span.muted { " for action, " }
                                abbr.(field.class()) title=(explain::precedence(info.value)) { (info.name()) (field.pin("Precedence for information")) }
                                span.muted { " for information" }
                            }
                        }
                    }
                    @if let Some(from) = &record.from {
                        @let field = self.field(from);
                        dt { "From" (self.mark("from")) }
                        dd { span.(field.class()) { (station(from)) (field.pin("From")) } }
                    }
                    (self.addressees("To", "action addressee", &record.to))
                    (self.addressees("Info", "information addressee", &record.info))
                }
            }
        }
    }

    fn addressees(&self, name: &str, noun: &str, list: &[Spanned<Addressee>]) -> Markup {
        html! {
            @if !list.is_empty() {
                dt { (name) (self.mark(&name.to_lowercase())) }
                dd {
                    @if list.len() > ADDRESSEES {
                        details {
                            summary {
                                (counted(list.len() as u64, noun)) ": "
                                span.muted { (clean(&brief(list))) "…" }
                            }
                            (self.addressee_table(name, list))
                        }
                    } @else { (self.addressee_table(name, list)) }
                }
            }
        }
    }

    fn addressee_table(&self, name: &str, list: &[Spanned<Addressee>]) -> Markup {
        let numbered = list.iter().any(|a| a.continuity_number.is_some());
        let ranked = list.iter().any(|a| a.precedence.is_some() || a.niact);
        html! {
            table.addressees {
                caption.unseen { (name) }
                thead.unseen {
                    tr {
                        th scope="col" { "Addressee" }
                        @if ranked { th scope="col" { "Precedence" } }
                        @if numbered { th scope="col" { "Continuity number" } }
                    }
                }
                tbody {
                    @for addressee in list {
                        @let field = self.field(addressee);
                        tr.(field.class()) {
                            td {
                                (station(&addressee.station))
                                @if addressee.collective { " " span.small { "collective" } }
                                @if !addressee.exempt.is_empty() {
                                    " " span.small { "without " (clean(&addressee.exempt.join(", "))) }
                                }
                                (field.pin("Addressee"))
                            }
                            @if ranked {
                                td {
                                    @if addressee.niact { abbr title="action is wanted by night" { "NIACT" } " " }
                                    @if let Some(p) = addressee.precedence { abbr title=(explain::precedence(p)) { (p.name()) } }
                                }
                            }
                            @if numbered {
                                td.n {
                                    @if let Some(n) = &addressee.continuity_number {
                                        abbr title="message continuity number" { (clean(n)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// What the registry needed: passing, E.O., TAGS, who classified it.
    fn filing(&self) -> Markup {
        let record = self.record;
        let any = !record.passing.is_empty()
            || record.executive_order.is_some()
            || !record.tags.is_empty()
            || !record.classified_by.is_empty();
        html! {
            @if any {
                section.filing aria-label="Filing" {
                    dl {
                        (self.tags())
                        @if let Some(order) = &record.executive_order {
                            @let field = self.field(order);
                            dt { "E.O." }
                            dd { span.(field.class()) { (clean(&explain::executive_order(order))) (field.pin("E.O. line")) } }
                        }
                        @for by in &record.classified_by {
                            @let field = self.field(by);
                            dt { "Classified by" }
                            dd { span.(field.class()) {
                                (clean(by.name.as_deref().unwrap_or("not named")))
                                @if let Some(title) = &by.title { ", " (clean(title)) }
                                @if !by.reasons.is_empty() { span.muted { " · reasons " (clean(&by.reasons.join(", "))) } }
                                (field.pin("Classified by"))
                            } }
                        }
                        (self.passing())
                    }
                }
            }
        }
    }

    fn passing(&self) -> Markup {
        use reftel_telegram::record::PassingKind;
        html! {
            @for passing in &self.record.passing {
                @let field = self.field(passing);
                dt { @match passing.kind { PassingKind::For => "For", PassingKind::Pass => "Pass to" } }
                dd { span.(field.class()) {
                    @for (i, office) in passing.to.iter().enumerate() {
                        @if i > 0 { ", " }
                        @match explain::office(office) {
                            Some(name) => abbr title=(name) { (clean(office)) },
                            None => (clean(office)),
                        }
                    }
                    @if let Some(via) = &passing.via { span.muted { " at " (clean(via)) } }
                    @if let Some(from) = &passing.from { span.muted { " from " (clean(from)) } }
                    @if let Some(note) = &passing.note { ": " (clean(note)) }
                    (field.pin("Passing instruction"))
                } }
            }
        }
    }

    /// TAGS, each of which opens to say what it stands for and what else it files.
    fn tags(&self) -> Markup {
        let year = self.telegram.card.year;
        html! {
            @if !self.record.tags.is_empty() {
                dt { abbr title="traffic analysis by geography and subject" { "TAGS" } }
                dd.tags {
                    @for tag in &self.record.tags {
                        @let field = self.field(tag);
                        @let code = tag.code.as_deref().unwrap_or_default();
                        @let meaning = explain::tag(code, year);
                        details.tag name="tag" {
                            summary.(field.class()) {
                                (clean(code))
                                @if let Some(person) = &tag.person { span.person { " (" (clean(person)) ")" } }
                            }
                            div.about {
                                b { (meaning.unwrap_or(explain::tag_kind(tag.kind))) }
                                span.muted { " · " (explain::tag_kind(tag.kind)) }
                                @if !code.is_empty() {
                                    " · " a href=(address::search(&crate::web::narrow::term("tags", code))) { "all with " (clean(code)) }
                                }
                                (field.pin("TAG"))
                            }
                        }
                    }
                }
            }
        }
    }

    fn references(&self) -> Markup {
        let references = &self.record.references;
        html! {
            @if !references.is_empty() {
                section.references #references aria-labelledby="h-references" {
                    h2 #h-references { "References" }
                    ol {
                        @for (index, reference) in references.iter().enumerate() {
                            @let field = self.field(reference);
                            li #{ "ref-" (index) } {
                                span.label { (clean(reference.label.as_deref().unwrap_or("–"))) }
                                span.entry.(field.class()) { (self.reference(reference)) (field.pin("Reference")) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn reference(&self, reference: &Reference) -> Markup {
        let held =
            reference.mrn.as_deref().map(|mrn| (mrn, self.cites.get(mrn).copied().unwrap_or_default()));
        let printed = behind_label(reference.label.as_deref(), &reference.printed);
        html! {
            @match held {
                Some((mrn, [])) => {
                    a.absent href=(address::number(mrn)) { (clean(printed)) }
                    " " span.small { "not in this archive" }
                    (self.probable(mrn))
                },
                Some((mrn, [first, ..])) => {
                    a href=(address::number(mrn)) { (clean(printed)) }
                    @if let Some(subject) = &first.card.subject { " " span.subject { (clean(subject)) } }
                    (self.probable(mrn))
                },
                None => {
                    @match self.of_volume(&reference.printed) {
                        Some(entry) => {
                            a href=(address::id(entry.id)) { (clean(printed)) }
                            " " span.subject { (clean(&title(&entry.card))) }
                        },
                        None => {
                            span { (clean(printed)) }
                            " " span.small { (explain::reference(reference.kind)) }
                        },
                    }
                },
            }
            @if reference.and_previous { " " span.small { "and previous" } }
            @if reference.notal && !reference.printed.contains("NOTAL") { " " abbr.small title="not to all addressees" { "NOTAL" } }
            @for caption in &reference.captions { " " abbr.small title=[explain::caption(caption)] { (clean(caption)) } }
        }
    }

    /// The telegram that `Document 12` is, in the volume that this one is of.
    fn of_volume(&self, printed: &str) -> Option<&Entry> {
        let web = &self.shown.web;
        let document = printed.strip_prefix("Document ")?;
        let is = |number: &str| {
            let parts = number.rsplit_once('/');
            let here = parts.filter(|(_, at)| *at == document).map(|(volume, _)| volume);
            here.is_some() && web.documents.iter().any(|own| own.rsplit_once('/').map(|own| own.0) == here)
        };
        web.named.iter().find(|(number, _)| is(number))?.1.first()
    }

    /// What a number likely means, where that isn't simply the telegram that carries it.
    fn probable(&self, mrn: &str) -> Markup {
        let mut resolved = self.shown.resolved.iter();
        let resolved =
            resolved.find(|resolved| resolved.mrn == mrn && resolved.standing == Standing::Probable);
        html! {
            @if let Some(first) = resolved.and_then(|resolved| resolved.telegrams.first()) {
                @let own = first.entry.card.mrn.as_deref();
                @if own == Some(mrn) {
                    @if first.confidence < DOUBTED { " " span.small { "perhaps not the one that is meant" } }
                } @else {
                    span.probable {
                        " probably "
                        a href=(address::id(first.entry.id)) { (clean(own.unwrap_or("a telegram without a number"))) }
                        @if let Some(subject) = &first.entry.card.subject { " " span.subject { (clean(subject)) } }
                        " " span.small { (format!("{:.0} %: ", first.confidence * 100.0)) (first.reasons.join("; ")) }
                    }
                }
            }
        }
    }

    /// Telegrams quoted whole inside this one.
    fn nested(&self) -> Markup {
        html! {
            @for (index, nested) in self.record.nested.iter().take(NESTED).enumerate() {
                @let anchor = reftel_archive::nested_anchor(index);
                @let field = self.field(nested);
                section.nested {
                    h2 {
                        "Quoted: "
                        @match &nested.mrn {
                            Some(mrn) => a href=(address::number(mrn)) { (clean(mrn)) },
                            None => "a telegram",
                        }
                        (field.pin("Quoted telegram"))
                    }
                    p.muted {
                        @if let Some(from) = &nested.from { "From " (clean(&from.plad)) }
                        @if let Some(dtg) = &nested.dtg { ", " (date(dtg.value)) }
                    }
                    @if let Some(subject) = &nested.subject { p.subject { (clean(&subject.text)) } }
                    div.prose {
                        (Prose { record: &nested.value, anchor: &anchor, ..self.prose("") }.set())
                    }
                }
            }
        }
    }

    fn signatures(&self) -> Markup {
        html! {
            @if !self.record.signatures.is_empty() {
                p.signature {
                    @for signature in &self.record.signatures {
                        @let field = self.field(signature);
                        span.(field.class()) { (clean(signature)) (field.pin("Signature")) } " "
                    }
                }
            }
        }
    }

    /// Those whose editors' notes name it.
    fn named_by(&self) -> Markup {
        let named_by = &self.shown.web.named_by;
        html! {
            @if !named_by.is_empty() {
                section aria-labelledby="named-by" {
                    h2 #named-by { "Named in the editors’ notes of " (counted(named_by.len() as u64, "document")) }
                    (entries(&named_by[..named_by.len().min(CITED_BY)]))
                    @if named_by.len() > CITED_BY {
                        p.muted { "and " (named_by.len() - CITED_BY) " others" }
                    }
                }
            }
        }
    }

    /// What is around the telegram: who cites it, other copies, how it was read, where it came from.
    fn around(&self) -> Markup {
        let web = &self.shown.web;
        html! {
            div.around {
                @if !web.cited_by.is_empty() {
                    section aria-labelledby="cited-by" {
                        h2 #cited-by { "Cited by " (counted(web.cited_by.len() as u64, "telegram")) }
                        (entries(&web.cited_by[..web.cited_by.len().min(CITED_BY)]))
                        @if let (true, Some(mrn)) = (web.cited_by.len() > CITED_BY, &self.telegram.card.mrn) {
                            p { a href=(address::search(&crate::web::narrow::term("ref", mrn))) { "All of them" } }
                        }
                    }
                }
                (self.named_by())
                (self.picture())
                (self.copies())
                (self.edition())
                (self.notes())
                (self.transmission())
                (self.drafting())
                (self.sources())
            }
        }
    }

    /// What is one step away, drawn.
    fn picture(&self) -> Markup {
        let own = Entry { id: self.telegram.id, card: self.telegram.card.clone() };
        let around = Around::near(&own, &self.shown.web, &self.shown.resolved, NODES_FEW);
        html! {
            @if around.nodes.len() > 1 {
                section aria-labelledby="web" {
                    h2 #web { "References around it" }
                    (picture(&around))
                    p {
                        a href=(address::around(self.telegram.id)) { "Two steps around it, and what the lines mean" }
                        @if around.left_out > 0 { span.muted { " · " (count(around.left_out as u64)) " more one step away" } }
                    }
                }
            }
        }
    }

    /// How many other copies there are.
    fn others(&self) -> usize {
        self.shown.copies.telegrams.len().saturating_sub(1)
    }

    /// The other copies, and what is kept apart from them, each with the reason.
    fn copies(&self) -> Markup {
        let copies = &self.shown.copies;
        let own = self.telegram.id;
        let reason = |entry: &Entry| {
            let of = |joined: &&Kinship| joined.one == entry.id || joined.other == entry.id;
            let near = |joined: &&Kinship| joined.one == own || joined.other == own;
            let all = copies.joined.iter();
            all.clone().filter(of).find(near).or_else(|| all.clone().find(of)).map(why)
        };
        html! {
            @if self.others() > 0 {
                section aria-labelledby="copies" {
                    h2 #copies { "Other copies" }
                    ol.entries {
                        @for entry in copies.telegrams.iter().filter(|entry| entry.id != own) {
                            (entry_because(entry, reason(entry)))
                        }
                    }
                    p { a href=(address::copies_of(own)) { "Set against one another" } }
                }
            }
            @if !copies.apart.is_empty() {
                section aria-labelledby="apart" {
                    h2 #apart { "Alike, and kept apart" }
                    ol.entries { @for (entry, kinship) in &copies.apart { (entry_because(entry, Some(why(kinship)))) } }
                }
            }
        }
    }

    /// What an edition has beside the text: its notes, and what it states.
    fn edition(&self) -> Markup {
        let Some(collected) = &self.telegram.collected else { return html! {} };
        let stated = &collected.reading.stated;
        html! {
            @if !collected.notes.is_empty() {
                section.edition aria-labelledby="editors-notes" {
                    h2 #editors-notes { "Editors’ notes" }
                    dl {
                        @for note in &collected.notes {
                            dt { (clean(&note.label)) }
                            dd { (clean(&note.text)) }
                        }
                    }
                    (self.named())
                }
            }
            @if !stated.is_empty() {
                details.folded {
                    summary { h2 { "What the collection says" } }
                    dl {
                        @for stated in stated {
                            dt { (clean(&stated.name)) }
                            dd { (clean(&stated.value)) }
                        }
                    }
                }
            }
        }
    }

    /// The documents of volumes that the editors' notes name.
    fn named(&self) -> Markup {
        let named = &self.shown.web.named;
        html! {
            @if !named.is_empty() {
                h3 { "Documents that they name" }
                ol.entries {
                    @for (number, held) in named {
                        @for entry in held {
                            li {
                                a href=(address::id(entry.id)) {
                                    span.mrn { (clean(number)) }
                                    " " span.subject { (clean(&title(&entry.card))) }
                                }
                                span.when { @if let Some(dtg) = entry.card.dtg { (date(dtg)) } }
                            }
                        }
                        @if held.is_empty() {
                            li { span.mrn { (clean(number)) } " " span.small { "not in this archive" } }
                        }
                    }
                }
            }
        }
    }

    /// What is odd, one by one; many of one kind together.
    fn notes(&self) -> Markup {
        let mut groups: Vec<(&str, Vec<&Diagnostic>)> = Vec::new();
        for note in &self.record.diagnostics {
            match groups.iter_mut().find(|group| group.0 == note.code.name()) {
                Some(group) => group.1.push(note),
                None => groups.push((note.code.name(), vec![note])),
            }
        }
        html! {
            @if !groups.is_empty() {
                section.notes aria-labelledby="notes" {
                    h2 #notes { "Notes on the reading" }
                    ul {
                        @for (_, notes) in &groups {
                            @if notes.len() > ALIKE {
                                (self.notes_alike(notes))
                            } @else {
                                @for note in notes { (self.note(note)) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn note(&self, note: &Diagnostic) -> Markup {
        let field = self.fields.add(&[note.span]);
        html! {
            li.(note.code.severity().name()).(field.class()) {
                span.code title=(note.code.rule()) { (note.code.name()) } " "
                span.small { (note.code.severity().name()) } " "
                (sentence(&note.message))
                (field.pin(note.code.name()))
            }
        }
    }

    /// `T001 ×12: a line has more than 69 characters`, and behind a click the places.
    fn notes_alike(&self, notes: &[&Diagnostic]) -> Markup {
        let first = notes[0];
        let same = notes.iter().all(|note| note.message == first.message);
        let what = if same { first.message.as_str() } else { first.code.rule() };
        html! {
            li.(first.code.severity().name()) {
                details {
                    summary {
                        span.code title=(first.code.rule()) { (first.code.name()) " ×" (notes.len()) } " "
                        span.small { (first.code.severity().name()) } " "
                        (sentence(what))
                    }
                    ul { @for note in notes { (self.note(note)) } }
                }
            }
        }
    }

    fn transmission(&self) -> Markup {
        let t = &self.record.transmission;
        let ids = t.ids.iter().map(|id| (format!("{} {}", id.designator, id.serial), id.span));
        let text = |value: &Spanned<String>| (value.value.clone(), value.span);
        let one = |value: &Option<Spanned<String>>| value.iter().map(text).collect::<Vec<_>>();
        let all = |values: &[Spanned<String>]| values.iter().map(text).collect::<Vec<_>>();
        let filed = t.filed.iter().map(|at| (explain::moment(at.value), at.span)).collect();
        let routed = t.routing_precedence.iter().map(|p| (p.name().to_owned(), p.span)).collect();
        let rows: [(&str, Vec<(String, Span)>); 10] = [
            ("Received as", ids.collect()),
            ("Routed as", routed),
            ("Routed to", all(&t.called)),
            ("Station", one(&t.station)),
            ("Station serial", one(&t.station_serial)),
            ("Filed", filed),
            ("Security warning", one(&t.warning).into_iter().chain(one(&t.class_characters)).collect()),
            ("Operating signals", all(&t.signals)),
            ("Validation", one(&t.validation)),
            ("Heading", vec![(self.record.dialect.name().to_owned(), Span::default())]),
        ];
        self.folded("Transmission", &rows)
    }

    fn drafting(&self) -> Markup {
        let (w, d) = (&self.record.workflow, &self.record.distribution);
        let all =
            |values: &[Spanned<String>]| values.iter().map(|v| (v.value.clone(), v.span)).collect::<Vec<_>>();
        let offices = |values: &[Spanned<reftel_telegram::record::Office>]| {
            values.iter().map(|v| (format!("{} {}", v.office, v.copies), v.span)).collect::<Vec<_>>()
        };
        let rows: [(&str, Vec<(String, Span)>); 7] = [
            ("Drafted by", all(&w.drafted_by)),
            ("Cleared by", all(&w.cleared_by)),
            ("Approved by", all(&w.approved_by)),
            ("Released by", all(&w.released_by)),
            ("Action copies", offices(&d.action)),
            ("Info copies", offices(&d.info)),
            ("Copies in all", d.total.iter().map(|n| (n.to_string(), n.span)).collect()),
        ];
        self.folded("Drafting and distribution", &rows)
    }

    fn folded(&self, name: &str, rows: &[(&str, Vec<(String, Span)>)]) -> Markup {
        html! {
            @if rows.iter().any(|row| !row.1.is_empty()) {
                details.folded {
                    summary { h2 { (name) } }
                    dl {
                        @for (what, values) in rows.iter().filter(|row| !row.1.is_empty()) {
                            dt { (what) }
                            dd {
                                @for (value, span) in values {
                                    @let field = self.fields.add(&[*span]);
                                    span.piece.(field.class()) { (clean(value)) (field.pin(what)) } " "
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn sources(&self) -> Markup {
        let sources = &self.telegram.sources;
        html! {
            @if !sources.is_empty() {
                details.folded {
                    summary { h2 { "Where it came from" } }
                    ul.sources {
                        @for source in sources {
                            li {
                                code { (clean(&source.path.display().to_string())) }
                                span.muted { ", bytes " (count(source.span.start as u64)) "–" (count(source.span.end as u64)) }
                                @if let Some(through) = &source.through {
                                    span.muted { ", as the export says that it came in: " (clean(&through.display().to_string())) }
                                }
                                @if source.retransmission { span.muted { ", a retransmission" } }
                                br; code.hash { (clean(&source.hash)) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The original, as it came.
    fn original(&self) -> Markup {
        let left_out = self.fields.left_out();
        html! {
            section.original #original aria-labelledby="h-original" {
                header {
                    h2 #h-original { "The original" }
                    p.muted {
                        @if let Some(collected) = &self.telegram.collected {
                            "the text of a document of " (size(collected.bytes.len() as u64)) ", read as "
                            code { (clean(&collected.reader.name())) } " · "
                        } @else {
                            (size(self.telegram.bytes.len() as u64)) ", " (self.decoded.encoding) " · "
                        }
                        a href=(self.raw()) { "raw" }
                    }
                }
                div.sheet tabindex="0" role="region" aria-label="Text of the original" {
                    pre { code { (self.fields.original()) } }
                    @if left_out > 0 {
                        p.note { (size(left_out as u64)) " more: " a href=(self.raw()) { "see the raw original" } }
                    }
                }
            }
        }
    }
}

/// When it was sent, by the clock that is printed.
fn moment(at: DateTime, printed: Option<&str>) -> Markup {
    let (machine, words) = match clock(at, printed) {
        Clock::Utc => ("%Y-%m-%dT%H:%MZ", "%A %-d %B %Y, %H:%M UTC"),
        Clock::Local => ("%Y-%m-%dT%H:%M", "%A %-d %B %Y, %H:%M local time"),
        Clock::Unknown => ("%Y-%m-%d", "%A %-d %B %Y"),
    };
    html! { time datetime=(at.strftime(machine)) { (at.strftime(words)) } }
}

/// A station: its address, and where that is.
fn station(station: &Station) -> Markup {
    let display = station.post.as_deref().and_then(explain::post);
    html! {
        @match &station.post {
            Some(post) => a.station href=(address::search(&crate::web::narrow::term("from", post)))
                title=[display] { (clean(unslanted(&station.plad))) },
            None => (clean(unslanted(&station.plad))),
        }
        @if let Some(ri) = &station.routing_indicator { " " span.ri { (clean(ri)) } }
    }
}

/// The first addressees in a few words.
fn brief(list: &[Spanned<Addressee>]) -> String {
    let name = |a: &Spanned<Addressee>| a.station.post.clone().unwrap_or_else(|| a.station.plad.clone());
    list.iter().take(4).map(name).collect::<Vec<_>>().join(", ")
}
