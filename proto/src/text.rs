//! The message catalogue: what a person reads, Chinese first, English second.
//!
//! Texts say what happened and what to do next. Numbers (tries left) are added by the desk from
//! the fields of the error.

use crate::v1::{Doubt, Reason, WeakPin};

pub mod page;

/// One text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// What a person reads for a reason.
#[must_use]
pub fn of(reason: Reason) -> Text {
    look_up(&REASONS, reason)
}

/// What a person reads for a rule that a new PIN broke.
#[must_use]
pub fn of_weak_pin(rule: WeakPin) -> Text {
    look_up(&WEAK_PINS, rule)
}

/// What a holder reads of an earlier operation whose result is not known, and does next.
#[must_use]
pub fn of_doubt(doubt: Doubt) -> Text {
    look_up(&DOUBTS, doubt)
}

/// A key without a row reads as an internal error; a test keeps every key in its table.
fn look_up<K: PartialEq + Copy>(table: &[(K, Text)], key: K) -> Text {
    table
        .iter()
        .find(|(row, _)| *row == key)
        .map_or(INTERNAL, |(_, text)| *text)
}

const INTERNAL: Text = Text {
    zh: "内部错误，请联系工作人员并提供事件编号。",
    en: "Internal error. Please give the incident number to the staff.",
};

