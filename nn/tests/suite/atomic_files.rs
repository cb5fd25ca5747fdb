//! A file is replaced whole or not at all, also when the process that writes it is killed.

use std::fs;
use std::io::Error;
use std::path::Path;
use std::process::Command;

use nn::io::write_atomic;

const OLD: &[u8] = b"what was there before";

fn new() -> Vec<u8> {
    (0..20_000_u32).map(|i| (i % 251) as u8).collect()
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_write_that_fails_at_any_byte_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("kept");
    fs::write(&path, OLD).unwrap();
    let new = new();
    // Around the size of the buffer between, and at the ends.
    for bytes in [0, 1, 100, 8191, 8192, 8193, 16384, new.len()] {
        let failed = write_atomic(&path, |out| {
            out.write_all(&new[..bytes])?;
            Err(Error::other(format!("full after {bytes}")))
        });
        assert_eq!(failed.unwrap_err().to_string(), format!("full after {bytes}"));
        assert_eq!(fs::read(&path).unwrap(), OLD);
        assert_eq!(names(dir.path()), ["kept"], "nothing is left behind");
    }
    write_atomic(&path, |out| out.write_all(&new)).unwrap();
    assert_eq!(fs::read(&path).unwrap(), new);
    assert_eq!(names(dir.path()), ["kept"]);
}

#[test]
fn a_panic_while_writing_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("kept");
    fs::write(&path, OLD).unwrap();
    let ended = std::panic::catch_unwind(|| {
        write_atomic(&path, |out| {
            out.write_all(b"half")?;
            panic!("on purpose");
        })
    });
    assert!(ended.is_err());
    assert_eq!((fs::read(&path).unwrap(), names(dir.path())), (OLD.to_vec(), vec!["kept".to_owned()]));
}

/// Where the process that is killed writes, and after how many bytes it dies.
const KILLED: [&str; 2] = ["NN_TEST_KILLED_PATH", "NN_TEST_KILLED_AFTER"];

/// Does nothing by itself; the next test runs it in a process of its own.
#[test]
fn a_process_that_dies() {
    let [Some(path), Some(after)] = KILLED.map(std::env::var_os) else { return };
    let after: usize = after.to_str().unwrap().parse().unwrap();
    let _ = write_atomic(Path::new(&path), |out| {
        out.write_all(&new()[..after])?;
        out.flush()?;
        std::process::abort();
    });
}

#[test]
fn a_process_that_is_killed_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("kept");
    fs::write(&path, OLD).unwrap();
    let whole = new().len();
    for after in [0, 1, 8192, whole / 2, whole] {
        let ended = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "atomic_files::a_process_that_dies"])
            .env(KILLED[0], &path)
            .env(KILLED[1], after.to_string())
            .output()
            .unwrap();
        assert!(!ended.status.success(), "the process was to die");
        assert_eq!(fs::read(&path).unwrap(), OLD, "killed after {after} bytes");
    }
    let left = names(dir.path());
    assert_eq!(left.len(), 6, "each process died while it wrote: {left:?}");
    assert!(left[..5].iter().all(|name| name.starts_with(".kept.") && name.ends_with(".tmp")), "{left:?}");
    // What is left behind is in nobody's way.
    write_atomic(&path, |out| out.write_all(b"after")).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"after");
}

#[test]
fn new_files_and_plain_names_can_be_written() {
    let dir = tempfile::tempdir().unwrap();
    write_atomic(dir.path().join("new"), |out| out.write_all(b"1")).unwrap();
    assert_eq!(fs::read(dir.path().join("new")).unwrap(), b"1");
    let none = write_atomic(dir.path().join("no such directory/new"), |out| out.write_all(b"1"));
    assert_eq!(none.unwrap_err().kind(), std::io::ErrorKind::NotFound);
    assert!(write_atomic(dir.path(), |out| out.write_all(b"1")).is_err(), "a directory is no file");
    assert!(write_atomic("", |out| out.write_all(b"1")).is_err());
    assert_eq!(names(dir.path()), ["new"]);
    // A name without a directory is one in the current directory.
    let name = format!("write_atomic-{}.test", std::process::id());
    write_atomic(&name, |out| out.write_all(b"here")).unwrap();
    let found = fs::read(&name).unwrap();
    fs::remove_file(&name).unwrap();
    assert_eq!(found, b"here");
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_permissions_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = tempfile::tempdir().unwrap();
    let (path, link) = (dir.path().join("kept"), dir.path().join("link"));
    fs::write(&path, OLD).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("kept", &link).unwrap();
    write_atomic(&link, |out| out.write_all(b"new")).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn several_threads_may_write_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shared");
    std::thread::scope(|scope| {
        for number in 0..4_u8 {
            let path = &path;
            scope.spawn(move || {
                for _ in 0..5 {
                    write_atomic(path, |out| out.write_all(&[number; 10_000])).unwrap();
                    let found = fs::read(path).unwrap();
                    assert!(found.len() == 10_000 && found.iter().all(|&byte| byte == found[0]), "a mixture");
                }
            });
        }
    });
    assert_eq!(names(dir.path()), ["shared"]);
}
