//! Exchanges of the rack's trace as lines. The trace itself holds no PIN data.

use card_sim::rack::wire::Exchange;

/// `00 20 00 00  Lc 02   SW 63 C5   VERIFY 校验  PIN ****`.
pub(super) fn line(exchange: &Exchange) -> String {
    let status_word = exchange
        .status_word
        .as_deref()
        .map_or("--".to_owned(), spaced);
    format!(
        "{}  {:<5}  SW {status_word}   {}",
        spaced(&exchange.header),
        length(exchange),
        meaning(exchange)
    )
}

/// Whether it carries a PIN or asks for its counter.
pub(super) fn is_about_pin(exchange: &Exchange) -> bool {
    matches!(exchange.header.get(..4), Some("0020" | "805e"))
}

/// Whether the story tells it in full: about the PIN, or of the issuer.
pub(super) fn is_told(exchange: &Exchange) -> bool {
    let issuer = matches!(exchange.header.get(..4), Some("0084" | "0082" | "8424"));
    issuer || is_about_pin(exchange)
}

/// Whether digits of a PIN went with it.
pub(super) fn carries_pin(exchange: &Exchange) -> bool {
    is_about_pin(exchange) && exchange.command_length > 5
}

/// What stands in P3 (ISO 7816-3 12.1.1): Lc before data, Le otherwise. An empty VERIFY has an Lc
/// of zero (LD/T 32.5 VERIFY).
fn length(exchange: &Exchange) -> String {
    let sends = exchange.command_length > 5 || is_about_pin(exchange);
    let name = if sends { "Lc" } else { "Le" };
    let p3 = exchange.p3.as_deref();
    p3.map_or(String::new(), |p3| format!("{name} {}", spaced(p3)))
}

/// What the command is called in LD/T 32.5.
fn meaning(exchange: &Exchange) -> &'static str {
    match (exchange.header.get(..4), carries_pin(exchange)) {
        (Some("00a4"), _) => "SELECT 选择文件",
        (Some("00b0"), _) => "READ BINARY 读二进制文件",
        (Some("00b2"), _) => "READ RECORD 读记录",
        (Some("00c0"), _) => "GET RESPONSE 取响应",
        (Some("0020"), false) => "VERIFY 校验，空：问剩余次数 (tries left?)",
        (Some("0020"), true) => "VERIFY 校验，密码 PIN ****",
        (Some("805e"), _) => "CHANGE PIN 修改，原 old ****，新 new ****",
        (Some("0084"), _) => "GET CHALLENGE 取随机数",
        (Some("0082"), _) => "EXTERNAL AUTHENTICATION 外部认证",
        (Some("8424"), _) if exchange.header.ends_with("00") => "PIN CHANGE/UNBLOCK 解锁",
        (Some("8424"), _) => "PIN CHANGE/UNBLOCK 重置，PIN ****",
        (Some(_) | None, _) => "",
    }
}

/// Hexadecimal in pairs, upper case.
fn spaced(hexadecimal: &str) -> String {
    let upper: Vec<char> = hexadecimal.to_ascii_uppercase().chars().collect();
    let pairs: Vec<String> = upper.chunks(2).map(|pair| pair.iter().collect()).collect();
    pairs.join(" ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn exchange(command: &[u8], response: &[u8]) -> Exchange {
        Exchange::new(("a", "w1"), command, Some(response), Duration::ZERO)
    }

    #[test]
    fn a_verify_shows_no_digit() {
        let shown = line(&exchange(&[0, 0x20, 0, 0, 2, 0x83, 0x05], &[0x63, 0xC5]));
        assert_eq!(
            shown,
            "00 20 00 00  Lc 02  SW 63 C5   VERIFY 校验，密码 PIN ****"
        );
    }

    #[test]
    fn the_question_for_the_counter_is_no_try() {
        let question = exchange(&[0, 0x20, 0, 0, 0], &[0x63, 0xC6]);
        assert!(is_about_pin(&question) && !carries_pin(&question));
        assert!(line(&question).contains("tries left?"));
    }

    #[test]
    fn a_change_carries_the_pin() {
        let change = exchange(&[0x80, 0x5E, 1, 0, 5, 1, 2, 0xFF, 3, 4], &[0x90, 0]);
        assert!(carries_pin(&change));
        assert!(line(&change).starts_with("80 5E 01 00  Lc 05  SW 90 00"));
    }
}
