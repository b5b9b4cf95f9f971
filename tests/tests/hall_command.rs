//! The `hall` command for counter and hall, as a shell runs it: unlock, reset, and who may not.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use cardd_tests::{
    counted::{Counted, Tries},
    daemon::program,
    desk::Desk,
    hall::{own_user, roots_file},
    stand::{Plan, Stand},
};
use hall_client::PinState;
use serde_json::Value;

const HOLDER: &str = "420101197001010000";
const HOLDER_W3: &str = "420101201202290001";
/// What the holder chooses.
const OWN: &str = "839405";
/// Of a card that has all its tries.
const FULL: Tries = (6, 3);

/// A stand with one card in its reader.
struct Shell {
    stand: Stand,
    counted: Counted,
    roots: PathBuf,
    card: &'static str,
}

impl Shell {
    async fn open(card: &'static str) -> Self {
        let stand = Stand::start(&Plan::with_cards(&[card])).unwrap();
        stand.rack().unwrap().insert("a", card).unwrap();
        let desk = Desk::at(&stand, "counter").await.unwrap();
        desk.card(&stand.reader("a")).await.unwrap();
        let roots = roots_file(stand.directory()).unwrap();
        Self {
            counted: Counted::begin(&stand).unwrap(),
            stand,
            roots,
            card,
        }
    }

    /// Starts `hall` at a desk; `typed` are the lines of its descriptor 0.
    fn start(&self, desk: &str, arguments: &[&str], typed: &str) -> Child {
        let mut child = Command::new(program("hall").unwrap())
            .arg("--socket")
            .arg(self.stand.socket(desk))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = child.stdin.take().unwrap();
        // A command that is refused early reads none of them.
        drop(lines.write_all(typed.as_bytes()));
        child
    }

    /// Runs what costs no try.
    fn run(&self, desk: &str, arguments: &[&str], typed: &str) -> Output {
        self.counted.unchanged(&self.stand);
        let child = self.start(desk, arguments, typed);
        let ended = child.wait_with_output().unwrap();
        self.counted.unchanged(&self.stand);
        ended
    }

    /// Opens a case; answers its number and the grant.
    fn case(&self, operation: &str, holder: &str) -> (u64, String) {
        let opened = self.run(
            "counter",
            &[
                "--json",
                "counter",
                "open",
                operation,
                "--reason",
                "blocked",
                "--holder-original-seen",
                "--id-fd",
                "0",
            ],
            holder,
        );
        let [case]: [Value; 1] = objects(&opened, 0).try_into().unwrap();
        assert_eq!(case["operator"], own_user());
        assert_eq!(case["needs_second_operator"], false);
        let grant = case["grant"].as_str().unwrap().to_owned();
        (case["case"].as_u64().unwrap(), grant)
    }

    /// A grant that is not carried out at this desk.
    fn issuer(&self, desk: &str, operation: &str, operator: &str, grant: &str) -> Output {
        self.run(desk, &self.carrying(operation, operator), grant)
    }

    /// Carries a grant out in the hall: then the card has all its tries.
    fn carry_out(&mut self, operation: &str, grant: &str) -> Vec<Value> {
        self.counted.unchanged(&self.stand);
        let operator = own_user();
        let child = self.start("hall", &self.carrying(operation, &operator), grant);
        let ended = child.wait_with_output().unwrap();
        self.counted.now(&self.stand, (self.card, FULL));
        objects(&ended, 0)
    }

    fn carrying<'a>(&'a self, operation: &'a str, operator: &'a str) -> [&'a str; 9] {
        let roots = self.roots.to_str().unwrap();
        [
            "--json",
            "issuer",
            operation,
            "--keys",
            roots,
            "--operator",
            operator,
            "--grant-fd",
            "0",
        ]
    }
}

/// The lines of standard output, each an object.
fn objects(output: &Output, code: i32) -> Vec<Value> {
    let said = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}\n{error}");
    said.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The error of a command that was refused.
fn error(output: &Output, code: i32) -> String {
    objects(output, code);
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["attempt_spent"], "NO", "{error}");
    error["error"].as_str().unwrap().to_owned()
}

