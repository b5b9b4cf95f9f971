//! pcscd, with the reader's driver.

use super::*;

/// pcscd keeps the last command of a client in a buffer of that client: cardd takes the client
/// away with each PIN. The reader's driver is part of that process.
#[tokio::test]
async fn nothing_stays_behind_in_pcscd() {
    if !can_search() {
        return;
    }
    let mut at = Watched::start("").await;
    let wrong = at.canary();
    assert_eq!(refusal(at.verify(&wrong).await).reason, Reason::PinWrong);
    at.assert_clean_in_pcscd("a wrong PIN").await;
    let (old, other) = (at.canary(), at.canary());
    let refused = refusal(at.change([&old, &other, &other]).await);
    assert_eq!(refused.reason, Reason::PinWrong);
    at.assert_clean_in_pcscd("a change with a wrong old PIN")
        .await;
    let new = at.canary();
    at.change(["1234", &new, &new]).await.unwrap();
    at.assert_clean_in_pcscd("a change").await;
    at.verify(&new).await.unwrap();
    at.assert_clean_in_pcscd("the right PIN").await;
}
