//! The places from which cards are used, and from which the terminal is looked at.

use serde::Deserialize;

/// One desk of this terminal, known by the socket it calls through or by its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// Unique name, from the configuration or from the certificate.
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
    /// 网上办事大厅: operators and services at the back end. No holder, so no PIN.
    Hall,
    /// 审计: reads what was recorded.
    Auditor,
}

impl DeskKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Billing,
        Self::Kiosk,
        Self::Counter,
        Self::Hall,
        Self::Auditor,
    ];

    /// Its name in the configuration and in certificates.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Billing => "billing",
            Self::Kiosk => "kiosk",
            Self::Counter => "counter",
            Self::Hall => "hall",
            Self::Auditor => "auditor",
        }
    }

    /// Whether staff and holder are there together. Hall and auditor have no holder before them.
    #[must_use]
    pub fn is_staffed(self) -> bool {
        match self {
            Self::Billing | Self::Counter => true,
            Self::Kiosk | Self::Hall | Self::Auditor => false,
        }
    }
}
