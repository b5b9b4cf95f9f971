//! cardd's readers under a real pcscd: events, jobs, other programs, a service that comes and goes.

#[cfg(test)]
mod foreign;
#[cfg(test)]
mod insertions;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod service;
#[cfg(test)]
mod silence;
#[cfg(test)]
#[path = "../driver/stage/mod.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod stage;
#[cfg(test)]
mod witness;
