//! What a card says of itself without a PIN.

use std::fmt;

use time::Date;

use super::CardIdentity;
use crate::pin::{BirthDate, HolderFacts, PersonalText};

/// Issuer and holder data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardData {
    /// EF05.
    pub issuer: Issuer,
    /// EF06.
    pub holder: HolderData,
}

impl CardData {
    /// What a new PIN must stay away from.
    #[must_use]
    pub fn holder_facts(&self, identity: &CardIdentity) -> HolderFacts {
        let card_number = Some(identity.card_number().as_text().clone());
        match &self.holder {
            HolderData::Open(holder) => HolderFacts {
                birth_date: holder.birth_date.clone(),
                citizen_number: Some(holder.citizen_number.clone()),
                card_number,
            },
            HolderData::Protected => HolderFacts {
                card_number,
                ..HolderFacts::default()
            },
        }
    }
}

/// EF05 发卡机构数据文件, beside what [`CardIdentity`] holds of it. A record that the card lacks,
/// or a date that the calendar lacks, is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// 卡的类别: `1` preschool, `2` student, `3` adult, `4` senior.
    pub card_class: Option<char>,
    /// 初始化机构编号, 24 hexadecimal characters.
    pub initialising_agency: Option<String>,
    /// 发卡日期.
    pub issued_on: Option<Date>,
    /// 卡有效期.
    pub expires_on: Option<Date>,
}

/// EF06 持卡人基本信息, or why it is not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HolderData {
    /// As read.
    Open(Holder),
    /// The card shows it only after the issuer's read key (RKSSSE), as the third generation
    /// does.
    Protected,
}

/// EF06 持卡人基本信息: wiped on drop, never printed. A record that the card lacks is empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    /// 社会保障号码, the citizen number, 18 characters.
    pub citizen_number: PersonalText,
    /// 姓名 with its extension.
    pub name: PersonalText,
    /// 性别: `1` male, `2` female, `9` not stated.
    pub sex: PersonalText,
    /// 民族: GB 3304 code, two digits.
    pub ethnic_group: PersonalText,
    /// 出生地: region code, six digits.
    pub birth_place: PersonalText,
    /// 出生日期; `None` where the card's is no day of the calendar.
    pub birth_date: Option<BirthDate>,
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Holder(..)")
    }
}
