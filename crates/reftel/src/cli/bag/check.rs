//! Whether a bag is whole and harmless, before anything is made of it.
//!
//! A bag may come from anybody: nothing of it is followed out of its folder, no file is read whole that has no
//! business to be large, and no name of it becomes a path before it was looked at.

use std::collections::HashSet;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use rayon::prelude::*;
use reftel_archive::FILE_BYTES_MAX;
use sha2::{Digest, Sha512};

use super::super::Failure;
use super::super::terminal::count;
use super::{ABOUT, About, MANIFEST, ORIGINALS, TAG_MANIFEST, VERSION, hex};

/// Folders in folders: ours go four deep.
const DEPTH_MAX: usize = 16;

/// A small tag file, or what says what the bag is: 64 KB. Ours have less than one.
const SMALL_MAX: u64 = 64 << 10;

/// A line of a manifest: a checksum and a path.
const LINE_MAX: u64 = 8 << 10;

/// So many files are hashed at once.
const BATCH: usize = 512;

/// What is in a bag.
#[derive(Debug, Default)]
pub(in super::super) struct Found {
    payload: u64,
    octets: u64,
    /// Files with originals.
    pub(in super::super) originals: u64,
}

/// Checks a bag, and says what it is. `going` is told of how many bytes how many are checked, and may end it: `None` then.
pub(in super::super) fn check(
    root: &Path,
    going: &(dyn Fn(u64, u64) -> bool + Sync),
) -> Result<Option<(About, Found)>, Failure> {
    if !root.is_dir() {
        return Err(Failure::new(format!("there is no folder `{}`", root.display())));
    }
    let mut found = Found::default();
    walk(root, "", 0, &mut found)?;
    declared(root)?;
    if root.join("fetch.txt").exists() {
        return Err(bad("it has a `fetch.txt`: parts of it are elsewhere, and nothing is fetched"));
    }
    oxum(root, &found)?;
    let about = about(root)?;
    if !root.join(MANIFEST).is_file() {
        return Err(bad(&format!("it has no `{MANIFEST}`")));
    }
    // The checksums of the manifest before what they are checksums of.
    let mut done = 0;
    let mut tell = |bytes: u64| {
        done += bytes;
        going(done.min(found.octets), found.octets)
    };
    if root.join(TAG_MANIFEST).is_file() && manifest(root, TAG_MANIFEST, &mut |_| true)?.is_none() {
        return Ok(None);
    }
    match manifest(root, MANIFEST, &mut tell)? {
        None => Ok(None),
        Some(listed) if listed < found.payload => {
            let more = found.payload - listed;
            Err(bad(&format!("{} of the files in `data` aren't in `{MANIFEST}`", count(more))))
        }
        Some(_) => Ok(Some((about, found))),
    }
}

fn bad(why: &str) -> Failure {
    Failure::new(format!("the bag can't be used: {why}")).help("take another copy of it; nothing was written")
}

/// Goes through all folders, and through nothing that leads out of them.
fn walk(root: &Path, inner: &str, depth: usize, found: &mut Found) -> Result<(), Failure> {
    let dir = root.join(inner);
    let unreadable = |error: std::io::Error| Failure::file(dir.display(), &error);
    if depth > DEPTH_MAX {
        return Err(bad(&format!("`{inner}` is more than {DEPTH_MAX} folders deep")));
    }
    for entry in std::fs::read_dir(&dir).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            return Err(bad(&format!("the name `{}` isn't UTF-8", name.to_string_lossy())));
        };
        let path = if inner.is_empty() { name.to_owned() } else { format!("{inner}/{name}") };
        // Of the entry itself: a link isn't followed.
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() {
            walk(root, &path, depth + 1, found)?;
        } else if !kind.is_file() {
            return Err(bad(&format!("`{path}` is a link or a device, and a bag has only files")));
        } else if path.starts_with("data/") {
            let bytes = entry.metadata().map_err(unreadable)?.len();
            found.payload += 1;
            found.octets = found.octets.saturating_add(bytes);
            if path.strip_prefix(ORIGINALS).is_some_and(|rest| rest.starts_with('/')) {
                found.originals += 1;
                if bytes > FILE_BYTES_MAX {
                    let most = FILE_BYTES_MAX >> 20;
                    return Err(bad(&format!(
                        "`{path}` has more than the {most} MB that an original may have"
                    )));
                }
            }
        }
    }
    Ok(())
}

/// A file that has no business to be large.
fn small(root: &Path, name: &str) -> Result<Option<String>, Failure> {
    let path = root.join(name);
    if !path.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let unreadable = |error: std::io::Error| Failure::file(path.display(), &error);
    File::open(&path).map_err(unreadable)?.take(SMALL_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > SMALL_MAX {
        return Err(bad(&format!("`{name}` has more than {} KB", SMALL_MAX >> 10)));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| bad(&format!("`{name}` isn't UTF-8")))
}

/// What a tag file says under a label.
fn tag<'t>(text: &'t str, label: &str) -> Option<&'t str> {
    let said = |line: &'t str| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case(label).then_some(value.trim())
    };
    text.lines().find_map(said)
}

fn declared(root: &Path) -> Result<(), Failure> {
    let Some(text) = small(root, "bagit.txt")? else { return Err(bad("it has no `bagit.txt`")) };
    match (tag(&text, "BagIt-Version"), tag(&text, "Tag-File-Character-Encoding")) {
        (Some("1.0" | "0.97"), Some(encoding)) if encoding.eq_ignore_ascii_case("UTF-8") => Ok(()),
        _ => Err(bad("`bagit.txt` doesn't say that it is one of version 1.0 in UTF-8")),
    }
}

