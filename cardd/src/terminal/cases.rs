//! Open cases of the agency counter, and their grants. Pure.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use sha2::{Digest as _, Sha256};

use crate::{
    card::IssuerEffect,
    ledger::CardRef,
    policy::Evidence,
    reader::{Insertion, ReaderName},
};

/// Length in bytes of a grant: random, good once.
pub const GRANT_BYTES: usize = 32;

/// One application for an issuer command, with everything that it is bound to.
#[derive(Debug)]
pub(super) struct Case {
    /// Its record.
    pub(super) sequence: u64,
    pub(super) effect: IssuerEffect,
    pub(super) reader: ReaderName,
    pub(super) insertion: Insertion,
    pub(super) card: CardRef,
    pub(super) evidence: Evidence,
    pub(super) operator: String,
    /// Whether a second operator is no longer needed.
    pub(super) approved: bool,
    pub(super) expires: Instant,
}

/// Why there is no case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoCase {
    /// Used, expired, or never opened.
    Unknown,
    /// The second operator has not approved yet.
    NotApproved,
    /// The second operator is the first.
    SameOperator,
    /// Another operator opened it.
    OtherOperator,
}

/// The bounded table of cases. It keeps hashes of the grants, lives in memory only, and so holds
/// no grant that could be replayed after a restart.
#[derive(Debug)]
pub(super) struct Cases {
    open: HashMap<[u8; 32], Case>,
    capacity: usize,
    lifetime: Duration,
}

impl Cases {
    pub(super) fn new(capacity: usize, lifetime: Duration) -> Self {
        Self {
            open: HashMap::new(),
            capacity,
            lifetime,
        }
    }

    pub(super) fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// `false` if the table is full.
    pub(super) fn open(&mut self, grant: &[u8], case: Case, now: Instant) -> bool {
        self.open.retain(|_, other| other.expires > now);
        let room = self.open.len() < self.capacity;
        if room {
            self.open.insert(hash(grant), case);
        }
        room
    }

    /// The case that this second operator may approve.
    pub(super) fn approvable(
        &mut self,
        sequence: u64,
        operator: &str,
        now: Instant,
    ) -> Result<&mut Case, NoCase> {
        let mut cases = self.open.values_mut();
        let found = cases.find(|case| case.sequence == sequence && case.expires > now);
        let case = found.ok_or(NoCase::Unknown)?;
        if case.operator == operator {
            return Err(NoCase::SameOperator);
        }
        Ok(case)
    }

    /// Takes a case out by its grant: a grant is good once. One that still waits for its second
    /// operator stays; one that came from another hand than its operator's is void.
    pub(super) fn take(
        &mut self,
        grant: &[u8],
        operator: &str,
        now: Instant,
    ) -> Result<Case, NoCase> {
        let grant = hash(grant);
        let waits = self
            .open
            .get(&grant)
            .is_some_and(|case| case.expires > now && case.operator == operator && !case.approved);
        if waits {
            return Err(NoCase::NotApproved);
        }
        let case = self.open.remove(&grant).ok_or(NoCase::Unknown)?;
        if case.expires <= now {
            Err(NoCase::Unknown)
        } else if case.operator == operator {
            Ok(case)
        } else {
            Err(NoCase::OtherOperator)
        }
    }

    /// How long a case still waits for the hall; `None` if it does not.
    pub(super) fn waits(&self, sequence: u64, now: Instant) -> Option<Duration> {
        let mut cases = self.open.values();
        let case = cases.find(|case| case.sequence == sequence && case.expires > now)?;
        Some(case.expires.saturating_duration_since(now))
    }
}

