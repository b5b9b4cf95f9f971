//! Tables of commands against a card in memory.

mod rig;

mod pin;