#[rustfmt::skip] // one sentence a line reads as a table
const REASONS: [(Reason, Text); 68] = [
    (Reason::PinFormat, Text {
        zh: "密码只能是规定位数的数字，请重新输入。本次不计次数。",
        en: "The PIN must be digits only, of the permitted length. Type it again; no try was spent.",
    }),
    (Reason::PinTooWeak, Text {
        zh: "这个密码太容易被猜到，请换一个。",
        en: "This PIN is too easy to guess. Choose another.",
    }),
    (Reason::NewEqualsOld, Text {
        zh: "新密码不能与原密码相同，请换一个。",
        en: "The new PIN must differ from the old one. Choose another.",
    }),
    (Reason::NewPinsDiffer, Text {
        zh: "两次输入的新密码不一致，请重新输入。",
        en: "The two new PINs differ. Type them again.",
    }),
    (Reason::PinNotSet, Text {
        zh: "此卡未设置密码，请到社保经办机构窗口办理。",
        en: "This card carries no PIN. Please go to the agency counter.",
    }),
    (Reason::IssuedPin, Text {
        zh: "这是初始密码，不能办理业务，请先修改密码。本次不计次数。",
        en: "This is the issued PIN, which does no business. Change it first; no try was spent.",
    }),
    (Reason::PinWrong, Text {
        zh: "密码不正确，请核对后再输入。",
        en: "Wrong PIN. Check it before the next try.",
    }),
    (Reason::PinNowBlocked, Text {
        zh: "密码不正确，卡片密码已锁定。请本人持身份证原件到社保经办机构窗口解锁，代办须带双方身份证原件。",
        en: "Wrong PIN, and the card is now locked. Go to the agency counter with the original ID card; an agent brings both originals.",
    }),
    (Reason::PinWasBlocked, Text {
        zh: "卡片密码此前已锁定。请本人持身份证原件到社保经办机构窗口解锁，代办须带双方身份证原件。",
        en: "The card was already locked. Go to the agency counter with the original ID card; an agent brings both originals.",
    }),
    (Reason::AttemptsAtFloor, Text {
        zh: "只剩最后一次机会，自助设备不能使用。请到有工作人员的窗口办理。",
        en: "One try is left, and this machine never spends it. Please go to a staffed desk.",
    }),
    (Reason::LastAttemptUnconfirmed, Text {
        zh: "只剩最后一次机会，再错将锁定。确认后方可继续。",
        en: "One try is left: another wrong PIN locks the card. Confirm this to go on.",
    }),
    (Reason::PinStatusUnknown, Text {
        zh: "无法读取剩余次数，为保护密码未继续操作，请联系工作人员。",
        en: "The tries left cannot be read, so nothing was tried. Please ask the staff.",
    }),

    (Reason::EntryUnknown, Text {
        zh: "本次输入已失效，请重新开始。",
        en: "This entry is used up or unknown. Start again.",
    }),
    (Reason::EntryMismatch, Text {
        zh: "输入与当前卡片或业务不符，请重新开始。本次不计次数。",
        en: "The entry does not belong to this card and purpose. Start again; no try was spent.",
    }),
    (Reason::EntryCancelled, Text {
        zh: "已取消输入。",
        en: "The entry was cancelled.",
    }),
    (Reason::EntryTimedOut, Text {
        zh: "输入超时，请重新开始。本次不计次数。",
        en: "The entry took too long. Start again; no try was spent.",
    }),
    (Reason::TooManyEntries, Text {
        zh: "同时输入过多，请稍候再试。",
        en: "Too many entries are open. Wait a moment and try again.",
    }),
    (Reason::RequestMalformed, Text {
        zh: "请求格式有误。",
        en: "The request is malformed. Correct it.",
    }),

    (Reason::NoCard, Text {
        zh: "没有卡片，请插入社会保障卡。",
        en: "There is no card. Insert the social security card.",
    }),
    (Reason::CardChanged, Text {
        zh: "卡片已更换或重新插入，请重新开始。",
        en: "The card was changed or inserted again. Start again.",
    }),
    (Reason::CardUnreadable, Text {
        zh: "卡片没有应答，请检查插卡方向后重新插入。",
        en: "The card does not answer. Check which way round it is and insert it again.",
    }),
    (Reason::CardUnsupported, Text {
        zh: "这不是社会保障卡，请换卡。",
        en: "This is not a social security card. Use another card.",
    }),
    (Reason::CardDamaged, Text {
        zh: "卡内数据有误，请到社保经办机构窗口检查卡片。",
        en: "The data in the card are damaged. Have it checked at the agency counter.",
    }),
    (Reason::CardBlocked, Text {
        zh: "卡片或应用已被永久锁定，请到社保经办机构窗口换卡。",
        en: "The card or its application is blocked for good. Have it replaced at the agency counter.",
    }),
    (Reason::CardRefused, Text {
        zh: "卡片拒绝了操作，请联系工作人员。",
        en: "The card refused the operation. Please ask the staff.",
    }),
    (Reason::CardRemoved, Text {
        zh: "卡片已取出，操作尚未进行。请重新插卡。",
        en: "The card was removed before anything was done. Insert it again.",
    }),
    (Reason::CardHeld, Text {
        zh: "卡片正被其他程序占用，请稍候再试。",
        en: "Another program is using the card. Wait a moment and try again.",
    }),
    (Reason::CardRemovedDuringChange, Text {
        zh: "操作中卡片被取出，结果未定。请重新插卡查看剩余次数。",
        en: "The card was removed during the operation and the result is not known. Insert it again to see the tries left.",
    }),
    (Reason::CardMute, Text {
        zh: "卡片没有给出有效应答，结果未定。请重新插卡查看剩余次数。",
        en: "The card gave no usable answer and the result is not known. Insert it again to see the tries left.",
    }),
    (Reason::CardResetByOther, Text {
        zh: "操作中卡片被其他程序复位，结果未定。请先查看剩余次数。",
        en: "Another program reset the card during the operation. Look at the tries left first.",
    }),

    (Reason::DeskUnknown, Text {
        zh: "未登记的终端，不能使用。",
        en: "This desk is not known to the terminal.",
    }),
    (Reason::NotForThisDesk, Text {
        zh: "此处不能办理该业务，请到其他窗口。",
        en: "This desk may not do that. Please use another desk.",
    }),
    (Reason::ReaderUnknown, Text {
        zh: "没有这个读卡器，请选择其他读卡器。",
        en: "There is no such reader. Choose another.",
    }),
    (Reason::ReaderGone, Text {
        zh: "读卡器已断开，请检查连接。",
        en: "The reader is disconnected. Check its cable.",
    }),
    (Reason::ReaderBusy, Text {
        zh: "读卡器忙，请稍候再试。",
        en: "The reader is busy. Wait a moment and try again.",
    }),
    (Reason::TooManyWatchers, Text {
        zh: "查看者过多，请稍候再试。",
        en: "Too many watchers. Wait a moment and try again.",
    }),
    (Reason::GuessBudgetSpent, Text {
        zh: "本机近期输错密码过多，密码业务已暂停，请到有工作人员的窗口办理。本次不计次数。",
        en: "Too many wrong PINs were typed at this machine and its PIN work is closed. Please go to a staffed desk; no try was spent.",
    }),
    (Reason::ServiceDown, Text {
        zh: "读卡服务未运行，正在等待恢复。",
        en: "The card reader service is down; waiting for it to come back.",
    }),
    (Reason::ShuttingDown, Text {
        zh: "终端正在关闭，请稍候再试。",
        en: "The terminal is shutting down. Try again later.",
    }),
    (Reason::LedgerDamaged, Text {
        zh: "台账损坏，密码业务已暂停，请联系工作人员确认。",
        en: "The ledger is damaged and PIN work is closed until staff confirm a new one.",
    }),
    (Reason::LedgerUnavailable, Text {
        zh: "台账无法写入，密码业务暂停，请联系工作人员。",
        en: "The ledger cannot be written and PIN work is closed. Please call staff.",
    }),
    (Reason::EvidenceIncomplete, Text {
        zh: "证件材料不齐，请补齐后再办理。",
        en: "A document is missing from the record. Complete it first.",
    }),
    (Reason::IdNumberInvalid, Text {
        zh: "身份证号码有误，请核对后重新输入。",
        en: "This is not a valid ID number. Check it and type it again.",
    }),
    (Reason::IdNumberDiffers, Text {
        zh: "身份证号码与卡内号码不一致，不能办理。",
        en: "The ID number is not the one in the card. This cannot be done.",
    }),
    (Reason::GrantUnknown, Text {
        zh: "授权已使用、已过期或不存在，请重新申请。",
        en: "The grant was used, has expired or was never given. Open the case again.",
    }),
    (Reason::GrantOtherCard, Text {
        zh: "授权不是针对这张卡的。",
        en: "The grant is for another card.",
    }),
    (Reason::GrantOtherOperator, Text {
        zh: "授权由另一位经办人办理，不能使用。请由本人重新受理。",
        en: "The grant was given to another operator. Open the case again under your own name.",
    }),
    (Reason::SecondOperatorMissing, Text {
        zh: "需要第二位经办人复核。",
        en: "A second operator must approve first.",
    }),
    (Reason::SameOperator, Text {
        zh: "复核人不能与经办人相同。",
        en: "The second operator must be another person.",
    }),
    (Reason::ReadKeyRejected, Text {
        zh: "卡片不接受读取密钥，请联系发卡机构。",
        en: "The card rejected the read key. Please ask the issuer.",
    }),
    (Reason::UnblockKeyRejected, Text {
        zh: "卡片不接受解锁密钥，请勿重试，联系发卡机构。",
        en: "The card rejected the unblock key. Do not try again; ask the issuer.",
    }),
    (Reason::UnblockKeyBlocked, Text {
        zh: "卡片的解锁密钥已锁定，请换卡。",
        en: "The unblock key of this card is blocked. The card must be replaced.",
    }),
    (Reason::UnblockKeyAtFloor, Text {
        zh: "解锁密钥只剩最后一次机会，未再尝试，请联系发卡机构。",
        en: "One try of the unblock key is left and is not spent. Please ask the issuer.",
    }),
    (Reason::MessageRejected, Text {
        zh: "卡片不接受发卡机构的指令，密码未改变。",
        en: "The card rejected the issuer's message; the PIN is as before.",
    }),
    (Reason::NoHolderPinWanted, Text {
        zh: "当前没有等待持卡人设置密码的业务。",
        en: "No reset waits for the holder's PIN.",
    }),
    (Reason::HallSilent, Text {
        zh: "业务大厅没有及时应答，卡片已复位。",
        en: "The hall did not answer in time; the card was reset.",
    }),

    (Reason::ReceiptUnknown, Text {
        zh: "这不是本终端出具的校验凭证，或已被改动。",
        en: "This terminal did not sign this receipt, or it was altered.",
    }),
    (Reason::ReceiptExpired, Text {
        zh: "校验凭证已过期，无须撤销。",
        en: "The receipt has expired; there is nothing to cancel.",
    }),
    (Reason::ReceiptUnrecorded, Text {
        zh: "密码正确，但凭证未能记入台账，请重新校验或联系工作人员。",
        en: "The PIN was right, but the receipt could not be put on record. Verify again, or call staff.",
    }),
    (Reason::RulesMalformed, Text {
        zh: "规则文件内容有误，规则未改变，请更正后重新下发。",
        en: "The rule file is not sound, and the rules are as before. Correct it and push it again.",
    }),
    (Reason::RulesTooLarge, Text {
        zh: "规则文件过大，规则未改变。",
        en: "The rule file is too large, and the rules are as before.",
    }),
    (Reason::RulesKeyUnknown, Text {
        zh: "规则文件的签名密钥不受本终端信任，规则未改变。",
        en: "The rule file is signed with a key that this terminal does not trust, and the rules are as before.",
    }),
    (Reason::RulesSignature, Text {
        zh: "规则文件签名无效，规则未改变。",
        en: "The signature of the rule file does not hold, and the rules are as before.",
    }),
    (Reason::RulesRegion, Text {
        zh: "规则文件属于其他地区，规则未改变。",
        en: "The rule file is for another region, and the rules are as before.",
    }),
    (Reason::RulesVersion, Text {
        zh: "规则文件不比现行版本新，规则未改变。",
        en: "The rule file is not newer than the one in force, and the rules are as before.",
    }),
    (Reason::RulesNotTaken, Text {
        zh: "本终端未配置接收规则文件。",
        en: "This terminal is not configured to take rule files: see [region] in its configuration.",
    }),
    (Reason::RulesNotKept, Text {
        zh: "规则文件无法保存，规则未改变，请检查终端磁盘。",
        en: "The rule file cannot be kept, and the rules are as before. Check the terminal's disk.",
    }),

    (Reason::Internal, INTERNAL),
];