fn steps(lines: &[Value]) -> Vec<&str> {
    lines
        .iter()
        .filter_map(|line| line["step"].as_str())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_card_is_unlocked_from_two_shells() {
    let mut shell = Shell::open("pin-blocked").await;
    assert_eq!(shell.counted.of(shell.card), (0, 3));
    let (_, grant) = shell.case("unblock", HOLDER);
    let done = shell.carry_out("unblock", &grant);
    assert_eq!(
        steps(&done),
        ["OPENED", "UNBLOCK_KEY_ANSWERED", "MESSAGE_GIVEN"]
    );
    let outcome = done.last().unwrap();
    assert_eq!(outcome["outcome"], "UNBLOCKED");
    assert_eq!(outcome["attempts_remaining"], 6);
    let again = shell.issuer("hall", "unblock", &own_user(), &grant);
    assert_eq!(error(&again, 5), "GRANT_UNKNOWN");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_ends_with_the_holders_choice_from_a_third_shell() {
    let mut shell = Shell::open("w3").await;
    assert_eq!(shell.counted.of(shell.card), FULL);
    let (case, grant) = shell.case("reload", HOLDER_W3);
    let case = case.to_string();
    // The holder is waited for before the hall has begun.
    let arguments = ["--json", "counter", "holder-pin", &case, "--pin-fd", "0"];
    let holder = shell.start("counter", &arguments, &format!("{OWN}\n{OWN}\n"));
    let done = shell.carry_out("reload", &grant);
    let expected = [
        "OPENED",
        "READ_KEY_ANSWERED",
        "UNBLOCK_KEY_ANSWERED",
        "MESSAGE_GIVEN",
        "HOLDER_PIN_WANTED",
    ];
    assert_eq!(steps(&done), expected);
    assert_eq!(done.last().unwrap()["outcome"], "RELOADED");
    let chosen = objects(&holder.wait_with_output().unwrap(), 0);
    assert_eq!(chosen[0]["outcome"], "HOLDER_PIN_SET");
    shell.counted.unchanged(&shell.stand);
    let mut desk = Desk::at(&shell.stand, "billing").await.unwrap();
    let reader = shell.stand.reader("a");
    let at = (reader.as_str(), desk.card(&reader).await.unwrap());
    desk.verify(at, OWN, false).await.unwrap();
    assert_eq!(desk.status(at).await.unwrap().state, PinState::Own);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_is_told_so_and_nothing_happens_to_the_card() {
    let shell = Shell::open("pin-blocked").await;
    let open = [
        "--json", "counter", "open", "unblock", "--reason", "blocked", "--id-fd", "0",
    ];
    for desk in ["kiosk", "billing"] {
        let seen = [&open[..], &["--holder-original-seen"]].concat();
        let refused = shell.run(desk, &seen, HOLDER);
        assert_eq!(error(&refused, 8), "NOT_FOR_THIS_DESK", "{desk}");
    }
    let unseen = shell.run("counter", &open, HOLDER);
    assert_eq!(error(&unseen, 5), "EVIDENCE_INCOMPLETE");
    let nothing = shell.run("counter", &open, "");
    assert_eq!(error(&nothing, 2), "MISSING_LINE");

    let (case, grant) = shell.case("unblock", HOLDER);
    let kiosk = shell.issuer("kiosk", "unblock", &own_user(), &grant);
    assert_eq!(error(&kiosk, 8), "NOT_FOR_THIS_DESK");
    let no_grant = shell.issuer("hall", "unblock", &own_user(), "1234");
    assert_eq!(error(&no_grant, 5), "NO_GRANT");
    let approve = shell.run(
        "counter",
        &["--json", "counter", "approve", &case.to_string()],
        "",
    );
    assert_eq!(error(&approve, 5), "SAME_OPERATOR");
    let no_reset = ["--json", "counter", "holder-pin", "999", "--pin-fd", "0"];
    let no_reset = shell.run("counter", &no_reset, "");
    assert_eq!(error(&no_reset, 5), "NO_HOLDER_PIN_WANTED");
    let open_roots = fs::Permissions::from_mode(0o644);
    fs::set_permissions(&shell.roots, open_roots).unwrap();
    let keys = shell.issuer("hall", "unblock", &own_user(), &grant);
    assert_eq!(error(&keys, 12), "ISSUER_KEYS");
    fs::set_permissions(&shell.roots, fs::Permissions::from_mode(0o600)).unwrap();

    // None of it used the grant up; the wrong operation and the wrong name do.
    let other = shell.issuer("hall", "reload", &own_user(), &grant);
    assert_eq!(error(&other, 5), "GRANT_OTHER_OPERATION");
    let (_, grant) = shell.case("unblock", HOLDER);
    let stolen = shell.issuer("hall", "unblock", "somebody else", &grant);
    assert_eq!(error(&stolen, 5), "GRANT_OTHER_OPERATOR");
    assert_eq!(shell.counted.of(shell.card), (0, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_reads_the_case_and_no_number_goes_anywhere() {
    let shell = Shell::open("w3").await;
    let arguments = [
        "--lang",
        "zh",
        "counter",
        "open",
        "unblock",
        "--reason",
        "forgotten",
        "--holder-original-seen",
        "--id-fd",
        "0",
    ];
    let opened = shell.run("counter", &arguments, HOLDER_W3);
    let said = String::from_utf8(opened.stdout).unwrap();
    for word in ["受理号", "经办人", &own_user(), "授权码（只交业务大厅）"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains(HOLDER_W3), "{said}");
    assert!(!shell.stand.cardd.log().unwrap().contains(HOLDER_W3));
}
