//! Each reader on a collection of its kind.

use reftel_sources::{Collections, Confidence, Field, Item, Limits, Profile, Reader, Reading, recognise};
use reftel_telegram::is_telegram;

use crate::world::{CABLES, MBOX, NARA, STUB, TELEGRAM, VOLUME, read, walk, walk_with};

fn mrn(reading: &Reading) -> &str {
    reading.record.mrn.as_ref().map_or("", |mrn| mrn.value.as_str())
}

fn shown(item: &Item, span: reftel_telegram::Span) -> &str {
    std::str::from_utf8(&item.bytes[span.range()]).unwrap()
}

fn paragraphs(reading: &Reading) -> Vec<&str> {
    reading.record.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect()
}

#[test]
fn names_of_readers_are_read_back() {
    for reader in [
        Reader::Telegrams,
        Reader::Nara,
        Reader::Tei,
        Reader::Html,
        Reader::Mail,
        Reader::Record,
        Reader::Csv("a".into()),
        Reader::FrontMatter("b".into()),
        Reader::Jsonl("c".into()),
    ] {
        assert_eq!(Reader::from_name(&reader.name()), Some(reader));
    }
    assert_eq!(Reader::from_name("tape:x"), None);
}

#[test]
fn rows_of_a_table_say_more_than_their_text() {
    let (items, refused) = walk("cables.csv", CABLES.as_bytes());
    assert_eq!((items.len(), refused.len()), (2, 0));
    assert_eq!(items[0].reader.name(), "csv:cables");
    assert_eq!(items[0].recognised.0, Confidence::Certain);
    let first = read(&items[0]).remove(0);
    assert_eq!(mrn(&first), "09VALDORIA1000");
    assert_eq!(first.record.subject.as_ref().unwrap().text, "\"FERRIES\" AND \"ROADS\"");
    // The number is the text's own, and its place is in the row.
    assert!(shown(&items[0], first.record.mrn.as_ref().unwrap().span).contains("VALDORIA 001000"));
    assert_eq!(
        shown(&items[0], first.record.subject.as_ref().unwrap().span),
        "\"FERRIES\\\" AND \"\"ROADS\"\""
    );
    assert!(first.filled.iter().any(|(pointer, name)| *pointer == "/references" && name == "references"));
    let numbers: Vec<_> = first.record.references.iter().filter_map(|one| one.mrn.as_deref()).collect();
    assert_eq!(numbers, ["09STATE54767", "09PORTALDER12"]);
    let second = read(&items[1]).remove(0);
    assert_eq!(mrn(&second), "09PORTALDER45");
    assert_eq!(second.record.dtg.as_ref().unwrap().value.to_string(), "2009-12-01T23:05:00");
    assert_eq!(second.record.classification.as_ref().unwrap().name(), "UNCLASSIFIED");
    assert_eq!(second.record.controls[0].value, "FOUO");
    assert_eq!(shown(&items[1], second.record.mrn.as_ref().unwrap().span), "\"09PORTALDER45\"");
}

#[test]
fn a_profile_of_ones_own_reads_a_table_of_ones_own() {
    let profile = "name = \"mine\"\ntitle = \"Mine\"\nkind = \"csv\"\ntext = \"wortlaut\"\n[csv]\ndelimiter = \";\"\n\
                   [fields]\nnumber = \"Nummer\"\ndate = { from = \"tag\", forms = [\"%d.%m.%Y\"] }\n";
    let mut collections = Collections::built_in();
    collections.add(Profile::parse(profile).unwrap());
    let table = "Nummer;Tag;Wortlaut;Rest\n09VALDORIA7;11.06.2009;\"1. KEIN; WECHSEL\";x\n";
    let (items, _) = walk_with("t", table.as_bytes(), &collections, &Limits::default());
    assert_eq!(items[0].reader.name(), "csv:mine");
    let read = reftel_sources::read(
        &items[0].bytes,
        &items[0].reader,
        &collections,
        &reftel_telegram::Context::default(),
    )
    .unwrap();
    assert_eq!(mrn(&read[0]), "09VALDORIA7");
    assert_eq!(read[0].record.dtg.as_ref().unwrap().value.to_string(), "2009-06-11T00:00:00");
    assert_eq!(paragraphs(&read[0]), ["KEIN; WECHSEL"]);
    assert!(read[0].stated.iter().any(|stated| stated.name == "Rest" && stated.field == Field::Other));
    assert!(
        reftel_sources::read(
            &items[0].bytes,
            &items[0].reader,
            &Collections::built_in(),
            &reftel_telegram::Context::default()
        )
        .is_err()
    );
}

