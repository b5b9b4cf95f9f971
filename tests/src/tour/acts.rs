//! The scenes, in order.

use hall_client::{
    AttemptSpent, Change, Happening, Holder, HolderData, Insertion, PinState, Reason, WeakPin,
};

use super::{
    TourError, account, authority,
    cast::{CARD, Cast, ISSUED, OWN, SLOT, WRONG},
    evidence,
    page::Page,
    receipt, refused, told, wire,
};

/// The whole story.
pub(super) async fn all(cast: &mut Cast, page: &mut Page<'_>) -> Result<(), TourError> {
    let card = arrival(cast, page).await?;
    status(cast, page, card).await?;
    issued_pin(cast, page, card).await?;
    weak_choice(cast, page, card).await?;
    change(cast, page, card).await?;
    verified(cast, page, card).await?;
    wrong_tries(cast, page, card).await?;
    floor(cast, page, card).await?;
    last_try(cast, page, card).await?;
    locked(cast, page, card).await?;
    authority::all(cast, page, card).await?;
    receipt::all(cast, page, card).await?;
    account::tell(cast, page).await?;
    evidence::all(cast, page).await
}

async fn arrival(cast: &mut Cast, page: &mut Page<'_>) -> Result<Insertion, TourError> {
    page.scene("持卡人插卡", "a card is put into the reader")?;
    cast.rack.insert(SLOT, CARD)?;
    let (insertion, card) = cast
        .event(|event| match &event.happening {
            Happening::CardIdentified {
                insertion, card, ..
            } => Some((*insertion, card.clone())),
            _other => None,
        })
        .await?;
    page.wire(&cast.since()?)?;
    told("generation", card.generation.code(), "FIRST")?;
    told("card number", card.card_number.as_str(), "ZZ0000117")?;
    page.fact(
        "卡片 card",
        &format!(
            "第一代 first generation · 规范版本 {} · 卡号 {}",
            card.specification_version, card.card_number
        ),
    )?;
    let contents = cast.kiosk.read_card(&cast.reader, insertion).await?;
    let _read_again = cast.since()?;
    page.fact("持卡人 holder", &masked(&contents.holder))?;
    Ok(insertion)
}

/// Enough for the holder to know their card, too little for who looks over their shoulder.
fn masked(holder: &HolderData) -> String {
    let HolderData::Open(Holder {
        name,
        citizen_number,
        ..
    }) = holder
    else {
        return "受保护 · protected".to_owned();
    };
    let shown: String = name.chars().take(1).collect();
    let hidden = "*".repeat(name.chars().count().saturating_sub(1));
    let (first, last) = (citizen_number.get(..4), citizen_number.get(14..));
    format!(
        "{shown}{hidden} · 社会保障号码 {}**********{}",
        first.unwrap_or_default(),
        last.unwrap_or_default()
    )
}

async fn status(cast: &mut Cast, page: &mut Page<'_>, card: Insertion) -> Result<(), TourError> {
    page.scene(
        "读取密码状态，不计次数",
        "the state of the PIN is read; it costs nothing",
    )?;
    let status = cast.kiosk.pin_status(&cast.reader, card).await?;
    page.pin_wire(&cast.since()?)?;
    told("state", status.state, PinState::Unknown)?;
    told("tries left", status.attempts_remaining, Some(6))?;
    page.fact("状态 state", "剩余 6 次 · 6 tries left；初始密码还是自设密码，卡片不会说，也不去试 · whether issued or own the card does not tell, and it is not tried")?;
    card_counts(cast, page, 6)
}

async fn issued_pin(
    cast: &mut Cast,
    page: &mut Page<'_>,
    card: Insertion,
) -> Result<(), TourError> {
    page.scene(
        "收费窗口：初始密码不能办理业务",
        "billing desk: the issued PIN does no business",
    )?;
    let desk = cast.billing.clone();
    let answered = cast.verify(&desk, card, ISSUED, false).await?;
    page.fact("键入 typed", "初始密码 **** · the issued PIN")?;
    let (refusal, sent) = answered.refusal("business with the issued PIN")?;
    told("reason", refusal.reason, Reason::IssuedPin)?;
    told("try spent", refusal.attempt_spent, AttemptSpent::No)?;
    told("commands after the typing", sent.len(), 0)?;
    page.screen(&refusal.text.zh, &refusal.text.en)?;
    page.wire(&sent)?;
    card_counts(cast, page, 6)
}

