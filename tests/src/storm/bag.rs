//! The cards of a storm.

use card_sim::{
    Card, Persona,
    faults::{CardFault, Faultable as _, Memory, carry_out},
    persona::READY,
    state::MemoryStore,
    virtual_card::VirtualCard as _,
};
use rand::{SeedableRng as _, rngs::StdRng};

/// Cards in the bag.
pub const CARDS: usize = 7;

/// Each card: its persona, and the PIN that its holder has chosen already. The second is a copy of
/// the first, to the last byte of its answer to reset.
const BAG: [(&str, Option<&str>); CARDS] = [
    ("w2", Some("830571")),
    ("w2", Some("941638")),
    ("name-padded-20", None),
    ("w3", Some("692850")),
    ("w1", Some("8305")),
    ("four-digit-pin", None),
    ("v3", Some("508264")),
];

/// PINs that may be chosen, as long as the card's first one.
const GOOD: [&str; 4] = ["830571", "941638", "692850", "508264"];
const WRONG: [&str; 3] = ["760241", "318649", "274093"];

/// One card with what its holder knows.
pub struct BagCard {
    card: Card,
    memory: Memory,
    /// The PIN in force.
    pub pin: String,
    /// Its holder's citizen number, where the persona has one.
    pub number: String,
    /// The counter has lied: what it says proves nothing any more.
    pub has_lied: bool,
}

impl BagCard {
    /// The persona of a card, as text, and its PIN at the beginning.
    #[must_use]
    pub fn persona(index: usize) -> Option<(String, String)> {
        let (name, own) = *BAG.get(index)?;
        let (_, text) = READY.iter().find(|(ready, _)| *ready == name)?;
        let issued = value_of(text, "digits")?;
        let pin = own.unwrap_or(issued);
        let text = text.replace(
            &format!("digits = \"{issued}\""),
            &format!("digits = \"{pin}\""),
        );
        Some((text, pin.to_owned()))
    }

    /// The citizen number of a card's holder.
    #[must_use]
    pub fn citizen_number(index: usize) -> Option<String> {
        let (text, _) = Self::persona(index)?;
        Some(value_of(&text, "citizen_number")?.to_owned())
    }

    fn new(index: usize, seed: u64) -> Option<Self> {
        let (text, pin) = Self::persona(index)?;
        let persona = Persona::from_toml(&text).ok()?;
        let rng = StdRng::seed_from_u64(seed ^ index as u64);
        Some(Self {
            card: Card::new(persona, MemoryStore::new(), rng).ok()?,
            memory: Memory::default(),
            pin,
            number: value_of(&text, "citizen_number")?.to_owned(),
            has_lied: false,
        })
    }

    /// The card that this one cannot be told from, but by its insertion: its copy, or what it is a
    /// copy of.
    #[must_use]
    pub fn twin(index: usize) -> Option<usize> {
        let twins = BAG
            .iter()
            .zip(0..)
            .filter(|(card, _)| BAG.get(index).is_some_and(|one| one.0 == card.0));
        twins.map(|(_, twin)| twin).find(|twin| *twin != index)
    }

    /// All cards, as they are at the beginning.
    #[must_use]
    pub fn bag(seed: u64) -> Vec<Self> {
        (0..CARDS)
            .filter_map(|index| Self::new(index, seed))
            .collect()
    }

    /// Cold reset; the answer to it.
    pub fn power_on(&mut self) -> Vec<u8> {
        self.card.power_on()
    }

    /// The answer to reset of a card that has power.
    #[must_use]
    pub fn atr(&self) -> Vec<u8> {
        self.card.persona().reset.answer()
    }

    /// Takes the power.
    pub fn power_off(&mut self) {
        self.card.power_off();
    }

    /// Warm reset.
    pub fn reset(&mut self) {
        self.card.reset();
    }

    /// One command; `None` if the card gives no answer. Answers by how much it comes late, too.
    pub fn execute(&mut self, command: &[u8], fault: Option<CardFault>) -> (Option<Vec<u8>>, u64) {
        let answered = carry_out(&mut self.card, command, fault, &mut self.memory);
        let late = u64::try_from(answered.late.as_millis()).unwrap_or(0);
        (answered.answer.map(|answer| answer.to_vec()), late)
    }

    /// Tries left, as the card itself counts them.
    #[must_use]
    pub fn tries(&self) -> u8 {
        self.card.tries().map_or(0, |(left, _)| left)
    }

    /// Tries at most.
    #[must_use]
    pub fn limit(&self) -> u8 {
        self.card.tries().map_or(0, |(_, limit)| limit)
    }

    /// Whether a PIN was presented since the last reset, and was right.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.card.inspect().pin_right
    }

    /// Whether these digits are the PIN.
    #[must_use]
    pub fn pin_is(&self, digits: &str) -> bool {
        self.card.pin_is(digits)
    }

    /// The issuer's PIN for this card.
    #[must_use]
    pub fn issued(&self) -> &'static str {
        if self.pin.len() == 4 {
            "1234"
        } else {
            "123456"
        }
    }

    /// One of the PINs that may be chosen, as long as the one in force.
    #[must_use]
    pub fn good(&self, which: u8) -> &'static str {
        self.cut(
            GOOD.get(usize::from(which) % GOOD.len())
                .unwrap_or(&"830571"),
        )
    }

    /// A PIN that is not in force.
    #[must_use]
    pub fn wrong(&self, which: u8) -> &'static str {
        self.cut(
            WRONG
                .get(usize::from(which) % WRONG.len())
                .unwrap_or(&"760241"),
        )
    }

    fn cut(&self, pin: &'static str) -> &'static str {
        pin.get(..self.pin.len()).unwrap_or(pin)
    }
}

fn value_of<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split('"').nth(1)
}
