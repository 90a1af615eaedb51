//! `open` and `serve`: from files to pages.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::world::{archive, reftel, sample};

/// The program with a reading room open, closed at the end.
pub(crate) struct Room {
    child: Child,
    pub(crate) address: String,
}

impl Room {
    pub(crate) fn open(arguments: &[&str]) -> Room {
        let mut child = reftel()
            .args(arguments)
            .args(["--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("http://") {
            line.clear();
            assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "no address in the output");
        }
        // Whoever goes on listening keeps the pipe open.
        std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
        let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        Room { child, address }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Asks it to end, as Ctrl-C does; the exit status and what it said on standard error.
    fn close(mut self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn files_become_pages() {
    let dir = tempfile::tempdir().unwrap();
    let archive = dir.path().join("archive");
    let files = sample("");
    let room = Room::open(&["open", files.to_str().unwrap(), "--archive", archive.to_str().unwrap()]);
    let page = room.get("/");
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    let (status, said) = room.close();
    assert_eq!(status, Some(0), "{said}");
}

#[test]
fn without_a_path_the_sample_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    let archive = dir.path().join("archive");
    let archive = archive.to_str().unwrap();
    for _ in 0..2 {
        let room = Room::open(&["open", "--archive", archive]);
        assert!(room.get("/").starts_with("HTTP/1.1 200 "));
        let (status, said) = room.close();
        assert_eq!(status, Some(0), "{said}");
        assert!(said.contains("the sample"), "{said}");
    }
}

#[test]
fn the_sample_stays_out_of_another_archive() {
    let dir = tempfile::tempdir().unwrap();
    let archive = dir.path().join("archive");
    let archive = archive.to_str().unwrap();
    let file = sample("2009-northmark-00188.txt");
    let ran = crate::world::run(&["import", file.to_str().unwrap(), "--archive", archive]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let room = Room::open(&["open", "--archive", archive]);
    let (status, said) = room.close();
    assert_eq!(status, Some(0), "{said}");
    let ran = crate::world::run(&["search", "*", "--format", "mrn", "--archive", archive]);
    assert_eq!(ran.out, "09NORTHMARK188\n", "{ran:?}");
}

#[test]
fn a_busy_archive_is_shown_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let archive = dir.path().join("archive");
    let file = sample("2009-northmark-00188.txt");
    let archive_name = archive.to_str().unwrap();
    crate::world::run(&["import", file.to_str().unwrap(), "--archive", archive_name]);
    let lock = std::fs::File::open(archive.join("lock")).unwrap();
    lock.lock().unwrap();
    let ran = crate::world::run(&["import", file.to_str().unwrap(), "--archive", archive_name]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.error.contains("help: another reftel writes"), "{ran:?}");
    let room = Room::open(&["open", file.to_str().unwrap(), "--archive", archive_name]);
    assert!(room.get("/").starts_with("HTTP/1.1 200 "));
    let (status, said) = room.close();
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("another reftel is writing"), "{said}");
}

#[test]
fn a_port_that_is_taken_is_an_error_with_advice() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ran = crate::world::run(&["serve", "--port", &port, "--archive", archive()]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.error.contains("--port"), "{ran:?}");
}

#[test]
fn an_address_that_is_no_text_gets_a_page() {
    let room = Room::open(&["serve", "--archive", archive()]);
    for path in ["/t/%ff", "/t/%ff/raw", "/t/%ff/json", "/id/%ff", "/id/%ff/raw", "/assets/%ff"] {
        let page = room.get(path);
        assert!(
            page.starts_with("HTTP/1.1 400 ") && page.contains("<h1>No such address</h1>"),
            "{path} {page}"
        );
    }
    for (path, status) in [("/id/99999999999999999999", 404), ("/t/%00", 404), ("/search?q=%ff", 400)] {
        let page = room.get(path);
        assert!(page.starts_with(&format!("HTTP/1.1 {status} ")) && page.contains("<h1>"), "{path} {page}");
    }
}

#[test]
fn silent_connections_keep_nobody_out() {
    let room = Room::open(&["serve", "--archive", archive()]);
    let started = Instant::now();
    let mut silent: Vec<TcpStream> = (0..300).map(|_| TcpStream::connect(&room.address).unwrap()).collect();
    assert!(room.get("/about").starts_with("HTTP/1.1 200 "));
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    // The oldest had to go, long before its time was up.
    let first = &mut silent[0];
    first.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    assert_eq!(first.read(&mut [0]).unwrap(), 0);
}

#[test]
fn a_head_that_comes_by_drops_is_not_waited_for() {
    let room = Room::open(&["serve", "--archive", archive()]);
    let mut slow = TcpStream::connect(&room.address).unwrap();
    slow.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let started = Instant::now();
    let ended = loop {
        // Once it is closed, writing fails as well.
        let _ = slow.write(b"G");
        match slow.read(&mut [0; 64]) {
            Ok(0) => break true,
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => break true,
            _ if started.elapsed() > Duration::from_secs(20) => break false,
            _ => {}
        }
    };
    assert!(ended);
}
