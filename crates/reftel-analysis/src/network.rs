//! The web of references as a whole: what hangs together, and what stands in the middle.
//!
//! A node is a number that is held or cited; an edge leads from the telegram that cites to what it cites.

use std::collections::{BTreeMap, HashMap};

use reftel_telegram::Card;

/// Rounds in which ranks are passed on; after so many they change in the sixth digit.
const RANK_ROUNDS: usize = 50;

/// The share of its rank that a telegram passes on to those that it cites (Brin and Page, 1998).
const DAMPING: f64 = 0.85;

/// Rounds in which nodes move between communities; few move after the first five.
const COMMUNITY_ROUNDS: usize = 20;

/// Telegrams and what they cite.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// The numbers, held or only cited.
    pub numbers: Vec<String>,
    /// Of each, whether it is held.
    pub held: Vec<bool>,
    /// Of each, those that it cites.
    pub cites: Vec<Vec<u32>>,
    /// Of each, those that cite it.
    pub cited_by: Vec<Vec<u32>>,
}

impl Network {
    /// The network of these cards. Those without a number are in it only by what they cite, if anything cites: they
    /// are left out. Several cards of one number are one node.
    pub fn of<'c>(cards: impl IntoIterator<Item = &'c Card>) -> Network {
        let mut network = Network::default();
        let mut places: HashMap<String, u32> = HashMap::new();
        for card in cards {
            let Some(mrn) = &card.mrn else { continue };
            let from = network.node(mrn, &mut places);
            network.held[from as usize] = true;
            for cited in &card.cites {
                let to = network.node(cited, &mut places);
                if to != from && !network.cites[from as usize].contains(&to) {
                    network.cites[from as usize].push(to);
                    network.cited_by[to as usize].push(from);
                }
            }
        }
        network
    }

    fn node(&mut self, mrn: &str, places: &mut HashMap<String, u32>) -> u32 {
        if let Some(place) = places.get(mrn) {
            return *place;
        }
        let place = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        places.insert(mrn.to_owned(), place);
        self.numbers.push(mrn.to_owned());
        self.held.push(false);
        self.cites.push(Vec::new());
        self.cited_by.push(Vec::new());
        place
    }

    /// How many citations there are.
    pub fn edges(&self) -> usize {
        self.cites.iter().map(Vec::len).sum()
    }

    fn neighbours(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        self.cites[node].iter().chain(&self.cited_by[node]).map(|other| *other as usize)
    }

    /// Of each node, the number of the component that it is in; the largest is 0. A component is all that can be
    /// reached from one another over references in either direction.
    pub fn components(&self) -> Vec<u32> {
        let mut component = vec![u32::MAX; self.numbers.len()];
        let mut sizes = Vec::new();
        for start in 0..self.numbers.len() {
            if component[start] != u32::MAX {
                continue;
            }
            let number = u32::try_from(sizes.len()).unwrap_or(u32::MAX);
            let (mut size, mut next) = (0_usize, vec![start]);
            component[start] = number;
            while let Some(node) = next.pop() {
                size += 1;
                for other in self.neighbours(node) {
                    if component[other] == u32::MAX {
                        component[other] = number;
                        next.push(other);
                    }
                }
            }
            sizes.push(size);
        }
        largest_first(component, &sizes)
    }

    /// Of each node, the number of the community that it is in; the largest is 0. Communities have more references
    /// within than chance would give them (modularity; Blondel, Guillaume, Lambiotte and Lefebvre, 2008). The same
    /// web always has the same communities.
    pub fn communities(&self) -> Vec<u32> {
        let mut links: Vec<Vec<(usize, f64)>> = (0..self.numbers.len())
            .map(|node| self.neighbours(node).map(|other| (other, 1.0)).collect())
            .collect();
        let mut community: Vec<usize> = (0..links.len()).collect();
        loop {
            let moved = moved_together(&links);
            let count = moved.iter().max().map_or(0, |most| most + 1);
            for group in &mut community {
                *group = moved[*group];
            }
            if count == links.len() {
                break;
            }
            // Each community is a node of the next round.
            let mut next: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); count];
            for (node, links) in links.iter().enumerate() {
                for (other, weight) in links {
                    *next[moved[node]].entry(moved[*other]).or_default() += weight;
                }
            }
            links = next.into_iter().map(|links| links.into_iter().collect()).collect();
        }
        let count = community.iter().max().map_or(0, |most| most + 1);
        let mut sizes = vec![0; count];
        for group in &community {
            sizes[*group] += 1;
        }
        let numbers = community.into_iter().map(|group| u32::try_from(group).unwrap_or(u32::MAX)).collect();
        largest_first(numbers, &sizes)
    }

    /// Of each node, its rank: how often it would be come to by somebody who follows references, and now and then
    /// begins anew (`PageRank`). They add up to 1.
    pub fn ranks(&self) -> Vec<f64> {
        let count = self.numbers.len();
        let share = |part: f64| part / f64::from(u32::try_from(count.max(1)).unwrap_or(u32::MAX));
        let mut ranks = vec![share(1.0); count];
        for _ in 0..RANK_ROUNDS {
            let lost: f64 =
                ranks.iter().zip(&self.cites).filter(|(_, cites)| cites.is_empty()).map(|(r, _)| r).sum();
            let mut next = vec![share(1.0 - DAMPING) + share(DAMPING * lost); count];
            for (rank, cites) in ranks.iter().zip(&self.cites) {
                let each = DAMPING * rank / f64::from(u32::try_from(cites.len().max(1)).unwrap_or(u32::MAX));
                for to in cites {
                    next[*to as usize] += each;
                }
            }
            ranks = next;
        }
        ranks
    }

    /// Of each node, how many shortest ways between others lead through it, estimated from the ways that begin at
    /// `starts` nodes, spread evenly over all (Brandes and Pich, 2007). Directions are left aside. With as many starts
    /// as nodes it is exact.
    pub fn betweenness(&self, starts: usize) -> Vec<f64> {
        let count = self.numbers.len();
        let mut between = vec![0.0; count];
        let starts = starts.min(count);
        let scale = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        let mut way = Ways::new(count);
        for index in 0..starts {
            way.from(self, index * count / starts, &mut between);
        }
        let factor = if starts == 0 { 0.0 } else { scale(count) / scale(starts) / 2.0 };
        for value in &mut between {
            *value *= factor;
        }
        between
    }
}