/// The table is searched by hash, so that its timing tells nothing of a grant.
fn hash(grant: &[u8]) -> [u8; 32] {
    Sha256::digest(grant).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Statement;

    const LIFETIME: Duration = Duration::from_secs(60);

    fn case(sequence: u64, approved: bool, now: Instant) -> Case {
        let statement = Statement {
            holder_number: "420101195505050007",
            agent_number: None,
            holder_original_seen: true,
            agent_original_seen: false,
        };
        Case {
            sequence,
            effect: IssuerEffect::Unblock,
            reader: "r".into(),
            insertion: Insertion::new(3),
            card: CardRef::for_test("c"),
            evidence: Evidence::check(statement, false).unwrap(),
            operator: "li".to_owned(),
            approved,
            expires: now + LIFETIME,
        }
    }

    fn table(approved: bool, now: Instant) -> Cases {
        let mut cases = Cases::new(2, LIFETIME);
        assert!(cases.open(&[7; GRANT_BYTES], case(9, approved, now), now));
        cases
    }

    fn taken(cases: &mut Cases, grant: u8, now: Instant) -> Result<u64, NoCase> {
        cases
            .take(&[grant; GRANT_BYTES], "li", now)
            .map(|case| case.sequence)
    }

    fn approve(
        cases: &mut Cases,
        sequence: u64,
        operator: &str,
        now: Instant,
    ) -> Result<(), NoCase> {
        let case = cases.approvable(sequence, operator, now)?;
        case.approved = true;
        Ok(())
    }

    #[test]
    fn a_grant_is_good_once() {
        let now = Instant::now();
        let mut cases = table(true, now);
        assert_eq!(taken(&mut cases, 8, now), Err(NoCase::Unknown));
        assert_eq!(taken(&mut cases, 7, now), Ok(9));
        assert_eq!(taken(&mut cases, 7, now), Err(NoCase::Unknown));
    }

    #[test]
    fn a_grant_in_another_hand_is_void() {
        let now = Instant::now();
        for approved in [true, false] {
            let mut cases = table(approved, now);
            let taken_by_wang = cases.take(&[7; GRANT_BYTES], "wang", now);
            assert_eq!(taken_by_wang.err(), Some(NoCase::OtherOperator));
            assert_eq!(taken(&mut cases, 7, now), Err(NoCase::Unknown));
        }
    }

    #[test]
    fn a_case_waits_for_the_hall_until_it_is_taken_or_late() {
        let now = Instant::now();
        let mut cases = table(true, now);
        assert_eq!(cases.waits(9, now), Some(LIFETIME));
        assert_eq!(cases.waits(8, now), None);
        let late = now + LIFETIME;
        let moment = Duration::from_millis(1);
        assert_eq!(cases.waits(9, late - moment), Some(moment));
        assert_eq!(cases.waits(9, late), None);
        assert_eq!(taken(&mut cases, 7, now), Ok(9));
        assert_eq!(cases.waits(9, now), None);
    }

    #[test]
    fn a_grant_does_not_outlive_its_time() {
        let now = Instant::now();
        let mut cases = table(true, now);
        assert_eq!(taken(&mut cases, 7, now + LIFETIME), Err(NoCase::Unknown));
        assert_eq!(taken(&mut cases, 7, now), Err(NoCase::Unknown));
    }

    #[test]
    fn the_second_operator_is_another_person() {
        let now = Instant::now();
        let mut cases = table(false, now);
        assert_eq!(taken(&mut cases, 7, now), Err(NoCase::NotApproved));
        assert_eq!(approve(&mut cases, 9, "li", now), Err(NoCase::SameOperator));
        assert_eq!(approve(&mut cases, 8, "wang", now), Err(NoCase::Unknown));
        assert_eq!(taken(&mut cases, 7, now), Err(NoCase::NotApproved));
        assert_eq!(approve(&mut cases, 9, "wang", now), Ok(()));
        assert_eq!(taken(&mut cases, 7, now), Ok(9));
    }

    #[test]
    fn an_approval_comes_in_time() {
        let now = Instant::now();
        let mut cases = table(false, now);
        assert_eq!(
            approve(&mut cases, 9, "wang", now + LIFETIME),
            Err(NoCase::Unknown)
        );
    }

    #[test]
    fn the_table_is_bounded_and_late_cases_make_room() {
        let now = Instant::now();
        let mut cases = table(true, now);
        assert!(cases.open(&[8; GRANT_BYTES], case(10, true, now), now));
        assert!(!cases.open(&[9; GRANT_BYTES], case(11, true, now), now));
        let late = now + LIFETIME;
        assert!(cases.open(&[9; GRANT_BYTES], case(11, true, late), late));
    }
}
