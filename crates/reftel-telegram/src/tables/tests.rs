//! What must hold of the tables as they are.

use super::*;

fn assert_sorted<V>(name: &str, table: &Table<V>) {
    for pair in table.rows.windows(2) {
        assert!(pair[0].0 < pair[1].0, "{name}: {} before {}", pair[0].0, pair[1].0);
    }
    assert!(table.heads.is_sorted(), "{name}");
    for (key, value) in table.rows {
        let found = table.find(key.as_bytes()).map(std::ptr::from_ref);
        assert_eq!(found, Some(std::ptr::from_ref(value)), "{name}: {key}");
    }
}

#[test]
fn tables_are_sorted_and_distinct_and_every_key_is_found() {
    assert_sorted("posts", &POSTS);
    assert_sorted("names", &NAMES);
    assert_sorted("captions", &CAPTIONS);
    assert_sorted("collectives", &COLLECTIVES);
    assert_sorted("collectives, routed", &COLLECTIVES_ROUTED);
    assert_sorted("routing indicators", &ROUTING_INDICATORS);
    assert_sorted("operating signals", &OPERATING_SIGNALS);
    assert_sorted("offices", &OFFICES);
    assert_sorted("acronyms", &ACRONYMS);
    tags::tests::tables_are_sorted(assert_sorted_tag, assert_sorted_label);
}

fn assert_sorted_tag(name: &str, table: &Table<(&'static str, TagKind)>) {
    assert_sorted(name, table);
}

fn assert_sorted_label(name: &str, table: &Table<&'static str>) {
    assert_sorted(name, table);
}

#[test]
fn what_is_in_no_table_is_not_found() {
    for absent in ["", "A", "VALDORIA", "AMEMBASSY", "ZZZZZZZZ", "\0", "É", "PARISX", "AMEMBASSYX"] {
        assert_eq!(post(absent), None, "{absent}");
        assert_eq!(canonical_post(absent), None, "{absent}");
    }
    assert_eq!(canonical_post(&"A".repeat(1000)), None);
}

#[test]
fn aliases_are_of_posts_and_are_not_posts() {
    for (key, alias) in NAMES.rows {
        assert!(post(alias.canonical).is_some(), "{key} → {}", alias.canonical);
        assert_eq!(*key, alias.key);
        assert!(key.len() <= Key::MAX);
        assert_eq!(post(key).is_some(), alias.kind == AliasKind::Name, "{key}");
        assert_eq!(post_alias(key).is_some(), alias.kind != AliasKind::Name, "{key}");
    }
}

#[test]
fn post_names_have_letters_and_digits_only() {
    for post in posts() {
        assert!(post.name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()), "{}", post.name);
        if let Some((latitude, longitude)) = post.place {
            assert!(latitude.abs() <= 90.0 && longitude.abs() <= 180.0, "{}", post.name);
        }
    }
}

#[test]
fn printed_names_of_posts() {
    for (printed, canonical) in [
        ("SECSTATE", "STATE"),
        ("STATE", "STATE"),
        ("NEW DELHI", "NEWDELHI"),
        ("New-Delhi", "NEWDELHI"),
        ("USUN NEW YORK", "USUNNEWYORK"),
        ("PORT-AU-PRINCE", "PORTAUPRINCE"),
        ("PEKING", "BEIJING"),
        ("THE HAGUE", "THEHAGUE"),
    ] {
        assert_eq!(canonical_post(printed), Some(canonical), "{printed}");
    }
}

#[test]
fn every_plad_is_its_posts() {
    for post in posts() {
        assert_eq!(post_of_plad(post.plad), Some(post.name), "{}", post.plad);
    }
}