/// Moves each node to the community of its neighbours that it is tied to most beyond chance, round by round, until
/// none moves. Of each node, its community, numbered from 0 without gaps.
fn moved_together(links: &[Vec<(usize, f64)>]) -> Vec<usize> {
    let degree: Vec<f64> = links.iter().map(|links| links.iter().map(|link| link.1).sum()).collect();
    let all: f64 = degree.iter().sum();
    let mut community: Vec<usize> = (0..links.len()).collect();
    let mut within = degree.clone();
    for _ in 0..COMMUNITY_ROUNDS {
        let mut changed = false;
        for node in 0..links.len() {
            let own = community[node];
            let mut ties: BTreeMap<usize, f64> = BTreeMap::from([(own, 0.0)]);
            for (other, weight) in links[node].iter().filter(|link| link.0 != node) {
                *ties.entry(community[*other]).or_default() += weight;
            }
            within[own] -= degree[node];
            let gain = |(group, tie): (&usize, &f64)| tie - degree[node] * within[*group] / all;
            let stay = gain((&own, &ties[&own]));
            let best = ties.iter().map(|entry| (*entry.0, gain(entry))).max_by(|a, b| a.1.total_cmp(&b.1));
            let to = best.filter(|(_, gain)| *gain > stay + 1e-9).map_or(own, |best| best.0);
            within[to] += degree[node];
            community[node] = to;
            changed |= to != own;
        }
        if !changed {
            break;
        }
    }
    let mut numbers: HashMap<usize, usize> = HashMap::new();
    for group in &mut community {
        let next = numbers.len();
        *group = *numbers.entry(*group).or_insert(next);
    }
    community
}

/// Shortest ways from one node, counted (Brandes, 2001).
struct Ways {
    distance: Vec<u32>,
    count: Vec<f64>,
    share: Vec<f64>,
    order: Vec<usize>,
}

impl Ways {
    fn new(nodes: usize) -> Ways {
        Ways {
            distance: vec![u32::MAX; nodes],
            count: vec![0.0; nodes],
            share: vec![0.0; nodes],
            order: Vec::new(),
        }
    }

