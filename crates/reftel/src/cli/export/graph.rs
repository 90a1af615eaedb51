//! `graphml` and `gexf`: the web of references of what was found.
//!
//! The web is put together in memory, some hundred bytes a number and a reference, and written when the last telegram
//! was read: what hangs together is known only then.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use reftel_analysis::Network;
use reftel_archive::{Archive, Telegram};
use reftel_telegram::Card;
use reftel_telegram::record::{Record, YearSource};

use super::super::Failure;
use super::out::Out;
use super::{Form, replaced, xml};
use crate::json;
use crate::wording::unslanted;

/// In which language the web is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// <http://graphml.graphdrawing.org>
    GraphMl,
    /// <https://gexf.net>, as Gephi reads it.
    Gexf,
}

/// The web while it grows.
pub(super) struct Graph<'a> {
    archive: &'a Archive,
    language: Language,
    nodes: BTreeMap<String, Node>,
    references: Vec<Reference>,
    replaced: u64,
}

/// A number: of a telegram that was found, of one that is only held, or of none that is here.
#[derive(Debug, Default)]
struct Node {
    state: State,
    archive_id: Option<i64>,
    copies: u64,
    date: Option<String>,
    year: Option<i16>,
    post: Option<String>,
    classification: Option<&'static str>,
    subject: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    Found,
    Held,
    #[default]
    Phantom,
}

/// A reference between two numbers.
#[derive(Debug)]
pub(super) struct Reference {
    from: String,
    to: String,
    kind: &'static str,
    place: &'static str,
    confidence: &'static str,
    label: Option<String>,
}

/// A telegram that was found.
#[derive(Debug)]
pub(super) struct Piece {
    name: String,
    node: Node,
    references: Vec<Reference>,
}

impl<'a> Graph<'a> {
    pub(super) fn new(archive: &'a Archive, language: Language) -> Graph<'a> {
        Graph { archive, language, nodes: BTreeMap::new(), references: Vec::new(), replaced: 0 }
    }
}

impl Node {
    fn of(id: i64, card: &Card, state: State) -> Node {
        Node {
            state,
            archive_id: Some(id),
            copies: 1,
            date: card.dtg.map(json::time),
            year: card.year,
            post: card.post.clone(),
            classification: card.classification,
            subject: card.subject.clone(),
        }
    }
}

/// What a telegram cites: its reference block first, then what only its text has; each number once.
fn references(name: &str, record: &Record, card: &Card) -> Vec<Reference> {
    let kind = |mrn: &str| if mrn.contains("-A") { "airgram" } else { "telegram" };
    let cited = card.cites.iter().filter(|mrn| Some(*mrn) != card.mrn.as_ref()).map(|mrn| {
        let printed = record.references.iter().find(|each| each.mrn.as_ref() == Some(mrn));
        let confidence = match printed.map(|each| (each.resolved, each.year)) {
            Some((Some(resolved), _)) => resolved.confidence.name(),
            Some((None, Some(YearSource::Printed))) => "certain",
            _ => "likely",
        };
        Reference {
            from: name.to_owned(),
            to: mrn.clone(),
            kind: printed.map_or_else(|| kind(mrn), |each| each.kind.name()),
            place: if printed.is_some() { "block" } else { "text" },
            confidence,
            label: printed.and_then(|each| each.label.clone()),
        }
    });
    cited.collect()
}

impl Form for Graph<'_> {
    type Piece = Piece;

    fn begin(&mut self, _: &mut Out<'_>) -> Result<(), Failure> {
        Ok(())
    }

    fn piece(&self, telegram: &Telegram, _: &Archive) -> Result<Piece, Failure> {
        let (id, card) = (telegram.id.0, &telegram.card);
        let name = card.mrn.clone().unwrap_or_else(|| format!("id{id}"));
        let mut node = Node::of(id, card, State::Found);
        node.subject = card.subject.as_deref().map(|subject| unslanted(subject).trim().to_owned());
        Ok(Piece { references: references(&name, &telegram.record, card), name, node })
    }

