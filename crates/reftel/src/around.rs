//! What is around a telegram in the web of references: what it cites and what cites it, and once more.

use std::collections::HashMap;

use reftel_archive::{Archive, Entry, Id, Resolved, Result, Standing, Web};

/// A telegram in the picture, or a number of one that isn't here.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Its number, or what stands for it.
    pub(crate) name: String,
    /// The telegram, if it is here.
    pub(crate) entry: Option<Entry>,
    /// How many steps away: what cites counts down, what is cited counts up, and 0 is the telegram itself.
    pub(crate) step: i8,
}

/// A reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    /// The node that cites.
    pub(crate) from: usize,
    /// The node that is cited.
    pub(crate) to: usize,
    /// How sure it is.
    pub(crate) standing: Standing,
}

/// The web around a telegram.
#[derive(Clone, Debug, Default)]
pub(crate) struct Around {
    /// The telegram itself first, then as they were met.
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
    /// How many there were no room for.
    pub(crate) left_out: usize,
}

/// What a node is known by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Held(Id),
    Missing(String),
}

/// The web while it grows.
struct Growing {
    around: Around,
    places: HashMap<Key, usize>,
    most: usize,
}

impl Growing {
    /// The place of a node, made if there is room.
    fn node(&mut self, key: Key, name: &str, entry: Option<&Entry>, step: i8) -> Option<usize> {
        if let Some(at) = self.places.get(&key) {
            return Some(*at);
        }
        let at = self.around.nodes.len();
        if at >= self.most {
            self.around.left_out += 1;
            return None;
        }
        self.around.nodes.push(Node { name: name.to_owned(), entry: entry.cloned(), step });
        self.places.insert(key, at);
        Some(at)
    }

    fn held(&mut self, entry: &Entry, step: i8) -> Option<usize> {
        self.node(Key::Held(entry.id), &handle(entry), Some(entry), step)
    }

    fn edge(&mut self, from: usize, to: Option<usize>, standing: Standing) {
        let Some(to) = to.filter(|to| *to != from) else { return };
        if !self.around.edges.iter().any(|edge| edge.from == from && edge.to == to) {
            self.around.edges.push(Edge { from, to, standing });
        }
    }

    /// What the telegram at a node cites.
    fn cites(&mut self, from: usize, web: &Web, resolved: &[Resolved], step: i8) {
        for one in resolved {
            let first = one.telegrams.first().map(|first| &first.entry);
            let to = match (one.standing, first) {
                (Standing::Found | Standing::Probable, Some(entry)) => self.held(entry, step),
                _ => self.node(Key::Missing(one.mrn.clone()), &one.mrn, None, step),
            };
            self.edge(from, to, one.standing);
        }
        for (number, held) in &web.named {
            if let Some(entry) = held.first() {
                let to = self.held(entry, step);
                self.edge(from, to, Standing::Found);
            } else {
                let to = self.node(Key::Missing(number.clone()), number, None, step);
                self.edge(from, to, Standing::Phantom);
            }
        }
    }

    /// What cites the telegram at a node.
    fn cited(&mut self, to: usize, web: &Web, step: i8) {
        for entry in web.cited_by.iter().chain(&web.named_by) {
            if let Some(from) = self.held(entry, step) {
                self.edge(from, Some(to), Standing::Found);
            }
        }
    }
}

/// The number of a telegram, or what stands in for it.
fn handle(entry: &Entry) -> String {
    entry.card.mrn.clone().unwrap_or_else(|| format!("id:{}", entry.id.0))
}

impl Around {
    /// One step around a telegram of which all is known already, with so many nodes at most.
    pub(crate) fn near(own: &Entry, web: &Web, resolved: &[Resolved], most: usize) -> Around {
        let mut growing = Growing { around: Around::default(), places: HashMap::new(), most };
        if let Some(own) = growing.held(own, 0) {
            growing.cites(own, web, resolved, 1);
            growing.cited(own, web, -1);
        }
        growing.around
    }

    /// Two steps around a telegram, in the direction of the first, with so many nodes at most. References between any
    /// of them are in it.
    pub(crate) fn of(archive: &Archive, id: Id, most: usize) -> Result<Around> {
        let telegram = archive.telegram(id)?;
        let own = Entry { id, card: telegram.card.clone() };
        let (web, resolved) = (archive.web(id)?, archive.resolve(&telegram)?);
        let around = Around::near(&own, &web, &resolved, most);
        let places = around.nodes.iter().enumerate().map(|(at, node)| (key(node), at)).collect();
        let mut growing = Growing { around, places, most };
        let first = growing.around.nodes.clone();
        for (at, node) in first.iter().enumerate().skip(1) {
            let Some(entry) = &node.entry else { continue };
            let web = archive.web(entry.id)?;
            if node.step > 0 {
                let resolved = archive.resolve(&archive.telegram(entry.id)?)?;
                growing.cites(at, &web, &resolved, 2);
            } else {
                growing.cited(at, &web, -2);
            }
        }
        growing.between();
        Ok(growing.around)
    }
}

impl Growing {
    /// References between telegrams that were met otherwise.
    fn between(&mut self) {
        let nodes = self.around.nodes.clone();
        let numbers: HashMap<&str, usize> =
            nodes.iter().enumerate().map(|(at, node)| (node.name.as_str(), at)).collect();
        for (from, node) in nodes.iter().enumerate() {
            for cited in node.entry.iter().flat_map(|entry| &entry.card.cites) {
                let Some(&to) = numbers.get(cited.as_str()) else { continue };
                let missing = nodes[to].entry.is_none();
                let standing = if missing { Standing::Phantom } else { Standing::Found };
                self.edge(from, Some(to), standing);
            }
        }
    }
}

fn key(node: &Node) -> Key {
    node.entry.as_ref().map_or_else(|| Key::Missing(node.name.clone()), |entry| Key::Held(entry.id))
}
