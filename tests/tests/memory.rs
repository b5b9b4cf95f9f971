//! No digits stay behind: after each PIN operation the living processes are searched for them.
//!
//! That the search can fail is shown by [`the_search_finds_what_is_kept`]. Tried by hand, with one
//! wipe taken out at a time:
//!
//! | taken out | what fails here |
//! |---|---|
//! | wiping of the bytes in `PcscChannel::transmit` | cardd, line breaks |
//! | `ZeroizeOnDrop` of `Secret` | cardd, client |
//! | `ZeroizeOnDrop` of `Pin` | line breaks |
//! | `Zeroizing` round the message in `EntryKey::open` | nothing: later calls write over that stack |
//! | wiping of one copy of the packed pair | nothing: the next owner of the block writes over it |
//!
//! So this finds what stays, not each wipe that is missing; the types are tested beside their code.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, Command, Stdio},
    time::Duration,
};

use card_sim::rack::{
    control::{PullAt, Until},
    plan::{HoldPhase, PullPhase, When},
};
use cardd_proto::{
    entry::{self, Binding, Typed},
    v1::{self, pin_service_client::PinServiceClient},
};
use cardd_tests::{
    desk::{Desk, refusal, typed},
    memory::{Canary, Encoding, LEGIBLE, can_search, search},
    stand::{Plan, Stand},
};
use hall_client::{AttemptSpent, Change, ClientError, Insertion, Reason, Verified, Verify};
use rand::{SeedableRng as _, rngs::StdRng};
use tonic::transport::Endpoint;

/// INS of CHANGE PIN (LD/T 32.5), which no command without digits has.
const CHANGE_PIN: When = When::Ins(0x5E);
/// Longest wait for the rack.
const PATIENCE: Duration = Duration::from_secs(20);

/// A stand whose PINs have up to sixteen digits, and every canary that was typed at it.
struct Watched {
    stand: Stand,
    desk: Desk,
    reader: String,
    insertion: Insertion,
    rng: StdRng,
    typed: Vec<Canary>,
}

impl Watched {
    async fn start(limits: &str) -> Self {
        let config = format!("[pin]\nlength = {{ min = 4, max = 16 }}\n{limits}");
        let plan = Plan::with_cards(&["w1"]).config(&config);
        let stand = Stand::start(&plan.environment(LEGIBLE.0, LEGIBLE.1)).unwrap();
        let desk = Desk::at(&stand, "billing").await.unwrap();
        let reader = stand.reader("a");
        stand.rack().unwrap().insert("a", "w1").unwrap();
        let insertion = desk.card(&reader).await.unwrap();
        Self {
            stand,
            desk,
            reader,
            insertion,
            rng: StdRng::seed_from_u64(0x31_07),
            typed: Vec::new(),
        }
    }

    /// Digits that were not used before.
    fn canary(&mut self) -> String {
        let canary = Canary::new(&mut self.rng);
        self.typed.push(canary.clone());
        canary.text()
    }

    async fn verify(&mut self, pin: &str) -> Result<Verified, ClientError> {
        let at = (self.reader.as_str(), self.insertion);
        self.desk.verify(at, pin, false).await
    }

    async fn change(&mut self, pins: [&str; 3]) -> Result<Verified, ClientError> {
        let at = (self.reader.as_str(), self.insertion);
        self.desk.change(at, pins).await
    }

    /// Digits that were not used before and that every rule file refuses: one half, twice.
    fn weak_canary(&mut self) -> String {
        let canary = Canary::repeating(&mut self.rng);
        self.typed.push(canary.clone());
        canary.text()
    }

    /// Sends a PIN whose seal was altered on the way.
    async fn send_altered(&self, pin: &str) -> tonic::Code {
        let socket = format!("unix://{}", self.stand.socket("billing").display());
        let endpoint = Endpoint::from_shared(socket).unwrap();
        let endpoint = endpoint.origin("http://cardd.localhost".parse().unwrap());
        let mut pins = PinServiceClient::new(endpoint.connect().await.unwrap());
        let begin = v1::BeginEntryRequest {
            reader: self.reader.clone(),
            insertion: self.insertion.get(),
            purpose: v1::Purpose::Verify.into(),
        };
        let begun = pins.begin_entry(begin).await.unwrap().into_inner();
        let binding = Binding {
            entry_id: begun.entry_id.as_slice().try_into().unwrap(),
            insertion: self.insertion.get(),
            purpose: v1::Purpose::Verify,
        };
        let what = Typed::Verify { pin: typed(pin) };
        let mut rng = StdRng::seed_from_u64(2);
        let mut sealed = entry::seal(&what, &binding, &begun.public_key, &mut rng).unwrap();
        *sealed.ciphertext.last_mut().unwrap() ^= 1;
        let request = v1::VerifyPinRequest {
            entry: Some(sealed),
            accept_last_attempt: false,
            bill: None,
        };
        pins.verify_pin(request).await.unwrap_err().code()
    }