#[test]
fn a_volume_before_1950_numbers_its_telegrams_in_their_first_words() {
    let (items, refused) = walk("volume.xml", VOLUME.as_bytes());
    assert_eq!(refused, []);
    assert_eq!(
        items.iter().map(|item| item.path.as_str()).collect::<Vec<_>>(),
        ["volume.xml#d1", "volume.xml#d2", "volume.xml#d3", "volume.xml#d4"]
    );
    let first = read(&items[0]).remove(0);
    assert_eq!(first.telegram, Some(true));
    assert_eq!(mrn(&first), "41VALDORIA705");
    assert_eq!(first.record.from.as_ref().unwrap().plad, "The Ambassador in Valdoria (Doe)");
    assert_eq!(first.record.to[0].station.plad, "the Secretary of State");
    assert_eq!(first.record.dtg.as_ref().unwrap().value.to_string(), "1941-12-08T12:00:00");
    let text = paragraphs(&first).join("|");
    assert!(
        text.contains("Saw Roe this morning & she promised [less than 1 line not declassified]."),
        "{text}"
    );
    let notes: Vec<_> = first.notes.iter().filter(|note| note.mark.is_some()).collect();
    assert_eq!((notes.len(), notes[0].label.as_str(), notes[0].links[0].as_str()), (1, "3", "#d2"));
    assert_eq!(notes[0].text, "Jane Roe; see Document 2.");
    let stated = |field| first.stated.iter().filter(move |stated| stated.field == field).collect::<Vec<_>>();
    assert_eq!(
        stated(Field::Url)[0].value,
        "https://history.state.gov/historicaldocuments/frus1901-05v99/d1"
    );
    assert_eq!(stated(Field::Source)[0].value, "740.0011/755: Telegram");
    assert_eq!(
        (stated(Field::Person)[0].name.as_str(), stated(Field::Person)[0].value.as_str()),
        ("Roe, Jane", "Minister of Ferries")
    );
    assert_eq!(stated(Field::Person).len(), 1, "only who is in the telegram");
    assert_eq!(
        (stated(Field::Term)[0].name.as_str(), stated(Field::Term)[0].value.as_str()),
        ("FER", "Ferry Board")
    );
}

#[test]
fn a_later_volume_has_the_number_in_the_head_or_the_whole_heading() {
    let (items, _) = walk("volume.xml", VOLUME.as_bytes());
    let second = read(&items[1]).remove(0);
    assert_eq!(mrn(&second), "71TEHRAN722");
    assert_eq!(second.record.classification.as_ref().unwrap().name(), "SECRET");
    assert_eq!(second.record.precedence.as_ref().unwrap().name(), "PRIORITY");
    assert_eq!(second.record.captions[0].value, "EXDIS");
    assert_eq!(second.record.from.as_ref().unwrap().plad, "the Embassy in Iran");
    assert_eq!(second.record.to[0].station.plad, "the Department of State");
    assert_eq!(paragraphs(&second), ["Ferries are late.", "So are roads."]);
    let third = read(&items[2]).remove(0);
    assert_eq!(mrn(&third), "71TEHRAN495");
    assert_eq!(third.record.from.as_ref().unwrap().plad, "AMEMBASSY TEHRAN");
    assert_eq!(third.record.to[0].station.plad, "SECSTATE WASHDC");
    assert_eq!(third.record.subject.as_ref().unwrap().text, "FERRIES");
    assert_eq!(read(&items[3])[0].telegram, Some(false));
}

#[test]
fn an_exported_text_has_its_attributes_and_a_stub_is_a_telegram() {
    let (items, _) = walk("1975VALDOR01234.txt", NARA.as_bytes());
    assert_eq!(items[0].reader, Reader::Nara);
    let reading = read(&items[0]).remove(0);
    assert_eq!(mrn(&reading), "75VALDORIA1234");
    let pointers: Vec<_> = reading.filled.iter().map(|(pointer, _)| *pointer).collect();
    assert_eq!(pointers, ["/tags", "/references"], "the text says the rest itself");
    assert!(
        reading.stated.iter().any(|stated| stated.name == "Concepts" && stated.value == "FERRIES, ROADS")
    );
    let (items, _) = walk("stub", STUB.as_bytes());
    let stub = read(&items[0]).remove(0);
    is_telegram(&stub.record).unwrap();
    assert_eq!(mrn(&stub), "74VALDORIA77");
    assert_eq!(stub.record.subject.as_ref().unwrap().text, "FERRY TARIFF");
    assert_eq!(
        stub.record.to.iter().map(|to| to.station.plad.as_str()).collect::<Vec<_>>(),
        ["STATE", "PORT ALDER"]
    );
    assert!(stub.record.paragraphs.is_empty());
    assert!(stub.stated.iter().any(|stated| stated.field == Field::Withheld && stated.value == "no text"));
    assert_eq!(shown(&items[0], stub.record.subject.as_ref().unwrap().span), "Subject: FERRY\n  TARIFF");
}