#[rustfmt::skip] // one sentence a line reads as a table
const WEAK_PINS: [(WeakPin, Text); 10] = [
    (WeakPin::Issued, Text {
        zh: "新密码不能是发卡时的初始密码。",
        en: "The new PIN may not be an issued PIN.",
    }),
    (WeakPin::BirthDate, Text {
        zh: "新密码不能是持卡人的出生日期，无论怎样书写（月日、日月、年月、年份等）。",
        en: "The new PIN may not be the holder's birth date in any writing: month and day, day and month, year and month, the year.",
    }),
    (WeakPin::IdNumber, Text {
        zh: "新密码不能是身份证号码中连续的几位。",
        en: "The new PIN may not be digits that stand together in the ID number.",
    }),
    (WeakPin::CardNumber, Text {
        zh: "新密码不能是卡号中连续的几位。",
        en: "The new PIN may not be digits that stand together in the card number.",
    }),
    (WeakPin::Repeat, Text {
        zh: "新密码不能是重复或对称的数字，如1111、1212、1122、1221。",
        en: "The new PIN may not repeat or mirror digits, such as 1111, 1212, 1122, 1221.",
    }),
    (WeakPin::Run, Text {
        zh: "新密码不能是依次递增或递减的数字，如1234、9876、2468。",
        en: "The new PIN may not count up or down, such as 1234, 9876, 2468.",
    }),
    (WeakPin::Keypad, Text {
        zh: "新密码不能是键盘上相连的图形，如2580、1478、1397。",
        en: "The new PIN may not be a line or figure on the keypad, such as 2580, 1478, 1397.",
    }),
    (WeakPin::Common, Text {
        zh: "新密码不能是很多人使用的密码，如1314、5201。",
        en: "The new PIN may not be one that many people choose, such as 1314 or 5201.",
    }),
    (WeakPin::Year, Text {
        zh: "新密码不能是年份，如1985、2008。",
        en: "The new PIN may not be a year, such as 1985 or 2008.",
    }),
    (WeakPin::Date, Text {
        zh: "新密码不能是日期，如0715、850715。",
        en: "The new PIN may not be a day of the calendar, such as 0715 or 850715.",
    }),
];

