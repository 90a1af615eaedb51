//! `reftel mrn`

use reftel_telegram::{Context, decode};

use super::input::Line;
use super::terminal::{Screen, clean};
use super::{Failure, Status, input};

/// Print the canonical number of a telegram, however it is written
///
/// Prints one line for each text: the number, such as `09VALDORIA1000`, or nothing where there is none.
/// Each argument is a text, so quote those of several words; with `-`, each line of standard input is one.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done, 2 an error.

Examples:
  reftel mrn --year 2009 'VALDORIA 001000'
  cut -f2 references.tsv | reftel mrn -")]
pub(crate) struct Mrn {
    /// The texts; `-` is standard input
    #[arg(required = true, value_name = "TEXT")]
    texts: Vec<String>,

    /// The year of a number that is printed without one
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,
}

impl Mrn {
    pub(crate) fn run(&self, screen: &mut Screen) -> Result<Status, Failure> {
        let context = Context { year: self.year };
        let mut hinted = !screen.error_terminal;
        for text in &self.texts {
            if text == "-" {
                lines_of_input(context, screen)?;
            } else {
                for line in text.split('\n') {
                    let number = number(line, context);
                    screen.line(&number)?;
                    if !hinted && number.is_empty() && lacks_year(line, self.year) {
                        hinted = true;
                        screen.flush()?;
                        screen.say("a number without a year needs --year");
                    }
                }
            }
        }
        Ok(Status::Fine)
    }
}

/// Answers each line before it waits for the next.
fn lines_of_input(context: Context, screen: &mut Screen) -> Result<(), Failure> {
    let mut standard_input = std::io::BufReader::new(std::io::stdin().lock());
    let next = |source: &mut _| input::next_line(source).map_err(|error| Failure::file("<stdin>", &error));
    while let Some(line) = next(&mut standard_input)? {
        let number = match line {
            Line::Whole(line) => number(&decode(input::without_end(&line)).0, context),
            // Longer than any number.
            Line::TooLong => String::new(),
        };
        screen.line(&number)?;
        if standard_input.buffer().is_empty() {
            screen.flush()?;
        }
    }
    Ok(())
}

/// Whether a text would be a number if the year were known. Any year serves to find out.
fn lacks_year(text: &str, year: Option<i16>) -> bool {
    year.is_none() && reftel_telegram::mrn(text, &Context { year: Some(2000) }).is_some()
}

fn number(text: &str, context: Context) -> String {
    reftel_telegram::mrn(text, &context).map(|mrn| clean(&mrn).into_owned()).unwrap_or_default()
}
