//! What a card says of itself without a PIN.

use std::fmt;

use super::wire_enum;

wire_enum! {
    /// Generation of a social security card, from its 规范版本.
    Generation mirrors Generation, "CardSummary.generation" {
        /// 规范版本 1.0x.
        First = "FIRST",
        /// 2.0x.
        Second = "SECOND",
        /// 3.0x.
        Third = "THIRD",
    }
}

/// The few words about a card that every list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardSummary {
    /// Which generation.
    pub generation: Generation,
    /// 规范版本 as printed in the card; may be empty.
    pub specification_version: String,
    /// 卡号, nine characters; may be empty.
    pub card_number: String,
}

/// All that is readable without a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardContents {
    /// The card.
    pub card: CardSummary,
    /// Who issued it.
    pub issuer: Issuer,
    /// Whose it is.
    pub holder: HolderData,
}

/// 发卡机构数据文件.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// 卡的识别码, 32 hexadecimal characters.
    pub card_identifier_hex: String,
    /// Region, six digits.
    pub region_code: String,
    /// `YYYY-MM-DD`, empty where the card's date is none.
    pub issued_on: String,
    /// `YYYY-MM-DD`, empty where the card's date is none.
    pub expires_on: String,
    /// 卡的类别, one character.
    pub card_class: String,
}

/// Whose card it is, where that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HolderData {
    /// First and second generation.
    Open(Holder),
    /// Third generation: readable only after the issuer's read key.
    Protected,
}

/// 持卡人基本信息. `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    /// 姓名.
    pub name: String,
    /// 社会保障号码.
    pub citizen_number: String,
    /// `1` male, `2` female, `9` not stated.
    pub sex: String,
    /// GB 3304 code, two digits.
    pub ethnic_group: String,
    /// Region code, six digits.
    pub birth_place: String,
    /// `YYYY-MM-DD`.
    pub birth_date: String,
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Holder(..)")
    }
}
