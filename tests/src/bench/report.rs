//! The figures: one JSON object, and the same as a table.
//!
//! `bench-results/bench.json` is a [`Report`]; names and units are those of the fields below.
//! Durations are microseconds, rates are per second, memory is KiB. Fields are added, never renamed
//! while [`SCHEMA`] stays.

use std::io::{self, Write};

use serde::Serialize;

use super::{
    back::Returns,
    effort::Effort,
    floods::Floods,
    machine::Machine,
    process::{Idle, Memory},
    samples::Spread,
    timing::Timing,
};

/// Version of the form of the JSON object.
pub const SCHEMA: u32 = 1;

/// Everything measured in one run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Where.
    pub machine: Machine,
    /// How often.
    pub effort: Effort,
    /// The same VERIFY by every path.
    pub verify: VerifyFigures,
    /// The software card.
    pub simulator: Simulator,
    /// From a card's arrival to the desk.
    pub events: Arrivals,
    /// From the return of the service, or of a reader, to a card that is served.
    pub returns: Returns,
    /// A desk that works beside floods.
    pub floods: Floods,
    /// Whether times tell anything about digits.
    pub timing: Timing,
    /// cardd before any work: one reader, no card.
    pub memory_at_start: Memory,
    /// cardd after all the work.
    pub memory_after_work: Memory,
    /// cardd after all the work: a card in its reader, nobody asks anything.
    pub idle: Idle,
    /// The kiosk's page; absent on a machine without a browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<PageFigures>,
}

/// The kiosk's page in a real browser that was open before. Reading the times out of the browser is
/// in each of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageFigures {
    /// From the start of a server in this process to an empty page of it in a new tab: the browser's own
    /// part of the next figure, in turns with it.
    pub empty_page: Spread,
    /// From the order to start `hall desk` to a page that can be read.
    pub start_to_page: Spread,
    /// From the order to insert a card to another screen.
    pub insert_to_screen: Spread,
    /// From the order to insert a card to its data on the screen: identified, read, tries asked.
    pub insert_to_card: Spread,
    /// From the order to pull a card to a screen that says nothing of it.
    pub pull_to_clean: Spread,
}

/// The same VERIFY by every path, taken in turns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VerifyFigures {
    /// One VERIFY inside an open transaction, by the `pcsc` crate.
    pub bare_apdu: Spread,
    /// Connect, begin, SELECT, VERIFY, end with a reset, disconnect, by the `pcsc` crate.
    pub bare_session: Spread,
    /// Every command that cardd sends for one VERIFY, in as many transactions, by the `pcsc` crate.
    pub bare_same_commands: Spread,
    /// cardd: `BeginEntry`, which reads the counter before the prompt.
    pub cardd_begin_entry: Spread,
    /// cardd: sealing, `VerifyPin`, two durable records.
    pub cardd_verify_pin: Spread,
    /// cardd: both together, from the prompt to the answer.
    pub cardd: Spread,
    /// Median of `cardd` over median of `bare_session`.
    pub ratio_to_bare_session: f64,
    /// Median of `cardd` over median of `bare_same_commands`.
    pub ratio_to_same_commands: f64,
    /// Median of `cardd` less median of `bare_same_commands`.
    pub added_over_same_commands_us: f64,
    /// Commands that cardd sends for one VERIFY.
    pub commands_of_cardd: usize,
    /// Time the software card itself takes for one VERIFY, its state in memory.
    pub card_time_of_one_verify_us: f64,
}

/// The software card.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Simulator {
    /// Called in the measuring process, its state in memory.
    pub in_process: Rates,
    /// Through pcscd, driver and rack, its state in memory.
    pub through_pcscd: Rates,
}

/// Commands per second, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rates {
    /// The question for the counter, which changes nothing.
    pub counter_per_second: f64,
    /// VERIFY with the right PIN, which is counted in the card's state before the compare.
    pub verify_per_second: f64,
}

/// From a card's arrival to the desk.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arrivals {
    /// From the order to insert to `CardInserted` at the desk.
    pub insert_to_inserted: Spread,
    /// From the order to insert to `CardIdentified` at the desk: powered, read and judged.
    pub insert_to_identified: Spread,
    /// From the order to pull to `CardRemoved` at the desk.
    pub pull_to_removed: Spread,
    /// Events that reached the desk, over the whole time of inserting and pulling.
    pub events_per_second: f64,
}

