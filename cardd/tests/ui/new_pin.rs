//! Nothing can be done with a PIN that passed the rules that would leave a copy of its digits.

use cardd::pin::NewPin;

fn print(secret: &NewPin) -> String {
    format!("{secret}")
}

fn copy(secret: &NewPin) -> NewPin {
    <NewPin as Clone>::clone(secret)
}

fn compare(one: &NewPin, other: &NewPin) -> bool {
    one == other
}

fn store(secret: &NewPin) -> String {
    serde_json::to_string(secret).unwrap()
}

fn log(secret: &NewPin) {
    tracing::info!(secret, "as a field");
}

fn log_text(secret: &NewPin) {
    tracing::info!(%secret, "as a text");
}

fn main() {}