#[test]
fn posts_of_plads() {
    for (plad, canonical) in [
        ("SECSTATE WASHDC", "STATE"),
        ("SECSTATE WASHINGTON DC", "STATE"),
        ("DEPT OF STATE WASHINGTON DC", "STATE"),
        ("DEPT OF ENERGY WASHDC", "DOE"),
        ("USDEL SECRETARY", "SECTO"),
        ("AMEMBASSY BAGHDAD", "BAGHDAD"),
        ("AMEMBASSY BAGHDAD IZ//POL//", "BAGHDAD"),
        ("USMISSION USUN NEW YORK", "USUNNEWYORK"),
        ("AMCONSUL HONG KONG", "HONGKONG"),
        ("AMCONSUL GENERAL HONG KONG", "HONGKONG"),
        ("AMCONGEN HONG KONG", "HONGKONG"),
        ("AMEMBASSY PEKING", "BEIJING"),
        ("USLO PEKING", "BEIJING"),
        ("USINT HAVANA", "HAVANA"),
        ("USDEL SALT", "SALTTALKS"),
        ("AIT TAIPEI", "AITTAIPEI"),
        ("REO MOSUL", "MOSUL"),
    ] {
        assert_eq!(post_of_plad(plad), Some(canonical), "{plad}");
    }
    for plad in ["AMEMBASSY VALDORIA", "AMEMBASSY", "SP", "", "RUEHC", "CDR USCENTCOM MACDILL AFB FL"] {
        assert_eq!(post_of_plad(plad), None, "{plad}");
    }
    assert_eq!(place_of_plad("AMCONSUL PORT ALDER"), Some("PORT ALDER"));
    assert_eq!(place_of_plad("AMEMBASSY"), None);
    assert_eq!(place_of_plad("APPLETON"), None);
}

#[test]
fn captions_in_any_spelling() {
    assert_eq!(caption("SIPDIS").map(|found| found.kind), Some(CaptionKind::Dissemination));
    assert_eq!(caption("Official-Informal").map(|found| found.name), Some("OFFICIAL INFORMAL"));
    assert_eq!(caption("TOSEC").map(|found| found.kind), Some(CaptionKind::Series));
    assert_eq!(caption("VALDORIA"), None);
    assert!(captions().any(|found| found.name == "ROGER CHANNEL"));
}

#[test]
fn collectives_by_table_and_by_form() {
    for plad in [
        "CHINA POSTS COLLECTIVE",
        "VALDORAN SEA COLLECTIVE",
        "ALL DIPLOMATIC AND CONSULAR POSTS",
        "ALL EUROPEAN DIPLOMATIC POSTS",
        "ALDAC",
        "AIG 8777",
        "SPECIAL EMBASSY PROGRAM",
        "SOUTHERN AFRICAN DEVELOPMENT COMMUNITY",
    ] {
        assert!(is_collective(plad, None), "{plad}");
    }
    assert!(is_collective("WHATEVER", Some("RUEHZL")));
    assert!(is_collective("WHATEVER", Some("RUCRABC")));
    for plad in ["AMEMBASSY PARIS", "AIG", "ALL HANDS", "", "SECSTATE WASHDC"] {
        assert!(!is_collective(plad, Some("RUEHC")), "{plad}");
    }
    assert_eq!(collective("RUEHZL"), collective("European Political Collective"));
}

#[test]
fn the_small_tables() {
    assert_eq!(routing_indicator("RUEHC").map(|ri| ri.shared), Some(false));
    assert_eq!(routing_indicator("RHMFISS").map(|ri| ri.shared), Some(true));
    assert!(operating_signal("ZFR").is_some());
    assert!(office("EUR").is_some());
    assert!(acronym("NATO").is_some());
    assert!(acronym("COM").is_some_and(|all| all.contains(", or ")));
}

#[test]
fn routing_indicators_are_letters() {
    for (ri, row) in ROUTING_INDICATORS.rows {
        assert_eq!(*ri, row.ri);
        assert!((4..=8).contains(&ri.len()) && ri.bytes().all(|b| b.is_ascii_uppercase()), "{ri}");
        assert!(!row.names.is_empty(), "{ri}");
    }
}
