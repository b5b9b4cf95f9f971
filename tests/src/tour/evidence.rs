//! The hall collects the ledger, and finds what somebody changed in a copy of it.

use std::{fs, path::Path, process::Output};

use super::{
    TourError,
    cast::Cast,
    page::Page,
    shell::{hall, said},
    told,
};

/// Exit code of a ledger that does not hold.
const BAD_LEDGER: i32 = 10;

/// Two scenes, each with the command that a person would type.
pub(super) async fn all(cast: &Cast, page: &mut Page<'_>) -> Result<(), TourError> {
    page.scene(
        "业务大厅：收取台账并核验",
        "hall: the ledger is collected and checked",
    )?;
    let store = cast.stand.directory().join("store");
    let socket = cast.stand.socket("hall");
    let pulled = hall(&[&"--socket", &socket, &"ledger", &"pull", &"--store", &store]).await?;
    page.command("hall ledger pull --store store")?;
    said(page, &pulled, 0)?;
    let chain = only_folder(&only_folder(&store)?)?;
    let records = chain.join("records.jsonl");
    page.command(
        "hall ledger verify --from genesis.json --checkpoint checkpoint.json records.jsonl",
    )?;
    said(page, &verify(&chain, &records).await?, 0)?;

    page.scene("有人改了一个字", "somebody changes one word in a copy")?;
    let (tampered, line) = tampered(&records)?;
    page.fact(
        "改动 change",
        &format!("第 {line} 条：now_blocked 改成 not_blocked · record {line}"),
    )?;
    page.command(
        "hall ledger verify --from genesis.json --checkpoint checkpoint.json tampered.jsonl",
    )?;
    let found = verify(&chain, &tampered).await?;
    let text = said(page, &found, BAD_LEDGER)?;
    told(
        "the record is named",
        text.contains(&format!("is {line}.")),
        true,
    )
}

async fn verify(chain: &Path, records: &Path) -> Result<Output, TourError> {
    let (genesis, checkpoint) = (chain.join("genesis.json"), chain.join("checkpoint.json"));
    hall(&[
        &"ledger",
        &"verify",
        &"--from",
        &genesis,
        &"--checkpoint",
        &checkpoint,
        &records,
    ])
    .await
}

/// A copy in which the record of the lock says something else, and that record's number.
fn tampered(records: &Path) -> Result<(std::path::PathBuf, usize), TourError> {
    let text = fs::read_to_string(records)?;
    let at = text.lines().position(|line| line.contains("now_blocked"));
    told("the lock is on record", at.is_some(), true)?;
    let copy = records.with_file_name("tampered.jsonl");
    fs::write(&copy, text.replacen("now_blocked", "not_blocked", 1))?;
    Ok((copy, at.map_or(0, |line| line + 1)))
}

fn only_folder(parent: &Path) -> Result<std::path::PathBuf, TourError> {
    let mut folders = fs::read_dir(parent)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.is_dir());
    folders
        .next()
        .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound).into())
}
