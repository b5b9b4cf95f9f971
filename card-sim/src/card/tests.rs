//! Tables of commands against a card in memory.

mod rig;

mod block;
mod commands;
mod files;
mod model;
mod pin;
mod power_cut;
mod rights;
mod robustness;
mod unblock;
