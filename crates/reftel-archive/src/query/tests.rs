//! The whole language, and what is refused.

use super::*;
use proptest::prelude::*;

fn root(text: &str) -> Node {
    Query::parse(text).unwrap_or_else(|e| panic!("{text:?}: {e} at {:?}", e.span)).root
}

fn body(words: &[&str]) -> Node {
    Node::Words(Text::Body, words.iter().map(ToString::to_string).collect())
}

fn key(key: &str) -> Node {
    Node::Key(key.to_owned())
}

fn not(node: Node) -> Node {
    Node::Not(Box::new(node))
}

#[allow(clippy::unnecessary_wraps, reason = "it is always in one")]
fn date(year: i16, month: i8, day: i8) -> Option<Date> {
    Some(Date::new(year, month, day).unwrap())
}

#[test]
fn words_phrases_and_operators() {
    let tariff = || body(&["tariff"]);
    let ferry = || body(&["ferry"]);
    for (text, want) in [
        ("*", Node::All),
        ("Ferry", ferry()),
        ("ferry tariff", Node::And(vec![ferry(), tariff()])),
        ("ferry AND tariff", Node::And(vec![ferry(), tariff()])),
        ("\"Ferry  tariff\"", body(&["ferry", "tariff"])),
        ("ferry OR tariff", Node::Or(vec![ferry(), tariff()])),
        ("-ferry", not(ferry())),
        ("NOT ferry", not(ferry())),
        ("tariff -\"the ferry\"", Node::And(vec![tariff(), not(body(&["the", "ferry"]))])),
        ("-(ferry OR tariff)", not(Node::Or(vec![ferry(), tariff()]))),
        ("ferry or tariff", Node::And(vec![ferry(), body(&["or"]), tariff()])),
        ("ORDER", body(&["order"])),
        ("AT&T", body(&["at", "t"])),
        ("U.S.", body(&["u", "s"])),
        ("1.4(b)", body(&["1", "4", "b"])),
        ("(1.4(b))", body(&["1", "4", "b"])),
        ("10:30", body(&["10", "30"])),
        ("\"decl: 10\"", body(&["decl", "10"])),
        ("a b OR c", Node::Or(vec![Node::And(vec![body(&["a"]), body(&["b"])]), body(&["c"])])),
    ] {
        assert_eq!(root(text), want, "{text:?}");
    }
}

#[test]
fn fields() {
    for (text, want) in [
        ("tags:prel", key("tag:PREL")),
        ("TAGS:(PREL OR PGOV)", Node::Or(vec![key("tag:PREL"), key("tag:PGOV")])),
        ("tags:(PREL -PGOV)", Node::And(vec![key("tag:PREL"), not(key("tag:PGOV"))])),
        ("class:ts", key("class:TOP SECRET")),
        ("class:\"top secret\"", key("class:TOP SECRET")),
        ("class:unclas", key("class:UNCLASSIFIED")),
        ("prec:O", key("prec:IMMEDIATE")),
        ("mrn:09VALDORIA001000", key("mrn:09VALDORIA1000")),
        ("mrn:\"09 valdoria 1000\"", key("mrn:09VALDORIA1000")),
        ("ref:\"09 Port Alder 12\"", key("ref:09PORTALDER12")),
        ("has:Summary", key("has:summary")),
        ("from:VALDORIA", Node::Words(Text::From, vec!["valdoria".into()])),
        ("subj:\"ferry tariff\"", Node::Words(Text::Subject, vec!["ferry".into(), "tariff".into()])),
        ("date:1974", Node::Sent(date(1974, 1, 1), date(1975, 1, 1))),
        ("date:1974-12", Node::Sent(date(1974, 12, 1), date(1975, 1, 1))),
        ("date:1974-03-12", Node::Sent(date(1974, 3, 12), date(1974, 3, 13))),
        ("date:2009-06..2009-07", Node::Sent(date(2009, 6, 1), date(2009, 8, 1))),
        ("date:..1975", Node::Sent(None, date(1976, 1, 1))),
        ("date:1979..", Node::Sent(date(1979, 1, 1), None)),
        ("date:9999", Node::Sent(date(9999, 1, 1), None)),
    ] {
        assert_eq!(root(text), want, "{text:?}");
    }
}

#[test]
fn a_number_without_its_year_is_of_any_year() {
    assert!(matches!(root("mrn:\"Valdoria 0012\""), Node::Key(k) if k == "mrn:VALDORIA12"));
}

