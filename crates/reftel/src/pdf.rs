//! The text of PDFs, read by other programs.
//!
//! A PDF is a stranger's, and what reads it is large and has faults. So it is read in a process of its own, with so much
//! memory, time and output and no more: Poppler's `pdftotext`, and, where it is asked for, `pdftoppm` and Tesseract for pages
//! without a text.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use reftel_sources::PdfText;

/// What another program may take.
#[derive(Clone, Copy, Debug)]
struct Most {
    /// Of the clock's time, and of a processor's.
    time: Duration,
    /// Kilobytes of memory.
    memory: u64,
    /// Bytes of output.
    output: u64,
}

/// A text of 600 pages takes a second and 50 MB.
const TEXT: Most = Most { time: Duration::from_mins(2), memory: 2 << 20, output: 128 << 20 };

/// A page takes some seconds.
const PAGE: Most = Most { time: Duration::from_mins(2), memory: 4 << 20, output: 64 << 20 };

/// More pages than this aren't recognised in one file: at some seconds a page, that is hours.
const PAGES_MAX: usize = 2000;

/// With fewer letters a page than this there is no text: what there is is a stamp or a page's number.
const LETTERS_A_PAGE: usize = 20;

/// What reads PDFs; with `ocr`, also scans.
pub(crate) fn reader(ocr: bool) -> Arc<PdfText> {
    Arc::new(move |bytes| text(bytes, ocr))
}

fn text(bytes: &[u8], ocr: bool) -> Result<String, String> {
    let mut file = tempfile::Builder::new().suffix(".pdf").tempfile().map_err(|error| error.to_string())?;
    file.write_all(bytes).and_then(|()| file.flush()).map_err(|error| error.to_string())?;
    let path = file.path().to_string_lossy().into_owned();
    let read = run(&["pdftotext", "-layout", "-enc", "UTF-8", &path, "-"], POPPLER, TEXT)?;
    let text = String::from_utf8_lossy(&read).into_owned();
    let pages = text.matches('\u{c}').count().max(1);
    let letters = text.chars().filter(|char| char.is_alphanumeric()).count();
    if letters >= pages * LETTERS_A_PAGE {
        return Ok(lines(&text));
    }
    if !ocr {
        let help = "`reftel import --ocr`, or `reftel retry --failed --ocr`, reads it with Tesseract";
        return Err(format!("a scan without a text: it needs OCR; {help}, where that is installed"));
    }
    recognised(&path, pages)
}

const POPPLER: &str = "Poppler, which reads PDFs, isn't installed (on Debian: apt install poppler-utils)";
const TESSERACT: &str =
    "Tesseract, which reads scans, isn't installed (on Debian: apt install tesseract-ocr)";

/// The text of a scan, page by page.
fn recognised(path: &str, pages: usize) -> Result<String, String> {
    if pages > PAGES_MAX {
        return Err(format!(
            "a scan of {pages} pages, and at most {PAGES_MAX} are read in one file; divide it"
        ));
    }
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let image = dir.path().join("page");
    let root = image.to_string_lossy().into_owned();
    let mut text = String::new();
    for page in 1..=pages {
        let page = page.to_string();
        let draw =
            ["pdftoppm", "-r", "300", "-gray", "-png", "-singlefile", "-f", &page, "-l", &page, path, &root];
        run(&draw, POPPLER, PAGE)?;
        let image = image.with_extension("png").to_string_lossy().into_owned();
        let spaces = "preserve_interword_spaces=1";
        let read =
            run(&["tesseract", &image, "stdout", "-l", "eng", "--psm", "6", "-c", spaces], TESSERACT, PAGE)?;
        text.push_str(&String::from_utf8_lossy(&read));
        text.push('\u{c}');
    }
    if text.chars().any(char::is_alphanumeric) {
        Ok(lines(&text))
    } else {
        Err("a scan without a word".to_owned())
    }
}

/// The pages one behind the other, each without the margin at its left.
fn lines(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for page in text.split('\u{c}') {
        let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let margin =
            page.lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or_default();
        for line in page.trim_end().lines() {
            all.push_str(line.get(margin..).unwrap_or_default().trim_end());
            all.push('\n');
        }
    }
    all
}

