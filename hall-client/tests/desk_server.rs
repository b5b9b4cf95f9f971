//! The pages' server as a stranger on this machine sees it, byte by byte. No cardd answers here.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests stop at the first surprise, as tests do"
)]

use std::net::SocketAddr;

use hall_client::desk::{
    self, Kind, ServeError,
    assets::ASSETS,
    settings::{HisAccess, Settings},
};
use rand::{SeedableRng as _, rngs::StdRng};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinHandle,
};

/// A kiosk's server, and what its own browser knows.
struct Desk {
    address: SocketAddr,
    token: String,
    server: JoinHandle<Result<(), ServeError>>,
    _nowhere: tempfile::TempDir,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn kiosk() -> Desk {
    open(Kind::Kiosk).await.0
}

/// The server of a desk, as its first page and the others know it.
async fn open(kind: Kind) -> (Desk, Vec<String>) {
    let nowhere = tempfile::tempdir().unwrap();
    let socket = nowhere.path().join("none.sock");
    let listen = "127.0.0.1:0".parse().unwrap();
    let mut rng = StdRng::seed_from_u64(1);
    let opened = desk::open(kind, &socket, listen, Settings::default(), &mut rng)
        .await
        .unwrap();
    let token = |url: &str| url.split('#').nth(1).unwrap().to_owned();
    let mut tokens: Vec<_> = opened.urls().iter().map(|(_, url)| token(url)).collect();
    let desk = Desk {
        address: opened.address(),
        token: tokens.remove(0),
        server: tokio::spawn(opened.serve()),
        _nowhere: nowhere,
    };
    (desk, tokens)
}

impl Desk {
    /// Sends a head and a body as they are; answers status line, head and the first of the body.
    async fn says(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = head.replace("AUTHORITY", &self.address.to_string());
        let length = body.len();
        let request = format!("{head}\r\nContent-Length: {length}\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let mut buffer = [0; 4096];
        while !answer.windows(4).any(|four| four == b"\r\n\r\n") {
            match stream.read(&mut buffer).await.unwrap() {
                0 => break,
                read => answer.extend_from_slice(&buffer[..read]),
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn status(&self, head: &str, body: &str) -> u16 {
        let answer = self.says(head, body).await;
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// The cookie that the desk's browser gets for the token.
    async fn cookie(&self) -> String {
        self.cookie_for(&self.token).await
    }

    async fn cookie_for(&self, token: &str) -> String {
        let answer = self
            .says(&post("/session", "AUTHORITY", "http://AUTHORITY"), token)
            .await;
        assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
        let line = answer
            .lines()
            .find(|line| line.starts_with("set-cookie: "))
            .unwrap();
        assert!(line.contains("HttpOnly; SameSite=Strict"), "{line}");
        line["set-cookie: ".len()..]
            .split(';')
            .next()
            .unwrap()
            .to_owned()
    }
}

fn get(path: &str, host: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}")
}

fn post(path: &str, host: &str, origin: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}")
}

#[tokio::test]
async fn pages_are_served_to_this_machine_only() {
    for address in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0"] {
        let listen = address.parse().unwrap();
        let mut rng = StdRng::seed_from_u64(1);
        let opened = desk::open(
            Kind::Kiosk,
            "none.sock".as_ref(),
            listen,
            Settings::default(),
            &mut rng,
        )
        .await;
        assert!(matches!(opened, Err(ServeError::NotLoopback(at)) if at == listen));
    }
}

#[tokio::test]
async fn another_host_name_is_refused() {
    let desk = kiosk().await;
    assert_eq!(desk.status(&get("/", "AUTHORITY"), "").await, 200);
    for host in [
        "evil.example",
        "localhost",
        "127.0.0.1",
        "AUTHORITY.evil.example",
    ] {
        assert_eq!(desk.status(&get("/", host), "").await, 421, "{host}");
    }
    let twice = format!("{}\r\nHost: evil.example", get("/", "AUTHORITY"));
    assert!([400, 421].contains(&desk.status(&twice, "").await));
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused() {
    let desk = kiosk().await;
    let cookie = desk.cookie().await;
    let act = |origin: &str| {
        format!(
            "{}\r\nCookie: {cookie}",
            post("/act/kiosk", "AUTHORITY", origin)
        )
    };
    let touch = r#"{"turn":1,"act":"finish"}"#;
    assert_eq!(desk.status(&act("http://AUTHORITY"), touch).await, 202);
    for origin in [
        "http://evil.example",
        "https://AUTHORITY",
        "http://127.0.0.1:1",
        "null",
    ] {
        assert_eq!(desk.status(&act(origin), touch).await, 403, "{origin}");
    }
    let nameless = format!("POST /act/kiosk HTTP/1.1\r\nHost: AUTHORITY\r\nCookie: {cookie}");
    assert_eq!(desk.status(&nameless, touch).await, 403);
    let framed = format!("{}\r\nSec-Fetch-Site: cross-site", get("/", "AUTHORITY"));
    assert_eq!(desk.status(&framed, "").await, 403);
}

#[tokio::test]
async fn without_the_token_of_this_start_nothing_of_a_holder_is_seen_or_touched() {
    let desk = kiosk().await;
    let session = post("/session", "AUTHORITY", "http://AUTHORITY");
    let wrong = "0".repeat(desk.token.len());
    for token in ["", wrong.as_str()] {
        assert_eq!(desk.status(&session, token).await, 401);
    }
    let act = post("/act/kiosk", "AUTHORITY", "http://AUTHORITY");
    assert_eq!(desk.status(&act, r#"{"turn":1,"act":"finish"}"#).await, 401);
    let events = get("/events/kiosk", "AUTHORITY");
    assert_eq!(desk.status(&events, "").await, 401);
    let cookie = desk.cookie().await;
    let own = format!("{events}\r\nCookie: {cookie}");
    assert_eq!(desk.status(&own, "").await, 200);
}

#[tokio::test]
async fn what_opens_one_page_of_a_desk_does_not_open_the_other() {
    let (desk, others) = open(Kind::Billing).await;
    let cashier = desk.cookie().await;
    let holder = desk.cookie_for(&others[0]).await;
    for (cookie, page, seen, touched) in [
        (&cashier, "cashier", 200, 202),
        (&cashier, "holder", 401, 401),
        (&holder, "holder", 200, 202),
        (&holder, "cashier", 401, 401),
        (&cashier, "his", 404, 404),
    ] {
        let with = |head: String| format!("{head}\r\nCookie: {cookie}");
        let events = with(get(&format!("/events/{page}"), "AUTHORITY"));
        assert_eq!(desk.status(&events, "").await, seen, "{page}");
        let path = format!("/act/{page}");
        let act = with(post(&path, "AUTHORITY", "http://AUTHORITY"));
        let touch = r#"{"turn":1,"act":"finish"}"#;
        assert_eq!(desk.status(&act, touch).await, touched, "{page}");
    }
    // Without a token file, there is no hospital system here.
    let bill = get("/his/v1/bills/B-1", "AUTHORITY");
    assert_eq!(desk.status(&bill, "").await, 404);
}

#[tokio::test]
async fn a_token_that_others_can_read_or_guess_is_none() {
    let directory = tempfile::tempdir().unwrap();
    let token_file = directory.path().join("token");
    for (content, mode, taken) in [
        ("0123456789abcdef0123456789abcdef\n", 0o600, true),
        ("0123456789abcdef0123456789abcdef\n", 0o640, false),
        ("0123456789abcdef0123456789abcde", 0o600, false),
        ("0123456789abcdef 0123456789abcdef", 0o600, false),
        ("", 0o600, false),
    ] {
        std::fs::write(&token_file, content).unwrap();
        let mode_only = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(&token_file, mode_only).unwrap();
        let his = Some(HisAccess {
            token_file: token_file.clone(),
        });
        let settings = Settings {
            his,
            ..Settings::default()
        };
        let listen = "127.0.0.1:0".parse().unwrap();
        let mut rng = StdRng::seed_from_u64(1);
        let nowhere = "none.sock".as_ref();
        let opened = desk::open(Kind::Billing, nowhere, listen, settings, &mut rng).await;
        let refused = matches!(opened, Err(ServeError::HisToken(_)));
        assert_eq!(refused, !taken, "{content:?} {mode:o}");
    }
}

#[tokio::test]
async fn every_answer_forbids_what_the_pages_do_not_need() {
    let desk = kiosk().await;
    for head in [
        get("/", "AUTHORITY"),
        get("/nothing", "AUTHORITY"),
        get("/", "evil.example"),
    ] {
        let answer = desk.says(&head, "").await;
        for part in [
            "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "x-content-type-options: nosniff",
            "cache-control: no-store",
            "referrer-policy: no-referrer",
            "cross-origin-resource-policy: same-origin",
        ] {
            assert!(answer.contains(part), "{part} is not in {answer}");
        }
        for part in ["unsafe-", "access-control-"] {
            assert!(!answer.contains(part), "{part} is in {answer}");
        }
    }
}

#[tokio::test]
async fn what_is_too_large_or_malformed_is_refused() {
    let desk = kiosk().await;
    let cookie = desk.cookie().await;
    let act = format!(
        "{}\r\nCookie: {cookie}",
        post("/act/kiosk", "AUTHORITY", "http://AUTHORITY")
    );
    for (body, status) in [
        (String::new(), 400),
        ("{}".to_owned(), 400),
        (r#"{"turn":1,"act":"open the till"}"#.to_owned(), 400),
        (
            r#"{"turn":1,"act":"submit","encapsulated_key":"00","ciphertext":"00"}"#.to_owned(),
            400,
        ),
        (" ".repeat(9000), 413),
    ] {
        assert_eq!(desk.status(&act, &body).await, status, "{body:.40}");
    }
    let nowhere = act.replace("/act/kiosk", "/act/nowhere");
    assert_eq!(
        desk.status(&nowhere, r#"{"turn":1,"act":"finish"}"#).await,
        404
    );
}

#[tokio::test]
async fn event_streams_are_bounded() {
    let desk = kiosk().await;
    let cookie = desk.cookie().await;
    let events = format!("{}\r\nCookie: {cookie}", get("/events/kiosk", "AUTHORITY"));
    let mut open = Vec::new();
    for _ in 0..8 {
        let mut stream = TcpStream::connect(desk.address).await.unwrap();
        let head = events.replace("AUTHORITY", &desk.address.to_string());
        stream
            .write_all(format!("{head}\r\n\r\n").as_bytes())
            .await
            .unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.unwrap();
        assert_eq!(&status, b"HTTP/1.1 200");
        open.push(stream);
    }
    assert_eq!(desk.status(&events, "").await, 503);
}

#[test]
fn pages_name_no_other_host_and_no_inline_code() {
    assert!(ASSETS.len() > 15);
    for asset in ASSETS {
        let text = std::str::from_utf8(asset.bytes).unwrap();
        let foreign = text
            .split("//")
            .skip(1)
            .filter(|rest| rest.starts_with("www.") && !rest.starts_with("www.w3.org/"))
            .count();
        assert_eq!(foreign, 0, "{}", asset.path);
        for forbidden in [
            "https:",
            "innerHTML",
            "eval(",
            "<style",
            "style=",
            "onload=",
            "localStorage",
        ] {
            assert!(!text.contains(forbidden), "{} has {forbidden}", asset.path);
        }
    }
}
