//! What the `hall` command says, Chinese first, English second. Reasons of cardd have their texts
//! in [`cardd_proto::text`].

use cardd_proto::text::Text;

macro_rules! catalogue {
    ($( $name:ident: $zh:literal, $en:literal; )+) => {
        /// One saying.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Say { $( $name, )+ }

        impl Say {
            #[cfg(test)]
            const ALL: &[Self] = &[ $( Self::$name ),+ ];

            /// Both languages.
            pub(crate) const fn text(self) -> Text {
                match self { $( Self::$name => Text { zh: $zh, en: $en }, )+ }
            }
        }
    };
}

#[rustfmt::skip] // one saying a line reads as a table
catalogue! {
    Reader: "读卡器", "Reader";
    State: "状态", "State";
    Insertion: "插卡序号", "Insertion";
    Card: "卡片", "Card";
    Generation: "代次", "Generation";
    Specification: "规范版本", "Specification";
    CardNumber: "卡号", "Card number";
    CardIdentifier: "卡识别码", "Card identifier";
    Region: "发卡地区", "Region";
    IssuedOn: "发卡日期", "Issued on";
    ExpiresOn: "有效期至", "Expires on";
    CardClass: "卡类别", "Card class";
    Name: "姓名", "Name";
    CitizenNumber: "社会保障号码", "Citizen number";
    Sex: "性别", "Sex";
    EthnicGroup: "民族", "Ethnic group";
    BirthPlace: "出生地", "Birth place";
    BirthDate: "出生日期", "Birth date";
    Holder: "持卡人", "Holder";
    HolderProtected: "须发卡机构密钥方可读取", "readable only with the issuer's key";
    Version: "版本", "Version";
    TerminalId: "终端", "Terminal";
    Started: "启动时间", "Started";
    Desk: "柜台", "Desk";
    Pcsc: "读卡服务", "Reader service";
    Ledger: "台账", "Ledger";
    OldLedgerHead: "待确认旧台账", "Old ledger to confirm";
    LedgerHead: "台账末条", "Newest record";
    Unacknowledged: "待中心收取", "Not yet collected";
    Enrolled: "台账已登记", "Ledger enrolled";
    Readers: "读卡器数", "Readers";
    OpenEntries: "进行中的输入", "Open entries";
    WrongTries: "一小时内输错次数", "Wrong PINs in an hour";
    KiosksClosed: "（自助机已停用）", "(unattended desks are closed)";
    KiosksReopened: "自助机已恢复，台账序号", "Unattended desks are open again; record";
    KiosksWereOpen: "自助机未停用，无须恢复。", "Unattended desks were open already.";
    CardRef: "卡片代号", "Card reference";
    TriesLost: "输错次数", "Tries lost";
    FirstLost: "首次", "First";
    LastLost: "末次", "Last";
    MoreSuspects: "还有更多，未列出。", "There are more that are not listed.";
    Pin: "密码", "PIN";
    TriesLeft: "剩余次数", "Tries left";
    TriesUnknown: "未知", "unknown";
    InDoubt: "有未定操作", "In doubt";
    Yes: "是", "yes";
    No: "否", "no";
    Time: "时间", "Time";
    Sequence: "序号", "Sequence";
    Record: "记录", "Record";
    Verified: "密码正确。", "The PIN was right.";
    Changed: "密码已修改。", "The PIN was changed.";
    Collected: "已收取记录", "Records collected";
    ChainWhole: "台账完整，已核验记录", "The chain is whole; records checked";
    MacsFrom: "自此条起有校验码", "MACs hold from record";
    EndUnproved: "注意：没有末条封印，其后的记录可能被截去。", "Careful: there is no seal of the end; records after the last one may have been cut off.";
    ChainBad: "台账不可信，首条异常记录", "The chain does not hold; the first bad record is";
    StoreRefuses: "台账收取未完成，请检查存储目录。", "The collection did not end well. Check the store.";
    NewChain: "新台账已确认，首条序号", "The new chain is confirmed; its first record is";
    LastAttempt: "注意：只剩最后一次机会，再输错卡片密码将锁定！", "Careful: one try is left. Another wrong PIN locks the card!";
    GoOn: "仍要继续吗？[y/N] ", "Go on? [y/N] ";
    TypePin: "请输入密码：", "PIN: ";
    TypeOld: "请输入原密码：", "PIN in force: ";
    TypeNew: "请输入新密码：", "New PIN: ";
    TypeAgain: "请再次输入新密码：", "New PIN again: ";
    Resuming: "连接中断，正在恢复……", "The connection broke; resuming ...";
    SpentNo: "本次未消耗次数。", "No try was spent.";
    SpentYes: "本次消耗了一次机会。", "This spent one try.";
    SpentUnknown: "是否消耗次数未知，请先查看剩余次数（hall pin status）。", "Whether a try was spent is not known. Read the tries left first (hall pin status).";
    Incident: "事件编号", "Incident";
    StatusWord: "卡片应答", "Status word";
    Unreachable: "终端服务没有应答，请检查 cardd 是否运行、本用户是否属于该柜台的用户组。", "The terminal does not answer. Check that cardd runs and that this user is in the desk's group.";
    NoAnswer: "终端在规定时间内没有应答，请稍后再试。", "The terminal did not answer in time. Try again later.";
    EntryTooLong: "输入的位数超过密码上限，请重新输入。", "More digits than a PIN can have. Type it again.";
    Contract: "本程序与终端服务版本不符，请升级本程序。", "This program and the terminal do not fit together. Upgrade this program.";
    SeveralCards: "有多张卡片，请指明读卡器：", "There are several cards. Name the reader:";
    NoTerminal: "没有可供输入的终端，请用 --pin-fd 指定文件描述符。", "There is no terminal to type at. Name a file descriptor with --pin-fd.";
    BadDescriptor: "无法读取 --pin-fd 指定的文件描述符，请检查。", "The file descriptor of --pin-fd cannot be read. Check it.";
    DescriptorIsTerminal: "--pin-fd 不能指向终端（会显示按键），请去掉该选项后直接输入。", "--pin-fd may not be a terminal, which would show the keys. Leave it out and type.";
    MissingLine: "文件描述符中的行数不足：校验一行，修改三行（原密码、新密码、再次新密码）。", "The file descriptor holds too few lines: one to verify; old, new and new again to change.";
    Interrupted: "已中断。", "Interrupted.";
    Expired: "输入超时，请重新开始。", "The entry took too long. Start again.";
    Declined: "已放弃，卡片未被操作。", "Given up; the card was not touched.";
    System: "系统错误，请联系工作人员。", "System error. Please ask the staff.";
}

