//! A receipt for one bill: what the hospital system settles by, once.

use std::{
    fs,
    path::{Path, PathBuf},
};

use hall_client::{Insertion, Verify};

use super::{
    TourError,
    acts::card_counts,
    cast::{Cast, SECOND_OWN},
    page::Page,
    shell::{hall, said},
    told, wire,
};
use crate::desk::typed;

const BILL: &str = "B-17";
const AMOUNT_FEN: u64 = 12_345;
/// Exit codes of `hall receipt verify`.
const ALTERED: i32 = 20;
const REPLAYED: i32 = 26;

/// Issued with a verification; an altered copy, the receipt itself, and the same once more.
pub(super) async fn all(
    cast: &mut Cast,
    page: &mut Page<'_>,
    card: Insertion,
) -> Result<(), TourError> {
    let receipt = issued(cast, page, card).await?;
    page.scene(
        "医院系统：离线核验，凭证一次有效",
        "hospital system: checked offline, good once",
    )?;
    let store = cast.stand.directory().join("bills");
    let socket = cast.stand.socket("hall");
    page.command("hall receipt keys pull --store bills")?;
    let pull: [&dyn AsRef<std::ffi::OsStr>; 7] = [
        &"--socket",
        &socket,
        &"receipt",
        &"keys",
        &"pull",
        &"--store",
        &store,
    ];
    said(page, &hall(&pull).await?, 0)?;
    let altered = one_fen_more(&receipt)?;
    let (receipt, altered) = (
        kept(cast, "receipt.txt", &receipt)?,
        kept(cast, "altered.txt", &altered)?,
    );
    page.fact(
        "改动 change",
        "凭证里的金额多写一分 · one fen more in a copy of the receipt",
    )?;
    verify(page, (&store, &altered), AMOUNT_FEN + 1, ALTERED).await?;
    verify(page, (&store, &receipt), AMOUNT_FEN, 0).await?;
    page.fact("再用 again", "同一凭证 · the same receipt")?;
    verify(page, (&store, &receipt), AMOUNT_FEN, REPLAYED).await
}

async fn issued(
    cast: &mut Cast,
    page: &mut Page<'_>,
    card: Insertion,
) -> Result<String, TourError> {
    page.scene(
        "收费窗口：为一张账单校验，签名凭证",
        "billing desk: verified for a bill; a signed receipt",
    )?;
    page.fact("账单 bill", &format!("{BILL} · 123.45 元 CNY"))?;
    let entry = cast.billing.begin_entry(&cast.reader, card, Verify).await?;
    let _prompted = cast.since()?;
    let mut rng = cast.rng();
    let paid = entry.verify_for(typed(SECOND_OWN), BILL, AMOUNT_FEN, &mut rng);
    let paid = paid.await?;
    let sent = cast.since()?;
    page.pin_wire(&sent)?;
    let with_pin = sent.iter().filter(|e| wire::carries_pin(e)).count();
    told("commands with a PIN", with_pin, 1)?;
    told("tries left", paid.verified.attempts_remaining, Some(6))?;
    page.fact(
        "凭证 receipt",
        &format!(
            "{}… · 只对这张账单、这次插卡有效 · for this bill and this stay of the card only",
            paid.receipt.get(..24).unwrap_or_default()
        ),
    )?;
    card_counts(cast, page, 6)?;
    Ok(paid.receipt)
}

async fn verify(
    page: &mut Page<'_>,
    (store, receipt): (&Path, &Path),
    fen: u64,
    code: i32,
) -> Result<(), TourError> {
    let amount = fen.to_string();
    let name = receipt.file_name().unwrap_or_default().to_string_lossy();
    page.command(&format!(
        "hall receipt verify --store bills --terminal stand --bill {BILL} --amount-fen {amount} {name}"
    ))?;
    let arguments: [&dyn AsRef<std::ffi::OsStr>; 11] = [
        &"receipt",
        &"verify",
        &"--store",
        &store,
        &"--terminal",
        &"stand",
        &"--bill",
        &BILL,
        &"--amount-fen",
        &amount,
        &receipt,
    ];
    said(page, &hall(&arguments).await?, code).map(drop)
}

fn kept(cast: &Cast, name: &str, text: &str) -> Result<PathBuf, TourError> {
    let path = cast.stand.directory().join(name);
    fs::write(&path, text)?;
    Ok(path)
}

/// A copy whose bill (field 2 of `Bill`, a varint) says one fen more.
fn one_fen_more(receipt: &str) -> Result<String, TourError> {
    let (right, wrong) = (hex::encode(BILL) + "10b960", hex::encode(BILL) + "10ba60");
    let altered = receipt.replacen(&right, &wrong, 1);
    told("the receipt names the amount", altered != receipt, true)?;
    Ok(altered)
}
