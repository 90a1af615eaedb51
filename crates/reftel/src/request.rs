//! A request for a telegram that isn't here, ready to be signed and sent.
//!
//! Who holds it goes by its year: telegrams of 1973 to 1979 are in the Central Foreign Policy Files at the National
//! Archives (Record Group 59), later ones with the Department of State. A request must describe the record so that it
//! can be found: 5 U.S.C. 552(a)(3)(A).

use std::fmt::Write;

use jiff::civil::DateTime;
use reftel_archive::Phantom;
use reftel_telegram::tables;

/// Telegrams of later years are still with the Department.
const ARCHIVED_UNTIL: i16 = 1979;

/// The letter, in plain text.
pub(crate) fn letter(phantom: &Phantom) -> String {
    let archived = phantom.year.is_some_and(|year| year <= ARCHIVED_UNTIL);
    let mut letter = String::new();
    let known = tables::post(&phantom.post).is_some();
    letter.push_str(if !known {
        "[the agency that keeps this series]\n[its address for requests]\n"
    } else if archived {
        "National Archives at College Park\nSpecial Access and FOIA Branch\n8601 Adelphi Road\nCollege Park, MD 20740-6001\n"
    } else {
        "U.S. Department of State\nOffice of Information Programs and Services\n2201 C Street NW, Suite B266\nWashington, DC 20520-0000\n"
    });
    let law = "Freedom of Information Act request (5 U.S.C. 552)";
    let _ = write!(letter, "\n{law}: telegram {}\n\n", phantom.mrn);
    letter.push_str("I request a copy of one telegram:\n\n");
    let post = tables::post(&phantom.post).map_or(phantom.post.clone(), |post| post.plad.to_owned());
    let _ = writeln!(letter, "  Number   {} {}", phantom.post, phantom.serial);
    let _ = writeln!(letter, "  From     {post}");
    let _ = writeln!(letter, "  Date     {}", window(phantom));
    if archived && known {
        letter.push_str("  Series   Central Foreign Policy Files, Record Group 59\n");
    }
    if !phantom.cited_by.is_empty() {
        letter.push_str("\nIt is known from telegrams that cite it:\n\n");
    }
    for (entry, said) in phantom.cited_by.iter().take(3) {
        let number = entry.card.mrn.as_deref().unwrap_or("a telegram without a number");
        let date = entry.card.dtg.map(|dtg| format!(" of {}", day(dtg))).unwrap_or_default();
        let subject =
            entry.card.subject.as_deref().map(|subject| format!(", \"{subject}\"")).unwrap_or_default();
        let _ = writeln!(letter, "  {number}{date}{subject}");
        if let Some(said) = said {
            let _ = writeln!(letter, "    \"{said}\"");
        }
    }
    letter.push_str(
        "\nPlease release all portions that can be segregated, and send it in electronic form. I am willing to pay\n\
         fees up to ____; please tell me before they exceed that. If it is withheld in whole or in part, please cite\n\
         each exemption, and how to appeal.\n\n[name]\n[address, e-mail, telephone]\n[date]\n",
    );
    letter
}

/// When it was sent, as far as that is known.
pub(crate) fn window(phantom: &Phantom) -> String {
    match (phantom.after, phantom.before, phantom.year) {
        (Some(after), Some(before), _) if after.date() == before.date() => day(after),
        (Some(after), Some(before), _) => format!("between {} and {}", day(after), day(before)),
        (Some(after), None, _) => format!("on or after {}", day(after)),
        (None, Some(before), Some(year)) => format!("in {year}, on or before {}", day(before)),
        (None, Some(before), None) => format!("on or before {}", day(before)),
        (None, None, Some(year)) => format!("in {year}"),
        (None, None, None) => "not known".to_owned(),
    }
}

fn day(at: DateTime) -> String {
    at.strftime("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phantom(year: i16) -> Phantom {
        let (mrn, post) = (format!("{:02}PARIS12", year % 100), "PARIS".to_owned());
        Phantom { mrn, post, year: Some(year), serial: 12, ..Phantom::default() }
    }

    #[test]
    fn the_holder_goes_by_the_year() {
        assert!(letter(&phantom(1975)).contains("Record Group 59"));
        assert!(letter(&phantom(2009)).contains("Department of State"));
        let other = Phantom { post: "VALADMIN".to_owned(), ..phantom(2009) };
        assert!(letter(&other).contains("[the agency"));
    }

    #[test]
    fn the_window_says_what_is_known_and_no_more() {
        let at = |text: &str| Some(text.parse::<DateTime>().unwrap());
        let mut phantom = phantom(2009);
        assert_eq!(window(&phantom), "in 2009");
        phantom.before = at("2009-03-04T10:00");
        assert_eq!(window(&phantom), "in 2009, on or before 4 March 2009");
        phantom.after = at("2009-03-01T10:00");
        assert_eq!(window(&phantom), "between 1 March 2009 and 4 March 2009");
        phantom.after = at("2009-03-04T08:00");
        assert_eq!(window(&phantom), "4 March 2009");
    }
}
