//! Results for people: tables whose columns stay straight with double-width characters.

mod event;

use comfy_table::{Table, presets::ASCII_NO_BORDERS};
use hall_client::{
    CardContents, Case, Doubt, GuessBudget, HolderData, Insertion, LedgerRecord, Operated,
    PinStatus, Protection, ProtectionState, Reader, Rules, RulesInForce, Slot, SuspectCard,
    TerminalStatus, Verified,
    measure::{GUESSES, Measurement, model::name_of},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::text::{Lang, Say};

pub(crate) use event::event;

fn grid(lang: Lang, head: &[Say], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_style(ASCII_NO_BORDERS)
        .set_header(head.iter().map(|say| lang.say(*say)))
        .add_rows(rows);
    table.trim_fmt()
}

fn pairs(lang: Lang, rows: impl IntoIterator<Item = (Say, String)>) -> String {
    let mut table = Table::new();
    table
        .load_style(ASCII_NO_BORDERS)
        .add_rows(rows.into_iter().map(|(say, value)| [lang.say(say), value]));
    table.trim_fmt()
}

/// RFC 3339 in UTC; the bare number where it is beyond the calendar.
fn instant(unix_ms: u64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(unix_ms) * 1_000_000)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| unix_ms.to_string())
}

fn number(value: Option<u64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// Tries left, where known.
pub(crate) fn tries(lang: Lang, attempts: Option<u32>) -> String {
    attempts.map_or_else(
        || lang.say(Say::TriesUnknown),
        |attempts| attempts.to_string(),
    )
}

pub(crate) fn status(lang: Lang, status: &TerminalStatus) -> String {
    pairs(
        lang,
        [
            (Say::TerminalId, status.terminal_id.clone()),
            (Say::Version, status.version.clone()),
            (Say::Started, instant(status.started_unix_ms)),
            (
                Say::Desk,
                format!("{} ({})", status.desk.name, status.desk.kind.code()),
            ),
            (Say::Pcsc, status.pcsc.code().to_owned()),
            (Say::Ledger, status.ledger.code().to_owned()),
            (
                Say::OldLedgerHead,
                status
                    .old_ledger_head_hex
                    .clone()
                    .unwrap_or_else(|| "-".to_owned()),
            ),
            (Say::LedgerHead, status.ledger_head_sequence.to_string()),
            (Say::Unacknowledged, unacknowledged(status)),
            (
                Say::Enrolled,
                lang.say(if status.ledger_enrolled {
                    Say::Yes
                } else {
                    Say::No
                }),
            ),
            (Say::Readers, status.readers.to_string()),
            (Say::OpenEntries, status.open_entries.to_string()),
            (Say::WrongTries, wrong_tries(lang, status.guess_budget)),
            (Say::Unprotected, unprotected(&status.protection)),
            (Say::RulesFrom, rules_from(&status.rules)),
        ],
    )
}

/// How many records wait for the hall, and how many may.
fn unacknowledged(status: &TerminalStatus) -> String {
    let waiting = status.ledger_unacknowledged;
    match status.ledger_unacknowledged_limit {
        0 => waiting.to_string(),
        limit => format!("{waiting} / {limit}"),
    }
}

/// The parts that are not in force; the log of the terminal and `cardd doctor` say what to do.
fn unprotected(protection: &[Protection]) -> String {
    let lacking = protection
        .iter()
        .filter(|part| part.state != ProtectionState::InForce)
        .map(|part| format!("{} {}", part.part.code(), part.state.code()));
    let lacking: Vec<_> = lacking.collect();
    if lacking.is_empty() {
        "-".to_owned()
    } else {
        lacking.join(", ")
    }
}

fn wrong_tries(lang: Lang, budget: GuessBudget) -> String {
    let counted = format!("{} / {}", budget.spent, budget.limit_per_hour);
    if budget.kiosks_closed {
        format!("{counted} {}", lang.say(Say::KiosksClosed))
    } else {
        counted
    }
}

fn rules_from(rules: &RulesInForce) -> String {
    match rules.version {
        0 => rules.source.code().to_owned(),
        version => format!("{} {} v{version}", rules.source.code(), rules.region_name),
    }
}

pub(crate) fn rules(lang: Lang, rules: &Rules) -> String {
    let yes_no = |yes| lang.say(if yes { Say::Yes } else { Say::No });
    let mut rows = vec![
        (Say::RulesFrom, rules_from(&rules.in_force)),
        (Say::RulesRegion, rules.in_force.region.clone()),
        (Say::RulesKey, rules.in_force.key_id.clone()),
        (
            Say::Digits,
            format!("{} - {}", rules.min_digits, rules.max_digits),
        ),
        (Say::FewestAttempts, rules.fewest_attempts.to_string()),
        (Say::AgentsAllowed, yes_no(rules.agents_allowed)),
        (Say::SecondOperator, yes_no(rules.second_operator)),
        (Say::GuessBudget, rules.guess_budget_per_hour.to_string()),
    ];
    let texts = rules
        .weak
        .iter()
        .map(|weak| lang.pick(&weak.text.zh, &weak.text.en));
    rows.extend(texts.map(|text| (Say::WeakPin, text)));
    pairs(lang, rows)
}

/// One line for each set of rules and thief; shares in hundredths.
pub(crate) fn measured(lang: Lang, measured: &Measurement) -> String {
    let percent = |share: f64| format!("{:.1}%", share * 100.0);
    let mut table = Table::new();
    let says = [
        Say::Rules,
        Say::SpaceRefused,
        Say::HoldersRefused,
        Say::Thief,
    ];
    let head = says.map(|say| lang.say(say)).into_iter();
    table
        .load_style(ASCII_NO_BORDERS)
        .set_header(head.chain(GUESSES.map(|guesses| guesses.to_string())));
    for row in &measured.rows {
        for (thief, shares) in [(Say::Stranger, row.stranger), (Say::Wallet, row.wallet)] {
            let first = [
                name_of(row.rules).to_owned(),
                percent(row.space_refused),
                percent(row.holders_refused),
                lang.say(thief),
            ];
            table.add_row(first.into_iter().chain(shares.map(percent)));
        }
    }
    table.trim_fmt()
}

pub(crate) fn suspects(lang: Lang, cards: &[SuspectCard]) -> String {
    grid(
        lang,
        &[Say::CardRef, Say::TriesLost, Say::FirstLost, Say::LastLost],
        cards.iter().map(|card| {
            vec![
                card.card_ref.clone(),
                card.tries_lost.to_string(),
                instant(card.first_unix_ms),
                instant(card.last_unix_ms),
            ]
        }),
    )
}

pub(crate) fn readers(lang: Lang, readers: &[Reader]) -> String {
    let head = [Say::Reader, Say::State, Say::Insertion, Say::Card];
    grid(
        lang,
        &head,
        readers.iter().map(|reader| {
            vec![
                reader.name.clone(),
                reader.slot.code().to_owned(),
                number(reader.insertion().map(Insertion::get)),
                slot_words(lang, reader),
            ]
        }),
    )
}

fn slot_words(lang: Lang, reader: &Reader) -> String {
    match &reader.slot {
        Slot::Faulted { fault, .. } => {
            let text = fault.text();
            lang.pick(text.zh, text.en)
        }
        Slot::Empty | Slot::Present { .. } | Slot::Identified { .. } | Slot::Busy { .. } => {
            reader.card().map_or_else(
                || "-".to_owned(),
                |card| format!("{} {}", card.generation.code(), card.card_number),
            )
        }
    }
}

pub(crate) fn card(lang: Lang, contents: &CardContents) -> String {
    let (card, issuer) = (&contents.card, &contents.issuer);
    let mut rows = vec![
        (Say::Generation, card.generation.code().to_owned()),
        (Say::Specification, card.specification_version.clone()),
        (Say::CardNumber, card.card_number.clone()),
        (Say::CardIdentifier, issuer.card_identifier_hex.clone()),
        (Say::Region, issuer.region_code.clone()),
        (Say::IssuedOn, issuer.issued_on.clone()),
        (Say::ExpiresOn, issuer.expires_on.clone()),
        (Say::CardClass, issuer.card_class.clone()),
    ];
    match &contents.holder {
        HolderData::Open(holder) => rows.extend([
            (Say::Name, holder.name.clone()),
            (Say::CitizenNumber, holder.citizen_number.clone()),
            (Say::Sex, holder.sex.clone()),
            (Say::EthnicGroup, holder.ethnic_group.clone()),
            (Say::BirthPlace, holder.birth_place.clone()),
            (Say::BirthDate, holder.birth_date.clone()),
        ]),
        HolderData::Protected => rows.push((Say::Holder, lang.say(Say::HolderProtected))),
    }
    pairs(lang, rows)
}

pub(crate) fn pin_status(lang: Lang, reader: &str, status: &PinStatus) -> String {
    let doubt = status.doubt.map_or(Say::No.text(), Doubt::text);
    pairs(
        lang,
        [
            (Say::Reader, reader.to_owned()),
            (Say::Pin, status.state.code().to_owned()),
            (Say::TriesLeft, tries(lang, status.attempts_remaining)),
            (Say::InDoubt, lang.pick(doubt.zh, doubt.en)),
        ],
    )
}

pub(crate) fn verified(lang: Lang, outcome: Say, verified: &Verified) -> String {
    format!(
        "{}\n{}: {}\n{}: {}",
        lang.say(outcome),
        lang.say(Say::TriesLeft),
        tries(lang, verified.attempts_remaining),
        lang.say(Say::LedgerHead),
        verified.ledger_sequence,
    )
}

pub(crate) fn case(lang: Lang, case: &Case) -> String {
    pairs(
        lang,
        [
            (Say::CaseNumber, case.sequence.to_string()),
            (Say::Operator, case.grant.operator().to_owned()),
            (Say::Grant, hex::encode(case.grant.bytes())),
            (Say::GoodFor, format!("{} s", case.expires_in.as_secs())),
        ],
    )
}

pub(crate) fn operated(lang: Lang, outcome: Say, operated: &Operated) -> String {
    format!(
        "{}\n{}: {}\n{}: {}",
        lang.say(outcome),
        lang.say(Say::TriesLeft),
        tries(lang, operated.attempts_remaining),
        lang.say(Say::LedgerHead),
        operated.ledger_sequence,
    )
}

pub(crate) fn records(lang: Lang, records: &[LedgerRecord]) -> String {
    grid(
        lang,
        &[Say::Sequence, Say::Time, Say::Record],
        records.iter().map(|record| {
            vec![
                record.sequence.to_string(),
                instant(record.time_unix_ms),
                record.body_json.clone(),
            ]
        }),
    )
}

#[cfg(test)]
mod tests {
    use hall_client::{Event, Happening};

    use super::*;

    /// Columns on the screen: Chinese characters take two.
    fn columns_before_bar(line: &str) -> usize {
        let before = line.split(['|', '+']).next().unwrap();
        before
            .chars()
            .map(|c| if c.is_ascii() { 1 } else { 2 })
            .sum()
    }

    #[test]
    fn columns_stay_straight_with_double_width_characters() {
        let rows = [("读卡器一号", "EMPTY"), ("Reader", "BUSY")];
        let rows = rows.map(|(name, state)| vec![name.to_owned(), state.to_owned()]);
        let text = grid(Lang::Both, &[Say::Reader, Say::State], rows);
        let bars: Vec<_> = text
            .lines()
            .filter(|line| line.contains('|'))
            .map(columns_before_bar)
            .collect();
        assert_eq!(bars.len(), 3, "{text}");
        assert!(bars.iter().all(|bar| *bar == bars[0]), "{text}");
    }

    #[test]
    fn instants_are_utc() {
        assert_eq!(instant(1_700_000_000_123), "2023-11-14T22:13:20.123Z");
        assert_eq!(instant(u64::MAX), u64::MAX.to_string());
    }

    #[test]
    fn an_event_is_one_line() {
        let happening = Happening::CardRemoved {
            reader: "R".to_owned(),
            insertion: Insertion::new(7).unwrap(),
        };
        let line = event(&Event {
            position: 3,
            time_unix_ms: 0,
            happening,
        });
        assert_eq!(line, "     3  1970-01-01T00:00:00Z  CARD_REMOVED     R #7");
    }
}
