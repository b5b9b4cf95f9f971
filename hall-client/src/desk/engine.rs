//! Runs one machine: inputs in order, work beside it, views to whoever watches.

use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::machine::{Input, Line, Machine, View, Work};
use crate::Terminal;

/// Touches, and words of the line, that may wait. One more touch is refused; the line waits.
const WAITING: usize = 32;
/// Works under way at once. A machine asks for one or two; more is a defect, and is not begun.
const WORKS: usize = 8;

type Done<M> = <<M as Machine>::Work as Work>::Done;

/// A machine with everything that runs it.
pub(crate) struct Engine<M: Machine> {
    machine: M,
    terminal: Terminal,
    line: mpsc::Receiver<Line>,
    touches: mpsc::Receiver<Touch<M::Action>>,
    views: Vec<(&'static str, watch::Sender<View>)>,
    works: JoinSet<(u64, Done<M>)>,
}

/// One page, as the server sees it.
pub(crate) struct Page {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it shows.
    pub(crate) view: watch::Receiver<View>,
    touch: Box<TakeTouch>,
}

type TakeTouch = dyn Fn(&[u8]) -> Result<(), TouchError> + Send + Sync;

/// Why a touch was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TouchError {
    /// Not what a page may ask for.
    Malformed,
    /// Too many wait, or the engine ended.
    Busy,
}

/// A touch of a page.
struct Touch<A> {
    page: &'static str,
    turn: u64,
    action: A,
}

/// A touch as a page sends it: `{"turn": 7, "act": ..}`.
#[derive(Deserialize)]
struct Sent<A> {
    turn: u64,
    #[serde(flatten)]
    action: A,
}

impl Page {
    /// Hands over a touch, as JSON. It counts only if the page shows what is shown now.
    ///
    /// # Errors
    /// [`TouchError`].
    pub(crate) fn touch(&self, body: &[u8]) -> Result<(), TouchError> {
        (self.touch)(body)
    }

    /// One without a machine: shows what it is told to, and hands touches to the test.
    #[cfg(test)]
    pub(crate) fn made_up(
        name: &'static str,
        view: watch::Receiver<View>,
        touch: impl Fn(&[u8]) -> Result<(), TouchError> + Send + Sync + 'static,
    ) -> Self {
        let touch = Box::new(touch);
        Self { name, view, touch }
    }
}

impl<M: Machine> Engine<M> {
    /// An engine, its pages, and the end for the line to cardd.
    pub(crate) fn new(machine: M, terminal: Terminal) -> (Self, Vec<Page>, mpsc::Sender<Line>) {
        let (line_end, line) = mpsc::channel(WAITING);
        let (touched, touches) = mpsc::channel(WAITING);
        let mut views = Vec::new();
        let mut pages = Vec::new();
        for name in M::PAGES {
            let (show, view) = watch::channel(machine.view(name));
            views.push((*name, show));
            pages.push(page::<M>(name, view, touched.clone()));
        }
        let engine = Self {
            machine,
            terminal,
            line,
            touches,
            views,
            works: JoinSet::new(),
        };
        (engine, pages, line_end)
    }

    /// Runs until the line and every page are gone.
    pub(crate) async fn run(mut self) {
        while let Some(input) = self.next().await {
            let now = Instant::now();
            let work = self.machine.on(input, now);
            self.begin(work);
            self.show();
        }
    }

    async fn next(&mut self) -> Option<Input<M::Action, Done<M>>> {
        loop {
            let until = self.until();
            tokio::select! {
                said = self.line.recv() => return said.map(Input::Line),
                touch = self.touches.recv() => {
                    if let Some(input) = self.current(touch?) {
                        return Some(input);
                    }
                }
                Some(ended) = self.works.join_next() => {
                    // A work that panicked has no outcome: what is shown ends by its own time.
                    if let Ok((turn, done)) = ended {
                        return Some(Input::Done { turn, done });
                    }
                }
                () = sleep_until(until), if until.is_some() => return Some(Input::Time),
            }
        }
    }

    /// A touch of what is no longer shown is void: the finger was meant for something else.
    fn current(&self, touch: Touch<M::Action>) -> Option<Input<M::Action, Done<M>>> {
        let shown = self.machine.view(touch.page).turn;
        (touch.turn == shown).then_some(Input::Action {
            page: touch.page,
            action: touch.action,
        })
    }

    /// The first moment at which something that is shown ends.
    fn until(&self) -> Option<Instant> {
        let ends = |(_, view): &(_, watch::Sender<View>)| view.borrow().until;
        self.views.iter().filter_map(ends).min()
    }

    fn begin(&mut self, works: Vec<M::Work>) {
        let turn = self.machine.turn();
        for work in works {
            if self.works.len() < WORKS {
                let terminal = self.terminal.clone();
                self.works
                    .spawn(async move { (turn, work.perform(terminal).await) });
            }
        }
    }

    fn show(&mut self) {
        for (name, shown) in &self.views {
            let view = self.machine.view(name);
            shown.send_if_modified(|before| {
                let differs = *before != view;
                *before = view;
                differs
            });
        }
    }
}

fn page<M: Machine>(
    name: &'static str,
    view: watch::Receiver<View>,
    touched: mpsc::Sender<Touch<M::Action>>,
) -> Page {
    let touch = move |body: &[u8]| {
        let sent: Sent<M::Action> =
            serde_json::from_slice(body).map_err(|_| TouchError::Malformed)?;
        let touch = Touch {
            page: name,
            turn: sent.turn,
            action: sent.action,
        };
        touched.try_send(touch).map_err(|_| TouchError::Busy)
    };
    Page {
        name,
        view,
        touch: Box::new(touch),
    }
}

async fn sleep_until(moment: Option<Instant>) {
    let left = moment.map_or(Duration::MAX, |at| {
        at.saturating_duration_since(Instant::now())
    });
    tokio::time::sleep(left).await;
}
