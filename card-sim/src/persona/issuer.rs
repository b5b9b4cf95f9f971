//! EF05, 发卡机构数据文件 (人社信息函〔2012〕37号).

use serde::Deserialize;

use super::PersonaError;
use super::fill::{Filler, fits, text, tlv};
use crate::files::Record;

/// Values of EF05. All seven records exist on every card.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// 卡的识别码, 16 bytes hexadecimal: city code 3 ‖ D156000005 ‖ serial 4 ‖ 卡认证码 4. The
    /// algorithm of the last is not public; test cards carry `FFFFFFFF`.
    #[serde(with = "hex::serde")]
    pub card_identifier: [u8; 16],
    /// 卡的类别: `1` 学龄前, `2` 学生, `3` 成人 (default), `4` 老年.
    #[serde(default = "adult")]
    pub card_class: String,
    /// 规范版本, four characters such as `2.00`; may be empty.
    pub version: String,
    /// 初始化机构编号, 12 bytes hexadecimal.
    #[serde(with = "hex::serde")]
    pub institution: [u8; 12],
    /// 发卡日期, YYYYMMDD.
    #[serde(with = "hex::serde")]
    pub issued_on: [u8; 4],
    /// 卡有效期, YYYYMMDD.
    #[serde(with = "hex::serde")]
    pub expires_on: [u8; 4],
    /// 卡号, eight characters and the check character. A wrong check character is allowed.
    pub card_number: String,
}

fn adult() -> String {
    "3".to_owned()
}

impl Issuer {
    /// The records of EF05 in their order.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        let none = Filler::Zero;
        vec![
            tlv(0x01, 0x10, &self.card_identifier, none),
            text(0x02, 0x01, &self.card_class, none),
            text(0x03, 0x04, &self.version, none),
            tlv(0x04, 0x0C, &self.institution, none),
            tlv(0x05, 0x04, &self.issued_on, none),
            tlv(0x06, 0x04, &self.expires_on, none),
            text(0x07, 0x09, &self.card_number, none),
        ]
    }

    /// What a state file calls the card: 卡的识别码 and 卡号, the pair terminals compare as well.
    #[must_use]
    pub fn card_name(&self) -> String {
        format!(
            "{} {}",
            hex::encode_upper(self.card_identifier),
            self.card_number
        )
    }

    /// City code as six digits, the head of 卡的识别码.
    #[must_use]
    pub fn city_code(&self) -> [u8; 6] {
        let [a, b, c, ..] = self.card_identifier;
        let digit = |nibble: u8| b'0' + nibble % 10;
        [a >> 4, a & 0x0F, b >> 4, b & 0x0F, c >> 4, c & 0x0F].map(digit)
    }

    pub(super) fn check(&self) -> Result<(), PersonaError> {
        let table = [
            ("issuer.card_class", &self.card_class, 1),
            ("issuer.version", &self.version, 4),
            ("issuer.card_number", &self.card_number, 9),
        ];
        for (setting, value, length) in table {
            if !fits(value, length) {
                return Err(PersonaError::Value {
                    setting,
                    reason: "does not fit its item",
                });
            }
        }
        Ok(())
    }
}