#[test]
fn a_withdrawal_card_is_a_record_of_its_own() {
    let card = STUB.replace("Message Text\n", "Message Text\n\n\n<< DOCUMENT WITHDRAWN >>\n");
    let stub = read(&walk("card", card.as_bytes()).0[0]).remove(0);
    assert!(stub.stated.iter().any(|stated| stated.field == Field::Withheld && stated.value == "withdrawn"));
    is_telegram(&stub.record).unwrap();
}

#[test]
fn mails_of_a_mailbox_are_read_with_their_headers() {
    let (items, _) = walk("box", MBOX.as_bytes());
    assert_eq!(items.len(), 2);
    let first = read(&items[0]).remove(0);
    assert_eq!(mrn(&first), "09VALDORIA1000");
    assert_eq!(first.record.precedence.as_ref().unwrap().name(), "PRIORITY");
    assert_eq!(shown(&items[0], first.record.paragraphs[0].span), "1. NO CHANGE.");
    assert!(is_telegram(&read(&items[1])[0].record).is_err(), "lunch");
}

#[test]
fn a_page_is_read_from_its_pre_and_its_table() {
    let page = format!(
        "<!DOCTYPE html><html><body><table class='cable'><tr><th>Reference ID</th><th>Created</th><th>Origin</th></tr>\
         <tr><td>79VALDORIA1234</td><td>1979-03-10 15:30</td><td>Embassy Valdoria</td></tr></table>\
         <code><pre>{}</pre></code></body></html>",
        TELEGRAM.replace('\n', "&#x000A;")
    );
    let (items, _) = walk("page", page.as_bytes());
    assert_eq!(items[0].reader, Reader::Html);
    let reading = read(&items[0]).remove(0);
    assert_eq!(mrn(&reading), "79VALDORIA1234");
    assert_eq!(reading.record.references[0].mrn.as_deref(), Some("79STATE56"));
    assert_eq!(shown(&items[0], reading.record.from.as_ref().unwrap().span), "AMEMBASSY VALDORIA");
    assert_eq!(reading.stated.len(), 3);
}

/// The table of 2011 as its database wrote it: a backslash before quotes, before itself, and before line ends.
#[test]
fn a_row_as_a_database_writes_it() {
    let row = "\"7\",\"3/10/1979 15:30\",\"79VALDORIA1234\",\"Embassy Valdoria\",\"UNCLASSIFIED\",\"79STATE56|79PORTALDER7\",\
               \"R 101530Z MAR 79\\\nFM AMEMBASSY VALDORIA\\\nTO SECSTATE WASHDC 4821\\\nINFO AMCONSUL PORT ALDER\\\n\",\
               \"UNCLAS VALDORIA 1234 \\\n\\\nE.O. 12065: N/A\\\nTAGS: PGOV, VD\\\nSUBJECT: \\\"FERRIES\\\" AND C:\\\\ROADS\\\n\\\n\
               REF: (A) STATE 56, (B) PORT ALDER 7\\\n\\\n1. NO CHANGE, AS \\\"THE PORT\\\" SAYS.\\\nDOE\\\n\"\n";
    let (items, refused) = walk("cables.csv", row.repeat(3).as_bytes());
    assert_eq!((items.len(), refused.len()), (3, 0));
    assert_eq!(items[0].reader.name(), "csv:cables");
    let reading = read(&items[1]).remove(0);
    let record = &reading.record;
    assert_eq!(mrn(&reading), "79VALDORIA1234");
    assert_eq!(record.subject.as_ref().unwrap().text, "\"FERRIES\" AND C:\\ROADS");
    let cited: Vec<_> = record.references.iter().filter_map(|entry| entry.mrn.as_deref()).collect();
    assert_eq!(cited, ["79STATE56", "79PORTALDER7"]);
    assert_eq!(record.info[0].station.plad, "AMCONSUL PORT ALDER");
    assert_eq!(paragraphs(&reading), ["NO CHANGE, AS \"THE PORT\" SAYS."]);
    assert_eq!(record.signatures[0].value, "DOE");
}

