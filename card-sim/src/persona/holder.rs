//! EF06, 持卡人基本信息 (人社信息函〔2012〕37号).

use serde::Deserialize;

use super::PersonaError;
use super::fill::{Filler, fits, text, tlv};
use crate::files::{Generation, Record};

/// Values of EF06.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// 社会保障号码, 18 characters. Test cards use order number 000, which no person has.
    pub citizen_number: String,
    /// 姓名, up to 30 bytes of GBK.
    pub name: String,
    /// 姓名扩展, up to 20 bytes of GBK; not on 1.0 cards. Default empty.
    #[serde(default)]
    pub name_extension: String,
    /// What fills 姓名 and 姓名扩展 on the right: `00` (default), `20` or `FF`.
    #[serde(default)]
    pub name_filler: Filler,
    /// 性别: `1` male, `2` female, `9` not stated.
    pub sex: String,
    /// 民族, GB 3304 code as two digits. Default `01`.
    #[serde(default = "han", with = "hex::serde")]
    pub ethnic_group: [u8; 1],
    /// 出生地, region code as six digits.
    #[serde(with = "hex::serde")]
    pub birthplace: [u8; 3],
    /// 出生日期, YYYYMMDD.
    #[serde(with = "hex::serde")]
    pub birth_date: [u8; 4],
    /// Tags left out of the file, two hexadecimal digits each, such as `["4E"]`. The records that
    /// follow move up. Default none.
    #[serde(default)]
    pub without_tags: Vec<Tag>,
}

/// A tag in a list, two hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Tag(#[serde(with = "hex::serde")] [u8; 1]);

fn han() -> [u8; 1] {
    [0x01]
}

const NAME_EXTENSION: u8 = 0x4E;

impl Holder {
    /// The records of EF06 in the order of `generation`.
    #[must_use]
    pub fn records(&self, generation: Generation) -> Vec<Record> {
        let extended = generation != Generation::First;
        let all = [
            text(0x08, 0x12, &self.citizen_number, Filler::Zero),
            text(0x09, 0x1E, &self.name, self.name_filler),
            text(NAME_EXTENSION, 0x14, &self.name_extension, self.name_filler),
            text(0x0A, 0x01, &self.sex, Filler::Zero),
            tlv(0x0B, 0x01, &self.ethnic_group, Filler::Zero),
            tlv(0x0C, 0x03, &self.birthplace, Filler::Zero),
            tlv(0x0D, 0x04, &self.birth_date, Filler::Zero),
        ];
        let kept = all.into_iter().filter(|record| {
            let left_out = self
                .without_tags
                .iter()
                .any(|Tag([tag])| record.identifier() == Some(*tag));
            !left_out && (extended || record.identifier() != Some(NAME_EXTENSION))
        });
        kept.collect()
    }

    pub(super) fn check(&self) -> Result<(), PersonaError> {
        let table = [
            ("holder.citizen_number", &self.citizen_number, 18),
            ("holder.name", &self.name, 30),
            ("holder.name_extension", &self.name_extension, 20),
            ("holder.sex", &self.sex, 1),
        ];
        for (setting, value, length) in table {
            if !fits(value, length) {
                return Err(PersonaError::Value {
                    setting,
                    reason: "does not fit its item in GBK",
                });
            }
        }
        Ok(())
    }
}
