//! Looks for the digits of a PIN in the memory of a living process.
//!
//! The digits are long enough to be unmistakable, and are looked for in pieces: a part of them that
//! is left is found as well. What is searched runs in [`QUARANTINE`], where no block that was freed is
//! given out again: what was not wiped is seen, and not only until somebody writes over it.
//!
//! | module | what it holds |
//! |---|---|
//! | [`ending`] | a program that is looked at when it ends |
//! | [`wipes`] | every wipe of digits, and what happens when it is left out: `make memory-check` |

#![expect(
    clippy::indexing_slicing,
    reason = "test code, whose places come from lengths and from windows"
)]

use std::{
    collections::BTreeMap,
    fmt, fs,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    ops::Range,
};

pub mod ending;
pub mod wipes;

/// Number of digits: the most that a card takes.
const DIGITS: usize = 16;
/// Bytes of a piece where a digit has a byte.
const PIECE: usize = 8;
/// Bytes of a piece in packed BCD, two digits each.
const PACKED_PIECE: usize = 6;
/// Unit of memory of the processor.
const PAGE: usize = 4096;
/// Memory is read in blocks of so many bytes.
const BLOCK: usize = 1 << 20;
/// Longer mappings than this are not memory that the process uses.
const LONGEST_MAPPING: u64 = 1 << 32;

/// Environment in which a program frees its memory and never gets it back (`quarantine.c`).
pub const QUARANTINE: (&str, &str) = ("LD_PRELOAD", env!("QUARANTINE"));

/// A PIN of sixteen digits that occurs nowhere by chance.
#[derive(Debug, Clone)]
pub struct Canary([u8; DIGITS]);

impl Canary {
    /// Random digits. No run, repeat or date will be among them, which a rule would refuse.
    pub fn new(rng: &mut impl rand::CryptoRng) -> Self {
        let mut bytes = [0; DIGITS];
        rng.fill_bytes(&mut bytes);
        Self(bytes.map(|byte| byte % 10))
    }

    /// The same half twice, which is refused as a new PIN.
    pub fn repeating(rng: &mut impl rand::CryptoRng) -> Self {
        let Self(mut digits) = Self::new(rng);
        digits.copy_within(..DIGITS / 2, DIGITS / 2);
        Self(digits)
    }

    /// The digits that somebody else chose; `None` if they are not sixteen.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let digits: [u8; DIGITS] = text.as_bytes().try_into().ok()?;
        let all = digits.iter().all(u8::is_ascii_digit);
        all.then(|| Self(digits.map(|digit| digit - b'0')))
    }

    /// As a holder types it.
    #[must_use]
    pub fn text(&self) -> String {
        self.0
            .iter()
            .map(|digit| char::from(b'0' + digit))
            .collect()
    }

    /// The pieces to look for, by the encoding they come from. An APDU, and the two PINs of a
    /// change with `FF` between them, hold packed BCD.
    fn pieces(&self) -> Vec<(Encoding, Vec<u8>)> {
        let values = self.0.to_vec();
        let ascii: Vec<u8> = values.iter().map(|digit| b'0' + digit).collect();
        let packed = |digits: &[u8]| -> Vec<u8> {
            let pair = |pair: &[u8]| pair.iter().fold(0, |byte, digit| byte << 4 | digit);
            digits.chunks_exact(2).map(pair).collect()
        };
        let cut = |bytes: &[u8], size: usize, encoding: Encoding| -> Vec<(Encoding, Vec<u8>)> {
            let windows = bytes.windows(size);
            windows.map(|piece| (encoding, piece.to_vec())).collect()
        };
        [
            cut(&ascii, PIECE, Encoding::Ascii),
            cut(&values, PIECE, Encoding::Values),
            cut(&packed(&values), PACKED_PIECE, Encoding::PackedBcd),
        ]
        .concat()
    }
}

/// How digits stand in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Encoding {
    /// A character each: as typed, and as sealed.
    Ascii,
    /// A value from 0 to 9 each: as the rules look at them.
    Values,
    /// Two in a byte: as the card takes them, alone, in an APDU, or two PINs with `FF` between.
    PackedBcd,
}

/// A piece of a canary that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Find {
    /// Number of the canary among those looked for.
    pub canary: usize,
    /// How it is written there.
    pub encoding: Encoding,
    /// Where.
    pub address: u64,
    /// The mapping that it lies in: a file, `[heap]`, `[stack]`, or nothing.
    pub mapping: String,
}

