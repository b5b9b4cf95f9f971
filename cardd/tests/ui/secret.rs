//! Nothing can be done with what was typed that would leave a copy of its digits.

use cardd_proto::secret::Secret;

fn print(secret: &Secret) -> String {
    format!("{secret}")
}

fn copy(secret: &Secret) -> Secret {
    <Secret as Clone>::clone(secret)
}

fn compare(one: &Secret, other: &Secret) -> bool {
    one == other
}

fn store(secret: &Secret) -> String {
    serde_json::to_string(secret).unwrap()
}

fn log(secret: &Secret) {
    tracing::info!(secret, "as a field");
}

fn log_text(secret: &Secret) {
    tracing::info!(%secret, "as a text");
}

fn main() {}
