//! Killed at any moment, the archive opens, has all that was acknowledged, and can go on.

use std::io::Read;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use reftel_archive::{Finding, Place, Writer};

use crate::world::{Telegram, World, balance, find};

/// The folder that a child is to import, and the archive that it is to import it into.
const FOLDER: &str = "REFTEL_TEST_CRASH_FOLDER";
const ARCHIVE: &str = "REFTEL_TEST_CRASH_ARCHIVE";

const TELEGRAMS: u32 = 1500;
const KILLS: u32 = 50;

/// Not a test of its own: what the other one starts, and kills.
#[test]
#[allow(clippy::disallowed_methods, reason = "a child hears from its parent by the environment")]
fn child() {
    let (Some(folder), Some(archive)) = (std::env::var_os(FOLDER), std::env::var_os(ARCHIVE)) else { return };
    let mut writer = Writer::open(archive.as_ref()).unwrap();
    let tell = &mut |progress: &reftel_archive::Progress| {
        println!("acknowledged {}", progress.acknowledged);
        true
    };
    writer.import(&[folder.into()], tell).unwrap();
    println!("complete");
}

#[test]
fn fifty_kills_lose_nothing() {
    let world = World::new();
    for serial in 1..=TELEGRAMS {
        let text = format!("1. Ferry {serial} sailed. {}", "Its tariff was paid. ".repeat(20));
        let telegram = Telegram { serial, text, ..Telegram::default() };
        world.write(&format!("{}/{serial}.txt", serial % 7), telegram.print());
    }
    let mut seed = 20_091_106_u64;
    let mut completed = 0;
    for kill in 0..KILLS {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (acknowledged, complete) = run_and_kill(&world, Duration::from_millis((seed >> 33) % 700));
        if world.archive().join("archive.sqlite").exists()
            && let Ok(archive) = reftel_archive::Archive::open(&world.archive())
        {
            balance(&archive);
            let mut cards = 0;
            archive.for_each_card(&mut |_| cards += 1).unwrap();
            assert!(cards >= acknowledged, "kill {kill}: {cards} of {acknowledged}");
            let verified = archive.verify(&mut |_, _| {}).unwrap();
            // Killed before it was committed for the first time, there is no index yet.
            let found = verified.findings.iter().filter(|finding| finding.place != Place::Index);
            assert_eq!(found.collect::<Vec<_>>(), Vec::<&Finding>::new(), "kill {kill}");
        } else {
            assert_eq!(acknowledged, 0, "kill {kill}: the archive is gone");
        }
        if complete {
            completed += 1;
            check_complete(&world);
            std::fs::remove_dir_all(world.archive()).unwrap();
        }
    }
    world.import();
    check_complete(&world);
    println!("{completed} imports completed between {KILLS} kills");
}

fn check_complete(world: &World) {
    let archive = world.open();
    balance(&archive);
    assert_eq!(archive.books().unwrap().telegrams, u64::from(TELEGRAMS));
    let found = find(&archive, "tariff");
    assert_eq!((found.total, found.unindexed), (TELEGRAMS as usize, 0));
}

/// Starts an import, kills it, and says how many telegrams it said were safe, and whether it was done.
fn run_and_kill(world: &World, after: Duration) -> (u64, bool) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--nocapture", "--test-threads=1"])
        .env(FOLDER, world.folder())
        .env(ARCHIVE, world.archive())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut said = String::new();
        stdout.read_to_string(&mut said).unwrap();
        said
    });
    sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    let said = reader.join().unwrap();
    // The last line may be cut short.
    let whole = said.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let acknowledged = whole.lines().rev().find_map(|line| line.split_once("acknowledged ")?.1.parse().ok());
    (acknowledged.unwrap_or(0), whole.lines().any(|line| line == "complete"))
}
