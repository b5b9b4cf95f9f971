//! Why a call failed, and whether it cost a try.

use super::wire_enum;

wire_enum! {
    /// Why a call failed.
    Reason mirrors Reason, "CardError.reason" {
        /// The request is malformed.
        RequestMalformed = "REQUEST_MALFORMED",
        /// Letters, or fewer or more digits than the region allows.
        PinFormat = "PIN_FORMAT",
        /// The new PIN breaks a rule; see [`WeakPin`].
        PinTooWeak = "PIN_TOO_WEAK",
        /// The new PIN is the old one.
        NewEqualsOld = "NEW_EQUALS_OLD",
        /// The socket belongs to no desk.
        DeskUnknown = "DESK_UNKNOWN",
        /// Another desk must do this.
        NotForThisDesk = "NOT_FOR_THIS_DESK",
        /// No reader of that name.
        ReaderUnknown = "READER_UNKNOWN",
        /// No card in the reader.
        NoCard = "NO_CARD",
        /// Another insertion than the request names.
        CardChanged = "CARD_CHANGED",
        /// Mute at power-on: upside down, dirty or broken.
        CardUnreadable = "CARD_UNREADABLE",
        /// Not a social security card.
        CardUnsupported = "CARD_UNSUPPORTED",
        /// A file of the card is malformed.
        CardDamaged = "CARD_DAMAGED",
        /// Card or application is blocked for good.
        CardBlocked = "CARD_BLOCKED",
        /// The card carries no PIN.
        PinNotSet = "PIN_NOT_SET",
        /// The issued PIN does no business: change it first.
        IssuedPin = "ISSUED_PIN",
        /// The PIN was wrong; tries are left.
        PinWrong = "PIN_WRONG",
        /// The PIN was wrong and this try was the last.
        PinNowBlocked = "PIN_NOW_BLOCKED",
        /// Blocked before; nothing was sent or compared.
        PinWasBlocked = "PIN_WAS_BLOCKED",
        /// An unattended desk never spends the last try.
        AttemptsAtFloor = "ATTEMPTS_AT_FLOOR",
        /// A staffed desk must say that it is the last try first.
        LastAttemptUnconfirmed = "LAST_ATTEMPT_UNCONFIRMED",
        /// The entry was used, replaced or never opened.
        EntryUnknown = "ENTRY_UNKNOWN",
        /// Sealed for another entry, insertion or purpose.
        EntryMismatch = "ENTRY_MISMATCH",
        /// A status word outside the tables.
        CardRefused = "CARD_REFUSED",
        /// The tries left cannot be asked without cost.
        PinStatusUnknown = "PIN_STATUS_UNKNOWN",
        /// The holder gave up.
        EntryCancelled = "ENTRY_CANCELLED",
        /// The new PIN was typed differently the second time.
        NewPinsDiffer = "NEW_PINS_DIFFER",
        /// The entry took too long.
        EntryTimedOut = "ENTRY_TIMED_OUT",
        /// The PC/SC service does not answer.
        ServiceDown = "SERVICE_DOWN",
        /// The reader was unplugged.
        ReaderGone = "READER_GONE",
        /// Another program owns the card.
        CardHeld = "CARD_HELD",
        /// cardd is going down.
        ShuttingDown = "SHUTTING_DOWN",
        /// Removed before anything reached the card.
        CardRemoved = "CARD_REMOVED",
        /// The reader's queue is full.
        ReaderBusy = "READER_BUSY",
        /// Too many entries are open.
        TooManyEntries = "TOO_MANY_ENTRIES",
        /// Too many event streams are open.
        TooManyWatchers = "TOO_MANY_WATCHERS",
        /// Too many wrong PINs in an hour; staff reopen unattended desks.
        GuessBudgetSpent = "GUESS_BUDGET_SPENT",
        /// Removed while a command was under way.
        CardRemovedDuringChange = "CARD_REMOVED_DURING_CHANGE",
        /// No usable answer.
        CardMute = "CARD_MUTE",
        /// Another program reset the card.
        CardResetByOther = "CARD_RESET_BY_OTHER",
        /// The ledger was set aside; staff must confirm a new chain.
        LedgerDamaged = "LEDGER_DAMAGED",
        /// Records cannot be written.
        LedgerUnavailable = "LEDGER_UNAVAILABLE",
        /// A document is missing from the record.
        EvidenceIncomplete = "EVIDENCE_INCOMPLETE",
        /// Not a citizen number (GB 11643).
        IdNumberInvalid = "ID_NUMBER_INVALID",
        /// Not the number in the card.
        IdNumberDiffers = "ID_NUMBER_DIFFERS",
        /// Used, expired, or never given.
        GrantUnknown = "GRANT_UNKNOWN",
        /// The grant is for another card.
        GrantOtherCard = "GRANT_OTHER_CARD",
        /// The case was opened by another operator.
        GrantOtherOperator = "GRANT_OTHER_OPERATOR",
        /// A second operator must approve first.
        SecondOperatorMissing = "SECOND_OPERATOR_MISSING",
        /// The second operator is the first.
        SameOperator = "SAME_OPERATOR",
        /// The card rejected the read key (RKSSSE).
        ReadKeyRejected = "READ_KEY_REJECTED",
        /// The card rejected the unblock key (PUK).
        UnblockKeyRejected = "UNBLOCK_KEY_REJECTED",
        /// No try of the unblock key is left.
        UnblockKeyBlocked = "UNBLOCK_KEY_BLOCKED",
        /// The last try of the unblock key is never spent.
        UnblockKeyAtFloor = "UNBLOCK_KEY_AT_FLOOR",
        /// The card rejected the issuer's message.
        MessageRejected = "MESSAGE_REJECTED",
        /// No reset waits for the holder's PIN.
        NoHolderPinWanted = "NO_HOLDER_PIN_WANTED",
        /// The hall's stream broke or was too slow.
        HallSilent = "HALL_SILENT",
        /// The receipt is not signed by this terminal, or altered.
        ReceiptUnknown = "RECEIPT_UNKNOWN",
        /// The receipt has expired: nothing is left to cancel.
        ReceiptExpired = "RECEIPT_EXPIRED",
        /// The PIN was right, but the receipt cannot be put on record.
        ReceiptUnrecorded = "RECEIPT_UNRECORDED",
        /// The rule file is not sound; the text names the line or the key.
        RulesMalformed = "RULES_MALFORMED",
        /// The rule file is too large.
        RulesTooLarge = "RULES_TOO_LARGE",
        /// Signed with a key that the terminal does not trust.
        RulesKeyUnknown = "RULES_KEY_UNKNOWN",
        /// The signature does not hold.
        RulesSignature = "RULES_SIGNATURE",
        /// For another region.
        RulesRegion = "RULES_REGION",
        /// Not newer than the one in force.
        RulesVersion = "RULES_VERSION",
        /// The terminal is configured to take no rule files.
        RulesNotTaken = "RULES_NOT_TAKEN",
        /// The terminal's disk does not let it.
        RulesNotKept = "RULES_NOT_KEPT",
        /// A defect of cardd.
        Internal = "INTERNAL",
    }
}

wire_enum! {
    /// The question a desk always asks: did this cost the holder a try?
    AttemptSpent mirrors AttemptSpent, "CardError.attempt_spent" {
        /// It did not.
        No = "NO",
        /// It did.
        Yes = "YES",
        /// Read the counter before anything else.
        Unknown = "UNKNOWN",
    }
}

wire_enum! {
    /// Which rule a new PIN broke.
    WeakPin mirrors WeakPin, "CardError.weak_pin" {
        /// An issued value.
        Issued = "ISSUED",
        /// The birth date.
        BirthDate = "BIRTH_DATE",
        /// A run of digits of the citizen number.
        IdNumber = "ID_NUMBER",
        /// A run of digits of the card number.
        CardNumber = "CARD_NUMBER",
        /// Repeated digits.
        Repeat = "REPEAT",
        /// Digits that rise or fall by one.
        Run = "RUN",
        /// A line on the keypad.
        Keypad = "KEYPAD",
        /// One of the commonly chosen values.
        Common = "COMMON",
        /// A year.
        Year = "YEAR",
        /// A day of the calendar.
        Date = "DATE",
    }
}