    fn from(&mut self, network: &Network, start: usize, between: &mut [f64]) {
        for node in self.order.drain(..) {
            (self.distance[node], self.count[node], self.share[node]) = (u32::MAX, 0.0, 0.0);
        }
        (self.distance[start], self.count[start]) = (0, 1.0);
        self.order.push(start);
        let mut at = 0;
        while let Some(&node) = self.order.get(at) {
            at += 1;
            for other in network.neighbours(node) {
                if self.distance[other] == u32::MAX {
                    self.distance[other] = self.distance[node] + 1;
                    self.order.push(other);
                }
                if self.distance[other] == self.distance[node] + 1 {
                    self.count[other] += self.count[node];
                }
            }
        }
        for &node in self.order.iter().rev() {
            for other in network.neighbours(node) {
                if self.distance[other] == self.distance[node] + 1 {
                    self.share[node] += self.count[node] / self.count[other] * (1.0 + self.share[other]);
                }
            }
            if node != start {
                between[node] += self.share[node];
            }
        }
    }
}

/// Numbers groups by size.
fn largest_first(mut group: Vec<u32>, sizes: &[usize]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|number| std::cmp::Reverse(sizes[*number]));
    let mut new = vec![0; sizes.len()];
    for (place, number) in order.into_iter().enumerate() {
        new[number] = u32::try_from(place).unwrap_or(u32::MAX);
    }
    for number in &mut group {
        *number = new[*number as usize];
    }
    group
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(edges: &[(&str, &[&str])]) -> Network {
        let cards: Vec<Card> = edges
            .iter()
            .map(|(mrn, cites)| Card {
                mrn: Some((*mrn).to_owned()),
                cites: cites.iter().map(ToString::to_string).collect(),
                ..Card::default()
            })
            .collect();
        Network::of(&cards)
    }

    fn of(network: &Network, mrn: &str) -> usize {
        network.numbers.iter().position(|number| number == mrn).unwrap()
    }

    #[test]
    fn what_is_only_cited_is_a_node_too() {
        let network = network(&[("A", &["B", "C", "C", "A"]), ("B", &[])]);
        assert_eq!((network.numbers.len(), network.edges()), (3, 2));
        assert!(network.held[of(&network, "B")] && !network.held[of(&network, "C")]);
    }

    #[test]
    fn components_are_numbered_by_size() {
        let network = network(&[("X", &["Y"]), ("A", &["B"]), ("B", &["C"])]);
        let components = network.components();
        assert_eq!([components[of(&network, "A")], components[of(&network, "C")]], [0, 0]);
        assert_eq!(components[of(&network, "X")], 1);
    }

    #[test]
    fn two_dense_groups_with_one_bridge_are_two_communities() {
        let network = network(&[
            ("A", &["B", "C"]),
            ("B", &["C", "D"]),
            ("C", &["D"]),
            ("D", &["A"]),
            ("P", &["Q", "R", "A"]),
            ("Q", &["R", "S"]),
            ("R", &["S"]),
            ("S", &["P"]),
        ]);
        let communities = network.communities();
        let group = |mrn| communities[of(&network, mrn)];
        assert!(["B", "C", "D"].iter().all(|mrn| group(mrn) == group("A")), "{communities:?}");
        assert!(["Q", "R", "S"].iter().all(|mrn| group(mrn) == group("P")), "{communities:?}");
        assert_ne!(group("A"), group("P"));
    }

    #[test]
    fn what_all_cite_ranks_highest_and_ranks_add_up() {
        let network = network(&[("A", &["C"]), ("B", &["C"]), ("D", &["C", "A"])]);
        let ranks = network.ranks();
        assert!((ranks.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let best = (0..4).max_by(|a, b| ranks[*a].total_cmp(&ranks[*b])).unwrap();
        assert_eq!(network.numbers[best], "C");
    }

    #[test]
    fn the_middle_of_a_chain_is_between_most() {
        let network = network(&[("A", &["B"]), ("B", &["C"]), ("C", &["D"]), ("D", &["E"])]);
        let between = network.betweenness(5);
        let of = |mrn| between[of(&network, mrn)];
        assert!(
            (of("C") - 4.0).abs() < 1e-9 && (of("B") - 3.0).abs() < 1e-9 && of("A").abs() < 1e-9,
            "{between:?}"
        );
    }

    #[test]
    fn nothing_is_no_trouble() {
        let empty = Network::of(&[]);
        assert!(empty.ranks().is_empty() && empty.components().is_empty() && empty.betweenness(3).is_empty());
    }
}
