//! The form of a draft: headers with their values, a blank line, and the text.

use crate::Span;
use crate::source::place;

/// One header as it was typed.
#[derive(Clone, Debug)]
pub(super) struct Header<'t> {
    pub(super) name: Name,
    /// Its value, over several lines where the next ones are indented; a part of the draft.
    pub(super) value: &'t str,
    /// The whole of it.
    pub(super) span: Span,
}

macro_rules! names {
    ($($name:ident $printed:literal $needs:literal)*) => {
        /// What a header is called.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Name { $($name),* }

        impl Name {
            const ALL: &[Name] = &[$(Name::$name),*];

            /// As it is printed in advice.
            pub(super) const fn printed(self) -> &'static str {
                match self { $(Name::$name => $printed),* }
            }

            /// What its value is like.
            pub(super) const fn example(self) -> &'static str {
                match self { $(Name::$name => $needs),* }
            }
        }
    };
}

names! {
    From "From" "RUEHVX/AMEMBASSY VALDORIA"
    To "To" "RUEHC/SECSTATE WASHDC PRIORITY 4821"
    Info "Info" "RUEHPQ/AMCONSUL PORT ALDER"
    Precedence "Precedence" "PRIORITY, or for action and information PRIORITY, ROUTINE"
    Number "Number" "1000, or VALDORIA 1000"
    Dtg "DTG" "111528Z JUN 09"
    Classification "Classification" "CONFIDENTIAL"
    Captions "Captions" "SIPDIS"
    Passing "Passing" "DEPT FOR EUR/XX"
    Order "E.O." "13526: DECL: 06/10/2034"
    Tags "TAGS" "PREL, ETRD, VD"
    Subject "Subject" "(C) Finance Minister previews ferry tariff"
    Ref "Ref" "08 PORT ALDER 114 (NOTAL)"
    ClassifiedBy "Classified by" "Economic Counselor Jane Q. Roe, reasons 1.4 (b) and (d)"
    Station "Station" "RUEHVX"
    Channel "Channel" "XRO6229"
    Signals "Signals" "ZZH"
    Filed "Filed" "1621530"
}

impl Name {
    fn read(printed: &str) -> Option<Name> {
        let key = |text: &str| -> String {
            text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
        };
        let printed = match key(printed).as_str() {
            "SUBJ" => "SUBJECT".to_owned(),
            "REFS" | "REFERENCE" | "REFERENCES" => "REF".to_owned(),
            "CAPTION" => "CAPTIONS".to_owned(),
            other => other.to_owned(),
        };
        Name::ALL.iter().copied().find(|name| key(name.printed()) == printed)
    }

    /// All names, for advice.
    pub(super) fn all() -> String {
        Name::ALL.iter().map(|name| format!("{}:", name.printed())).collect::<Vec<_>>().join(" ")
    }
}

/// A draft in its parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Form<'t> {
    pub(super) headers: Vec<Header<'t>>,
    /// Lines above the text that are no headers.
    pub(super) unknown: Vec<Span>,
    /// Where the headers end.
    pub(super) end: usize,
    /// The text, and its first byte.
    pub(super) text: &'t str,
    pub(super) text_at: usize,
}

/// Cuts a draft into headers and text.
pub(super) fn read(draft: &str) -> Form<'_> {
    let mut form = Form::default();
    let mut at = draft.len() - draft.trim_start_matches(['\n', '\r', '\u{feff}']).len();
    while at < draft.len() {
        let line = draft[at..].split_inclusive('\n').next().unwrap_or("");
        let words = line.trim_end();
        let next = at + line.len();
        let end = at + words.len();
        if words.is_empty() {
            at = next;
            break;
        }
        form.end = end;
        let indented = line.starts_with([' ', '\t']);
        if let Some(last) = form.headers.last_mut().filter(|_| indented) {
            last.span.end = end;
            last.value = draft[place(draft, last.value).start..end].trim();
        } else {
            match words.split_once(':').and_then(|(name, value)| Some((Name::read(name)?, value))) {
                Some((name, value)) => {
                    form.headers.push(Header { name, value: value.trim(), span: Span::new(at, end) });
                }
                None => form.unknown.push(Span::new(at, end)),
            }
        }
        at = next;
    }
    form.text = &draft[at..];
    form.text_at = at;
    form
}

impl<'t> Form<'t> {
    /// The headers of a name.
    pub(super) fn each(&self, name: Name) -> impl Iterator<Item = &Header<'t>> {
        self.headers.iter().filter(move |header| header.name == name && !header.value.is_empty())
    }

    /// The lines of all headers of a name, each cut at `separators` too.
    pub(super) fn parts(&self, name: Name, separators: &[char]) -> Vec<&'t str> {
        self.each(name)
            .flat_map(|header| header.value.split(|c: char| c == '\n' || separators.contains(&c)))
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect()
    }
}
