//! Nothing can be done with a PIN that would leave a copy of its digits.

use cardd::pin::Pin;

fn print(secret: &Pin) -> String {
    format!("{secret}")
}

fn copy(secret: &Pin) -> Pin {
    <Pin as Clone>::clone(secret)
}

fn compare(one: &Pin, other: &Pin) -> bool {
    one == other
}

fn store(secret: &Pin) -> String {
    serde_json::to_string(secret).unwrap()
}

fn log(secret: &Pin) {
    tracing::info!(secret, "as a field");
}

fn log_text(secret: &Pin) {
    tracing::info!(%secret, "as a text");
}

fn main() {}
