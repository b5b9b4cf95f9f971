//! Every wipe of digits, each left out in turn in a copy of the source: what then stays in memory must
//! be found. `make memory-check`; the table is in `docs/memory.md`.

use std::fmt::Write as _;

use crate::source_copy::{CopyError, Edit, SourceCopy};

/// A wipe, and what of it can be left out.
#[derive(Debug, Clone, Copy)]
pub struct Wipe {
    /// What is wiped, and where.
    pub name: &'static str,
    /// The package and target whose tests must notice.
    pub seen_by: SeenBy,
    /// How it is left out.
    pub edits: &'static [Edit],
}

/// Where it is noticed that a wipe is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeenBy {
    /// The search of living processes, `tests/tests/memory`.
    Search,
    /// A test beside the code: what is wiped is one byte, or a place that is the caller's.
    Beside(&'static str),
}

impl SeenBy {
    /// The tests, as cargo names them.
    fn tests(self) -> Vec<&'static str> {
        match self {
            Self::Search => vec!["-p", "cardd-tests", "--test", "memory"],
            Self::Beside(package) => vec!["-p", package, "--lib"],
        }
    }
}

const SECRET: &str = "proto/src/secret.rs";
const ENTRY: &str = "proto/src/entry.rs";
const COMMAND: &str = "cardd/src/apdu/command.rs";
const ENCODING: &str = "cardd/src/pin/encoding.rs";

/// All of them.
pub const WIPES: &[Wipe] = &[
    Wipe {
        name: "what was typed, when it is dropped (`Secret`)",
        seen_by: SeenBy::Search,
        edits: &[(
            SECRET,
            "#[derive(ZeroizeOnDrop)]\npub struct Secret {",
            "pub struct Secret {",
        )],
    },
    Wipe {
        name: "the place that typed bytes are taken from (`Secret::take_from`)",
        seen_by: SeenBy::Beside("cardd-proto"),
        edits: &[(SECRET, "        source.zeroize();\n", "")],
    },
    Wipe {
        name: "a digit that is taken back (`Secret::pop`)",
        seen_by: SeenBy::Beside("cardd-proto"),
        edits: &[(SECRET, "                place.zeroize();\n", "")],
    },
    Wipe {
        name: "the message before it is sealed, where one field is too long (`seal`)",
        seen_by: SeenBy::Search,
        edits: &[(
            ENTRY,
            "    let mut message = Zeroizing::new([0; MESSAGE_BYTES]);\n    typed",
            "    let mut message = [0; MESSAGE_BYTES];\n    typed",
        )],
    },
    Wipe {
        name: "the message after it is opened (`EntryKey::open`)",
        seen_by: SeenBy::Search,
        edits: &[(
            ENTRY,
            "        let mut message = Zeroizing::new([0; MESSAGE_BYTES]);\n        message.copy",
            "        let mut message = [0; MESSAGE_BYTES];\n        message.copy",
        )],
    },
    Wipe {
        name: "a PIN, when it is dropped (`Pin`)",
        seen_by: SeenBy::Search,
        edits: &[(
            "cardd/src/pin/digits.rs",
            "#[derive(ZeroizeOnDrop)]\npub struct Pin {",
            "pub struct Pin {",
        )],
    },
    Wipe {
        name: "packed digits in one block that does not grow (`packed_bcd`)",
        seen_by: SeenBy::Search,
        edits: &[(
            ENCODING,
            "Zeroizing::new(Vec::with_capacity(byte_count(pin)));\n    bytes.extend(bcd_bytes(pin));",
            "Zeroizing::new(Vec::with_capacity(byte_count(pin) - 1));\n    bcd_bytes(pin).for_each(|byte| bytes.push(byte));",
        )],
    },
    Wipe {
        name: "both PINs of a change in one block that does not grow (`packed_bcd_pair`)",
        seen_by: SeenBy::Search,
        edits: &[(
            ENCODING,
            "Zeroizing::new(Vec::with_capacity(capacity));",
            "Zeroizing::new(Vec::with_capacity(capacity / 2));",
        )],
    },
    Wipe {
        name: "the data of a command, packed digits (`Command`)",
        seen_by: SeenBy::Search,
        edits: &[
            (
                COMMAND,
                "    data: Zeroizing<Vec<u8>>,\n",
                "    data: Vec<u8>,\n",
            ),
            (
                COMMAND,
                "            data: Zeroizing::default(),\n",
                "            data: Vec::new(),\n",
            ),
            (
                COMMAND,
                "        self.data = data.into();\n",
                "        self.data = std::mem::take(&mut *data.into());\n",
            ),
        ],
    },
    Wipe {
        name: "a command's bytes after they were sent (`PcscChannel::transmit`)",
        seen_by: SeenBy::Search,
        edits: &[(
            "cardd/src/reader/channel.rs",
            "        let bytes = framed(self.protocol, bytes);\n",
            "        let bytes = std::mem::take(&mut *framed(self.protocol, bytes));\n",
        )],
    },
    Wipe {
        name: "pcscd's copy: its client is taken away after a PIN (`Line`)",
        seen_by: SeenBy::Search,
        edits: &[(
            "cardd/src/reader/line.rs",
            "            Ok(CardDisposition::Reset) => Ok(()),\n",
            "            Ok(CardDisposition::Reset) => {\n                self.client = Some(client);\n                Ok(())\n            }\n",
        )],
    },
];