/// Which language a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
    /// Chinese, then English.
    Both,
}

impl Lang {
    /// A sentence.
    pub(crate) fn pick(self, zh: &str, en: &str) -> String {
        match self {
            Self::Zh => zh.to_owned(),
            Self::En => en.to_owned(),
            Self::Both => format!("{zh} {en}"),
        }
    }

    /// A saying of the catalogue.
    pub(crate) fn say(self, say: Say) -> String {
        let text = say.text();
        self.pick(text.zh, text.en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_saying_stands_in_both_languages_once() {
        for (index, say) in Say::ALL.iter().enumerate() {
            let text = say.text();
            assert!(!text.zh.is_ascii(), "{say:?} is not Chinese");
            assert!(
                !text.en.is_empty() && text.en.chars().any(char::is_alphabetic),
                "{say:?}"
            );
            let twin = Say::ALL
                .iter()
                .skip(index + 1)
                .find(|other| other.text() == text);
            assert_eq!(twin, None, "{say:?}");
        }
    }

    #[test]
    fn a_language_is_picked() {
        assert_eq!(Lang::Zh.say(Say::Pin), "密码");
        assert_eq!(Lang::En.say(Say::Pin), "PIN");
        assert_eq!(Lang::Both.say(Say::Pin), "密码 PIN");
    }
}