async fn weak_choice(
    cast: &mut Cast,
    page: &mut Page<'_>,
    card: Insertion,
) -> Result<(), TourError> {
    page.scene(
        "自助机：换成生日，不行",
        "kiosk: the birthday for a new PIN is refused",
    )?;
    let desk = cast.kiosk.clone();
    let answered = cast.change(&desk, card, [ISSUED, "0505"]).await?;
    page.fact(
        "键入 typed",
        "原密码 old ****，新密码 new ****（持卡人的生日 · the holder's birthday）",
    )?;
    let (refusal, sent) = answered.refusal("a weak new PIN")?;
    told("reason", refusal.reason, Reason::PinTooWeak)?;
    told("rule", refusal.weak_pin, Some(WeakPin::BirthDate))?;
    told("commands after the typing", sent.len(), 0)?;
    page.screen(&refusal.text.zh, &refusal.text.en)?;
    page.wire(&sent)?;
    card_counts(cast, page, 6)
}

async fn change(cast: &mut Cast, page: &mut Page<'_>, card: Insertion) -> Result<(), TourError> {
    page.scene("自助机：换成自己的密码", "kiosk: a PIN of one's own")?;
    let desk = cast.kiosk.clone();
    let answered = cast.change(&desk, card, [ISSUED, OWN]).await?;
    page.fact(
        "键入 typed",
        "原密码 old ****，新密码 new ****，再次 again ****",
    )?;
    page.pin_wire(&answered.sent)?;
    told(
        "commands with a PIN",
        answered
            .sent
            .iter()
            .filter(|e| wire::carries_pin(e))
            .count(),
        1,
    )?;
    let changed = answered.result?;
    told("tries left", changed.attempts_remaining, Some(6))?;
    page.fact(
        "结果 result",
        &format!(
            "密码已修改 · changed；台账第 {0} 条 · record {0} of the ledger",
            changed.ledger_sequence
        ),
    )?;
    card_counts(cast, page, 6)
}

async fn verified(cast: &mut Cast, page: &mut Page<'_>, card: Insertion) -> Result<(), TourError> {
    page.scene("收费窗口：校验通过", "billing desk: verified")?;
    let desk = cast.billing.clone();
    let answered = cast.verify(&desk, card, OWN, false).await?;
    told(
        "state before the prompt",
        answered.prompt.state,
        PinState::Own,
    )?;
    page.pin_wire(&answered.sent)?;
    let verified = answered.result?;
    told("tries left", verified.attempts_remaining, Some(6))?;
    page.fact(
        "结果 result",
        &format!(
            "是本人的卡 · the holder's own card；台账第 {0} 条 · record {0} of the ledger",
            verified.ledger_sequence
        ),
    )?;
    card_counts(cast, page, 6)
}

async fn wrong_tries(
    cast: &mut Cast,
    page: &mut Page<'_>,
    card: Insertion,
) -> Result<(), TourError> {
    page.scene("收费窗口：连续输错五次", "billing desk: five wrong tries")?;
    let desk = cast.billing.clone();
    for left in (1..6).rev() {
        let answered = cast.verify(&desk, card, WRONG, false).await?;
        told(
            "tries left before the prompt",
            answered.prompt.attempts_remaining,
            Some(left + 1),
        )?;
        let (refusal, sent) = answered.refusal("a wrong PIN")?;
        told("reason", refusal.reason, Reason::PinWrong)?;
        told("tries left", refusal.attempts_remaining, Some(left))?;
        if left == 5 {
            page.screen(&refusal.text.zh, &refusal.text.en)?;
        }
        let tries: Vec<_> = sent.into_iter().filter(wire::carries_pin).collect();
        told("commands with a PIN", tries.len(), 1)?;
        page.wire(&tries)?;
        page.fact("", &format!("剩余 {left} 次 · tries left: {left}"))?;
    }
    card_counts(cast, page, 1)
}

