//! The file tree of each generation.

mod first;
mod second;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::field::Field;
use super::{Access, Application, Content, FileId, Record};

/// Card generation, told apart by 规范版本 on real cards and by the persona here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Generation {
    /// 1.0x: DES, EF06 without 姓名扩展.
    First,
    /// 2.0x: DES.
    Second,
    /// 3.0x: SM4, EF06 behind RKSSSE.
    Third,
}

/// An elementary file with its access conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ef {
    /// What the file holds at personalisation.
    pub content: Content,
    /// Condition for READ RECORD and READ BINARY.
    pub read: Access,
    /// Condition for UPDATE RECORD and UPDATE BINARY.
    pub write: Access,
}

/// All applications and files of a card as personalised.
#[derive(Debug, Clone)]
pub struct FileTree {
    applications: Vec<Application>,
    files: BTreeMap<FileId, Ef>,
}

/// One row of a layout table.
struct Row {
    application: Application,
    ef: u8,
    body: Body,
    read: Access,
    write: Access,
}

/// Shape of a file before anything is written to it.
enum Body {
    Linear(&'static [Field]),
    /// Size of a record in bytes, number of records.
    Cyclic(u8, u8),
    /// Size in bytes.
    Binary(usize),
}

const fn row(application: Application, ef: u8, body: Body, read: Access, write: Access) -> Row {
    Row {
        application,
        ef,
        body,
        read,
        write,
    }
}

/// Key identifiers of the environment that open EF05 to EF08 (LD/T 33).
const UKSSSE: u8 = 0x04;
const RKSSSE: u8 = 0x0A;

impl FileTree {
    /// The tree of `generation` with the given records in EF05 and EF06 of the environment.
    #[must_use]
    pub fn new(generation: Generation, issuer: Vec<Record>, holder: Vec<Record>) -> Self {
        let (rows, applications) = match generation {
            Generation::First => (first::ROWS, &Application::ALL[..6]),
            Generation::Second | Generation::Third => (second::ROWS, &Application::ALL[..]),
        };
        let holder_read = match generation {
            Generation::First | Generation::Second => Access::Free,
            Generation::Third => Access::Key(RKSSSE),
        };
        let ssse = |ef| FileId {
            application: Application::Ssse,
            ef,
        };
        let write = Access::Key(UKSSSE);
        let linear = |records, read| Ef {
            content: Content::Linear(records),
            read,
            write,
        };
        let mut files: BTreeMap<_, _> = rows.iter().map(Row::build).collect();
        files.insert(ssse(0x05), linear(issuer, Access::Free));
        files.insert(ssse(0x06), linear(holder, holder_read));
        Self {
            applications: applications.to_vec(),
            files,
        }
    }

    /// A card without the social security environment.
    #[must_use]
    pub fn foreign() -> Self {
        Self {
            applications: vec![Application::Mf],
            files: BTreeMap::new(),
        }
    }

    /// Fills the directory EF of the environment; without records the card has none.
    pub fn set_directory(&mut self, records: impl Iterator<Item = Vec<u8>>) {
        let records: Vec<_> = records.map(Record::new).collect();
        let file = FileId {
            application: Application::Ssse,
            ef: super::DIRECTORY_SFI,
        };
        if !records.is_empty() {
            let content = Content::Linear(records);
            self.files.insert(
                file,
                Ef {
                    content,
                    read: Access::Free,
                    write: Access::Never,
                },
            );
        }
    }

    /// The applications that can be selected.
    #[must_use]
    pub fn applications(&self) -> &[Application] {
        &self.applications
    }

    /// A file, if the card has it.
    #[must_use]
    pub fn get(&self, file: FileId) -> Option<&Ef> {
        self.files.get(&file)
    }

    /// Every file with its name.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Ef)> {
        self.files.iter().map(|(file, ef)| (*file, ef))
    }

    /// Puts raw bytes in the place of one record, number from 1. `false` when there is no such
    /// record.
    pub fn replace_record(&mut self, file: FileId, number: u8, bytes: Vec<u8>) -> bool {
        let records = match self.files.get_mut(&file).map(|ef| &mut ef.content) {
            Some(Content::Linear(records) | Content::Cyclic(records)) => records,
            Some(Content::Transparent(_)) | None => return false,
        };
        let index = usize::from(number).checked_sub(1);
        let place = index.and_then(|index| records.get_mut(index));
        place.map(|record| *record = Record::new(bytes)).is_some()
    }
}

impl Row {
    fn build(&self) -> (FileId, Ef) {
        let content = match self.body {
            Body::Linear(fields) => {
                Content::Linear(fields.iter().flat_map(Field::empty_records).collect())
            }
            Body::Cyclic(size, count) => {
                let record = Record::new(vec![0; usize::from(size)]);
                Content::Cyclic(vec![record; usize::from(count)])
            }
            Body::Binary(size) => Content::Transparent(vec![0; size]),
        };
        let file = FileId {
            application: self.application,
            ef: self.ef,
        };
        (
            file,
            Ef {
                content,
                read: self.read,
                write: self.write,
            },
        )
    }
}

#[cfg(test)]
mod tests;
