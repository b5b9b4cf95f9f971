//! The places from which cards are used.

use serde::Deserialize;

/// One desk of this terminal, known by the socket it calls through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// Unique name from the configuration.
    pub name: String,
    /// What stands there.
    pub kind: DeskKind,
}

/// What stands at a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeskKind {
    /// 收费窗口: cashier and hospital system; the holder types the PIN.
    Billing,
    /// 自助机: the holder alone.
    Kiosk,
    /// 经办窗口: operator of the agency, with the holder or an agent.
    Counter,
}