/// A text as the Archives' database gives it, to the last line.
#[test]
fn an_exported_text_has_its_last_lines() {
    let text = NARA.replace("DOE\n", "DOE\n\n\nCONFIDENTIAL\n\n\n<< END OF DOCUMENT >>\n");
    let text = text.replace(
        "TAGS: PFOR",
        "Review History: RELEASED <30 JUL 2002 by roejq>; APPROVED <25 NOV 2002 by doej>\nReview Markings: |\nMargaret \
         Roe\nDeclassified/Released\nUS Department of State\nEO Systematic Review\n30 JUN 2005\n\nTAGS: PFOR",
    );
    let reading = read(&walk("1975VALDOR01234.txt", text.as_bytes()).0[0]).remove(0);
    let all = paragraphs(&reading).join("\n");
    assert!(
        all.contains("NO CHANGE") && !all.contains("END OF DOCUMENT") && !all.contains("Message"),
        "{all}"
    );
    assert_eq!(reading.record.signatures[0].value, "DOE");
    let value = |name: &str| {
        reading.stated.iter().find(|stated| stated.name == name).map(|stated| stated.value.as_str())
    };
    assert!(value("Review Markings").unwrap().ends_with("EO Systematic Review 30 JUN 2005"));
    assert_eq!(value("TAGS"), Some("PFOR, VD"));
}

/// A page of a library of the Archives' texts: names and values in `div`, the date in words, TAGS with their meaning.
#[test]
fn a_page_that_names_its_values_in_divs() {
    let pair = |name: &str, value: &str| {
        format!(
            "<div><div class=\"s_key\">{name}:</div>\n<div class=\"s_val\"><a href=\"/x\">{value}</a></div></div>\n"
        )
    };
    let values = [
        ("Date", "1979 March 10, 15:30 (Saturday)"),
        ("Canonical ID", "1979VALDORIA01234_e"),
        ("Original Classification", "UNCLASSIFIED"),
        ("Current Classification", "-- Not Assigned --"),
        ("Handling Restrictions", "-- N/A or Blank --"),
        ("TAGS", "PGOV - Political Affairs--Government | VD - Valdoria"),
        ("From", "Valdoria"),
        ("To", "Secretary of State"),
    ];
    let head: String = values.iter().map(|(name, value)| pair(name, value)).collect();
    let page = format!(
        "<!DOCTYPE html><html><body>{head}<div id=\"tagged-text\"><pre>1. NO CHANGE.\nDOE</pre></div></body></html>"
    );
    let reading = read(&walk("page", page.as_bytes()).0[0]).remove(0);
    let record = &reading.record;
    assert_eq!(mrn(&reading), "79VALDORIA1234");
    assert_eq!(record.dtg.as_ref().unwrap().value.to_string(), "1979-03-10T15:30:00");
    assert_eq!(record.classification.as_ref().unwrap().name(), "UNCLASSIFIED");
    let codes: Vec<_> = record.tags.iter().filter_map(|tag| tag.code.as_deref()).collect();
    assert_eq!(codes, ["PGOV", "VD"]);
    assert!(record.captions.is_empty() && record.from.is_some() && record.to.len() == 1);
}

/// An edition's page and an office's, with no `pre`.
#[test]
fn a_page_in_paragraphs_is_read_with_its_notes_apart() {
    let page = "<!DOCTYPE html><html><head><title>Document 113</title></head><body><nav><p>Home</p></nav><main><h2>Foreign \
        Relations, 1969\u{2013}1976</h2><div><h3>113. Telegram 722 From the Embassy in Iran to the Department of State\
        <sup><a href=\"#fn1\">1</a></sup></h3><p class=\"tei-dateline\">Tehran, May 5, 1971,\n   1001Z.</p>\
        <p>722.&nbsp;Subject: Ferries.</p><p>1. Ferries are late &amp; full.<sup>2</sup> The 2<sup>nd</sup> is not.</p>\
        <p>2. So are roads.</p></div><ol class=\"footnotes\"><li class=\"footnote\" id=\"fn1\">Source: National Archives. \
        Secret.</li><li class=\"footnote\" id=\"fn2\">Roe.</li></ol></main><footer>Privacy</footer></body></html>";
    let (items, _) = walk("d113.html", page.as_bytes());
    let reading = read(&items[0]).remove(0);
    assert_eq!(mrn(&reading), "71TEHRAN722");
    assert_eq!(reading.record.dtg.as_ref().unwrap().value.to_string(), "1971-05-05T10:01:00");
    let all = paragraphs(&reading);
    assert!(all.contains(&"Ferries are late & full. The 2nd is not."), "{all:?}");
    assert!(!all.iter().any(|text| text.contains("Privacy") || text.contains("Home")), "{all:?}");
    let notes: Vec<_> = reading.notes.iter().map(|note| (note.label.as_str(), note.text.as_str())).collect();
    assert_eq!(notes, [("1", "Source: National Archives. Secret."), ("2", "Roe.")]);
    let mark = reading.notes[1].mark.unwrap();
    assert!(page[mark..].trim_start().starts_with("The 2"), "{}", &page[mark..]);

    let lines = "R 111234Z JUN 09<br>FM CNO WASHINGTON DC<br />TO NAVADMIN<br>BT<br>UNCLAS<br>NAVADMIN 123/09<br>\
                 SUBJ/FERRIES//<br>RMKS/1. NO CHANGE.<br>BT";
    let page = format!("<html><body><div class=\"body\"><p>{lines}</p></div></body></html>");
    let reading = read(&walk("navadmin.html", page.as_bytes()).0[0]).remove(0);
    assert_eq!(mrn(&reading), "09NAVADMIN123");
    let none = walk("about.html", b"<html><body><p>Ferries run daily.</p></body></html>").0;
    assert!(is_telegram(&read(&none[0])[0].record).is_err());
}

