//! Words for invented telegrams, by what they do in a sentence, the commonest first in each list.
//!
//! A few hundred common words make most of a text, and names never seen before make its tail, as in
//! any language; without the tail an index would be measured on a toy vocabulary.

use std::sync::LazyLock;

use super::random::{Random, Zipf};

/// Lists of words and how often each is drawn.
#[derive(Debug)]
pub(crate) struct Words {
    list: Vec<&'static str>,
    zipf: Zipf,
}

impl Words {
    fn new(list: &'static str) -> Words {
        let list: Vec<_> = list.split_whitespace().collect();
        let zipf = Zipf::new(list.len(), FLAT);
        Words { list, zipf }
    }

    /// Lines instead of words.
    fn lines(list: &'static str) -> Words {
        let list: Vec<_> = list.lines().filter(|line| !line.is_empty()).collect();
        let zipf = Zipf::new(list.len(), FLAT);
        Words { list, zipf }
    }

    pub(crate) fn draw(&self, random: &mut Random) -> &'static str {
        self.list[self.zipf.draw(random)]
    }
}

/// How flat a list is: two-thirds of a class's uses fall on its commonest third, as in real telegrams.
const FLAT: u64 = 25;

/// How many different invented names there can be.
const NAMES: usize = 180_000;

/// Syllables of invented names.
const SYLLABLES: [&str; 60] = [
    "mar", "lo", "ven", "ka", "stro", "bel", "tor", "an", "dri", "sel", "mo", "ra", "kin", "dal", "vo",
    "ter", "esh", "lin", "gar", "tu", "wen", "po", "zar", "il", "ha", "cre", "sto", "ny", "fen", "ur", "bri",
    "lak", "os", "pem", "ti", "var", "gol", "ret", "sha", "dun", "ely", "quo", "nim", "bar", "hol", "jes",
    "kov", "ald", "mer", "rus", "pi", "tan", "wick", "ori", "gre", "luc", "yan", "sov", "ce", "thal",
];

/// Appends an invented name, a low rank far more often than a high one.
pub(crate) fn push_name(random: &mut Random, out: &mut String) {
    static RANKS: LazyLock<Zipf> = LazyLock::new(|| Zipf::new(NAMES, 60));
    // Spread, so that neighbours in rank don't share syllables; the factor has none in common with 60.
    let mut rest = RANKS.draw(random) * 104_729 % SYLLABLES.len().pow(3);
    let start = out.len();
    for _ in 0..3 {
        out.push_str(SYLLABLES[rest % SYLLABLES.len()]);
        rest /= SYLLABLES.len();
    }
    if let Some(initial) = out.get_mut(start..=start) {
        initial.make_ascii_uppercase();
    }
}

pub(crate) static NOUNS: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "government minister issue meeting ministry country agreement policy party embassy support \
ambassador proposal visit position question president talks security development parliament delegation \
process problem region report program election trade decision law information conference budget request \
committee interest concern border situation assistance press relations effort department election \
statement level group people public plan time opposition council energy contract cooperation state \
discussion price company military market official leader draft text export treaty force project \
negotiation bank port loan letter police representative tariff aid course sector oil product import \
matter year view visa approach week response change note cabinet member progress right authority result \
training secretary industry measure aircraft shipment term case role court session road tax production \
capital fund action need study access payment resolution district farm harbor gas pipeline water power \
grain customs union fishery airline flight route equipment investment factory labor strike worker wage \
crisis refugee camp village mayor governor province army officer general battalion patrol ceasefire \
observer mission mandate vote ballot campaign coalition majority reform amendment constitution decree \
regulation license permit quota subsidy deficit currency reserve debt installment interest creditor \
inspector verification protocol annex article clause paragraph signature ratification deposit accession \
working-group agenda chairman seat candidate nomination summit communique declaration boycott sanction \
embargo waiver exemption passport consul detainee prisoner trial judge prosecutor lawyer sentence appeal \
student scholarship exchange university teacher school library exhibit festival journalist newspaper \
editor radio broadcast television rumor leak source contact interlocutor adviser counselor attache \
economist engineer doctor hospital vaccine disease outbreak drought flood earthquake harvest wheat \
cotton timber cement steel copper phosphate uranium reactor dam turbine grid ferry vessel tanker \
trawler lighthouse channel strait island coast airspace runway radar helicopter spare-part ammunition \
frontier checkpoint crossing smuggler narcotics trafficking corruption audit tender bid consortium \
shareholder dispute arbitration claim compensation property land tenant cooperative ration shortage \
inflation unemployment growth forecast statistic survey census poll constituency rally demonstration \
curfew emergency amnesty exile return reconciliation grievance minority language church mosque bishop \
monastery tradition holiday anniversary ceremony reception dinner toast gift invitation itinerary \
arrival departure motorcade advance-team baggage hotel accommodation telephone cable circuit pouch \
courier archive file memorandum copy original translation interpreter misunderstanding clarification \
assurance guarantee pledge commitment obligation timetable deadline delay postponement suspension \
resumption breakthrough impasse compromise formula package linkage leverage pressure incentive",
    )
});