async fn floor(cast: &mut Cast, page: &mut Page<'_>, card: Insertion) -> Result<(), TourError> {
    page.scene(
        "自助机：最后一次机会不在这里用",
        "kiosk: an unattended machine never spends the last try",
    )?;
    let _told = cast.since()?;
    let begun = cast.kiosk.begin_entry(&cast.reader, card, Change).await;
    let refusal = refused("the last try at the kiosk", begun)?;
    told("reason", refusal.reason, Reason::AttemptsAtFloor)?;
    let sent = cast.since()?;
    told(
        "commands with a PIN",
        sent.iter().filter(|e| wire::carries_pin(e)).count(),
        0,
    )?;
    page.screen(&refusal.text.zh, &refusal.text.en)?;
    page.pin_wire(&sent)?;
    card_counts(cast, page, 1)
}

async fn last_try(cast: &mut Cast, page: &mut Page<'_>, card: Insertion) -> Result<(), TourError> {
    page.scene(
        "收费窗口：最后一次，先确认再用",
        "billing desk: the last try, only after a word",
    )?;
    let desk = cast.billing.clone();
    let answered = cast.verify(&desk, card, WRONG, false).await?;
    told(
        "the desk is told that it is the last try",
        answered.last,
        true,
    )?;
    let (unconfirmed, sent) = answered.refusal("the last try without a word")?;
    told("reason", unconfirmed.reason, Reason::LastAttemptUnconfirmed)?;
    told(
        "commands with a PIN",
        sent.iter().filter(|e| wire::carries_pin(e)).count(),
        0,
    )?;
    page.screen(&unconfirmed.text.zh, &unconfirmed.text.en)?;
    card_counts(cast, page, 1)?;
    page.fact(
        "经办人 staff",
        "已告知持卡人，确认继续 · the holder was told, go on",
    )?;
    let answered = cast.verify(&desk, card, WRONG, true).await?;
    let (blocked, sent) = answered.refusal("the last wrong try")?;
    told("reason", blocked.reason, Reason::PinNowBlocked)?;
    told("try spent", blocked.attempt_spent, AttemptSpent::Yes)?;
    page.pin_wire(&sent)?;
    page.screen(&blocked.text.zh, &blocked.text.en)?;
    card_counts(cast, page, 0)
}

async fn locked(cast: &mut Cast, page: &mut Page<'_>, card: Insertion) -> Result<(), TourError> {
    page.scene(
        "已锁定：正确的密码也不再送卡",
        "locked: even the right PIN is not sent any more",
    )?;
    let _told = cast.since()?;
    let begun = cast
        .billing
        .begin_entry(&cast.reader, card, hall_client::Verify)
        .await;
    let refusal = refused("an entry for a locked card", begun)?;
    told("reason", refusal.reason, Reason::PinWasBlocked)?;
    told("try spent", refusal.attempt_spent, AttemptSpent::No)?;
    let sent = cast.since()?;
    told(
        "commands with a PIN",
        sent.iter().filter(|e| wire::carries_pin(e)).count(),
        0,
    )?;
    page.pin_wire(&sent)?;
    page.screen(&refusal.text.zh, &refusal.text.en)?;
    let status = cast.billing.pin_status(&cast.reader, card).await?;
    let _read = cast.since()?;
    told("state", status.state, PinState::Blocked)
}

/// Holds the card's own counter against the story: the second witness.
pub(super) fn card_counts(
    cast: &mut Cast,
    page: &mut Page<'_>,
    expected: u8,
) -> Result<(), TourError> {
    told(
        "tries left inside the card",
        cast.tries_in_card()?,
        expected,
    )?;
    Ok(page.fact("卡内计数 counter", &format!("{expected} / 6"))?)
}