/// One line of the table.
pub(super) type Row = (&'static str, String);

impl Report {
    /// Writes the table.
    ///
    /// # Errors
    /// The writer fails.
    pub fn write_table(&self, out: &mut dyn Write) -> io::Result<()> {
        let Machine {
            cores,
            processor,
            memory_mib,
            kernel,
            load_average,
            build,
        } = &self.machine;
        writeln!(
            out,
            "{cores} cores ({processor}), {memory_mib} MiB, Linux {kernel}, {build} build, load average \
             {load_average}\n"
        )?;
        for (heading, rows) in [
            ("VERIFY, in turns", self.verify_rows()),
            ("software card", self.simulator_rows()),
            ("events", self.event_rows()),
            ("back again", self.returns.rows()),
            ("floods: from the prompt to the answer", self.floods.rows()),
            ("time against digits: Welch's t", self.timing_rows()),
            ("cardd", self.process_rows()),
            ("kiosk's page", self.page_rows()),
        ] {
            writeln!(out, "{heading}")?;
            for (name, value) in rows {
                writeln!(out, "  {name:<58} {value}")?;
            }
        }
        Ok(())
    }

    fn verify_rows(&self) -> Vec<Row> {
        let verify = &self.verify;
        vec![
            (
                "bare: one VERIFY in an open transaction",
                spread(&verify.bare_apdu),
            ),
            (
                "bare: connect, begin, SELECT, VERIFY, reset, disconnect",
                spread(&verify.bare_session),
            ),
            (
                "bare: every command that cardd sends",
                spread(&verify.bare_same_commands),
            ),
            ("cardd: BeginEntry", spread(&verify.cardd_begin_entry)),
            (
                "cardd: seal, VerifyPin, two durable records",
                spread(&verify.cardd_verify_pin),
            ),
            (
                "cardd: from the prompt to the answer",
                spread(&verify.cardd),
            ),
            (
                "ratio to the bare session",
                format!("{:10.2}", verify.ratio_to_bare_session),
            ),
            (
                "ratio to the same commands",
                format!("{:10.2}", verify.ratio_to_same_commands),
            ),
            (
                "added over the same commands",
                format!("{:10.0} us", verify.added_over_same_commands_us),
            ),
            (
                "commands that cardd sends",
                format!("{:10}", verify.commands_of_cardd),
            ),
            (
                "the card itself takes for one VERIFY",
                format!("{:10.0} us", verify.card_time_of_one_verify_us),
            ),
        ]
    }

    fn simulator_rows(&self) -> Vec<Row> {
        let Simulator {
            in_process,
            through_pcscd,
        } = &self.simulator;
        vec![
            ("in process: counter", rate(in_process.counter_per_second)),
            ("in process: VERIFY", rate(in_process.verify_per_second)),
            (
                "through pcscd: counter",
                rate(through_pcscd.counter_per_second),
            ),
            (
                "through pcscd: VERIFY",
                rate(through_pcscd.verify_per_second),
            ),
        ]
    }

    fn event_rows(&self) -> Vec<Row> {
        vec![
            (
                "inserted, at the desk",
                spread(&self.events.insert_to_inserted),
            ),
            (
                "identified, at the desk",
                spread(&self.events.insert_to_identified),
            ),
            ("removed, at the desk", spread(&self.events.pull_to_removed)),
            (
                "events while inserting and pulling",
                rate(self.events.events_per_second),
            ),
        ]
    }

    fn page_rows(&self) -> Vec<Row> {
        self.page.as_ref().map_or_else(Vec::new, |page| {
            vec![
                ("an empty page, by a bare server", spread(&page.empty_page)),
                ("server started, page ready", spread(&page.start_to_page)),
                ("inserted, another screen", spread(&page.insert_to_screen)),
                ("inserted, the card's data", spread(&page.insert_to_card)),
                ("pulled, a clean screen", spread(&page.pull_to_clean)),
            ]
        })
    }

    fn timing_rows(&self) -> Vec<Row> {
        let timing = &self.timing;
        let t = |t: f64| format!("{t:10.1}");
        vec![
            ("all rules, a fixed PIN against any", t(timing.rules_t)),
            (
                "comparison, a fixed PIN against any",
                t(timing.comparison_t),
            ),
            ("comparison, any PIN against any", t(timing.same_t)),
            (
                "control: stops at the first wrong digit",
                t(timing.control_t),
            ),
            ("nothing is seen below", t(timing.nothing_seen_below)),
        ]
    }

    fn process_rows(&self) -> Vec<Row> {
        let (start, after) = (&self.memory_at_start, &self.memory_after_work);
        vec![
            (
                "wakeups while idle",
                format!("{:10.2} /s", self.idle.wakeups_per_second),
            ),
            ("resident at the start", kib(start.resident_kib)),
            ("resident after the work", kib(after.resident_kib)),
            ("most ever resident", kib(after.most_resident_kib)),
            ("threads", format!("{:10}", after.threads)),
        ]
    }
}

pub(super) fn spread(spread: &Spread) -> String {
    format!(
        "{:10.0} us   p99 {:8.0} us",
        spread.median_us, spread.p99_us
    )
}

fn rate(per_second: f64) -> String {
    format!("{per_second:10.0} /s")
}

fn kib(kib: u64) -> String {
    format!("{kib:10} KiB")
}
