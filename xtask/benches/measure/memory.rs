//! How much memory the reading room takes on a large archive once it has been used.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::Figure;

/// Questions of every kind, asked in turn.
const QUERIES: [&str; 5] =
    ["harbourmaster", "lanternfish", "from%3ANORTHMARK", "%22ferry+tariff%22", "harbourmaster+date%3A2005"];
const ASKED: usize = 50;

/// A page with results is longer than this; one that only says that there are none, or why, is shorter.
const RESULTS_PAGE: usize = 8_000;

pub(super) fn run(archive: &Path, count: u64) -> Result<Vec<Figure>, String> {
    let program = build()?;
    let mut room = Command::new(program)
        .args(["serve", "--port", "0", "--archive"])
        .arg(archive)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("can't start `reftel serve`: {error}"))?;
    let used = use_room(&mut room);
    let status = std::fs::read_to_string(format!("/proc/{}/status", room.id())).unwrap_or_default();
    let _ = room.kill();
    let _ = room.wait();
    used?;
    let megabytes = |field: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(field))?;
        let kilobytes: f64 = line.split_whitespace().find_map(|word| word.parse().ok())?;
        Some(kilobytes * 1024.0 / 1e6)
    };
    let (Some(resident), Some(own)) = (megabytes("VmRSS:"), megabytes("RssAnon:")) else {
        println!("memory: this system doesn't say, skipped");
        return Ok(Vec::new());
    };
    Ok(vec![Figure {
        what: format!("memory of `serve` at {count} telegrams, after {ASKED} questions"),
        ours: format!("{own:.0} MB of its own, {resident:.0} MB with the index's pages in the cache"),
        baseline: String::new(),
        ratio: String::new(),
        target: Some(("< 300 MB", own < 300.0)),
    }])
}

/// The program as users have it.
fn build() -> Result<std::path::PathBuf, String> {
    let mut command = xtask::cargo();
    command.args(["build", "--quiet", "--release", "--package", "reftel"]);
    let built = command.status().is_ok_and(|status| status.success());
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    let target = here.ancestors().nth(3).ok_or("no folder of programs")?;
    if built { Ok(target.join("release/reftel")) } else { Err("`reftel` doesn't build".to_owned()) }
}

/// Reads the address it prints, and asks.
fn use_room(room: &mut Child) -> Result<(), String> {
    let output = room.stdout.take().ok_or("the reading room says nothing")?;
    let address = BufReader::new(output)
        .lines()
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("http://")?.1.split(['/', ' ']).next()?.to_owned()))
        .ok_or("the reading room doesn't say its address")?;
    for query in QUERIES.iter().cycle().take(ASKED) {
        let answer = get(&address, &format!("/search?q={query}"))?;
        if !answer.starts_with("HTTP/1.1 200") || answer.len() < RESULTS_PAGE {
            return Err(format!("`/search?q={query}`: {}", answer.lines().next().unwrap_or_default()));
        }
    }
    Ok(())
}

fn get(address: &str, path: &str) -> Result<String, String> {
    let answer = || {
        let mut stream = TcpStream::connect(address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    answer().map_err(|error: std::io::Error| format!("{address}{path}: {error}"))
}
