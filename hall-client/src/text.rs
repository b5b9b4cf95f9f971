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
    Unprotected: "未生效的防护", "Protection missing";
    KiosksClosed: "（自助机已停用）", "(unattended desks are closed)";
    KiosksReopened: "自助机已恢复，台账序号", "Unattended desks are open again; record";
    KiosksWereOpen: "自助机未停用，无须恢复。", "Unattended desks were open already.";
    CardRef: "卡片代号", "Card reference";
    TriesLost: "输错次数", "Tries lost";
    FirstLost: "首次", "First";
    LastLost: "末次", "Last";
    MoreSuspects: "还有更多，未列出。", "There are more that are not listed.";
    Rules: "规则", "Rules";
    RulesRegion: "地区", "For the region";
    RulesFrom: "规则来源", "Rules from";
    RulesKey: "签名密钥", "Signed with";
    Digits: "密码位数", "Digits";
    WeakPin: "新密码不得", "Refused as a new PIN";
    FewestAttempts: "保留次数下限", "Fewest tries left before one is spent";
    AgentsAllowed: "允许代办", "Agents may apply";
    SecondOperator: "需第二人复核", "Second operator";
    GuessBudget: "每小时输错上限", "Wrong PINs allowed in an hour";
    RulesTaken: "新规则已生效，版本", "The new rules are in force; version";
    SignatureUnchecked: "未核验签名（未指定 --trust）", "signature not checked (no --trust)";
    RuleFileRefused: "规则文件或签名密钥不可用。", "The rule file or the signing key is of no use.";
    FrequenciesRefused: "频率文件有误。", "This is no list of frequencies.";
    Synthetic: "注意：未给频率文件，人群为合成数据，并非真实统计。", "Careful: without a file of frequencies the population is made up. It is synthetic, not a finding.";
    Thief: "窃贼", "Thief";
    Stranger: "一无所知", "knows nothing";
    Wallet: "持有钱包", "holds the wallet";
    SpaceRefused: "密码空间占比", "of all PINs";
    HoldersRefused: "须重选者", "choose again";
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
    CaseNumber: "受理号", "Case";
    Operator: "经办人", "Operator";
    Grant: "授权码（只交业务大厅）", "Grant (for the hall alone)";
    GoodFor: "有效时间", "Good for";
    SecondOperatorNext: "须由另一位经办人复核：hall counter approve。", "Another operator must approve: hall counter approve.";
    CaseApproved: "已复核，受理号", "Approved; case";
    WaitingForReset: "等待业务大厅完成重置……", "Waiting for the hall to finish the reset ...";
    HolderPinSet: "持卡人已设置自己的密码，台账序号", "The holder's own PIN is set; record";
    StepOpened: "卡片已就绪。", "The card is open.";
    StepReadKey: "已应答读密钥。", "Answered for the read key.";
    StepUnblockKey: "已应答解锁密钥。", "Answered for the unblock key.";
    StepMessage: "已下发安全报文。", "The secure message is on its way.";
    StepHolderPin: "重置完成，等待持卡人在经办窗口设置密码。", "Reset; the holder chooses a PIN at the counter.";
    Unblocked: "已解锁，密码不变。", "Unlocked; the PIN is as before.";
    Reloaded: "已重置，持卡人已设置自己的密码。", "Reset; the holder's own PIN is in force.";
    ReloadedIssued: "已重置，但持卡人没有设置密码：此卡不能办理业务，请重新受理。", "Reset, but the holder chose no PIN: the card does no business. Open another case.";
    TypeHolderNumber: "请输入持卡人身份证号码：", "Number on the holder's ID card: ";
    TypeAgentNumber: "请输入代办人身份证号码：", "Number on the agent's ID card: ";
    TypeGrant: "请输入授权码：", "Grant: ";
    NoGrant: "授权码应为 64 位十六进制字符，请核对。", "A grant is 64 hexadecimal characters. Check it.";
    OtherOperation: "授权办理的是另一项业务，授权已作废，请重新受理。", "The grant was for the other operation and is used up. Open another case.";
    IssuerKeys: "发卡机构密钥不可用或不适用于此卡，请检查密钥配置。", "The issuer's keys cannot be used, or not for this card. Check their configuration.";
    Collected: "已收取记录", "Records collected";
    ChainWhole: "台账完整，已核验记录", "The chain is whole; records checked";
    MacsFrom: "自此条起有校验码", "MACs hold from record";
    EndUnproved: "注意：没有末条封印，其后的记录可能被截去。", "Careful: there is no seal of the end; records after the last one may have been cut off.";
    ChainBad: "台账不可信，首条异常记录", "The chain does not hold; the first bad record is";
    StoreRefuses: "台账收取未完成，请检查存储目录。", "The collection did not end well. Check the store.";
    KeysGood: "发卡机构密钥可用", "The issuer's keys can be used";
    KeysImported: "已导入加密机的模拟卡根密钥", "Roots of simulated cards put into the HSM";
    HsmPin: "加密机口令缺失或不正确。加密机会累计错误次数，请核对后再试。", "The HSM's PIN is missing or wrong. The HSM counts wrong ones: make sure before you try again.";
    HsmPinLocked: "加密机口令已锁定，请联系加密机管理员。", "The HSM's PIN is locked. Ask its security officer.";
    HsmMechanism: "加密机缺少所需的密码机制，见下。", "The HSM lacks a mechanism that is needed; it stands below.";
    HsmRootUnfit: "加密机中的根密钥属性不符合要求（须不可导出、只用于分散），见下。", "A root in the HSM is not protected as it must be (not extractable, for derivation only); see below.";
    Receipt: "校验凭证", "Receipt";
    ReceiptGood: "凭证有效，已核销。", "The receipt is good and is used up now.";
    ReceiptAltered: "凭证已被改动或不是凭证，请勿结算。", "The receipt was altered, or is none. Do not settle.";
    ReceiptUnknownKey: "凭证的签名密钥未知或已停用，请先收取终端公钥（hall receipt keys pull）。", "The receipt's key is not known or was retired. Collect the terminal's keys (hall receipt keys pull).";
    ReceiptOtherTerminal: "凭证属于另一终端，请勿结算。", "The receipt is of another terminal. Do not settle.";
    ReceiptOtherBill: "凭证不是这张账单或这次插卡的，请勿结算。", "The receipt is for another bill or insertion. Do not settle.";
    ReceiptExpired: "凭证已过期，请持卡人重新输入密码。", "The receipt has expired. Have the holder verify again.";
    ReceiptNotYetValid: "凭证时间在将来，请校准本机与终端的时钟。", "The receipt is from the future. Set the clocks of this machine and the terminal.";
    ReceiptCancelled: "凭证已撤销，请勿结算。", "The receipt was cancelled. Do not settle.";
    ReceiptReplayed: "凭证已用过一次，请勿重复结算。", "The receipt was used before. Do not settle twice.";
    ReceiptStore: "凭证库无法使用，未作判断，请检查目录。", "The store of receipts cannot be used; nothing was decided. Check the directory.";
    CancellationTaken: "撤销已记入凭证库。", "The cancellation is in the store.";
    ReceiptKeyMade: "终端已换用新凭证密钥，台账序号", "The terminal signs with a new key; record";
    ReceiptKeysNew: "新收取的凭证公钥", "New public keys of receipts";
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
    NoTerminal: "没有可供输入的终端，请指定文件描述符（--pin-fd、--id-fd 或 --grant-fd）。", "There is no terminal to type at. Name a file descriptor: --pin-fd, --id-fd or --grant-fd.";
    BadDescriptor: "无法读取 --pin-fd 指定的文件描述符，请检查。", "The file descriptor of --pin-fd cannot be read. Check it.";
    DescriptorIsTerminal: "--pin-fd 不能指向终端（会显示按键），请去掉该选项后直接输入。", "--pin-fd may not be a terminal, which would show the keys. Leave it out and type.";
    MissingLine: "输入的行数不足，所需各行见本命令的 --help。", "Too few lines were given; --help of the command says which are needed.";
    Interrupted: "已中断。", "Interrupted.";
    Expired: "输入超时，请重新开始。", "The entry took too long. Start again.";
    Declined: "已放弃，卡片未被操作。", "Given up; the card was not touched.";
    DeskOpened: "页面已就绪。请仅在本柜台的浏览器中打开以下地址，它含有本次启动的口令：", "The pages are ready. Open this address in the desk's own browser only; it holds the key of this start:";
    NotLoopback: "页面只能提供给本机，请使用 127.0.0.1 或 [::1]。", "Pages are served to this machine only. Use 127.0.0.1 or [::1].";
    OtherDesk: "该套接字属于另一类柜台，请核对 --kind 和 --socket。", "The socket belongs to another kind of desk. Check --kind and --socket.";
    AddressTaken: "无法监听该地址，请检查是否已被占用。", "The address cannot be listened at. Check whether it is taken.";
    DeskSettings: "柜台配置文件有误，请检查。", "The desk's configuration file is not usable. Check it.";
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
