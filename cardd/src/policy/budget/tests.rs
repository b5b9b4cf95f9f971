use proptest::prelude::*;

use super::*;
use crate::ledger::{ClockWatch, Moment};

const MINUTE_MS: i64 = 60_000;

fn past(records: &[(u64, PastEvent)]) -> GuessBudget {
    GuessBudget::restore(records.iter().map(|(time_unix_ms, event)| Past {
        time_unix_ms: *time_unix_ms,
        event: *event,
    }))
}

#[test]
fn the_window_slides() {
    let mut budget = GuessBudget::default();
    budget.lose(0);
    budget.lose(30 * MINUTE_MS);
    assert_eq!(budget.spent(30 * MINUTE_MS), 2);
    assert_eq!(budget.spent(WINDOW_MS - 1), 2);
    assert_eq!(budget.spent(WINDOW_MS), 1);
    assert_eq!(budget.spent(90 * MINUTE_MS), 0);
}

#[test]
fn it_closes_once_and_stays_closed_until_staff_reopen() {
    let mut budget = GuessBudget::default();
    budget.lose(0);
    assert_eq!(budget.close_if_spent(2, 0), None);
    assert_eq!(budget.check(DeskKind::Kiosk), Ok(()));
    budget.lose(1);
    assert_eq!(budget.close_if_spent(2, 1), Some(2));
    assert_eq!(budget.close_if_spent(2, 1), None, "told once");
    for (kind, expected) in [
        (DeskKind::Kiosk, Err(GuessBudgetSpent)),
        (DeskKind::Billing, Ok(())),
        (DeskKind::Counter, Ok(())),
    ] {
        assert_eq!(budget.check(kind), expected, "{kind:?}");
    }
    assert_eq!(budget.spent(WINDOW_MS + 2), 0);
    assert!(budget.is_closed(), "time does not reopen");
    budget.reopen();
    assert_eq!((budget.is_closed(), budget.spent(2)), (false, 0));
    budget.lose(3);
    assert_eq!(budget.close_if_spent(2, 3), None, "a whole budget again");
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut budget = GuessBudget::default();
    (0..5000).for_each(|at| budget.lose(at));
    assert_eq!(budget.spent(5000), MOST_PER_HOUR);
    let records = [(7, PastEvent::TryLost); 5000];
    assert_eq!(past(&records).spent(0), MOST_PER_HOUR);
}

#[test]
fn each_way_of_a_clock() {
    use PastEvent::{ClockStepped, Other, Started, TryLost};
    let hour = WINDOW_MS as u64;
    let day = 24 * hour;
    // Records, and how many tries still count when the next run starts.
    for (what, records, counted) in [
        (
            "half an hour passes",
            vec![(day, TryLost), (day + hour / 2, Other)],
            1,
        ),
        (
            "an hour passes",
            vec![(day, TryLost), (day + hour, Other)],
            0,
        ),
        ("a day off", vec![(day, TryLost), (3 * day, Started)], 1),
        (
            "a day off, then an hour",
            vec![(day, TryLost), (3 * day, Started), (3 * day + hour, Other)],
            0,
        ),
        ("set back unseen", vec![(day, TryLost), (hour, Other)], 1),
        (
            "set back unseen, then half an hour",
            vec![(day, TryLost), (hour, Other), (hour + hour / 2, Other)],
            1,
        ),
        (
            "set back unseen, then an hour",
            vec![(day, TryLost), (hour, Other), (2 * hour, Other)],
            0,
        ),
        (
            "set forward, on record",
            vec![
                (day, TryLost),
                (2 * day, ClockStepped { by_ms: day as i64 }),
            ],
            1,
        ),
        (
            "set forward, with a record before it was noticed",
            vec![
                (day, TryLost),
                (2 * day, TryLost),
                (2 * day, ClockStepped { by_ms: day as i64 }),
            ],
            2,
        ),
        (
            "set forward and back unseen",
            vec![(day, TryLost), (2 * day, Other), (day + 1, Other)],
            1,
        ),
        (
            "starts in 1970 with an empty battery, then is set right",
            vec![
                (day, TryLost),
                (0, Started),
                (
                    9 * day,
                    ClockStepped {
                        by_ms: 9 * day as i64,
                    },
                ),
            ],
            1,
        ),
    ] {
        assert_eq!(past(&records).spent(0), counted, "{what}");
    }
}

#[test]
fn being_closed_is_remembered() {
    use PastEvent::{Closed, Other, Reopened, TryLost};
    assert!(past(&[(1, TryLost), (2, Closed), (u64::MAX, Other)]).is_closed());
    let reopened = past(&[(1, TryLost), (2, Closed), (3, Reopened), (4, TryLost)]);
    assert_eq!((reopened.is_closed(), reopened.spent(0)), (false, 1));
}