    fn put(&mut self, piece: Piece, _: &mut Out<'_>) -> Result<(), Failure> {
        self.references.extend(piece.references);
        match self.nodes.entry(piece.name) {
            Entry::Occupied(mut first) => first.get_mut().copies += 1,
            Entry::Vacant(place) => {
                place.insert(piece.node);
            }
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Out<'_>) -> Result<(), Failure> {
        // Two copies of a telegram cite the same.
        self.references.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
        self.references.dedup_by(|a, b| (&a.from, &a.to) == (&b.from, &b.to));
        let missing = self.references.iter().map(|reference| &reference.to);
        let missing: Vec<String> = missing.filter(|to| !self.nodes.contains_key(*to)).cloned().collect();
        for mrn in missing {
            let held = self.archive.by_mrn(&mrn)?;
            let node = held.first().map(|entry| Node::of(entry.id.0, &entry.card, State::Held));
            self.nodes.insert(mrn, node.unwrap_or_default());
        }
        let web = self.web();
        out.write(head(self.language).as_bytes())?;
        for (name, node) in &self.nodes {
            let values = web.values(name, node);
            out.write(self.language.node(name, &values, &mut self.replaced).as_bytes())?;
        }
        if self.language == Language::Gexf {
            out.write(b"</nodes>\n<edges>\n")?;
        }
        for (number, reference) in self.references.iter().enumerate() {
            out.write(self.language.edge(number, reference, &mut self.replaced).as_bytes())?;
        }
        out.write(match self.language {
            Language::GraphMl => b"</graph>\n</graphml>\n",
            Language::Gexf => b"</edges>\n</graph>\n</gexf>\n",
        })
    }

    fn remark(&self) -> Option<String> {
        replaced(self.replaced, "as signs that stand for them")
    }
}

/// What can be said of a node only within the whole.
struct Web {
    places: BTreeMap<String, usize>,
    cites: Vec<usize>,
    cited_by: Vec<usize>,
    components: Vec<u32>,
    communities: Vec<u32>,
    ranks: Vec<f64>,
}

impl Graph<'_> {
    fn web(&self) -> Web {
        let mut cards: BTreeMap<&String, Vec<String>> =
            self.nodes.keys().map(|name| (name, Vec::new())).collect();
        for reference in &self.references {
            if let Some(cites) = cards.get_mut(&reference.from) {
                cites.push(reference.to.clone());
            }
        }
        let cards: Vec<Card> = cards
            .into_iter()
            .map(|(name, cites)| Card { mrn: Some(name.clone()), cites, ..Card::default() })
            .collect();
        let network = Network::of(&cards);
        Web {
            places: network.numbers.iter().enumerate().map(|(place, name)| (name.clone(), place)).collect(),
            cites: network.cites.iter().map(Vec::len).collect(),
            cited_by: network.cited_by.iter().map(Vec::len).collect(),
            components: network.components(),
            communities: network.communities(),
            ranks: network.ranks(),
        }
    }
}

/// The attributes of a node: name, and type in `GraphML`.
const NODE: [(&str, &str); 14] = [
    ("state", "string"),
    ("archive_id", "long"),
    ("copies", "long"),
    ("date", "string"),
    ("year", "long"),
    ("post", "string"),
    ("classification", "string"),
    ("subject", "string"),
    ("cites", "long"),
    ("cited_by", "long"),
    ("component", "long"),
    ("community", "long"),
    ("pagerank", "double"),
    ("number", "string"),
];

/// The attributes of a reference.
const EDGE: [&str; 4] = ["kind", "place", "confidence", "label"];