/// Runs a program within its limits and gives what it printed. No word of it comes from a telegram, and none is the
/// shell's to read: that only sets the limits.
fn run(command: &[&str], missing: &str, most: Most) -> Result<Vec<u8>, String> {
    let name = command.first().copied().unwrap_or_default();
    let mut child = spawn(command, most).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => missing.to_owned(),
        _ => format!("{name} can't be run: {error}"),
    })?;
    let out = drain(child.stdout.take(), most.output);
    let complaint = drain(child.stderr.take(), 4096);
    let until = Instant::now() + most.time;
    let mut status = None;
    // Done when it has ended and all that it printed was read.
    while status.is_none() || !out.is_finished() || !complaint.is_finished() {
        if Instant::now() >= until {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("{name} took more than {} seconds on it", most.time.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(2));
        status = status.or(child.try_wait().map_err(|error| format!("{name}: {error}"))?);
    }
    let (out, complaint) = (out.join().unwrap_or_default(), complaint.join().unwrap_or_default());
    if out.len() as u64 > most.output {
        return Err(format!("{name} prints more than {} MB of it", most.output >> 20));
    }
    match status.and_then(|status| status.code()) {
        Some(0) => Ok(out),
        Some(127) => Err(missing.to_owned()),
        code => {
            let complaint = String::from_utf8_lossy(&complaint).into_owned();
            let said = complaint.lines().map(str::trim).find(|line| !line.is_empty());
            let why =
                said.map_or_else(|| "it is damaged".to_owned(), |said| said.chars().take(200).collect());
            Err(match code {
                Some(_) => format!("{name} can't read it: {why}"),
                None => format!("{name} broke down on it, or took too much time or memory"),
            })
        }
    }
}

#[cfg(unix)]
fn spawn(command: &[&str], most: Most) -> std::io::Result<Child> {
    let limits = format!("ulimit -v {}; ulimit -t {}; exec \"$@\"", most.memory, most.time.as_secs().max(1));
    piped(Command::new("/bin/sh").args(["-c", &limits, "sh"]).args(command))
}

#[cfg(not(unix))]
fn spawn(command: &[&str], _: Most) -> std::io::Result<Child> {
    let (name, arguments) = command.split_first().map_or(("", &[][..]), |(name, rest)| (*name, rest));
    piped(Command::new(name).args(arguments))
}

fn piped(command: &mut Command) -> std::io::Result<Child> {
    // Relative names would be looked for where a telegram may have been put.
    command
        .current_dir(Path::new("/"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

/// Reads what a program prints, and one byte more than it may, on a thread of its own.
fn drain(from: Option<impl Read + Send + 'static>, most: u64) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(from) = from {
            // What can't be read any more was all.
            let _ = from.take(most + 1).read_to_end(&mut bytes);
        }
        bytes
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str, most: Most) -> Result<Vec<u8>, String> {
        run(&["/bin/sh", "-c", script], "none", most)
    }

    const LITTLE: Most = Most { time: Duration::from_secs(2), memory: 200 << 10, output: 1 << 20 };

    #[test]
    fn another_program_takes_no_more_than_it_may() {
        assert_eq!(sh("printf text", LITTLE), Ok(b"text".to_vec()));
        let started = Instant::now();
        assert!(run(&["sleep", "100"], "none", LITTLE).unwrap_err().contains("took more than 2 seconds"));
        assert!(sh("sleep 100 & exit 0", LITTLE).unwrap_err().contains("took more than 2 seconds"));
        assert!(sh("while :; do :; done", LITTLE).is_err());
        assert!(run(&["yes"], "none", LITTLE).is_err());
        assert!(sh("head -c 400000000 /dev/zero | tail -n 1 | wc -c; exit 3", LITTLE).is_err());
        assert!(started.elapsed() < Duration::from_mins(1));
        assert_eq!(sh("echo no good >&2; exit 1", LITTLE), Err("/bin/sh can't read it: no good".to_owned()));
        assert!(sh("kill -SEGV $$", LITTLE).unwrap_err().contains("broke down on it"));
        assert_eq!(run(&["/no/such/program"], "none", LITTLE), Err("none".to_owned()));
    }

    #[test]
    fn pages_follow_one_another_without_their_margins() {
        assert_eq!(lines("    ONE\n\n      TWO  \n\u{c}  THREE\n\n\u{c}"), "ONE\n\n  TWO\nTHREE\n");
        assert_eq!(lines(" é\n\u{a0}x\n"), " é\n\u{a0}x\n");
    }
}
