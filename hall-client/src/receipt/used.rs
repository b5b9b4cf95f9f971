//! What was used or cancelled, so that nothing is used twice: on disk, and bounded.
//!
//! An append-only file of lines: `U` or `C`, when the receipt expires, terminal and receipt; the
//! first line is `F` and a time. What expired is dropped when the file is written anew, and the
//! first line then says until when: a receipt that expires before is over, whatever a clock says
//! that was set back. A line counts once its end is on disk; half a line at the end is cut off.

use std::{
    collections::HashMap,
    fs::{self, File, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

/// Name of the file in a store's directory.
const NAME: &str = "receipts-used";

/// Most receipts that are remembered at once. A receipt lives for an hour at most: more than this
/// in an hour is no hospital.
pub const LIMIT: usize = 200_000;

/// Largest file, bytes.
const LIMIT_BYTES: u64 = 64 << 20;

/// Lines that the file may hold beyond twice those that matter, before it is written anew.
const SLACK: usize = 1024;

/// What became of a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It was good, once.
    Used,
    /// It was taken back.
    Cancelled,
}

/// Why the store of used receipts does not do.
#[derive(Debug, thiserror::Error)]
pub enum UsedError {
    /// The system does not let it.
    #[error("the store of used receipts cannot be read or written")]
    System(#[from] io::Error),
    /// Another process has it.
    #[error("another process uses this store")]
    InUse,
    /// A line that this program did not write.
    #[error("line {0} of the used receipts does not read")]
    Unreadable(usize),
    /// More receipts at once than are remembered.
    #[error("too many receipts are remembered at once")]
    Full,
}

type Id = (String, Vec<u8>);

/// The opened store; no other process has it meanwhile.
#[derive(Debug)]
pub struct UsedReceipts {
    path: PathBuf,
    file: File,
    known: HashMap<Id, (Use, u64)>,
    forgotten_until_ms: u64,
    lines: usize,
    _lock: File,
}

impl UsedReceipts {
    /// Opens the store in a directory, or begins one there.
    ///
    /// # Errors
    /// [`UsedError`].
    pub fn open(store: &Path) -> Result<Self, UsedError> {
        fs::create_dir_all(store)?;
        let lock = lock(&store.join("receipts-lock"))?;
        let path = store.join(NAME);
        let mut file = appending(&path)?;
        File::open(store)?.sync_all()?;
        let mut content = Vec::new();
        (&mut file)
            .take(LIMIT_BYTES + 1)
            .read_to_end(&mut content)?;
        if content.len() as u64 > LIMIT_BYTES {
            return Err(UsedError::Full);
        }
        let whole = content.iter().rposition(|byte| *byte == b'\n');
        let whole = content.get(..whole.map_or(0, |end| end + 1));
        let whole = whole.unwrap_or_default();
        if whole.len() < content.len() {
            file.set_len(whole.len() as u64)?;
        }
        let mut opened = Self {
            path,
            file,
            known: HashMap::new(),
            forgotten_until_ms: 0,
            lines: 0,
            _lock: lock,
        };
        opened.read(whole)?;
        Ok(opened)
    }

    /// What became of a receipt of a terminal, as far as is remembered.
    #[must_use]
    pub fn look(&self, (terminal, receipt): (&str, &[u8])) -> Option<Use> {
        let id = (terminal.to_owned(), receipt.to_owned());
        self.known.get(&id).map(|(became, _)| *became)
    }

    /// Receipts that expire until then are forgotten.
    #[must_use]
    pub fn forgotten_until_ms(&self) -> u64 {
        self.forgotten_until_ms
    }

    /// Remembers what became of a receipt, until it expires; on disk at return.
    ///
    /// # Errors
    /// [`UsedError`]; nothing is remembered then.
    pub fn put(
        &mut self,
        (terminal, receipt): (&str, &[u8]),
        became: Use,
        expires_unix_ms: u64,
        now_unix_ms: u64,
    ) -> Result<(), UsedError> {
        if self.lines > 2 * self.known.len() + SLACK || self.known.len() >= LIMIT {
            self.forget(now_unix_ms)?;
        }
        if self.known.len() >= LIMIT {
            return Err(UsedError::Full);
        }
        let id = (terminal.to_owned(), receipt.to_owned());
        let before = self.file.metadata()?.len();
        let text = line(&id, became, expires_unix_ms);
        let written = self.file.write_all(text.as_bytes());
        if let Err(error) = written.and_then(|()| self.file.sync_data()) {
            // Half a line would spoil the next one.
            self.file.set_len(before)?;
            return Err(error.into());
        }
        self.lines += 1;
        self.known.insert(id, (became, expires_unix_ms));
        Ok(())
    }

    /// Drops what expired, and writes the file anew.
    ///
    /// # Errors
    /// [`UsedError::System`]; the old file stays then.
    pub fn forget(&mut self, now_unix_ms: u64) -> Result<(), UsedError> {
        let floor = self.forgotten_until_ms.max(now_unix_ms);
        let stays = |(_, (_, expires)): &(&Id, &(Use, u64))| *expires > floor;
        let kept = self.known.iter().filter(stays);
        let mut text = format!("F {floor}\n");
        for (id, (became, expires)) in kept {
            text.push_str(&line(id, *became, *expires));
        }
        let directory = self.path.parent().unwrap_or(Path::new("."));
        let mut anew = tempfile::NamedTempFile::new_in(directory)?;
        anew.write_all(text.as_bytes())?;
        anew.as_file().sync_all()?;
        anew.persist(&self.path).map_err(|error| error.error)?;
        File::open(directory)?.sync_all()?;
        self.file = appending(&self.path)?;
        self.known.retain(|_, (_, expires)| *expires > floor);
        self.forgotten_until_ms = floor;
        self.lines = self.known.len() + 1;
        Ok(())
    }

    fn read(&mut self, content: &[u8]) -> Result<(), UsedError> {
        for (index, text) in content.split_inclusive(|byte| *byte == b'\n').enumerate() {
            self.line(text).ok_or(UsedError::Unreadable(index + 1))?;
        }
        Ok(())
    }

    fn line(&mut self, text: &[u8]) -> Option<()> {
        let text = str::from_utf8(text).ok()?.strip_suffix('\n')?;
        let mut fields = text.split(' ');
        let mark = fields.next()?;
        let time = fields.next()?.parse().ok()?;
        self.lines += 1;
        let became = match mark {
            "F" => {
                self.forgotten_until_ms = self.forgotten_until_ms.max(time);
                return fields.next().is_none().then_some(());
            }
            "U" => Use::Used,
            "C" => Use::Cancelled,
            _ => return None,
        };
        let id = (fields.next()?.to_owned(), hex::decode(fields.next()?).ok()?);
        self.known.insert(id, (became, time));
        fields.next().is_none().then_some(())
    }
}

fn line((terminal, receipt): &Id, became: Use, expires_unix_ms: u64) -> String {
    let mark = match became {
        Use::Used => 'U',
        Use::Cancelled => 'C',
    };
    format!(
        "{mark} {expires_unix_ms} {terminal} {}\n",
        hex::encode(receipt)
    )
}

fn appending(path: &Path) -> io::Result<File> {
    File::options()
        .create(true)
        .append(true)
        .read(true)
        .open(path)
}

fn lock(path: &Path) -> Result<File, UsedError> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(UsedError::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: (&str, &[u8]) = ("t-1", &[1; 16]);
    const B: (&str, &[u8]) = ("t-1", &[2; 16]);

    #[test]
    fn what_was_put_is_there_after_reopening_and_half_a_line_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = UsedReceipts::open(dir.path()).unwrap();
        store.put(A, Use::Used, 100, 1).unwrap();
        store.put(B, Use::Cancelled, 200, 1).unwrap();
        assert!(matches!(
            UsedReceipts::open(dir.path()),
            Err(UsedError::InUse)
        ));
        drop(store);
        let path = dir.path().join(NAME);
        let mut whole = fs::read(&path).unwrap();
        whole.extend_from_slice(b"U 300 t-1 03");
        fs::write(&path, &whole).unwrap();
        let mut store = UsedReceipts::open(dir.path()).unwrap();
        assert_eq!(store.look(A), Some(Use::Used));
        assert_eq!(store.look(B), Some(Use::Cancelled));
        assert_eq!(store.look(("t-2", &[1; 16])), None);
        store.put(("t-1", &[4; 16]), Use::Used, 300, 1).unwrap();
        drop(store);
        let store = UsedReceipts::open(dir.path()).unwrap();
        assert_eq!(store.look(("t-1", &[4; 16])), Some(Use::Used));
        assert_eq!(store.known.len(), 3);
    }

    #[test]
    fn what_expired_is_forgotten_and_until_when_is_remembered() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = UsedReceipts::open(dir.path()).unwrap();
        store.put(A, Use::Used, 100, 1).unwrap();
        store.put(B, Use::Used, 200, 1).unwrap();
        store.forget(150).unwrap();
        assert_eq!((store.look(A), store.look(B)), (None, Some(Use::Used)));
        // A clock that is set back makes nothing be forgotten less.
        store.forget(10).unwrap();
        assert_eq!(store.forgotten_until_ms(), 150);
        drop(store);
        let store = UsedReceipts::open(dir.path()).unwrap();
        assert_eq!(store.forgotten_until_ms(), 150);
        assert_eq!(store.look(B), Some(Use::Used));
    }

    #[test]
    fn the_file_does_not_grow_with_what_is_over() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = UsedReceipts::open(dir.path()).unwrap();
        for n in 0..3 * SLACK as u64 {
            let id = n.to_be_bytes();
            store.put(("t-1", &id), Use::Used, n + 10, n).unwrap();
        }
        assert!(store.lines <= 2 * store.known.len() + SLACK + 1);
        let lines = fs::read_to_string(dir.path().join(NAME)).unwrap();
        assert_eq!(lines.lines().count(), store.lines);
    }

    #[test]
    fn a_line_of_somebody_else_is_refused() {
        for bad in [
            "X 1 t 00\n",
            "U x t 00\n",
            "U 1 t\n",
            "U 1 t zz\n",
            "U 1 t 00 x\n",
            "F 1 2\n",
        ] {
            let dir = tempfile::tempdir().unwrap();
            fs::write(dir.path().join(NAME), format!("F 0\n{bad}")).unwrap();
            let opened = UsedReceipts::open(dir.path());
            assert!(matches!(opened, Err(UsedError::Unreadable(2))), "{bad}");
        }
    }
}
