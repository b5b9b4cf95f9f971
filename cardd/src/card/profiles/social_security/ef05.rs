//! EF05 发卡机构数据文件, issuer data, free to read (人社信息函〔2012〕37号).

use super::record::{Record, read_record};
use super::text::{date, gbk, personal};
use crate::apdu::StatusWord;
use crate::card::{
    CardChannel, CardError, CardFile, CardIdentifier, CardIdentity, CardNumber, Damage, Generation,
    Issuer, Suite,
};

// 卡的识别码, 卡的类别, 规范版本, 初始化机构编号, 发卡日期, 卡有效期, 卡号: tag and length.
const IDENTIFIER: (u8, u8) = (0x01, 0x10);
const CLASS: (u8, u8) = (0x02, 0x01);
const VERSION: (u8, u8) = (0x03, 0x04);
const INITIALISING_AGENCY: (u8, u8) = (0x04, 0x0C);
const ISSUED_ON: (u8, u8) = (0x05, 0x04);
const EXPIRES_ON: (u8, u8) = (0x06, 0x04);
const CARD_NUMBER: (u8, u8) = (0x07, 0x09);

/// Reads what names the card. Only 卡的识别码 must be there: nothing else tells two cards apart.
pub(in crate::card) fn read_identity(
    channel: &mut dyn CardChannel,
    suite: Option<Suite>,
) -> Result<CardIdentity, CardError> {
    let identifier = identifier(&read(channel, IDENTIFIER)?)?;
    let specification_version = gbk(read(channel, VERSION)?.value());
    let card_number = CardNumber::new(personal(read(channel, CARD_NUMBER)?.value()));
    Ok(CardIdentity {
        identifier,
        historical_bytes: channel.historical_bytes().into(),
        card_number,
        generation: Generation::of(&specification_version, suite),
        specification_version,
        suite,
    })
}

/// Reads the rest of the file.
pub(super) fn read_issuer(channel: &mut dyn CardChannel) -> Result<Issuer, CardError> {
    let agency = |record: &Record| match record.value() {
        [] => None,
        value => Some(hex::encode_upper(value)),
    };
    Ok(Issuer {
        card_class: gbk(read(channel, CLASS)?.value()).chars().next(),
        initialising_agency: agency(&read(channel, INITIALISING_AGENCY)?),
        issued_on: date(read(channel, ISSUED_ON)?.value()),
        expires_on: date(read(channel, EXPIRES_ON)?.value()),
    })
}

fn read(channel: &mut dyn CardChannel, (tag, length): (u8, u8)) -> Result<Record, CardError> {
    match read_record(channel, CardFile::Ef05, tag, length)? {
        Record::Protected => Err(CardError::Refused(StatusWord::SECURITY_NOT_SATISFIED)),
        record @ (Record::Present(_) | Record::Absent) => Ok(record),
    }
}

fn identifier(record: &Record) -> Result<CardIdentifier, CardError> {
    let damaged = |damage| CardError::Damaged {
        file: CardFile::Ef05,
        tag: IDENTIFIER.0,
        damage,
    };
    match (record, record.value().try_into()) {
        (Record::Present(_), Ok(bytes)) => Ok(CardIdentifier::new(bytes)),
        (Record::Present(_), Err(_)) => Err(damaged(Damage::WrongLength)),
        (Record::Absent | Record::Protected, _) => Err(damaged(Damage::RecordMissing)),
    }
}
