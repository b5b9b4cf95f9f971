//! End to end tests through the real pcscd, and what they share.
//!
//! | module | what it holds |
//! |---|---|
//! | [`stand`] | a whole terminal: rack, private pcscd, cardd, a socket for each desk |
//! | [`desk`] | a person at a desk |
//! | [`counted`] | the counters of the cards, held against what each step may cost |
//! | [`daemon`] | cardd as a process |
//! | [`hall`] | the issuer's end of a transaction, right or wrong |
//! | [`hospital`] | a hospital system with a store of receipts |
//! | [`pages`] | `hall desk` as a process |
//! | [`journey`] | journeys through its pages in a browser, and what they may ask of a stand |
//! | [`plan`] | what a stand is made of |
//! | [`raw`] | the contract without the typed client, and clients that do not know it |
//! | [`scene`] | one card and somebody who types: where tests of pulls, crashes and faults begin |
//! | [`site`] | a stand that is called over the network, with certificates |
//! | [`wire`] | what went to the cards |
//! | [`pcscd`] | a pcscd of one's own |
//! | [`load`] | many readers and desks at once, and floods beside them |
//! | [`mod@bench`] | what cardd costs, measured beside a bare PC/SC loop |
//! | [`tour`] | the main job told as a story, from what really happened |
//! | [`softhsm`] | an HSM in software, for the issuer's keys |
//! | [`set_clock`] | a clock that can be set, for one cardd |
//! | [`source_copy`] | the source once more, with something broken on purpose |
//! | [`storm`] | desks, holders, thieves and faults by seed, in one process |
//! | [`strace`] | system calls of cardd that are spoiled, or that it is killed at |
//! | [`fuzz`] | targets of `make fuzz`, their seeds, and a small mutator |
//! | [`power_cut`] | a disk that loses what was not handed to it |
//! | [`browser`] | a real Chromium for the desk's pages |
//! | [`memory`] | looks for a PIN in the memory of a living process |

#![expect(
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "test code: stops at a surprise"
)]

pub mod bench;
pub mod browser;
pub mod counted;
pub mod daemon;
pub mod desk;
pub mod fuzz;
pub mod hall;
pub mod hospital;
pub mod journey;
pub mod load;
pub mod memory;
pub mod pages;
pub mod pcscd;
pub mod plan;
pub mod power_cut;
pub mod raw;
pub mod scene;
pub mod set_clock;
pub mod site;
pub mod softhsm;
pub mod source_copy;
pub mod stand;
pub mod storm;
pub mod strace;
pub mod tour;
pub mod wire;
