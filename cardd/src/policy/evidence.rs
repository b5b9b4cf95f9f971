//! What must be on record before a card is unlocked or its PIN reset.

use super::citizen_number::{CitizenNumber, NotACitizenNumber};

/// Who stands at the counter.
#[derive(Debug, Clone, PartialEq)]
pub enum Applicant {
    /// The holder, with the original ID card.
    Holder,
    /// Somebody for the holder, with both originals.
    Agent {
        /// The agent's own number.
        number: CitizenNumber,
    },
}

/// What an operator states, before it is checked.
#[derive(Debug, Clone, Copy)]
pub struct Statement<'a> {
    /// Number on the holder's original ID card.
    pub holder_number: &'a str,
    /// Number on the agent's, where one applies.
    pub agent_number: Option<&'a str>,
    /// Whether the holder's original was seen.
    pub holder_original_seen: bool,
    /// Whether the agent's original was seen.
    pub agent_original_seen: bool,
}

/// A statement that is complete and whose numbers are numbers. Made only by [`Evidence::check`].
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    holder_number: CitizenNumber,
    applicant: Applicant,
}

/// Why a statement is not enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceRefused {
    /// The holder's original ID card was not seen.
    #[error("the holder's original ID card must be seen")]
    HolderOriginal,
    /// The agent's original ID card was not seen.
    #[error("the agent's original ID card must be seen")]
    AgentOriginal,
    /// This region lets no agent apply.
    #[error("no agent may apply in this region")]
    NoAgents,
    /// The agent is the holder.
    #[error("the agent has the holder's number")]
    AgentIsHolder,
    /// A number is none.
    #[error(transparent)]
    Number(#[from] NotACitizenNumber),
    /// The number is not the one in the card.
    #[error("the number is not the one in the card")]
    OtherNumber,
}

impl Evidence {
    /// Checks that the statement is complete.
    ///
    /// # Errors
    /// [`EvidenceRefused`], the first thing that is missing.
    pub fn check(statement: Statement<'_>, agents_allowed: bool) -> Result<Self, EvidenceRefused> {
        if !statement.holder_original_seen {
            return Err(EvidenceRefused::HolderOriginal);
        }
        let holder_number = CitizenNumber::parse(statement.holder_number)?;
        let applicant = match statement.agent_number {
            None => Applicant::Holder,
            Some(_) if !agents_allowed => return Err(EvidenceRefused::NoAgents),
            Some(_) if !statement.agent_original_seen => {
                return Err(EvidenceRefused::AgentOriginal);
            }
            Some(number) => Applicant::Agent {
                number: CitizenNumber::parse(number)?,
            },
        };
        if matches!(&applicant, Applicant::Agent { number } if *number == holder_number) {
            return Err(EvidenceRefused::AgentIsHolder);
        }
        Ok(Self {
            holder_number,
            applicant,
        })
    }

    /// Holds the stated number against the one that the card carries.
    ///
    /// # Errors
    /// [`EvidenceRefused::OtherNumber`].
    pub fn match_card(&self, number_in_card: &str) -> Result<(), EvidenceRefused> {
        let same = self.holder_number.expose() == number_in_card.trim().to_ascii_uppercase();
        same.then_some(()).ok_or(EvidenceRefused::OtherNumber)
    }

    /// The holder's number.
    #[must_use]
    pub fn holder_number(&self) -> &CitizenNumber {
        &self.holder_number
    }

    /// Who applied.
    #[must_use]
    pub fn applicant(&self) -> &Applicant {
        &self.applicant
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLDER: &str = "420101195505050007";
    const AGENT: &str = "420101198506150003";

    fn statement() -> Statement<'static> {
        Statement {
            holder_number: HOLDER,
            agent_number: None,
            holder_original_seen: true,
            agent_original_seen: false,
        }
    }

    fn with_agent() -> Statement<'static> {
        Statement {
            agent_number: Some(AGENT),
            agent_original_seen: true,
            ..statement()
        }
    }

    #[test]
    fn holder_and_agent_with_their_originals() {
        let holder = Evidence::check(statement(), false).unwrap();
        assert_eq!(holder.applicant(), &Applicant::Holder);
        let agent = Evidence::check(with_agent(), true).unwrap();
        let number = CitizenNumber::parse(AGENT).unwrap();
        assert_eq!(agent.applicant(), &Applicant::Agent { number });
    }

    #[test]
    fn each_missing_piece_is_named() {
        use EvidenceRefused::{AgentIsHolder, AgentOriginal, HolderOriginal, NoAgents, Number};
        let cases = [
            (
                Statement {
                    holder_original_seen: false,
                    ..statement()
                },
                HolderOriginal,
            ),
            (
                Statement {
                    holder_number: "1",
                    ..statement()
                },
                Number(NotACitizenNumber),
            ),
            (
                Statement {
                    agent_original_seen: false,
                    ..with_agent()
                },
                AgentOriginal,
            ),
            (
                Statement {
                    agent_number: Some("1"),
                    ..with_agent()
                },
                Number(NotACitizenNumber),
            ),
            (
                Statement {
                    agent_number: Some(HOLDER),
                    ..with_agent()
                },
                AgentIsHolder,
            ),
        ];
        for (statement, expected) in cases {
            assert_eq!(Evidence::check(statement, true), Err(expected));
        }
        assert_eq!(Evidence::check(with_agent(), false), Err(NoAgents));
    }

    #[test]
    fn the_card_must_carry_the_stated_number() {
        let evidence = Evidence::check(statement(), false).unwrap();
        assert_eq!(evidence.match_card(HOLDER), Ok(()));
        assert_eq!(
            evidence.match_card(AGENT),
            Err(EvidenceRefused::OtherNumber)
        );
        assert_eq!(evidence.match_card(""), Err(EvidenceRefused::OtherNumber));
    }
}