    /// Nothing of any canary in pcscd and in its driver, once the reader's thread has let its context
    /// go, which it does before it takes the next job.
    async fn assert_clean_in_pcscd(&self, after: &str) {
        let here = (self.reader.as_str(), self.insertion);
        self.desk.status(here).await.unwrap();
        let found = search(self.stand.pcscd.pid().unwrap(), &self.typed).unwrap();
        assert_eq!(found, [], "after {after}");
    }

    /// Nothing of any canary in cardd.
    fn assert_clean(&self, after: &str) {
        let found = search(self.stand.cardd.pid().unwrap(), &self.typed).unwrap();
        let shown: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert!(shown.is_empty(), "after {after}:\n{}", shown.join("\n"));
    }
}

#[tokio::test]
async fn nothing_stays_behind_in_cardd() {
    if !can_search() {
        return;
    }
    let mut at = Watched::start("").await;

    let wrong = at.canary();
    assert_eq!(refusal(at.verify(&wrong).await).reason, Reason::PinWrong);
    at.assert_clean("a wrong PIN");

    let own = at.canary();
    at.change(["1234", &own, &own]).await.unwrap();
    at.assert_clean("a change");
    at.verify(&own).await.unwrap();
    at.assert_clean("the right PIN");

    let (old, other) = (at.canary(), at.canary());
    let refused = refusal(at.change([&old, &other, &other]).await);
    assert_eq!(refused.reason, Reason::PinWrong);
    at.assert_clean("a change with a wrong old PIN");

    let (old, new, again) = (at.canary(), at.canary(), at.canary());
    let refused = refusal(at.change([&old, &new, &again]).await);
    assert_eq!(refused.reason, Reason::NewPinsDiffer);
    at.assert_clean("two new PINs that differ");

    let same = at.canary();
    let refused = refusal(at.change([&same, &same, &same]).await);
    assert_eq!(refused.reason, Reason::NewEqualsOld);
    at.assert_clean("a new PIN that is the old one");

    let letter = format!("{}x", &at.canary()[..15]);
    assert_eq!(refusal(at.verify(&letter).await).reason, Reason::PinFormat);
    at.assert_clean("a letter");

    let weak = at.weak_canary();
    let refused = refusal(at.change([&own, &weak, &weak]).await);
    assert_eq!(refused.reason, Reason::PinTooWeak);
    at.assert_clean("a new PIN that a rule refuses");
}

#[tokio::test]
async fn nothing_stays_behind_when_the_entry_is_void() {
    if !can_search() {
        return;
    }
    let mut at = Watched::start("[limits]\nentry_lifetime_ms = 1000\n").await;

    let (pin, here) = (at.canary(), (at.reader.clone(), at.insertion));
    let terminal = at.desk.terminal.clone();
    let begin = || terminal.begin_entry(&here.0, here.1, Verify);
    let replaced = begin().await.unwrap();
    let late = begin().await.unwrap();
    let mut rng = StdRng::seed_from_u64(2);
    let refused = refusal(replaced.verify(typed(&pin), &mut rng).await);
    assert_eq!(refused.reason, Reason::EntryUnknown);
    at.assert_clean("an entry that was replaced");

    let pin = at.canary();
    tokio::time::sleep(late.expires_in()).await;
    let refused = refusal(late.verify(typed(&pin), &mut rng).await);
    assert_eq!(refused.reason, Reason::EntryTimedOut);
    at.assert_clean("an entry that came too late");

    let pin = at.canary();
    let code = at.send_altered(&pin).await;
    assert_eq!(code, tonic::Code::FailedPrecondition);
    at.assert_clean("a seal that was altered");
}

#[tokio::test]
async fn nothing_stays_behind_when_the_line_breaks() {
    if !can_search() {
        return;
    }
    let mut at = Watched::start("").await;
    let mut rack = at.stand.rack().unwrap();

    let new = at.canary();
    rack.hold("a", CHANGE_PIN, HoldPhase::Answer).unwrap();
    let terminal = at.desk.terminal.clone();
    let (reader, insertion, pin) = (at.reader.clone(), at.insertion, new.clone());
    let leaving = tokio::spawn(async move {
        let entry = terminal.begin_entry(&reader, insertion, Change).await?;
        let (old, new, again) = (typed("1234"), typed(&pin), typed(&pin));
        entry
            .change(old, new, again, &mut StdRng::seed_from_u64(2))
            .await
    });
    let rack = tokio::task::spawn_blocking(move || {
        rack.wait("a", Until::Held, PATIENCE).map(|_held| rack)
    });
    let mut rack = rack.await.unwrap().unwrap();
    leaving.abort();
    assert!(leaving.await.unwrap_err().is_cancelled());
    rack.release("a").unwrap();
    // The card's next job ends after the one that nobody waits for.
    let here = (at.reader.as_str(), at.insertion);
    at.desk.status(here).await.unwrap();
    at.assert_clean("a desk that left");
    at.verify(&new).await.unwrap();

    let (old, pin) = (new, at.canary());
    let pull = PullAt {
        when: CHANGE_PIN,
        phase: PullPhase::During,
    };
    rack.pull_at("a", pull).unwrap();
    let doubt = refusal(at.change([&old, &pin, &pin]).await);
    assert_eq!(doubt.attempt_spent, AttemptSpent::Unknown);
    at.assert_clean("a card that was pulled");
}

