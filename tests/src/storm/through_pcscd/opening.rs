//! A terminal with the storm's bag of cards.

use std::{fs, num::NonZeroU64};

use hall_client::Insertion;
use rand::{SeedableRng as _, rngs::StdRng};

use super::{Done, SLOTS, Through, card_name};
use crate::{
    desk::Desk,
    stand::{Plan, Stand},
    storm::{
        bag::{BagCard, CARDS},
        step::{DESKS, READERS},
    },
};

impl Through {
    pub(super) async fn begin(seed: u64) -> Done<Self> {
        let personas = tempfile::tempdir()?;
        let mut plan = Plan::with_cards(&[])
            .slots(&SLOTS)
            .config("[limits]\nguess_budget_per_hour = 1000\n[issuer]\nholder_wait_ms = 2000")
            .log_filter("info");
        let mut pins = Vec::new();
        for card in 0..CARDS {
            let (text, pin) = BagCard::persona(card).ok_or("no such card")?;
            let path = personas.path().join(format!("{}.toml", card_name(card)));
            fs::write(&path, text)?;
            let path = path
                .into_os_string()
                .into_string()
                .map_err(|_| "no such path")?;
            plan.cards.push((card_name(card), path));
            pins.push(pin);
        }
        let mut through = Self {
            stand: Stand::start(&plan)?,
            _personas: personas,
            desks: Vec::new(),
            inside: [None; READERS],
            seen: [Insertion(NonZeroU64::MIN); READERS],
            pins,
            open: Default::default(),
            granted: None,
            used: None,
            rng: StdRng::seed_from_u64(seed),
            pin_operations: 0,
            carried_out: 0,
        };
        through.connect().await?;
        Ok(through)
    }

    pub(super) async fn connect(&mut self) -> Done<()> {
        self.open = Default::default();
        self.desks.clear();
        for name in DESKS {
            self.desks.push(Desk::at(&self.stand, name).await?);
        }
        Ok(())
    }
}