#[test]
fn what_is_illegal_says_where() {
    for (text, at, says) in [
        ("", (0, 0), "empty"),
        ("  ", (0, 2), "empty"),
        ("tag:PREL", (0, 3), "no field `tag:`"),
        ("ferry http://x", (6, 10), "no field `http:`"),
        ("from:", (0, 5), "nothing to look for"),
        ("from: VALDORIA", (0, 5), "nothing to look for"),
        ("(from:)", (1, 6), "nothing to look for"),
        ("\"ferry", (0, 6), "never closed"),
        ("ferry (tariff", (6, 7), "never closed"),
        ("ferry)", (5, 6), "closes nothing"),
        (")", (0, 1), "closes nothing"),
        ("()", (0, 2), "nothing between"),
        ("tags:()", (5, 7), "nothing between"),
        ("\"\"", (0, 2), "nothing between"),
        ("OR ferry", (0, 2), "nothing before"),
        ("ferry OR", (6, 8), "nothing after"),
        ("ferry OR OR tariff", (6, 8), "nothing after"),
        ("(ferry OR)", (7, 9), "nothing after"),
        ("AND ferry", (0, 3), "nothing before"),
        ("ferry AND", (6, 9), "nothing after"),
        ("ferry AND OR tariff", (6, 9), "nothing after"),
        ("ferry - tariff", (6, 7), "nothing after"),
        ("ferry NOT", (6, 9), "nothing after"),
        ("ferry &", (6, 7), "no letter or digit"),
        ("f*", (0, 2), "too few letters"),
        ("tags:PR*", (5, 8), "in words of a text"),
        ("ferry~3", (0, 7), "no number of letters"),
        ("at~1", (0, 4), "can't be misspelt"),
        ("\"ferry tariff\"~", (14, 15), "how near isn't said"),
        ("\"ferry\"~3", (7, 9), "stand apart"),
        ("ferry NEAR/3", (6, 12), "nothing after"),
        ("ferry NEAR/x tariff", (6, 11), "how near"),
        ("ferry NEAR/3 tags:PREL", (13, 22), "can't stand near"),
        ("ferry NEAR/3 subj:tariff", (0, 24), "different fields"),
        ("para:ferry", (0, 5), "words in braces"),
        ("para:{}", (5, 7), "nothing between the braces"),
        ("para:{ferry", (5, 6), "never closed"),
        ("para:{-ferry}", (5, 13), "only what must not be"),
        ("para:{tags:PREL}", (5, 16), "not all of this"),
        ("ferry}", (5, 6), "closes nothing"),
        ("(ferry}", (0, 1), "never closed"),
        ("=&", (0, 2), "no letter or digit"),
        ("subj:=Ferry", (5, 11), "whole text only"),
        ("serial:x", (7, 8), "no number"),
        ("serial:9..1", (7, 11), "ends before it starts"),
        ("date:[1974 1975]", (5, 16), "no `TO`"),
        ("date:[1974", (5, 6), "never closed"),
        ("tags:*", (5, 6), "only alone"),
        ("class:X", (6, 7), "no classification"),
        ("prec:X", (5, 6), "no precedence"),
        ("mrn:1000", (4, 8), "no telegram's number"),
        ("ref:VALDORIA", (4, 12), "no telegram's number"),
        ("date:74", (5, 7), "no date"),
        ("date:1974-13", (5, 12), "no date"),
        ("date:1974-02-30", (5, 15), "no date"),
        ("date:1974-03-12-1", (5, 17), "no date"),
        ("date:1974..x", (5, 12), "no date"),
        ("date:..", (5, 7), "neither end"),
        ("date:1975..1974", (5, 15), "ends before it starts"),
        ("has:sumary", (4, 10), "doesn't know"),
        ("tags:(from:X)", (6, 10), "within another field"),
        ("tags:PR-EL", (5, 10), "no TAGS code"),
    ] {
        let error = Query::parse(text).expect_err(text);
        assert!(error.message.contains(says), "{text:?}: {}", error.message);
        assert_eq!((error.span.start, error.span.end), at, "{text:?}: {}", error.message);
    }
}

#[test]
fn a_slip_of_the_pen_is_guessed() {
    for (text, near) in [
        ("tag:X", "`tags:`"),
        ("subject:x", "`subj:`"),
        ("form:x", "`from:`"),
        ("classification:s", "`class:`"),
        ("has:sumary", "`has:summary`"),
    ] {
        let help = Query::parse(text).expect_err(text).help.expect(text);
        assert!(help.contains(near), "{text:?}: {help}");
    }
}

#[test]
fn nothing_beside_a_number_or_a_field_is_ignored() {
    for text in [
        "class:-C",
        "subj:-ferry",
        "from:-VALDORIA",
        "mrn:\"09 VALDORIA 1 extra\"",
        "mrn:\"x 09 VALDORIA 1\"",
        "mrn:\"09 VALDORIA 1 2\"",
        "ref:\"09STATE1 AND 09STATE2\"",
        "mrn:09VALDORIA1..5",
        "mrn:09VALDORIA1-2",
    ] {
        assert!(Query::parse(text).is_err(), "{text}");
    }
    for text in [
        "-class:C",
        "mrn:\"09 VALDORIA 1\"",
        "mrn:09VALDORIA001",
        "ref:\"STATE 123 (08)\"",
        "mrn:\"NAVADMIN 123/15\"",
        "mrn:75VALDORIA-A123",
        "mrn:08-state-118204",
    ] {
        assert!(Query::parse(text).is_ok(), "{text}: {:?}", Query::parse(text));
    }
}

