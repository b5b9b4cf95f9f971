//! The figures of a load, as JSON and as a table. Durations are microseconds, memory is KiB.

use std::io::{self, Write};

use serde::Serialize;

use super::{
    LoadError, Size,
    flood::{Flood, Latency},
    work::Tally,
};
use crate::bench::{
    machine::Machine,
    samples::{Samples, Spread},
};

/// cardd may grow by so much between the end of its warm-up and the end of all work: what an
/// allocator keeps, never what a leak makes of ten minutes.
const GROWTH_KIB: u64 = 16 * 1024;

/// Everything measured in one load.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Where.
    pub machine: Machine,
    /// Readers, each with a card.
    pub readers: usize,
    /// Desks at once.
    pub desks: usize,
    /// Seconds that all desks worked.
    pub busy_s: f64,
    /// Seconds of the whole run, floods included.
    pub whole_s: f64,
    /// VERIFY that succeeded while all desks worked.
    pub successes: u64,
    /// The same per second.
    pub successes_per_second: f64,
    /// Refused as busy; each cost nothing.
    pub refused_as_busy: u64,
    /// Successes of the desk that was served least.
    pub least_served: u64,
    /// Successes of the desk that was served most.
    pub most_served: u64,
    /// From the prompt to the answer, under load.
    pub wait: Spread,
    /// cardd after the warm-up, after the load, and after the floods.
    pub cardd: [Resources; 3],
    /// One desk alone: from the prompt to the answer.
    pub quiet: Spread,
    /// The same desk beside each flood.
    pub floods: Vec<Flooded>,
}

/// What cardd holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Resources {
    /// Resident memory.
    pub resident_kib: u64,
    /// Threads.
    pub threads: u64,
    /// Open descriptors; absent where the system does not let us look.
    pub descriptors: Option<u64>,
}

/// One desk beside a flood.
#[derive(Debug, Clone, Serialize)]
pub struct Flooded {
    /// Which.
    pub flood: Flood,
    /// From the prompt to the answer.
    pub wait: Spread,
    /// Median over the median of the quiet run.
    pub ratio_to_quiet: f64,
    /// What the flood was refused.
    pub refused: u64,
}

impl Flooded {
    pub(super) fn new(flood: Flood, seen: &Latency, quiet: &Latency) -> Self {
        let wait = seen.waits.spread();
        Self {
            flood,
            wait,
            ratio_to_quiet: wait.median_us / quiet.waits.spread().median_us,
            refused: seen.refused,
        }
    }
}

impl Report {
    /// The figures of the loaded desks; the others are added.
    pub(super) fn of(size: &Size, tally: &Tally, machine: Machine) -> Self {
        let successes: u64 = tally.served.iter().sum();
        Self {
            machine,
            readers: size.readers,
            desks: size.desks,
            busy_s: size.busy.as_secs_f64(),
            whole_s: 0.0,
            successes,
            successes_per_second: successes as f64 / size.busy.as_secs_f64(),
            refused_as_busy: tally.busy,
            least_served: tally.served.iter().copied().min().unwrap_or(0),
            most_served: tally.served.iter().copied().max().unwrap_or(0),
            wait: tally.waits.spread(),
            cardd: [Resources::default(); 3],
            quiet: Samples::default().spread(),
            floods: Vec::new(),
        }
    }

    /// What no load may do: starve a desk, stop the desk that works, go without a clear answer,
    /// grow.
    pub(super) fn holds(&self) -> Result<(), LoadError> {
        let [early, late, after] = self.cardd;
        let grew = late.resident_kib.max(after.resident_kib);
        let descriptors = after.descriptors > late.descriptors.map(|open| open + 8);
        let told = |flood: &Flooded| flood.flood == Flood::HalfOpen || flood.refused > 0;
        let wrong = [
            (self.least_served == 0, "a desk was not served at all"),
            (grew > early.resident_kib + GROWTH_KIB, "cardd grew"),
            (descriptors, "descriptors were left behind"),
            (late.threads != after.threads, "threads were left behind"),
            (
                self.floods.iter().any(|flood| flood.wait.samples == 0),
                "a flood stopped the desk",
            ),
            (!self.floods.iter().all(told), "a flood met no bound"),
        ];
        match wrong.iter().find(|(is, _)| *is) {
            Some((_, what)) => Err(LoadError::Broken(format!("{what}: {self:?}"))),
            None => Ok(()),
        }
    }

    /// For people.
    ///
    /// # Errors
    /// The table cannot be written.
    pub fn write_table(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "{} desks, {} readers, {:.0} s: {} VERIFY ({:.0} a second), {} refused as \
             busy; load average before: {}",
            self.desks,
            self.readers,
            self.busy_s,
            self.successes,
            self.successes_per_second,
            self.refused_as_busy,
            self.machine.load_average
        )?;
        writeln!(
            out,
            "a desk was served {} to {} times; prompt to answer {}",
            self.least_served,
            self.most_served,
            spread(&self.wait)
        )?;
        let when = ["after the warm-up", "after the load", "after the floods"];
        for (when, cardd) in when.iter().zip(&self.cardd) {
            let descriptors = cardd
                .descriptors
                .map_or("?".to_owned(), |open| open.to_string());
            writeln!(
                out,
                "cardd {when}: {:.1} MiB, {} threads, {descriptors} descriptors",
                cardd.resident_kib as f64 / 1024.0,
                cardd.threads
            )?;
        }
        writeln!(out, "one desk alone: {}", spread(&self.quiet))?;
        for flood in &self.floods {
            writeln!(
                out,
                "beside {:?}: {}, {:.2} times the quiet median; refused {}",
                flood.flood,
                spread(&flood.wait),
                flood.ratio_to_quiet,
                flood.refused
            )?;
        }
        Ok(())
    }
}

fn spread(spread: &Spread) -> String {
    format!(
        "median {:.1} ms, 99 of 100 within {:.1} ms",
        spread.median_us / 1000.0,
        spread.p99_us / 1000.0
    )
}