#[test]
fn lines_of_json_and_records_are_told_apart() {
    let lines = "{\"id\": 7, \"text\": \"SUBJECT: FERRIES\\n\\n1. \\u00c4RGER \\ud83d\\ude00.\", \"mrn\": \"09VALDORIA7\", \"extra\": [1]}\n\n\
                 {\"text\": \"SUBJECT: X\"}\n";
    let (items, _) = walk("x", lines.as_bytes());
    assert_eq!(items.iter().map(|item| item.path.as_str()).collect::<Vec<_>>(), ["x#1", "x#3"]);
    let reading = read(&items[0]).remove(0);
    assert_eq!(mrn(&reading), "09VALDORIA7");
    assert_eq!(paragraphs(&reading), ["ÄRGER 😀."]);
    assert_eq!(shown(&items[0], reading.record.paragraphs[0].span), "1. \\u00c4RGER \\ud83d\\ude00.");
    assert!(reading.stated.iter().any(|stated| stated.name == "extra" && stated.value == "1"));
    let (items, _) = walk("x", b"{\"schema\":1,\"mrn\":null,\"paragraphs\":[]}\n");
    assert_eq!(items[0].reader, Reader::Record);
    let (_, refused) = walk("x", b"{\n  \"schema\": 1\n}\n");
    assert!(refused[0].why.contains("one object a line"), "{refused:?}");
}

#[test]
fn front_matter_states_what_the_head_lacks() {
    let text = "---\ndoc_num: 58\nvol_id: 10\ndoc_date: '1946-08-09'\ntitle: Legation in Valdoria to Ferry Office\n---\n\n\
                Cablegram 7 VALDORIA\n\nSECRET\n\nIt came. [1]\n\n _\n\n1 See Document 56.\n\n_\n";
    let (items, _) = walk("x", text.as_bytes());
    assert_eq!(items[0].reader.name(), "front-matter:dfat");
    let reading = read(&items[0]).remove(0);
    assert!(reading.stated.iter().any(|stated| stated.field == Field::Id && stated.value == "58"));
    assert_eq!(reading.notes[0].links, ["document 56"]);
    assert!(
        shown(&items[0], reftel_telegram::Span::new(reading.notes[0].mark.unwrap(), text.len()))
            .starts_with("[1]")
    );
    assert_eq!(reading.record.dtg.as_ref().unwrap().value.to_string(), "1946-08-09T00:00:00");
}

#[test]
fn how_sure_a_recognition_is() {
    let known = Collections::built_in();
    for (bytes, name, confidence) in [
        (TELEGRAM, "telegrams", Confidence::Certain),
        ("SUBJECT: FERRIES\n", "telegrams", Confidence::Likely),
        ("Dear Jane,\n", "telegrams", Confidence::Guess),
        ("", "telegrams", Confidence::Guess),
        ("<pre>x</pre>", "telegrams", Confidence::Guess),
        ("<html><pre>x</pre>", "html", Confidence::Certain),
        ("---\ntitle: x\n---\n", "front-matter:front-matter", Confidence::Likely),
        ("id,date,text\n1,2,3\n", "csv:telegrams-csv", Confidence::Certain),
        ("a,b\n1,2\n", "telegrams", Confidence::Guess),
    ] {
        let seen = recognise(bytes.as_bytes(), &known);
        assert_eq!(
            (seen.kind.name().as_str(), seen.confidence),
            (name, confidence),
            "{bytes}: {}",
            seen.because
        );
    }
}
