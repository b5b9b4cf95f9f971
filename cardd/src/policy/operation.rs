//! What a desk can ask for.

macro_rules! operations {
    ($( $(#[$doc:meta])* $name:ident, )+) => {
        /// Everything a desk can ask for, one variant for each call of the contract that needs a
        /// grant.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Operation { $( $(#[$doc])* $name, )+ }

        impl Operation {
            /// Every operation.
            pub const ALL: &[Self] = &[ $( Self::$name ),+ ];
        }
    };
}

operations! {
    /// Whether this terminal can work.
    GetTerminalStatus,
    /// The readers and what lies in them.
    ListReaders,
    /// What happens at the readers.
    WatchEvents,
    /// Issuer and holder data of a card.
    ReadCard,
    /// Tries left of a card.
    GetPinStatus,
    /// Giving up an entry that the same desk opened.
    CancelEntry,
    /// VERIFY 校验.
    VerifyPin,
    /// CHANGE PIN 修改.
    ChangePin,
    /// Records of this terminal.
    ListLedger,
    /// A ledger's first key, once.
    EnrolLedger,
    /// Records for good, and the word that they have arrived.
    CollectLedger,
    /// Going on with a new chain after the old ledger was set aside.
    ConfirmNewChain,
    /// Putting documents and reason on record for an issuer command.
    OpenCase,
    /// Approving another operator's case.
    ApproveCase,
    /// Having the holder choose a PIN after a reset.
    SetHolderPin,
    /// Answering a card's challenges with the issuer's keys.
    OperateIssuer,
    /// Opening unattended desks again after the guess budget was spent.
    ReopenKiosks,
    /// A receipt for a bill with a verification.
    IssueReceipt,
    /// Taking a receipt back before it is used.
    CancelReceipt,
    /// The public keys of receipts.
    ListReceiptKeys,
    /// A new key for receipts.
    RotateReceiptKey,
    /// Cards that lost tries without a success since.
    ListSuspectCards,
    /// The rules in force.
    GetRules,
    /// A new rule file of the region.
    PushRules,
}
