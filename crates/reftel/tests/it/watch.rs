//! `watch`: a folder that grows.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::world::{reftel, run, sample};

const QUICK: [&str; 4] = ["--every", "0.1", "--still", "0.5"];

struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(dir: &std::path::Path, archive: &str) -> Watch {
        Watch::start_all(&[dir], archive)
    }

    fn start_all(dirs: &[&std::path::Path], archive: &str) -> Watch {
        let mut command = reftel();
        command.arg("watch").args(dirs).args(["--archive", archive]).args(QUICK);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (send, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            out.lines().map_while(Result::ok).for_each(|line| drop(send.send(line)));
        });
        Watch { child, lines }
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(Duration::from_mins(1)).unwrap()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_lies_still_comes_in_and_what_grows_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let inbox = dir.path().join("inbox");
    fs::create_dir(&inbox).unwrap();
    let archive = dir.path().join("archive").to_str().unwrap().to_owned();
    fs::copy(sample("2009-northmark-00188.txt"), inbox.join("first.txt")).unwrap();
    let mut watch = Watch::start(&inbox, &archive);
    let line = watch.line();
    assert!(line.starts_with("first.txt: 1 file: 1 kept, ") && line.contains("1 telegram new; "), "{line}");

    // Half a file lies still, but somebody has it open; half a download has its own name.
    let whole = fs::read(sample("2009-valdoria-01000.txt")).unwrap();
    let (half, rest) = whole.split_at(whole.len() / 2);
    fs::write(inbox.join("download.txt.part"), half).unwrap();
    let mut slow = OpenOptions::new().create(true).append(true).open(inbox.join("slow.txt")).unwrap();
    slow.write_all(half).unwrap();
    slow.flush().unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    fs::copy(sample("2008-state-118204-corrected.txt"), inbox.join("third.txt")).unwrap();
    let line = watch.line();
    assert!(line.starts_with("third.txt: 1 file: 1 kept, "), "{line}");
    slow.write_all(rest).unwrap();
    drop(slow);
    let line = watch.line();
    assert!(line.starts_with("slow.txt: 1 file: 1 kept, "), "{line}");
    let ran = run(&["show", "--raw", "09VALDORIA1000", "--archive", &archive]);
    assert_eq!(ran.bytes, whole);

    #[cfg(unix)]
    {
        let pid = watch.child.id().to_string();
        assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        assert_eq!(watch.child.wait().unwrap().code(), Some(0));
    }
    let ran = run(&["books", "--archive", &archive]);
    assert!(ran.status == Some(0) && ran.out.contains('3'), "{ran:?}");
    assert_eq!(run(&["verify", "--archive", &archive]).status, Some(0));
}

#[test]
fn once_it_ends_when_all_is_in() {
    let dir = tempfile::tempdir().unwrap();
    let archive = dir.path().join("archive").to_str().unwrap().to_owned();
    fs::copy(sample("2009-northmark-00188.txt"), dir.path().join("a.txt")).unwrap();
    let line =
        ["watch", "--once", dir.path().to_str().unwrap(), "--archive", &archive, "--collection", "Inbox"];
    let ran = run(&[&line[..], &QUICK].concat());
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(ran.out.starts_with("a.txt: 1 file: 1 kept, "), "{ran:?}");
    assert_eq!(run(&["search", "in:inbox", "--archive", &archive]).status, Some(0));
    let again = run(&[&line[..], &QUICK].concat());
    assert_eq!((again.status, again.out.as_str()), (Some(0), ""), "{again:?}");
    let none = run(&["watch", "--once", "no/such/folder", "--archive", &archive]);
    assert!(none.status == Some(2) && none.error.contains("no/such/folder"), "{none:?}");
}

#[test]
fn a_folder_that_goes_away_keeps_no_other_waiting() {
    let dir = tempfile::tempdir().unwrap();
    let (inbox, other) = (dir.path().join("inbox"), dir.path().join("other"));
    fs::create_dir(&inbox).unwrap();
    fs::create_dir(&other).unwrap();
    let archive = dir.path().join("archive").to_str().unwrap().to_owned();
    fs::copy(sample("2009-northmark-00188.txt"), inbox.join("first.txt")).unwrap();
    let watch = Watch::start_all(&[&inbox, &other], &archive);
    assert!(watch.line().starts_with("first.txt: "));
    fs::remove_dir(&other).unwrap();
    fs::copy(sample("2009-valdoria-01000.txt"), inbox.join("second.txt")).unwrap();
    assert!(watch.line().starts_with("second.txt: "));
}