/// Sizes are compared before anything is hashed.
fn oxum(root: &Path, found: &Found) -> Result<(), Failure> {
    let info = small(root, "bag-info.txt")?.unwrap_or_default();
    let Some(said) = tag(&info, "Payload-Oxum") else { return Ok(()) };
    let here = format!("{}.{}", found.octets, found.payload);
    if said == here {
        return Ok(());
    }
    Err(bad(&format!("it should have `{said}` (bytes and files in `data`), and has `{here}`")))
}

fn about(root: &Path) -> Result<About, Failure> {
    let Some(text) = small(root, ABOUT)? else {
        return Err(bad(&format!("it has no `{ABOUT}`, so it is no archive of this program's")));
    };
    let about: About = serde_json::from_str(&text).map_err(|error| bad(&format!("`{ABOUT}`: {error}")))?;
    if about.reftel_bag != VERSION {
        return Err(bad(&format!("it is of form {}, and this program knows {VERSION}", about.reftel_bag)));
    }
    if about.layout > reftel_archive::LAYOUT {
        let known = reftel_archive::LAYOUT;
        return Err(bad(&format!("its tables have layout {}, and this program knows {known}", about.layout)));
    }
    Ok(about)
}

/// A line of a manifest.
struct Listed {
    digest: String,
    path: String,
}

/// Checks what a manifest lists, and says how many files that are; `None` where `tell` ended it.
fn manifest(root: &Path, name: &str, tell: &mut dyn FnMut(u64) -> bool) -> Result<Option<u64>, Failure> {
    let path = root.join(name);
    let unreadable = |error: std::io::Error| Failure::file(path.display(), &error);
    let mut lines = BufReader::new(File::open(&path).map_err(unreadable)?);
    let mut met = HashSet::new();
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let mut line = Vec::new();
        let read = (&mut lines).take(LINE_MAX).read_until(b'\n', &mut line).map_err(unreadable)?;
        let over = read == 0;
        if !over {
            let listed = listed(&line, name)?;
            let mut hasher = DefaultHasher::new();
            listed.path.hash(&mut hasher);
            if !met.insert(hasher.finish()) {
                return Err(bad(&format!("`{name}` lists `{}` twice", listed.path)));
            }
            batch.push(listed);
        }
        if batch.len() == BATCH || over {
            let sizes: Vec<_> = batch.par_iter().map(|listed| one(root, listed)).collect();
            let bytes = sizes.into_iter().sum::<Result<u64, Failure>>()?;
            batch.clear();
            if !tell(bytes) {
                return Ok(None);
            }
        }
        if over {
            return Ok(Some(met.len() as u64));
        }
    }
}

fn listed(line: &[u8], name: &str) -> Result<Listed, Failure> {
    let wrong = || bad(&format!("`{name}` has a line that isn't a SHA-512 checksum and a path"));
    let text = std::str::from_utf8(line).map_err(|_| wrong())?;
    let text = text.trim_end_matches(['\n', '\r']);
    let (digest, path) = text.split_once([' ', '\t']).ok_or_else(wrong)?;
    let path = path.trim_start_matches([' ', '\t', '*']);
    if digest.len() != 128 || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    let path = path.replace("%0A", "\n").replace("%0a", "\n");
    let path = path.replace("%0D", "\r").replace("%0d", "\r").replace("%25", "%");
    let inside = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    if !path.split('/').all(inside) {
        return Err(bad(&format!("`{name}` lists `{path}`, which leads out of the bag")));
    }
    if (name == MANIFEST) != path.starts_with("data/") {
        return Err(bad(&format!("`{name}` lists `{path}`, which isn't its to list")));
    }
    Ok(Listed { digest: digest.to_ascii_lowercase(), path })
}

/// Hashes a file, and says how large it is.
fn one(root: &Path, listed: &Listed) -> Result<u64, Failure> {
    let path = root.join(&listed.path);
    let mut file = match File::open(&path) {
        Ok(file) if path.is_file() => file,
        Ok(_) => return Err(bad(&format!("`{}` isn't a file", listed.path))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(bad(&format!("`{}` is missing", listed.path)));
        }
        Err(error) => return Err(Failure::file(path.display(), &error)),
    };
    let (mut digest, mut buffer, mut bytes) = (Sha512::new(), vec![0; 64 << 10], 0);
    loop {
        let read = file.read(&mut buffer).map_err(|error| Failure::file(path.display(), &error))?;
        if read == 0 {
            break;
        }
        digest.update(&buffer[..read]);
        bytes += read as u64;
    }
    if hex(&digest.finalize()) == listed.digest {
        Ok(bytes)
    } else {
        Err(bad(&format!("`{}` doesn't have its checksum", listed.path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out() {
        let digest = "0".repeat(128);
        let read = |path: &str| listed(format!("{digest}  {path}\n").as_bytes(), MANIFEST);
        assert_eq!(read("data/a%0Ab%25").unwrap().path, "data/a\nb%");
        for path in [
            "../x",
            "data/../../x",
            "/etc/passwd",
            "data//x",
            "data/./x",
            "data\\..\\x",
            "C:/x",
            "bagit.txt",
            "",
        ] {
            assert!(read(path).is_err(), "{path}");
        }
        assert!(listed(b"00  data/x", MANIFEST).is_err());
        assert!(listed(b"\xff", MANIFEST).is_err());
    }
}