/// What happens to a terminal.
#[derive(Debug, Clone, Copy)]
enum Step {
    Pass(i64),
    SetClock(i64),
    Lose,
    /// A record that has nothing to do with tries.
    Note,
    Restart {
        off_ms: i64,
        in_order: bool,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..WINDOW_MS).prop_map(Step::Pass),
        2 => (-3 * WINDOW_MS..3 * WINDOW_MS).prop_map(Step::SetClock),
        4 => Just(Step::Lose),
        2 => Just(Step::Note),
        1 => (0..30 * WINDOW_MS, any::<bool>())
            .prop_map(|(off_ms, in_order)| Step::Restart { off_ms, in_order }),
    ];
    prop::collection::vec(step, 0..60)
}

fn moment(wall_ms: i64, running_ms: i64) -> Moment {
    Moment {
        unix_ms: wall_ms as u64,
        running_ms: running_ms as u64,
    }
}

/// A terminal with both clocks and a ledger; and, as the model, the true age of each try in time
/// that the terminal ran.
struct World {
    wall_ms: i64,
    running_ms: i64,
    watch: ClockWatch,
    budget: GuessBudget,
    records: Vec<Past>,
    true_ages_ms: Vec<i64>,
}

impl World {
    fn new() -> Self {
        let wall_ms = 1_000_000_000_000;
        let mut world = Self {
            wall_ms,
            running_ms: 0,
            watch: ClockWatch::new(moment(wall_ms, 0)),
            budget: GuessBudget::default(),
            records: Vec::new(),
            true_ages_ms: Vec::new(),
        };
        world.record(PastEvent::Started);
        world
    }

    /// As the ledger does: a step of the clock first.
    fn record(&mut self, event: PastEvent) {
        let time_unix_ms = self.wall_ms as u64;
        if let Some(by_ms) = self.watch.step(moment(self.wall_ms, self.running_ms)) {
            self.records.push(Past {
                time_unix_ms,
                event: PastEvent::ClockStepped { by_ms },
            });
        }
        self.records.push(Past {
            time_unix_ms,
            event,
        });
    }

    /// Answers whether an age can have been lost to a kill: what ran after the last record.
    fn step(&mut self, step: Step) -> bool {
        match step {
            Step::Pass(ms) => {
                self.wall_ms += ms;
                self.running_ms += ms;
                self.true_ages_ms.iter_mut().for_each(|age| *age += ms);
            }
            Step::SetClock(by_ms) => self.wall_ms += by_ms,
            Step::Note => self.record(PastEvent::Other),
            Step::Lose => {
                self.record(PastEvent::TryLost);
                self.budget.lose(self.running_ms);
                self.true_ages_ms.push(0);
            }
            Step::Restart { off_ms, in_order } => {
                if in_order {
                    self.record(PastEvent::Other);
                }
                self.wall_ms += off_ms;
                self.running_ms = 0;
                self.watch = ClockWatch::new(moment(self.wall_ms, 0));
                self.record(PastEvent::Started);
                self.budget = GuessBudget::restore(self.records.iter().copied());
                return !in_order;
            }
        }
        false
    }

    fn truly_spent(&self) -> u32 {
        let young = |age: &&i64| **age < WINDOW_MS;
        self.true_ages_ms.iter().filter(young).count() as u32
    }
}

proptest! {
    /// Whatever the clocks do, no try is forgotten before its hour; and where every run ends in
    /// order, none counts longer either, but for steps too small to notice.
    #[test]
    fn no_clock_frees_budget(steps in steps()) {
        let (mut world, mut killed) = (World::new(), false);
        for step in steps {
            killed |= world.step(step);
            let (counted, truly) = (world.budget.spent(world.running_ms), world.truly_spent());
            prop_assert!(counted >= truly, "{counted} counted, {truly} true");
            let small = world.true_ages_ms.iter().any(|age| (*age - WINDOW_MS).abs() < 120_000);
            prop_assert!(killed || small || counted == truly, "{counted} counted, {truly} true");
        }
    }

    /// Any records at all: nothing overflows, and no try comes out of nowhere.
    #[test]
    fn any_past_is_taken(records in prop::collection::vec((any::<u64>(), 0..6_u8, any::<i64>()), 0..50)) {
        let events = records.iter().map(|(time_unix_ms, kind, by_ms)| Past {
            time_unix_ms: *time_unix_ms,
            event: match kind {
                0 => PastEvent::TryLost,
                1 => PastEvent::Closed,
                2 => PastEvent::Reopened,
                3 => PastEvent::Started,
                4 => PastEvent::ClockStepped { by_ms: *by_ms },
                _ => PastEvent::Other,
            },
        });
        let lost = records.iter().filter(|(_, kind, _)| *kind == 0).count();
        let budget = GuessBudget::restore(events);
        prop_assert!(budget.spent(0) as usize <= lost);
        prop_assert!(budget.tries.iter().is_sorted());
        prop_assert!(budget.tries.iter().all(|at| *at <= 0));
    }
}
