//! `open` and `serve`: from files to pages.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

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
