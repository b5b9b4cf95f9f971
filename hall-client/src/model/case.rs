//! Cases of the agency counter.

use super::wire_enum;

wire_enum! {
    /// What is applied for.
    IssuerOperation mirrors IssuerOperation, "OpenCaseRequest.operation" {
        /// 解锁: the counter is restored, the PIN stays.
        Unblock = "UNBLOCK",
        /// 重置: a one-time issued PIN, then the holder's own.
        Reload = "RELOAD",
    }
}

wire_enum! {
    /// Why it is applied for.
    CaseReason mirrors CaseReason, "OpenCaseRequest.reason" {
        /// Locked after wrong tries.
        Blocked = "BLOCKED",
        /// The holder forgot the PIN.
        Forgotten = "FORGOTTEN",
        /// The holder never had it.
        NeverKnown = "NEVER_KNOWN",
    }
}
