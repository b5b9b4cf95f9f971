//! Grants that are carried out by the `hall` command with the keys in an HSM.

use std::process::Stdio;

use cardd_proto::v1;
use cardd_tests::{counted::Tries, desk::Desk, softhsm::SoftHsm, stand::Stand};
use hall_client::PinState;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, Command},
};

use super::{FULL, HOLDER_W1, HOLDER_W3, Scene};

/// Carries out a grant, which goes in through standard input, as `hall issuer` does.
async fn begin(
    hsm: &SoftHsm,
    stand: &Stand,
    (operation, case): (&str, &v1::OpenCaseResponse),
) -> Child {
    let mut hall = Command::from(hsm.hall(["--json", "--socket"]).unwrap());
    hall.arg(stand.socket("hall"))
        .args(["issuer", operation, "--grant-fd", "0", "--operator"])
        .arg(&case.operator)
        .arg("--hsm")
        .arg(hsm.file())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = hall.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let line = format!("{}\n", hex::encode(&case.grant));
    input.write_all(line.as_bytes()).await.unwrap();
    child
}

/// Its exit code, and the last line that it said.
async fn ended(child: Child) -> (Option<i32>, Value) {
    let output = child.wait_with_output().await.unwrap();
    let said = if output.status.success() {
        output.stdout
    } else {
        output.stderr
    };
    let said = String::from_utf8(said).unwrap();
    let last = serde_json::from_str(said.lines().last().unwrap());
    (output.status.code(), last.unwrap())
}

/// The whole of it; then the card counts `after`.
async fn carried_out(
    hsm: &SoftHsm,
    scene: &mut Scene,
    work: (&str, &v1::OpenCaseResponse),
    after: Tries,
) -> (Option<i32>, Value) {
    let whole = async { ended(begin(hsm, &scene.stand, work).await).await };
    let step = (scene.card, after);
    scene.counted.step(&scene.stand, step, whole).await
}

#[tokio::test]
async fn a_blocked_des_card_is_unlocked_and_reset_with_keys_in_an_hsm() {
    let hsm = SoftHsm::with_roots("").unwrap();
    let mut scene = Scene::set("w1", "").await;
    let mut desk = Desk::at(&scene.stand, "counter").await.unwrap();
    scene.block("1234").await;
    assert_eq!(scene.tries(), (0, 3));

    let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
    let unlocked = carried_out(&hsm, &mut scene, ("unblock", &case), FULL).await;
    assert_eq!(
        (unlocked.0, &unlocked.1["attempts_remaining"]),
        (Some(0), &6.into())
    );
    scene.right(&mut desk, "8305").await;

    let case = scene.case(v1::IssuerOperation::Reload, HOLDER_W1).await;
    let mut child = begin(&hsm, &scene.stand, ("reload", &case)).await;
    let mut steps = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = String::new();
    let wanted = async {
        while !said.contains("HOLDER_PIN_WANTED") {
            said = steps.next_line().await.unwrap().unwrap();
        }
    };
    scene.counted.free(&scene.stand, wanted).await;
    scene
        .choose(case.case_sequence, "8394", "8394")
        .await
        .unwrap();
    while let Some(line) = steps.next_line().await.unwrap() {
        said = line;
    }
    assert!(said.contains("\"RELOADED\""), "{said}");
    assert!(child.wait().await.unwrap().success());
    scene.right(&mut desk, "8394").await;
    assert_eq!(scene.state().await, PinState::Own);

    let (code, told) = carried_out(&hsm, &mut scene, ("reload", &case), FULL).await;
    assert_eq!((code, &told["error"]), (Some(5), &"GRANT_UNKNOWN".into()));
}

#[tokio::test]
async fn a_card_of_a_suite_that_the_hsm_lacks_is_left_as_it_was() {
    let hsm = SoftHsm::with_roots("").unwrap();
    let mut scene = Scene::set("w3", "").await;
    let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W3).await;
    let (code, told) = carried_out(&hsm, &mut scene, ("unblock", &case), FULL).await;
    assert_eq!(
        (code, &told["error"]),
        (Some(12), &"HSM_MECHANISM_MISSING".into())
    );
    assert!(told["causes"].to_string().contains("SM4"), "{told}");
}
