//! Who may use a page of the desk: the browser that was handed its token of this start.

use rand::CryptoRng;
use subtle::ConstantTimeEq as _;

/// Bytes of each secret.
const SECRET_BYTES: usize = 32;

/// The secrets of one page and start. The token stands in the address that is handed to the desk's browser,
/// behind `#`, where it is sent to no server and written into no log; the page trades it for a
/// cookie and takes it out of its history.
pub(crate) struct Session {
    token: String,
    cookie: String,
    /// Cookies do not know ports: the name tells the desks of one machine and their pages apart.
    cookie_name: String,
}

impl Session {
    /// New secrets.
    pub(crate) fn new(port: u16, page: &str, rng: &mut impl CryptoRng) -> Self {
        Self {
            token: secret(rng),
            cookie: secret(rng),
            cookie_name: format!("desk-{port}-{page}"),
        }
    }

    /// The token, for the address.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// The cookie, as `Set-Cookie` has it, for who presents the token.
    pub(crate) fn trade(&self, token: &[u8]) -> Option<String> {
        let right = bool::from(token.ct_eq(self.token.as_bytes()));
        right.then(|| {
            let (name, value) = (&self.cookie_name, &self.cookie);
            format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict")
        })
    }

    /// Whether a `Cookie` header holds the cookie.
    pub(crate) fn holds(&self, header: &str) -> bool {
        header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.cookie_name)
            .any(|(_, value)| bool::from(value.as_bytes().ct_eq(self.cookie.as_bytes())))
    }
}

fn secret(rng: &mut impl CryptoRng) -> String {
    let mut bytes = [0; SECRET_BYTES];
    rng.fill_bytes(&mut bytes);
    hex::encode(bytes)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    fn session(seed: u64) -> Session {
        Session::new(7420, "kiosk", &mut StdRng::seed_from_u64(seed))
    }

    #[test]
    fn only_the_token_of_this_start_gets_the_cookie() {
        let ours = session(1);
        assert_eq!(ours.trade(session(2).token().as_bytes()), None);
        assert_eq!(ours.trade(b""), None);
        assert_eq!(ours.trade(ours.cookie.as_bytes()), None);
        let cookie = ours.trade(ours.token().as_bytes()).unwrap();
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"));
        assert!(!cookie.contains(ours.token()));
    }

    #[test]
    fn only_the_cookie_of_this_start_and_port_counts() {
        let ours = session(1);
        let right = format!("a=b; desk-7420-kiosk={}", ours.cookie);
        assert!(ours.holds(&right));
        for wrong in [
            String::new(),
            "desk-7420-kiosk=".to_owned(),
            format!("desk-7421-kiosk={}", ours.cookie),
            format!("desk-7420-holder={}", ours.cookie),
            format!("desk-7420-kiosk={}", ours.token),
            format!("desk-7420-kiosk={}", session(2).cookie),
        ] {
            assert!(!ours.holds(&wrong), "{wrong}");
        }
    }
}
