use clap::{CommandFactory as _, Parser as _, error::ErrorKind};

use super::*;

fn parse(line: &str) -> Result<Hall, clap::Error> {
    Hall::try_parse_from(line.split(' '))
}

#[test]
fn the_command_line_is_consistent() {
    Hall::command().debug_assert();
}

#[test]
fn digits_are_refused_on_the_command_line() {
    for line in [
        "hall pin verify --pin 8317",
        "hall pin verify --pin=8317",
        "hall pin verify 8317",
        "hall pin verify --pin-fd x",
        "hall pin verify --pin-fd -1",
        "hall pin change --old 8317",
        "hall --pin 8317 pin verify",
        "hall counter holder-pin 9 8317",
        "hall counter holder-pin 9 --pin 8317",
        "hall counter open unblock --reason blocked 420101195505050007",
        "hall counter open unblock --reason blocked --id 420101195505050007",
        "hall issuer reload --keys k --operator o --issued 8317",
        "hall issuer unblock --keys k --operator o --grant a7",
    ] {
        let error = parse(line).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{line}");
    }
}

/// Every argument of the commands that take digits, ID numbers or grants is on this list; a new one
/// must be judged here.
#[test]
fn no_argument_takes_digits_and_none_is_read_from_the_environment() {
    let known = [
        "socket",
        "connect",
        "certificate",
        "key",
        "ca",
        "json",
        "lang",
        "help",
        "version",
        "reader",
        "insertion",
        "accept_last_attempt",
        "pin_fd",
        "operation",
        "reason",
        "holder_original_seen",
        "agent",
        "agent_original_seen",
        "id_fd",
        "case",
        "wait",
        "keys",
        "operator",
        "grant_fd",
        "digits", // how many
        "hsm",
        "hsm_pin_fd",
        "from",
        "bill",
        "amount_fen",
    ];
    let mut hall = Hall::command();
    hall.build();
    for secretive in ["pin", "counter", "issuer"] {
        let group = hall.find_subcommand(secretive).unwrap();
        for command in group
            .get_subcommands()
            .filter(|command| command.get_name() != "help")
        {
            for argument in command.get_arguments() {
                let name = argument.get_id().as_str();
                assert!(known.contains(&name), "{} {name}", command.get_name());
            }
        }
    }
    assert!(
        !Hall::command()
            .render_long_help()
            .to_string()
            .contains("[env:")
    );
}

#[test]
fn every_subcommand_parses() {
    for line in [
        "hall status",
        "hall readers --json",
        "hall card",
        "hall card R --lang zh",
        "hall watch --after 5 --count 1",
        "hall pin status --reader R",
        "hall pin verify --reader R --insertion 3 --accept-last-attempt --pin-fd 3",
        "hall pin change --pin-fd 0",
        "hall counter open unblock --reason blocked --holder-original-seen",
        "hall counter open reload --reason never-known --agent --agent-original-seen --id-fd 3",
        "hall counter approve 9",
        "hall counter holder-pin 9 --wait 0 --pin-fd 3",
        "hall issuer unblock --keys k --operator uid:0 --grant-fd 3",
        "hall issuer reload --keys k --operator o --digits 4",
        "hall issuer unblock --hsm f --hsm-pin-fd 4 --operator o --grant-fd 3",
        "hall issuer check-keys --keys k",
        "hall pin verify --bill B-1 --amount-fen 500 --pin-fd 3",
        "hall receipt verify --store d --terminal t --bill B-1 --amount-fen 500 f",
        "hall receipt cancel f",
        "hall receipt take-cancellation --store d -",
        "hall receipt keys pull --store d",
        "hall receipt keys list --store d",
        "hall receipt keys rotate",
        "hall issuer import-keys --hsm f --from k",
        "hall ledger list --after 4 --limit 2",
        "hall completions bash",
        "hall man",
        "hall enrol ca --dir /tmp/ca",
        "hall enrol desk --dir d --kind hall --name h-1 --operator o --out h",
        "hall enrol renew --dir d --old-certificate c --old-key k",
        "hall --socket /tmp/s status",
    ] {
        assert!(parse(line).is_ok(), "{line}");
    }
}

#[test]
fn keys_come_from_one_backend() {
    for line in [
        "hall issuer check-keys",
        "hall issuer check-keys --hsm f --keys g",
        "hall issuer check-keys --keys g --hsm-pin-fd 3",
        "hall issuer unblock --operator o",
        "hall issuer import-keys --from f",
    ] {
        assert_eq!(parse(line).unwrap_err().exit_code(), 2, "{line}");
    }
}

#[test]
fn a_chain_head_is_64_hexadecimal_characters() {
    let upper = "AB".repeat(32);
    let Command::Ledger(LedgerCommand::Confirm { old_head }) =
        parse(&format!("hall ledger confirm {upper}"))
            .unwrap()
            .command
    else {
        panic!("another command");
    };
    assert_eq!(old_head, "ab".repeat(32));
    for bad in ["ab".repeat(31), "zz".repeat(32)] {
        let error = parse(&format!("hall ledger confirm {bad}")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ValueValidation);
    }
}

#[test]
fn bounds_are_kept() {
    for line in [
        "hall watch --count 0",
        "hall pin status --insertion 0",
        "hall ledger list --limit 0",
        "hall issuer reload --keys k --operator o --digits 3",
        "hall counter holder-pin 9 --wait 601",
    ] {
        assert_eq!(
            parse(line).unwrap_err().kind(),
            ErrorKind::ValueValidation,
            "{line}"
        );
    }
}