#[rustfmt::skip] // one sentence a line reads as a table
const DOUBTS: [(Doubt, Text); 4] = [
    (Doubt::Verify, Text {
        zh: "上次输入的密码是否正确未能确认，没有损失次数，请重新输入。",
        en: "Whether the PIN typed last was right is not known, and no try was lost. Type it again.",
    }),
    (Doubt::Change, Text {
        zh: "上次修改密码的结果未能确认，请先用新密码，如不正确再用原密码。",
        en: "Whether the last change of the PIN was made is not known. Use the new PIN first, and the old one if that is wrong.",
    }),
    (Doubt::Unblock, Text {
        zh: "上次解锁的结果未能确认，如密码仍不能使用，请到社保经办机构窗口重新解锁。",
        en: "Whether the last unlock was made is not known. If the PIN still cannot be used, have it unlocked again at the agency counter.",
    }),
    (Doubt::Reset, Text {
        zh: "上次重置密码的结果未能确认，请修改密码，或到社保经办机构窗口重新重置。",
        en: "Whether the last reset of the PIN was made is not known. Change the PIN, or have it reset again at the agency counter.",
    }),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_text() {
        for reason in (1..=i32::from(u8::MAX)).filter_map(|n| Reason::try_from(n).ok()) {
            assert!(REASONS.iter().any(|(row, _)| *row == reason), "{reason:?}");
        }
    }

    #[test]
    fn every_doubt_has_its_text() {
        for doubt in (1..=i32::from(u8::MAX)).filter_map(|n| Doubt::try_from(n).ok()) {
            assert!(DOUBTS.iter().any(|(row, _)| *row == doubt), "{doubt:?}");
        }
    }

    #[test]
    fn every_weak_pin_rule_has_its_text() {
        for rule in (1..=i32::from(u8::MAX)).filter_map(|n| WeakPin::try_from(n).ok()) {
            assert!(WEAK_PINS.iter().any(|(row, _)| *row == rule), "{rule:?}");
        }
    }

    #[test]
    fn no_text_stands_twice() {
        for (index, (key, text)) in REASONS.iter().enumerate() {
            let again = REASONS
                .iter()
                .skip(index + 1)
                .find(|(_, other)| other.zh == text.zh);
            assert_eq!(again, None, "{key:?}");
        }
    }
}
