//! The hospital system (HIS) at a billing desk: bills in, outcomes and receipts out. A program of this
//! machine with a token of its own; nothing that a browser can reach. The same over HTTP, described by
//! `hall-client/desk/billing/openapi.json`, and over gRPC (`cardd/desk/v1/bill.proto`).

mod grpc;
mod http;
mod receipts;
#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;
use tokio::sync::{Mutex, Semaphore, watch};
use zeroize::Zeroizing;

use crate::{
    Terminal,
    desk::{
        billing::Bill,
        engine::{Page, TouchError},
        machine::View,
    },
};

pub(super) use http::router;
use receipts::TakenBack;

/// Longest wait for the outcome of a bill.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Waits at once.
const WAITS: usize = 8;
/// How long what was asked for may take to show.
const SHOWS: Duration = Duration::from_secs(5);
/// How often it is asked again because somebody else was faster.
const ROUNDS: usize = 16;

/// The hospital system's way in.
pub(crate) struct His {
    page: Page,
    token: Zeroizing<String>,
    waits: Semaphore,
    terminal: Terminal,
    /// One receipt is taken back at a time: who asks again meanwhile gets the answer of the first.
    taken_back: Mutex<TakenBack>,
}

impl His {
    /// For who holds the token.
    pub(crate) fn new(page: Page, token: Zeroizing<String>, terminal: Terminal) -> Self {
        Self {
            page,
            token,
            waits: Semaphore::new(WAITS),
            terminal,
            taken_back: Mutex::default(),
        }
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        let value = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
        let token = value.and_then(|value| value.strip_prefix(b"Bearer "));
        token.is_some_and(|token| bool::from(token.ct_eq(self.token.as_bytes())))
    }

    /// A touch on what is shown in `view`.
    fn touch(&self, view: &View, mut action: Value) -> Result<(), Refused> {
        if let Some(fields) = action.as_object_mut() {
            fields.insert("turn".to_owned(), view.turn.into());
        }
        let sent = self.page.touch(action.to_string().as_bytes());
        sent.map_err(|error| match error {
            TouchError::Malformed => Refused::Malformed,
            TouchError::Busy => Refused::Overloaded,
        })
    }

    /// Opens a bill. Asked again with the same amount, it answers how that bill stands, so that a
    /// request whose answer was lost can be sent again.
    async fn open(&self, reference: &str, amount_fen: u64) -> Result<Opened, Refused> {
        Bill::new(reference.to_owned(), amount_fen).map_err(|_| Refused::Malformed)?;
        let number = |bill: &Value| bill.get("number").cloned();
        let before = find(&self.page.view.borrow(), reference).and_then(|bill| number(&bill));
        let mut shown = self.page.view.clone();
        for _ in 0..ROUNDS {
            let view = shown.borrow_and_update().clone();
            match find(&view, reference) {
                Some(bill) if number(&bill) != before => return Ok(Opened::Anew(bill)),
                Some(bill) if !is(&bill, "concluded") || text(&bill, "state") == "PAID" => {
                    let same = bill.get("amount_fen") == Some(&amount_fen.into());
                    let opened = same.then_some(Opened::Before(bill));
                    return opened.ok_or(Refused::OtherAmount);
                }
                Some(_) | None => {}
            }
            if under_way(&view).is_some() {
                return Err(Refused::Busy);
            }
            let action = json!({ "act": "open", "reference": reference, "amount_fen": amount_fen });
            self.touch(&view, action)?;
            change(&mut shown).await?;
        }
        Err(Refused::Overloaded)
    }

    /// How a bill stands: at once, or once it is concluded, or after `wait`.
    async fn standing(&self, reference: &str, wait: Duration) -> Result<Value, Refused> {
        if wait > LONGEST_WAIT {
            return Err(Refused::Malformed);
        }
        let _place = self.waits.try_acquire().map_err(|_| Refused::Overloaded)?;
        let mut shown = self.page.view.clone();
        let over = |view: &View| find(view, reference).is_none_or(|bill| is(&bill, "concluded"));
        let waited = tokio::time::timeout(wait, shown.wait_for(over)).await;
        drop(waited);
        find(&self.page.view.borrow(), reference).ok_or(Refused::Unknown)
    }

    /// Takes a bill back, unless a PIN is with the card or it is done with.
    async fn cancel(&self, reference: &str) -> Result<Value, Refused> {
        let mut shown = self.page.view.clone();
        let mut asked = false;
        for _ in 0..ROUNDS {
            let view = shown.borrow_and_update().clone();
            let bill = find(&view, reference).ok_or(Refused::Unknown)?;
            match (text(&bill, "state"), is(&bill, "concluded")) {
                ("CANCELLED", true) if asked => return Ok(bill),
                ("WORKING", _) | (_, true) => return Err(Refused::TooLate),
                _ => {}
            }
            self.touch(&view, json!({ "act": "cancel_bill" }))?;
            asked = true;
            change(&mut shown).await?;
        }
        Err(Refused::Overloaded)
    }
}

/// A bill that was opened.
enum Opened {
    /// By this request.
    Anew(Value),
    /// Before it.
    Before(Value),
}

/// Why something is not done: a code for the program at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    Malformed,
    Unknown,
    Busy,
    OtherAmount,
    TooLate,
    NoReceipt,
    ReceiptExpired,
    TerminalSilent,
    TerminalFailed,
    Overloaded,
}

impl Refused {
    /// The word for a program.
    const fn word(self) -> &'static str {
        match self {
            Self::Malformed => "MALFORMED",
            Self::Unknown => "UNKNOWN_BILL",
            Self::Busy => "BUSY",
            Self::OtherAmount => "OTHER_AMOUNT",
            Self::TooLate => "TOO_LATE",
            Self::NoReceipt => "NO_RECEIPT",
            Self::ReceiptExpired => "RECEIPT_EXPIRED",
            Self::TerminalSilent => "TERMINAL_SILENT",
            Self::TerminalFailed => "TERMINAL_FAILED",
            Self::Overloaded => "OVERLOADED",
        }
    }
}

/// The bill of that reference, the newest.
fn find(view: &View, reference: &str) -> Option<Value> {
    let bills = view.screen.as_array()?;
    let named = |bill: &&Value| bill.get("reference").and_then(Value::as_str) == Some(reference);
    bills.iter().rev().find(named).cloned()
}

fn under_way(view: &View) -> Option<&Value> {
    let bills = view.screen.as_array()?;
    bills.iter().find(|bill| !is(bill, "concluded"))
}

fn is(bill: &Value, field: &str) -> bool {
    bill.get(field).and_then(Value::as_bool) == Some(true)
}

fn text<'v>(bill: &'v Value, field: &str) -> &'v str {
    bill.get(field).and_then(Value::as_str).unwrap_or_default()
}

async fn change(shown: &mut watch::Receiver<View>) -> Result<(), Refused> {
    match tokio::time::timeout(SHOWS, shown.changed()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Refused::Overloaded),
    }
}