impl Web {
    fn values(&self, name: &str, node: &Node) -> [Option<String>; 14] {
        let state = match node.state {
            State::Found => "found",
            State::Held => "held",
            State::Phantom => "phantom",
        };
        let place = self.places.get(name).copied().unwrap_or_default();
        let number = |list: &[u32]| list.get(place).map(u32::to_string);
        let count = |list: &[usize]| list.get(place).map(usize::to_string);
        [
            Some(state.to_owned()),
            node.archive_id.map(|id| id.to_string()),
            (node.copies > 0).then(|| node.copies.to_string()),
            node.date.clone(),
            node.year.map(|year| year.to_string()),
            node.post.clone(),
            node.classification.map(str::to_owned),
            node.subject.clone(),
            count(&self.cites),
            count(&self.cited_by),
            number(&self.components),
            number(&self.communities),
            self.ranks.get(place).map(|rank| format!("{rank:.9}")),
            // A telegram without a number has the archive's for a name.
            (!name.starts_with("id")).then(|| name.to_owned()),
        ]
    }
}

fn head(language: Language) -> String {
    let mut head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    match language {
        Language::GraphMl => {
            head += "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n";
            for (name, kind) in NODE {
                head += &format!(
                    "<key id=\"n_{name}\" for=\"node\" attr.name=\"{name}\" attr.type=\"{kind}\"/>\n"
                );
            }
            for name in EDGE {
                head += &format!(
                    "<key id=\"e_{name}\" for=\"edge\" attr.name=\"{name}\" attr.type=\"string\"/>\n"
                );
            }
            head + "<graph id=\"references\" edgedefault=\"directed\">\n"
        }
        Language::Gexf => {
            head += "<gexf xmlns=\"http://www.gexf.net/1.2draft\" version=\"1.2\">\n";
            head += "<graph mode=\"static\" defaultedgetype=\"directed\">\n<attributes class=\"node\">\n";
            for (name, kind) in NODE {
                head += &format!("<attribute id=\"n_{name}\" title=\"{name}\" type=\"{kind}\"/>\n");
            }
            head += "</attributes>\n<attributes class=\"edge\">\n";
            for name in EDGE {
                head += &format!("<attribute id=\"e_{name}\" title=\"{name}\" type=\"string\"/>\n");
            }
            head + "</attributes>\n<nodes>\n"
        }
    }
}

impl Language {
    fn node(self, name: &str, values: &[Option<String>], replaced: &mut u64) -> String {
        let name = xml::line(name, replaced);
        let values = NODE.iter().map(|(name, _)| *name).zip(values);
        let values = values.filter_map(|(name, value)| Some((name, xml::line(value.as_deref()?, replaced))));
        match self {
            Language::GraphMl => {
                let data = values.map(|(name, value)| format!("<data key=\"n_{name}\">{value}</data>"));
                format!("<node id=\"{name}\">{}</node>\n", data.collect::<String>())
            }
            Language::Gexf => {
                let data =
                    values.map(|(name, value)| format!("<attvalue for=\"n_{name}\" value=\"{value}\"/>"));
                let data: String = data.collect();
                format!("<node id=\"{name}\" label=\"{name}\"><attvalues>{data}</attvalues></node>\n")
            }
        }
    }

    fn edge(self, number: usize, reference: &Reference, replaced: &mut u64) -> String {
        let (from, to) = (xml::line(&reference.from, replaced), xml::line(&reference.to, replaced));
        let values = [
            Some(reference.kind),
            Some(reference.place),
            Some(reference.confidence),
            reference.label.as_deref(),
        ];
        let values = EDGE.into_iter().zip(values);
        let values = values.filter_map(|(name, value)| Some((name, xml::line(value?, replaced))));
        let ends = format!("source=\"{from}\" target=\"{to}\"");
        match self {
            Language::GraphMl => {
                let data = values.map(|(name, value)| format!("<data key=\"e_{name}\">{value}</data>"));
                format!("<edge {ends}>{}</edge>\n", data.collect::<String>())
            }
            Language::Gexf => {
                let data =
                    values.map(|(name, value)| format!("<attvalue for=\"e_{name}\" value=\"{value}\"/>"));
                let data: String = data.collect();
                format!("<edge id=\"{number}\" {ends}><attvalues>{data}</attvalues></edge>\n")
            }
        }
    }
}
