//! Files that are replaced whole: who looks sees the old content or the new one, whenever a write is cut off.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Writes a file so that it is there whole, or is what it was before.
///
/// `write` fills a new file in the same directory, which is then flushed to the disk and renamed to `path`. If `write` fails, the
/// process is killed or the power goes, `path` holds what it held, or does not exist. A process that is killed may leave the new
/// file behind: its name is `.{file name}.{process}-{number}.tmp`. Permissions of a file that is replaced are kept, and a symbolic link is
/// followed.
///
/// # Errors
/// What `write` returns, and what the operating system says about the new file, its name or the directory.
///
/// ```
/// use std::io::{Error, Write};
///
/// let dir = tempfile::tempdir()?;
/// let path = dir.path().join("notes.txt");
/// nn::io::write_atomic(&path, |out| out.write_all(b"first"))?;
///
/// // A write that breaks off half-way changes nothing.
/// let broken = nn::io::write_atomic(&path, |out| {
///     out.write_all(b"sec")?;
///     Err(Error::other("the disk is full"))
/// });
/// assert_eq!(broken.unwrap_err().to_string(), "the disk is full");
/// assert_eq!(std::fs::read(&path)?, b"first");
/// # Ok::<(), Error>(())
/// ```
pub fn write_atomic(
    path: impl AsRef<Path>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    // A link would itself be replaced by the rename, so its target is what is written.
    let path = match fs::canonicalize(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.as_ref().to_path_buf(),
        found => found?,
    };
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"))?;
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let (mut new, file) = NewFile::create(directory, name.to_owned())?;
    if let Ok(before) = fs::metadata(&path) {
        file.set_permissions(before.permissions())?;
    }
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    // Without this the new name could reach the disk before the content does.
    file.sync_all()?;
    drop(file);
    fs::rename(&new.path, &path)?;
    new.kept = true;
    sync_directory(directory)
}

/// A file under a name of its own, removed unless it is kept.
struct NewFile {
    path: PathBuf,
    kept: bool,
}

impl NewFile {
    fn create(directory: &Path, name: OsString) -> io::Result<(NewFile, File)> {
        // Two threads may write the same file: the later rename wins, and neither sees half a file.
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let mut new = OsString::from(".");
            new.push(&name);
            new.push(format!(".{}-{number}.tmp", std::process::id()));
            let path = directory.join(new);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                // Left behind by an earlier process with the same number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                opened => return Ok((NewFile { path, kept: false }, opened?)),
            }
        }
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.kept {
            // The error that led here is the one to report.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Makes a rename in this directory survive a loss of power, where directories can be flushed.
fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}