impl fmt::Display for Find {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            canary,
            encoding,
            address,
            mapping,
        } = self;
        write!(
            f,
            "canary {canary} as {encoding:?} at {address:#x} {mapping}"
        )
    }
}

/// Number of the canary, how it is written, the bytes.
type Piece = (usize, Encoding, Vec<u8>);

/// Pieces of several canaries, ordered by their first two bytes.
struct Pieces {
    by_start: BTreeMap<[u8; 2], Vec<Piece>>,
    starts: Vec<bool>,
}

impl Pieces {
    fn of(canaries: &[Canary]) -> Self {
        let mut pieces = Self {
            by_start: BTreeMap::new(),
            starts: vec![false; 1 << 16],
        };
        for (number, canary) in canaries.iter().enumerate() {
            for (encoding, bytes) in canary.pieces() {
                if let [first, second, ..] = *bytes {
                    pieces.starts[start(first, second)] = true;
                    let same = pieces.by_start.entry([first, second]).or_default();
                    same.push((number, encoding, bytes));
                }
            }
        }
        pieces
    }

    /// Where in `memory` which canary begins. Pages of zeros are passed over: most memory that a
    /// process may write to was never written to.
    fn find_in(&self, memory: &[u8]) -> Vec<(usize, usize, Encoding)> {
        let pages = memory.chunks(PAGE).enumerate();
        let written = pages.filter(|(_, page)| **page != [0; PAGE][..page.len()]);
        written
            .flat_map(|(number, page)| {
                // A piece may lie over both borders of its page.
                let from = (number * PAGE).saturating_sub(PIECE);
                let to = (number * PAGE + page.len() + PIECE).min(memory.len());
                self.find_from(from, &memory[from..to])
            })
            .collect()
    }

    fn find_from(&self, from: usize, memory: &[u8]) -> Vec<(usize, usize, Encoding)> {
        let mut found = Vec::new();
        let mut before = 0;
        for (at, &byte) in memory.iter().enumerate() {
            if self.starts[start(before, byte)] && at > 0 {
                let candidates = self.by_start.get(&[before, byte]).into_iter().flatten();
                let here = candidates.filter(|(_, _, piece)| memory[at - 1..].starts_with(piece));
                found.extend(here.map(|(canary, encoding, _)| (from + at - 1, *canary, *encoding)));
            }
            before = byte;
        }
        found
    }
}

fn start(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

/// Every piece of the canaries in the writable memory of a process, while it goes on.
///
/// # Errors
/// The memory may not be read: that takes root, since cardd is not dumpable.
pub fn search(pid: u32, canaries: &[Canary]) -> io::Result<Vec<Find>> {
    let pieces = Pieces::of(canaries);
    let maps = fs::read_to_string(format!("/proc/{pid}/maps"))?;
    let mut memory = fs::File::open(format!("/proc/{pid}/mem"))?;
    let mut found = Vec::new();
    let mut block = vec![0; BLOCK + PIECE];
    for (range, mapping) in maps.lines().filter_map(writable) {
        for address in range.clone().step_by(BLOCK) {
            // Blocks overlap, so that a piece over their border is seen.
            let length = (range.end - address).min(block.len() as u64) as usize;
            memory.seek(SeekFrom::Start(address))?;
            // Reserved and never used: nothing can stand there.
            let Ok(()) = memory.read_exact(&mut block[..length]) else {
                continue;
            };
            for (at, canary, encoding) in pieces.find_in(&block[..length]) {
                found.push(Find {
                    canary,
                    encoding,
                    address: address + at as u64,
                    mapping: mapping.to_owned(),
                });
            }
        }
    }
    found.sort_by_key(|find| find.address);
    found.dedup();
    Ok(found)
}

/// Range and name of a line of `/proc/PID/maps`, if the process can write there.
fn writable(line: &str) -> Option<(Range<u64>, &str)> {
    let mut words = line.split_ascii_whitespace();
    let (range, rights) = (words.next()?, words.next()?);
    let (from, to) = range.split_once('-')?;
    let number = |text| u64::from_str_radix(text, 16).ok();
    let range = number(from)?..number(to)?;
    let used = rights.starts_with("rw") && range.end - range.start < LONGEST_MAPPING;
    used.then(|| (range, words.nth(3).unwrap_or_default()))
}

/// Whether memory of other processes can be read here. Says so visibly where it cannot.
#[must_use]
pub fn can_search() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        drop(writeln!(io::stderr(), "skipped: needs root"));
    }
    root
}
