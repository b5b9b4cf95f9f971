//! EF06 持卡人基本信息, holder data (人社信息函〔2012〕37号).

use zeroize::Zeroizing;

use super::record::{Record, read_record};
use super::text::{birth_date, personal, personal_digits, trimmed};
use crate::card::{CardChannel, CardError, CardFile, Generation, Holder, HolderData};

// 社会保障号码, 姓名, 姓名扩展, 性别, 民族, 出生地, 出生日期: tag and length.
const CITIZEN_NUMBER: (u8, u8) = (0x08, 0x12);
const NAME: (u8, u8) = (0x09, 0x1E);
const NAME_EXTENSION: (u8, u8) = (0x4E, 0x14);
const SEX: (u8, u8) = (0x0A, 0x01);
const ETHNIC_GROUP: (u8, u8) = (0x0B, 0x01);
const BIRTH_PLACE: (u8, u8) = (0x0C, 0x03);
const BIRTH_DATE: (u8, u8) = (0x0D, 0x04);

/// Reads the holder data, unless the card protects any of them: the third generation does, and
/// nothing forbids an issuer to do so earlier.
pub(super) fn read_holder(
    channel: &mut dyn CardChannel,
    generation: Generation,
) -> Result<HolderData, CardError> {
    let mut file = HolderFile { channel };
    match file.read_all(generation) {
        Ok(holder) => Ok(HolderData::Open(holder)),
        Err(NotRead::Protected) => Ok(HolderData::Protected),
        Err(NotRead::Card(error)) => Err(error),
    }
}

/// Why a record ends the reading.
enum NotRead {
    Protected,
    Card(CardError),
}

impl From<CardError> for NotRead {
    fn from(error: CardError) -> Self {
        Self::Card(error)
    }
}

struct HolderFile<'a> {
    channel: &'a mut dyn CardChannel,
}

impl HolderFile<'_> {
    fn read_all(&mut self, generation: Generation) -> Result<Holder, NotRead> {
        let citizen_number = personal(self.read(CITIZEN_NUMBER)?.value());
        let name = self.read(NAME)?;
        let extension = match generation {
            Generation::First => Record::Absent,
            Generation::Second | Generation::Third => self.read(NAME_EXTENSION)?,
        };
        Ok(Holder {
            citizen_number,
            name: personal(&joined(name.value(), extension.value())),
            sex: personal(self.read(SEX)?.value()),
            ethnic_group: personal_digits(self.read(ETHNIC_GROUP)?.value()),
            birth_place: personal_digits(self.read(BIRTH_PLACE)?.value()),
            birth_date: birth_date(self.read(BIRTH_DATE)?.value()),
        })
    }

    fn read(&mut self, (tag, length): (u8, u8)) -> Result<Record, NotRead> {
        match read_record(self.channel, CardFile::Ef06, tag, length)? {
            Record::Protected => Err(NotRead::Protected),
            record @ (Record::Present(_) | Record::Absent) => Ok(record),
        }
    }
}

/// Both parts of a name without their filling. Joined before they are decoded, since a character
/// may begin in the one and end in the other.
fn joined(name: &[u8], extension: &[u8]) -> Zeroizing<Vec<u8>> {
    let (name, extension) = (trimmed(name), trimmed(extension));
    let mut whole = Zeroizing::new(Vec::with_capacity(name.len() + extension.len()));
    whole.extend_from_slice(name);
    whole.extend_from_slice(extension);
    whole
}
