//! Enums of the contract as types of our own, each with its stable code.

/// Declares an enum that mirrors a generated one without its `Unspecified`.
///
/// The match from the generated enum has an arm for each of its variants: a variant that is added
/// to the contract must be named here before the client compiles.
macro_rules! wire_enum {
    (
        $(#[$doc:meta])*
        $name:ident mirrors $wire:ident, $field:literal {
            $( $(#[$variant_doc:meta])* $variant:ident = $code:literal, )+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $( $(#[$variant_doc])* $variant, )+
        }

        impl $name {
            /// Every value, in the order of the contract.
            pub const ALL: &[Self] = &[ $( Self::$variant ),+ ];

            /// Its name in the contract, without the prefix.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $( Self::$variant => $code, )+ }
            }

            /// The generated value.
            #[allow(dead_code, reason = "not every mirror is sent or looked up in a catalogue")]
            pub(crate) const fn to_wire(self) -> cardd_proto::v1::$wire {
                match self { $( Self::$variant => cardd_proto::v1::$wire::$variant, )+ }
            }

            /// Reads the number of a message.
            #[allow(dead_code, reason = "not every mirror is received")]
            pub(crate) fn from_wire(value: i32) -> Result<Self, $crate::error::ContractError> {
                use cardd_proto::v1::$wire as Wire;
                match Wire::try_from(value) {
                    $( Ok(Wire::$variant) => Ok(Self::$variant), )+
                    Ok(Wire::Unspecified) | Err(_) => {
                        Err($crate::error::ContractError::UnknownValue { field: $field, value })
                    }
                }
            }
        }
    };
}
pub(crate) use wire_enum;

#[cfg(test)]
mod tests {
    use crate::{error::ContractError, model::*};

    macro_rules! mirror_test {
        ($name:ident, $mirror:ident, $prefix:literal) => {
            #[test]
            fn $name() {
                assert!(!$mirror::ALL.is_empty());
                for value in $mirror::ALL {
                    let wire = value.to_wire();
                    assert_eq!($mirror::from_wire(wire as i32), Ok(*value));
                    assert_eq!(wire.as_str_name().strip_prefix($prefix), Some(value.code()));
                }
                for unknown in [0, 999] {
                    assert!(matches!(
                        $mirror::from_wire(unknown),
                        Err(ContractError::UnknownValue { value, .. }) if value == unknown
                    ));
                }
            }
        };
    }

    mirror_test!(reasons, Reason, "REASON_");
    mirror_test!(attempt_spent, AttemptSpent, "ATTEMPT_SPENT_");
    mirror_test!(weak_pins, WeakPin, "WEAK_PIN_");
    mirror_test!(generations, Generation, "GENERATION_");
    mirror_test!(verdicts, Verdict, "VERDICT_");
    mirror_test!(doubts, Doubt, "DOUBT_");
    mirror_test!(pin_states, PinState, "PIN_STATE_");
    mirror_test!(issuer_operations, IssuerOperation, "ISSUER_OPERATION_");
    mirror_test!(case_reasons, CaseReason, "CASE_REASON_");
    mirror_test!(desk_kinds, DeskKind, "DESK_KIND_");
    mirror_test!(service_states, ServiceState, "SERVICE_STATE_");
    mirror_test!(ledger_states, LedgerState, "LEDGER_STATE_");
    mirror_test!(rules_sources, RulesSource, "RULES_SOURCE_");
}
