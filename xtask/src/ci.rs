//! All that must hold before a change is taken, in one command that sets itself up.
//!
//! The same command runs on a clean machine and beside an editor. It stops at the first failure and
//! says how to repeat it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use xtask::{cargo, environment, root};

use crate::{tidy, work};

/// The folder of browser tests, if there are any.
const BROWSER: &str = "crates/reftel/tests/browser";

/// A program, its arguments, and what to add to the environment.
struct Step {
    name: &'static str,
    arguments: &'static [&'static str],
    variables: &'static [(&'static str, &'static str)],
}

const BEFORE_TIDY: [Step; 2] = [
    Step { name: "format", arguments: &["fmt", "--all", "--check"], variables: &[] },
    Step {
        name: "clippy",
        arguments: &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
        variables: &[],
    },
];

const AFTER_TIDY: [Step; 2] = [
    Step { name: "test", arguments: &["test", "--workspace", "--no-fail-fast"], variables: &[] },
    Step {
        name: "documentation",
        arguments: &["doc", "--workspace", "--no-deps"],
        variables: &[("RUSTDOCFLAGS", "-D warnings")],
    },
];

/// Sets up, then runs every step.
pub(crate) fn run() -> Result<(), String> {
    let start = Instant::now();
    timed("set-up", set_up)?;
    for step in &BEFORE_TIDY {
        timed(step.name, || step.run())?;
    }
    timed("tidy", || tidy::run(&root()).map_err(|message| format!("{message}\nrepeat: cargo xtask tidy")))?;
    for step in &AFTER_TIDY {
        timed(step.name, || step.run())?;
    }
    timed("work", || work::run().map_err(|message| format!("{message}\nrepeat: cargo xtask work")))?;
    println!("ci: all done in {}", seconds(start.elapsed()));
    Ok(())
}

/// Runs the tests and takes the snapshots they make for right.
pub(crate) fn bless() -> Result<(), String> {
    let arguments = &["test", "--workspace", "--no-fail-fast"];
    Step { name: "bless", arguments, variables: &[("INSTA_UPDATE", "always")] }.run()
}

/// Measures, in release.
pub(crate) fn bench(options: &[&str]) -> Result<(), String> {
    let mut command = cargo();
    command.args(["bench", "--package", "xtask", "--bench", "measure", "--"]).args(options);
    execute(&mut command).map_err(|message| format!("bench {message}"))
}

fn timed(name: &str, work: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    println!("ci: {name} …");
    let start = Instant::now();
    let result = work();
    let outcome = if result.is_ok() { "done" } else { "failed" };
    println!("ci: {name} {outcome} in {}", seconds(start.elapsed()));
    result
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

impl Step {
    fn run(&self) -> Result<(), String> {
        let mut command = cargo();
        command.args(self.arguments).envs(self.variables.iter().copied());
        let variables: Vec<String> =
            self.variables.iter().map(|(name, value)| format!("{name}='{value}' ")).collect();
        let variables = variables.concat();
        execute(&mut command).map_err(|message| {
            format!("{} {message}\nrepeat: {variables}cargo {}", self.name, self.arguments.join(" "))
        })
    }
}

fn execute(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("failed ({status})")),
        Err(error) => Err(format!("couldn't start `{}`: {error}", command.get_program().display())),
    }
}

/// Brings what the browser tests need: Chromium, Node, and the test folder's packages.
fn set_up() -> Result<(), String> {
    let mut missing = Vec::new();
    if chromium().is_none() {
        missing.extend(["chromium", "chromium-driver"]);
    }
    for (program, package) in [("node", "nodejs"), ("npm", "npm")] {
        if on_path(program).is_none() {
            missing.push(package);
        }
    }
    if !missing.is_empty() {
        install(&missing)?;
    }
    let folder = root().join(BROWSER);
    if !folder.join("package.json").exists() || packages_fresh(&folder) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder);
    npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    execute(&mut npm).map_err(|message| format!("npm {message}\nrepeat: (cd {BROWSER} && npm ci)"))
}

/// Whether the packages there were installed after the lock file last changed.
fn packages_fresh(folder: &Path) -> bool {
    let modified = |path: &str| folder.join(path).metadata().and_then(|data| data.modified()).ok();
    match (modified("node_modules/.package-lock.json"), modified("package-lock.json")) {
        (Some(installed), Some(locked)) => installed >= locked,
        _ => false,
    }
}

fn chromium() -> Option<PathBuf> {
    let named = environment("CHROMIUM").map(PathBuf::from);
    named.filter(|path| path.exists()).or_else(|| on_path("chromium"))
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = environment("PATH")?;
    std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/bin")])
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Installs Debian packages where that is allowed; else says what to install.
fn install(packages: &[&str]) -> Result<(), String> {
    let packages = packages.join(" ");
    let by_hand = format!(
        "the browser tests need programs that aren't here. Install them, then run this again:\n    \
         apt-get update && apt-get install -y {packages}\n\
         or the like elsewhere; a Chromium in another place is named by the variable CHROMIUM"
    );
    if on_path("apt-get").is_none() || !is_root() {
        return Err(by_hand);
    }
    println!("ci: installing {packages}");
    let line = format!("apt-get update -qq && apt-get install -y -qq --no-install-recommends {packages}");
    let mut shell = Command::new("sh");
    shell.args(["-c", &line]).env("DEBIAN_FRONTEND", "noninteractive");
    execute(&mut shell).map_err(|message| format!("installing {message}; {by_hand}"))
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
