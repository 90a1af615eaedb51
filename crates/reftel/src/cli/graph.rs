//! `reftel graph`

use std::path::Path;

use reftel_analysis::Network;
use reftel_telegram::Card;
use serde::Serialize;

use super::terminal::{STRONG, Screen, clean, count, paint};
use super::{Failure, Format, Status};
use crate::json;

/// So many starts are enough for the order of what stands between most.
const STARTS: usize = 512;

/// Say how the web of references hangs together
///
/// How many numbers and citations there are, how many components (all that can be reached from one another) and
/// communities (more references within than chance would give; Blondel and others, 2008); and the telegrams in the
/// middle: by rank (Brin and Page, 1998) and by how many shortest ways lead through them (estimated from 512 starts; Brandes and
/// Pich, 2007). A number that is cited and not held is in the web too.
///
/// With `--format json`, one object: the counts, the sizes of the largest components and communities, and
/// `central`, a list of `mrn`, `held`, `cites`, `cited_by`, `rank`, `between`, `component`, `community`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done, 1 there are no references, 2 an error.

Example: reftel graph --limit 50 --format json")]
pub(crate) struct Graph {
    /// How many telegrams to name
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,

    /// In what order
    #[arg(long, value_name = "ORDER", default_value = "rank")]
    by: By,

    /// For people or for programs
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum By {
    /// Where references lead
    Rank,
    /// What stands between
    Between,
    /// How many cite it
    Cited,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    numbers: usize,
    held: usize,
    citations: usize,
    components: Vec<usize>,
    communities: Vec<usize>,
    central: Vec<Node<'a>>,
}

#[derive(Serialize)]
struct Node<'a> {
    mrn: &'a str,
    held: bool,
    cites: usize,
    cited_by: usize,
    rank: f64,
    between: f64,
    component: u32,
    community: u32,
}

impl Graph {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let mut cards: Vec<Card> = Vec::new();
        super::archive(dir)?.for_each_card(&mut |entry| {
            let Card { mrn, cites, .. } = entry.card;
            cards.push(Card { mrn, cites, ..Card::default() });
        })?;
        let network = Network::of(&cards);
        let document = self.document(&network);
        match self.format {
            Format::Json => screen.line(&json::print(&document, screen.terminal)?)?,
            Format::Text => screen.line(&text(&document, screen.color))?,
        }
        Ok(if network.edges() == 0 { Status::Negative } else { Status::Fine })
    }

    fn document<'a>(&self, network: &'a Network) -> Document<'a> {
        let (components, communities) = (network.components(), network.communities());
        let (ranks, between) = (network.ranks(), network.betweenness(STARTS));
        let mut order: Vec<usize> = (0..network.numbers.len()).collect();
        let cited = |node: usize| network.cited_by[node].len();
        order.sort_by(|&a, &b| match self.by {
            By::Rank => ranks[b].total_cmp(&ranks[a]),
            By::Between => between[b].total_cmp(&between[a]),
            By::Cited => cited(b).cmp(&cited(a)),
        });
        let node = |&node: &usize| Node {
            mrn: &network.numbers[node],
            held: network.held[node],
            cites: network.cites[node].len(),
            cited_by: cited(node),
            rank: ranks[node],
            between: between[node],
            component: components[node],
            community: communities[node],
        };
        Document {
            schema: json::SCHEMA,
            numbers: network.numbers.len(),
            held: network.held.iter().filter(|held| **held).count(),
            citations: network.edges(),
            components: sizes(&components),
            communities: sizes(&communities),
            central: order.iter().take(self.limit).map(node).collect(),
        }
    }
}

/// The sizes of groups of more than one, by number.
fn sizes(groups: &[u32]) -> Vec<usize> {
    let mut sizes = vec![0; groups.iter().max().map_or(0, |most| *most as usize + 1)];
    for group in groups {
        sizes[*group as usize] += 1;
    }
    sizes.retain(|size| *size > 1);
    sizes
}

fn text(document: &Document<'_>, color: bool) -> String {
    let number = |n: usize| count(n as u64);
    let groups = |name: &str, sizes: &[usize]| {
        let largest: Vec<String> = sizes.iter().take(5).map(|size| number(*size)).collect();
        format!("{name:<14}{:>9}   the largest: {}", number(sizes.len()), largest.join(", "))
    };
    let mut lines = vec![
        format!("{:<14}{:>9}   of them held: {}", "Numbers", number(document.numbers), number(document.held)),
        format!("{:<14}{:>9}", "Citations", number(document.citations)),
        groups("Components", &document.components),
        groups("Communities", &document.communities),
        paint(
            color,
            STRONG,
            &format!(
                "\n{:<20}{:>6}{:>7}{:>10}{:>12}{:>11}",
                "MRN", "CITES", "CITED", "RANK", "BETWEEN", "COMMUNITY"
            ),
        ),
    ];
    for node in &document.central {
        lines.push(format!(
            "{:<20}{:>6}{:>7}{:>10.6}{:>12.0}{:>11}{}",
            clean(node.mrn),
            number(node.cites),
            number(node.cited_by),
            node.rank,
            node.between,
            node.community,
            if node.held { "" } else { "  not held" }
        ));
    }
    lines.join("\n")
}
