//! Nothing can be done with a command, whose data may be a PIN that would leave a copy of its digits.

use cardd::apdu::Command;

fn print(secret: &Command) -> String {
    format!("{secret}")
}

fn copy(secret: &Command) -> Command {
    <Command as Clone>::clone(secret)
}

fn compare(one: &Command, other: &Command) -> bool {
    one == other
}

fn store(secret: &Command) -> String {
    serde_json::to_string(secret).unwrap()
}

fn log(secret: &Command) {
    tracing::info!(secret, "as a field");
}

fn log_text(secret: &Command) {
    tracing::info!(%secret, "as a text");
}

fn main() {}