/// The card is slower than the desk is patient: the answer is lost, the digits are not kept.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_stays_behind_when_the_card_is_too_slow() {
    if !can_search() {
        return;
    }
    let mut at = Watched::start("[limits]\ncard_work_ms = 1000\n").await;
    let (old, new) = (at.canary(), at.canary());
    let mut rack = at.stand.rack().unwrap();
    rack.hold("a", CHANGE_PIN, HoldPhase::Answer).unwrap();
    let late = refusal(at.change([&old, &new, &new]).await);
    assert_eq!(late.attempt_spent, AttemptSpent::Unknown);
    rack.release("a").unwrap();
    let here = (at.reader.as_str(), at.insertion);
    at.desk.status(here).await.unwrap();
    at.assert_clean("a card that was too slow");
}

/// pcscd keeps the last command of a client in a buffer of that client: cardd takes the client
/// away with each PIN. The reader's driver is part of that process.
#[tokio::test]
async fn nothing_stays_behind_in_pcscd() {
    if !can_search() {
        return;
    }
    let mut at = Watched::start("").await;
    let wrong = at.canary();
    assert_eq!(refusal(at.verify(&wrong).await).reason, Reason::PinWrong);
    at.assert_clean_in_pcscd("a wrong PIN").await;
    let (old, other) = (at.canary(), at.canary());
    let refused = refusal(at.change([&old, &other, &other]).await);
    assert_eq!(refused.reason, Reason::PinWrong);
    at.assert_clean_in_pcscd("a change with a wrong old PIN")
        .await;
    let new = at.canary();
    at.change(["1234", &new, &new]).await.unwrap();
    at.assert_clean_in_pcscd("a change").await;
    at.verify(&new).await.unwrap();
    at.assert_clean_in_pcscd("the right PIN").await;
}

/// A desk's program as the client library makes it.
struct Program {
    child: Child,
    input: ChildStdin,
    line: String,
}

impl Program {
    /// Runs `one_verify`, types the digits, and waits for the line it says.
    fn run(arguments: &[&str], digits: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_one_verify"))
            .args(arguments)
            .env(LEGIBLE.0, LEGIBLE.1)
            .stderr(Stdio::null())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(digits.as_bytes()).unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        Self { child, input, line }
    }

    fn end(self) {
        let Self {
            mut child, input, ..
        } = self;
        drop(input);
        assert!(child.wait().unwrap().success());
    }
}

#[tokio::test]
async fn nothing_stays_behind_in_the_client() {
    if !can_search() {
        return;
    }
    let mut at = Watched::start("").await;
    let wrong = at.canary();
    let socket = at.stand.socket("billing");
    let arguments = [socket.to_str().unwrap(), &at.reader];
    let program = Program::run(&arguments, &wrong);
    assert!(program.line.contains("PIN"), "{}", program.line);
    let found = search(program.child.id(), &at.typed).unwrap();
    program.end();
    assert_eq!(found, []);
    at.assert_clean("a wrong PIN of the client");
}

#[test]
fn the_search_finds_what_is_kept() {
    let canary = Canary::new(&mut StdRng::seed_from_u64(3));
    let program = Program::run(&["keep"], &canary.text());
    let found = search(program.child.id(), &[canary]).unwrap();
    program.end();
    for encoding in [Encoding::Ascii, Encoding::Values, Encoding::PackedBcd] {
        let seen = found.iter().any(|find| find.encoding == encoding);
        assert!(seen, "{encoding:?}: {found:?}");
    }
}

/// What a missing wipe leaves: memory that was given back as it was.
#[test]
fn the_search_finds_what_was_dropped_without_a_wipe() {
    let canary = Canary::new(&mut StdRng::seed_from_u64(4));
    let program = Program::run(&["drop"], &canary.text());
    let found = search(program.child.id(), &[canary]).unwrap();
    program.end();
    assert!(!found.is_empty());
}

/// A panic on the way of a PIN, with the digits sealed, opened and parsed: unwinding wipes them.
#[test]
fn nothing_stays_behind_after_a_panic() {
    if !can_search() {
        return;
    }
    let canary = Canary::new(&mut StdRng::seed_from_u64(5));
    let program = Program::run(&["panic"], &canary.text());
    assert_eq!(program.line, "panicked\n");
    let found = search(program.child.id(), &[canary]).unwrap();
    program.end();
    assert_eq!(found, []);
}