/// Those that a word names, which stands in their name as code; all without a word.
///
/// # Errors
/// The word that names none.
pub fn named(words: &[String]) -> Result<Vec<&'static Wipe>, &str> {
    if words.is_empty() {
        return Ok(WIPES.iter().collect());
    }
    let one = |word: &'_ String| {
        let code = format!("`{word}`");
        WIPES.iter().find(|wipe| wipe.name.contains(&code))
    };
    let found = words.iter().map(|word| one(word).ok_or(word.as_str()));
    found.collect()
}

/// What came of leaving one out.
#[derive(Debug, Clone)]
pub struct Noticed {
    /// The wipe.
    pub wipe: &'static Wipe,
    /// The tests that failed, by name.
    pub tests: Vec<String>,
}

impl Noticed {
    /// Its row of the table.
    #[must_use]
    pub fn row(&self) -> String {
        let tests: Vec<_> = self.tests.iter().map(|test| format!("`{test}`")).collect();
        let tests = if tests.is_empty() {
            "**not noticed**".to_owned()
        } else {
            tests.join(", ")
        };
        format!("| {} | {tests} |", self.wipe.name)
    }
}

/// The programs that the search looks into, the driver that pcscd loads among them.
const PROGRAMS: [&str; 9] = [
    "build",
    "--offline",
    "--locked",
    "-p",
    "cardd",
    "-p",
    "hall-client",
    "-p",
    "card-sim-ifd",
];

/// Leaves out one of these wipes after the other, and none first; says what was noticed.
///
/// # Errors
/// [`CopyError`]; also when tests fail with all wipes in place.
pub fn check(wipes: &[&'static Wipe], told: impl Fn(&Noticed)) -> Result<Vec<Noticed>, CopyError> {
    let copy = SourceCopy::new("memory-check")?;
    let sound = failures(&copy, SeenBy::Search)?;
    if !sound.is_empty() {
        let sound = sound.join(", ");
        return Err(CopyError::Build(format!(
            "with every wipe in place: {sound}"
        )));
    }
    let left_out = |wipe: &'static Wipe| {
        let tests = copy.edited(wipe.edits, |copy| failures(copy, wipe.seen_by))?;
        let noticed = Noticed { wipe, tests };
        told(&noticed);
        Ok(noticed)
    };
    wipes.iter().copied().map(left_out).collect()
}

/// The tests that fail, by name.
fn failures(copy: &SourceCopy, seen_by: SeenBy) -> Result<Vec<String>, CopyError> {
    if seen_by == SeenBy::Search {
        let built = copy.cargo(&PROGRAMS)?;
        if !built.status.success() {
            return Err(CopyError::Build(
                String::from_utf8_lossy(&built.stderr).into_owned(),
            ));
        }
    }
    let tests = [
        &["test", "--offline", "--locked", "--no-fail-fast"],
        &*seen_by.tests(),
    ]
    .concat();
    let output = copy.cargo(&tests)?;
    let told = String::from_utf8_lossy(&output.stdout);
    if !told.contains("\ntest result: ") {
        return Err(CopyError::Build(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ));
    }
    let failed = told.lines().filter_map(|line| {
        let name = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
        Some(name.to_owned())
    });
    Ok(failed.collect())
}

/// The table of all. A wipe that was not tried keeps the row that it has in the document.
#[must_use]
pub fn table(tried: &[Noticed], document: &str) -> String {
    let mut table = "| left out | tests that fail |\n|---|---|\n".to_owned();
    for wipe in WIPES {
        let now = tried
            .iter()
            .find(|noticed| noticed.wipe.name == wipe.name)
            .map(Noticed::row);
        let start = format!("| {} | ", wipe.name);
        let before = document.lines().find(|line| line.starts_with(&start));
        let row = now.or_else(|| before.map(str::to_owned));
        // Writing to a text does not fail.
        let _written = writeln!(table, "{}", row.unwrap_or(format!("{start}not tried |")));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source_copy::fits;

    #[test]
    fn a_part_of_the_wipes_leaves_the_other_rows_as_they_are() {
        let chosen = named(&["Line".to_owned()]).unwrap();
        let tests = vec!["one".to_owned()];
        let [wipe] = *chosen else {
            panic!("{chosen:?}")
        };
        let before = format!("| {} | `other` |\n| {} | old |\n", WIPES[0].name, wipe.name);
        let table = table(&[Noticed { wipe, tests }], &before);
        let rows: Vec<_> = table.lines().skip(2).collect();
        assert_eq!(rows.len(), WIPES.len());
        assert_eq!(rows[0], before.lines().next().unwrap());
        assert!(rows[1].ends_with(" | not tried |"));
        assert_eq!(*rows.last().unwrap(), format!("| {} | `one` |", wipe.name));
        assert_eq!(named(&["nothing".to_owned()]).unwrap_err(), "nothing");
    }

    #[test]
    fn every_wipe_can_be_left_out_of_todays_source() {
        for wipe in WIPES {
            for edit in wipe.edits {
                assert!(fits(edit).unwrap(), "{}: {}", wipe.name, edit.0);
            }
        }
    }
}
