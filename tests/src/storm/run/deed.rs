//! What people do, and what was so before they did it.

use std::sync::Arc;

use cardd::{reader::Insertion, terminal::Prompt};

use crate::storm::region::Terms;

/// An open prompt, and the card that it is for.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub(in crate::storm) prompt: Prompt,
    pub(in crate::storm) insertion: Insertion,
    pub(in crate::storm) card: usize,
    pub(in crate::storm) stay: u16,
    pub(in crate::storm) change: bool,
    /// The rules that the prompt was given under.
    pub(in crate::storm) terms: Arc<Terms>,
}

/// What a person did at a desk, and what the card was before.
#[derive(Debug, Clone)]
pub struct Deed {
    pub(in crate::storm) desk: usize,
    pub(in crate::storm) card: usize,
    pub(in crate::storm) stay: u16,
    pub(in crate::storm) before: u8,
    pub(in crate::storm) old: String,
    /// The new PIN, where it is a change.
    pub(in crate::storm) new: Option<String>,
    pub(in crate::storm) right: bool,
    pub(in crate::storm) last: bool,
    /// The rules that it begins and ends under.
    pub(in crate::storm) terms: Arc<Terms>,
}

/// A grant for an issuer command.
#[derive(Debug, Clone)]
pub struct Grant {
    pub(super) secret: Vec<u8>,
    pub(in crate::storm) card: usize,
    pub(in crate::storm) stay: u16,
    pub(in crate::storm) is_the_holder: bool,
    /// Record of its case.
    pub(in crate::storm) case: u64,
    /// The rules that the case was opened under want a second operator.
    pub(in crate::storm) needs_second: bool,
    /// A second operator said yes.
    pub(in crate::storm) approved: bool,
}
