//! What the disk itself takes to make 8 kB durable: the part of a call that nobody can save.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

/// A page of PostgreSQL.
const PAGE: [u8; 8192] = [0x5a; 8192];
/// As a segment of the write-ahead log: it is there in full before anything is written into it.
const PAGES: u64 = 2048;

/// A file beside the data directory, in the same file system.
#[derive(Debug)]
pub struct Disk {
    file: File,
    path: PathBuf,
    next: u64,
}

impl Disk {
    /// Makes the file for the cluster whose data are in `data_directory`.
    ///
    /// # Errors
    /// The file system's; another file system than that of the write-ahead log.
    pub fn beside(data_directory: &Path) -> io::Result<Self> {
        let folder = data_directory.parent().unwrap_or(data_directory);
        let path = folder.join(format!("bench.{}.fdatasync", std::process::id()));
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        let disk = Self {
            file,
            path,
            next: 0,
        };
        let log = std::fs::metadata(data_directory.join("pg_wal"))?.dev();
        if disk.file.metadata()?.dev() != log {
            return Err(io::Error::other(format!(
                "{} and pg_wal of {} are in different file systems",
                folder.display(),
                data_directory.display()
            )));
        }
        for page in 0..PAGES {
            disk.file.write_all_at(&PAGE, page * PAGE.len() as u64)?;
        }
        disk.file.sync_all()?;
        Ok(disk)
    }

    /// Writes the next 8 kB and waits until they are on the disk.
    ///
    /// # Panics
    /// If the disk refuses.
    pub fn write_durably(&mut self) {
        let offset = (self.next % PAGES) * PAGE.len() as u64;
        self.next += 1;
        self.file
            .write_all_at(&PAGE, offset)
            .and_then(|()| self.file.sync_data())
            .unwrap_or_else(|error| panic!("{}: {error}", self.path.display()));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            eprintln!("{}: {error}", self.path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Disk, PAGES};

    #[test]
    fn the_file_keeps_its_size_and_goes() {
        let folder = std::env::temp_dir().join(format!("bench-disk-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("data/pg_wal")).expect("a folder");
        let mut disk = Disk::beside(&folder.join("data")).expect("a file");
        disk.next = PAGES - 1;
        disk.write_durably();
        disk.write_durably();
        let size = std::fs::metadata(&disk.path).expect("it is there").len();
        assert_eq!(size, 16 << 20);
        let path = disk.path.clone();
        drop(disk);
        assert!(!path.exists());
        std::fs::remove_dir_all(folder).expect("the folder goes");
    }
}
