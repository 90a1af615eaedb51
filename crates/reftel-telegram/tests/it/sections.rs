//! Sections of one telegram, in every order.

use reftel_telegram::{Code, Context, read};

fn section(number: u32, total: u32) -> String {
    format!(
        "VZCZCXRO41{number:02}\nPP RUEHC\nDE RUEHVX #1000/{number:02} 1621530\nZNY CCCCC ZZH\nP 111528Z JUN 09\nFM AMEMBASSY VALDORIA\n\
         TO RUEHC/SECSTATE WASHDC PRIORITY 4821\nBT\nC O N F I D E N T I A L SECTION {number:02} OF {total:02} VALDORIA 001000\n\n\
         {number}. (C) PART {number}.\nDOE\nBT\n#1000\nNNNN\n"
    )
}

#[test]
fn sections_join_in_any_order_also_twice() {
    for (order, codes) in [
        (vec![1, 2, 3], vec![]),
        (vec![3, 1, 2], vec![Code::SectionsOutOfOrder]),
        (vec![1, 2, 2, 3], vec![Code::SectionRepeated]),
        (vec![1, 3], vec![Code::SectionMissing]),
    ] {
        let text: String = order.iter().map(|number| section(*number, 3)).collect();
        let readings = read(text.as_bytes(), &Context::default());
        assert_eq!(readings.len(), 1, "{order:?}");
        let record = &readings[0].record;
        let mut present = order.clone();
        present.sort_unstable();
        present.dedup();
        assert_eq!((&record.sections.present, record.sections.total), (&present, Some(3)), "{order:?}");
        let numbers: Vec<_> =
            record.paragraphs.iter().filter_map(|paragraph| paragraph.value.number).collect();
        assert_eq!(numbers, present, "{order:?}");
        let shown: Vec<_> =
            record.diagnostics.iter().map(|d| d.code).filter(|code| code.name().starts_with("T03")).collect();
        assert_eq!(shown, codes, "{order:?}");
    }
}

#[test]
fn different_telegrams_stay_apart() {
    let other = section(1, 1).replace("001000", "001001").replace("#1000", "#1001");
    let text = format!("{}{other}", section(1, 1));
    let readings = read(text.as_bytes(), &Context::default());
    let numbers: Vec<_> =
        readings.iter().filter_map(|r| r.record.mrn.as_ref()).map(|mrn| mrn.value.as_str()).collect();
    assert_eq!(numbers, ["09VALDORIA1000", "09VALDORIA1001"]);
    assert_eq!(&text[readings[1].span.range()], other);
}

#[test]
fn numbers_go_on_behind_a_missing_section() {
    let third = section(3, 3).replace("3. (C) PART 3.", "12. (C) PART 3.\n\n13. (C) ITS END.");
    let text = format!("{}{third}", section(1, 3));
    let record = read(text.as_bytes(), &Context::default()).remove(0).record;
    let numbers: Vec<_> = record.paragraphs.iter().filter_map(|paragraph| paragraph.value.number).collect();
    assert_eq!(numbers, [1, 12, 13]);
    assert!(record.diagnostics.iter().all(|found| found.code != Code::ParagraphNumberJumps));
}