pub(crate) static VERBS: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "discussed supported raised proposed welcomed accepted reviewed noted approved described \
considered requested rejected presented postponed confirmed signed opposed criticized expected \
mentioned explained announced received emphasized outlined questioned examined completed offered \
opened denied delayed promised defended confused concluded circulated drafted amended endorsed \
suspended resumed tabled sponsored blocked vetoed ratified implemented enforced ignored disputed \
clarified repeated underlined exaggerated minimized regretted condemned praised thanked briefed \
informed advised urged pressed encouraged warned reassured invited visited toured inspected hosted \
accompanied replaced appointed dismissed nominated elected arrested released extradited deported \
expelled recalled recognized financed subsidized taxed licensed imported exported purchased sold \
leased delivered shipped unloaded repaired built closed nationalized privatized audited investigated \
leaked published broadcast translated forwarded returned withdrew renewed extended shortened \
strengthened weakened undermined complicated simplified linked separated balanced monitored observed \
verified",
    )
});

pub(crate) static SAYING: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "said believed recounted noted added thought stressed claimed argued suggested replied maintained \
insisted acknowledged admitted indicated reported hoped doubted speculated predicted complained \
conceded remarked observed implied hinted recalled",
    )
});

pub(crate) static ADJECTIVES: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "new political economic foreign national recent bilateral local regional important public possible \
military next major international current joint further previous special serious senior final \
commercial additional private general financial several strong technical future difficult domestic \
positive initial large proposed formal likely draft key available central lasting internal legal \
annual close clear common critical modest small early late high low official informal confidential \
direct indirect mutual unilateral multilateral northern southern eastern western coastal rural urban \
industrial agricultural maritime nuclear conventional strategic tactical humanitarian provisional \
permanent temporary interim preliminary detailed comprehensive limited partial complete cautious \
optimistic pessimistic skeptical constructive helpful unhelpful sensitive delicate controversial \
popular unpopular independent neutral moderate radical conservative liberal religious ethnic tribal \
traditional modern outdated inadequate sufficient excessive reasonable unrealistic ambitious costly \
cheap efficient corrupt honest reliable unreliable reluctant eager willing unwilling silent outspoken \
experienced inexperienced energetic elderly influential marginal dominant rival allied friendly hostile \
tense calm stable fragile volatile steady rapid gradual sudden unexpected overdue pending outstanding",
    )
});

pub(crate) static ADVERBS: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "also already recently strongly fully clearly privately publicly formally finally still again \
apparently reportedly generally largely probably quickly initially repeatedly firmly openly quietly \
partly directly carefully briefly frankly personally officially informally reluctantly unexpectedly \
separately jointly previously frequently rarely never always",
    )
});

pub(crate) static PREPOSITIONS: LazyLock<Words> = LazyLock::new(|| {
    Words::lines(
        "of\nin\non\nwith\nfor\nbetween the parties and\nfrom\nat\nby\nabout\nduring\nafter\nbefore\nunder\nwithin\nwithout\nagainst\ntoward\nover\nsince\nthrough\nconcerning\nin the context of\nas part of\nwith respect to\non the basis of\nin view of\nin response to\nin accordance with\nat the request of\non behalf of\nin advance of\nin spite of\nas a result of",
    )
});

pub(crate) static OPENERS: LazyLock<Words> = LazyLock::new(|| {
    Words::lines(
        "At the same time,\nIn addition,\nOn the other hand,\nAccording to the Foreign Ministry,\nIn a meeting with the Ambassador,\nOn the margins of the conference,\nTurning to bilateral relations,\nAs reported earlier,\nIn response to our question,\nSpeaking in confidence,\nWith regard to the elections,\nAs instructed,\nIn recent weeks,\nFor the time being,\nOver the past year,\nNevertheless,\nHowever,\nIn this connection,\nFor its part,\nAsked about timing,\nDuring a courtesy call,\nAt a reception the same evening,\nContrary to press reports,\nIn the view of most observers,\nLooking ahead,\nOn a related matter,\nFollowing the presentation,\nTo date,\nIn private,\nIn sum,",
    )
});

pub(crate) static CONNECTORS: LazyLock<Words> = LazyLock::new(|| {
    Words::lines(
        ", and\n, but\n, while\n; nevertheless,\nbecause\nalthough\n, which meant that\nbefore\nafter\nso that\nunless\n, provided that\n, noting that\nuntil\nwhereas",
    )
});

pub(crate) static SUBJECTS: LazyLock<Words> = LazyLock::new(|| {
    Words::lines(
        "the government\nthe Foreign Minister\nthe Prime Minister\nthe Ministry\nthe Ambassador\nthe President\nEmbassy\nthe opposition\nthe delegation\nthe Deputy Minister\nthe Permanent Secretary\nour interlocutor\nthe Director General\nthe committee\nPost\nthe Central Bank\nthe Chief of Staff\nthe host government\nthe Department\nthe Consul General\nthe Finance Minister\nthe Secretariat\nthe Presidency\nthe Charge\nthe Economic Counselor\na senior official\ntwo members of parliament\nthe press\nthe union leadership\nthe Governor",
    )
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_capitalised_and_ascii() {
        let (mut random, mut out) = (Random::new(3), String::new());
        push_name(&mut random, &mut out);
        assert!(out.is_ascii() && out.starts_with(|first: char| first.is_ascii_uppercase()), "{out}");
    }
}
