//! The addresses of the pages, in one place; `docs/http.md` says which of them stay.

use std::fmt::Write as _;

use reftel_archive::Id;

/// Percent-encodes all but what every part of an address can hold.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The page of the telegram, or telegrams, with this number.
pub(crate) fn number(mrn: &str) -> String {
    format!("/t/{}", escaped(mrn))
}

/// The page of one telegram in this archive.
pub(crate) fn id(id: Id) -> String {
    format!("/id/{}", id.0)
}

/// The results of a query.
pub(crate) fn search(query: &str) -> String {
    format!("/search?q={}", escaped(query).replace("%20", "+").replace("%3A", ":"))
}

/// The results of a query, in an order, from a page on.
pub(crate) fn results(query: &str, sort: &str, page: usize) -> String {
    let mut address = search(query);
    if !sort.is_empty() {
        let _ = write!(address, "&sort={sort}");
    }
    if page > 1 {
        let _ = write!(address, "&page={page}");
    }
    address
}

/// The same, with what each part of the query had to do with them.
pub(crate) fn explained(query: &str, sort: &str, page: usize) -> String {
    results(query, sort, page) + "&why=1"
}

/// What is new to a saved search.
pub(crate) fn saved(name: &str) -> String {
    format!("/saved/{}", escaped(name))
}

/// What a watch list found, in all or in what is new.
pub(crate) fn watchlist(name: &str, new: bool) -> String {
    format!("/watch/{}{}", escaped(name), if new { "?new=1" } else { "" })
}

/// The gaps of a post.
pub(crate) fn gaps(post: &str) -> String {
    format!("/gaps?post={}", escaped(post))
}

/// The copies of a telegram.
pub(crate) fn copies(mrn: &str) -> String {
    format!("{}/copies", number(mrn))
}

/// The copies of a telegram that is named by its number in this archive.
pub(crate) fn copies_of(telegram: Id) -> String {
    format!("{}/copies", id(telegram))
}

/// The family of a telegram.
pub(crate) fn thread(mrn: &str) -> String {
    format!("{}/thread", number(mrn))
}

/// The web around a telegram.
pub(crate) fn around(telegram: Id) -> String {
    format!("{}/around", id(telegram))
}

/// A file name that no system stumbles over.
pub(crate) fn file_name(name: &str, extension: &str) -> String {
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(80).collect();
    format!("{}.{extension}", if safe.is_empty() { "telegram" } else { &safe })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_part_of_an_address() {
        assert_eq!(number("09VALDORIA1000"), "/t/09VALDORIA1000");
        assert_eq!(number("../x?y#z\"<>"), "/t/..%2Fx%3Fy%23z%22%3C%3E");
        assert_eq!(search("ferry from:\"PORT ALDER\" & +"), "/search?q=ferry+from:%22PORT+ALDER%22+%26+%2B");
        assert_eq!(results("a", "newest", 2), "/search?q=a&sort=newest&page=2");
        assert_eq!(file_name("../09 X\r\n\"", "txt"), "---09-X---.txt");
    }
}
