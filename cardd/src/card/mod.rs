//! Cards: the bytes of each operation and the meaning of each answer. Pure but for the channel.

mod channel;

pub use channel::{CardChannel, ChannelError, Reached};