#[test]
fn length_is_limited() {
    assert!(Query::parse(&"ferry ".repeat(201)).is_err());
    assert!(Query::parse(&"ferry ".repeat(200)).is_ok());
    assert!(Query::parse(&"é".repeat(5000)).is_err());
}

#[test]
fn depth_is_limited() {
    for text in ["(".repeat(4_000), "-".repeat(4_000) + "x", "(".repeat(51) + "x" + &")".repeat(51)] {
        assert!(Query::parse(&text).expect_err("too deep").message.contains("levels"));
    }
    assert!(Query::parse(&("(".repeat(50) + "x" + &")".repeat(50))).is_ok());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}") {
        check(&text);
    }

    #[test]
    fn near_queries_are_read_or_refused(
        pieces in proptest::collection::vec(prop_oneof![
            Just("("), Just(")"), Just("\""), Just("-"), Just("*"), Just(":"), Just(" "), Just("OR"),
            Just("AND"), Just("NOT"), Just("tags:"), Just("date:"), Just("mrn:"), Just(".."),
            Just("1974"), Just("-03"), Just("é"), Just("x"), Just("class:"), Just("has:"),
        ], 0..20)
    ) {
        check(&pieces.concat());
    }
}

/// What must hold of every text: a refusal points into it.
fn check(text: &str) {
    match Query::parse(text) {
        Ok(query) => assert_eq!(query.text, text),
        Err(error) => {
            assert!(text.get(error.span.range()).is_some(), "{text:?} {error:?}");
            assert!(!error.message.is_empty());
        }
    }
}

fn word(word: &str) -> Pattern {
    Pattern::Word(vec![word.to_owned()])
}

#[test]
fn words_in_their_places() {
    let near = |one, other, between| Pattern::Near { one: Box::new(one), other: Box::new(other), between };
    let wild = |pattern: &str| Like::Wild(pattern.to_owned());
    let run = |parts, between| Pattern::Run { parts, between };
    let placed = |unit, pattern| Node::Placed(Text::Body, unit, pattern);
    for (text, want) in [
        ("Ferr*", Node::Like(Text::Body, wild("ferr*"))),
        ("s\u{e3}?t*", Node::Like(Text::Body, wild("sa?t*"))),
        ("subj:tari?f", Node::Like(Text::Subject, wild("tari?f"))),
        ("AT&Tx*", placed(None, run(vec![word("at"), Pattern::Like(wild("tx*"))], 0))),
        ("tarif~", Node::Like(Text::Body, Like::Fuzzy("tarif".into(), 1))),
        ("tarif~2", Node::Like(Text::Body, Like::Fuzzy("tarif".into(), 2))),
        ("\"ferry tariff\"~3", placed(None, run(vec![word("ferry"), word("tariff")], 3))),
        ("ferry NEAR/5 tariff", placed(None, near(word("ferry"), word("tariff"), 5))),
        (
            "ferry NEAR/5 (tariff OR \"the toll\")",
            placed(
                None,
                near(
                    word("ferry"),
                    Pattern::Any(vec![word("tariff"), run(vec![word("the"), word("toll")], 0)]),
                    5,
                ),
            ),
        ),
        ("a NEAR/1 b NEAR/2 c", placed(None, near(near(word("a"), word("b"), 1), word("c"), 2))),
        ("NEAR", body(&["near"])),
        (
            "para:{ferry -tariff}",
            placed(
                Some(Unit::Paragraph),
                Pattern::All(vec![word("ferry"), Pattern::Not(Box::new(word("tariff")))]),
            ),
        ),
        ("sentence:{a OR b}", placed(Some(Unit::Sentence), Pattern::Any(vec![word("a"), word("b")]))),
        ("=Ferry", Node::Exact("Ferry".into())),
        ("=\"AT&T  left.\"", Node::Exact("AT&T left.".into())),
        ("serial:100..200", Node::Range(Measure::Serial, Some(100), Some(200))),
        ("serial:[100 TO *]", Node::Range(Measure::Serial, Some(100), None)),
        ("words:..500", Node::Range(Measure::Words, None, Some(500))),
        ("date:[1974 TO 1975]", Node::Sent(date(1974, 1, 1), date(1976, 1, 1))),
        ("declass:1970-01", Node::Range(Measure::Declassified, Some(0), Some(30))),
        ("cites:09VALDORIA1", key("ref:09VALDORIA1")),
        ("citedby:09VALDORIA1", Node::Web(Relation::CitedBy, Box::new(key("mrn:09VALDORIA1")))),
        ("thread:{ferry}", Node::Web(Relation::Thread, Box::new(body(&["ferry"])))),
    ] {
        assert_eq!(root(text), want, "{text:?}");
    }
}

#[test]
fn what_is_expanded_is_said() {
    let query = Query::parse("expand:FONMIN ferry").unwrap();
    assert_eq!(query.expansions[0].typed, "FONMIN");
    assert_eq!(query.expansions[0].also[0].0, "Foreign minister");
    let both = Node::Or(vec![body(&["fonmin"]), body(&["foreign", "minister"])]);
    assert_eq!(query.root, Node::And(vec![both, body(&["ferry"])]));
}
