//! The second half of a PIN's life: only the authority unlocks and resets.

use std::time::Duration;

use hall_client::{
    Application, Case, CaseReason, ClientError, Documents, Insertion, IssuerOperation,
    OperateError, Operated, PinState, Reason, Step, Terminal, WeakPin, issuer::IssuedValue,
};

use super::{
    TourError,
    acts::card_counts,
    cast::{Cast, HOLDER, OTHER_HOLDER, OWN, SECOND_OWN},
    page::Page,
    refused, told, wire,
};
use crate::desk::typed;

/// The counter waits so long for the hall.
const PATIENCE: Duration = Duration::from_secs(30);

/// A locked card is unlocked, a forgotten PIN is reset, and nobody else can do either.
pub(super) async fn all(
    cast: &mut Cast,
    page: &mut Page<'_>,
    card: Insertion,
) -> Result<(), TourError> {
    kiosk_may_not(cast, page, card).await?;
    let case = documents(cast, page, card).await?;
    unlock(cast, page, &case).await?;
    still_the_same_pin(cast, page, card).await?;
    let case = forgotten(cast, page, card).await?;
    reset(cast, page, &case).await?;
    with_the_new_pin(cast, page, card).await
}

async fn kiosk_may_not(
    cast: &mut Cast,
    page: &mut Page<'_>,
    card: Insertion,
) -> Result<(), TourError> {
    page.scene(
        "自助机：无权解锁",
        "kiosk: an attempt to have the card unlocked is refused",
    )?;
    let _told = cast.since()?;
    let kiosk = cast.kiosk.clone();
    let opened = open(&kiosk, cast, card, IssuerOperation::Unblock, HOLDER).await;
    let refusal = refused("an unlock at the kiosk", opened)?;
    told("reason", refusal.reason, Reason::NotForThisDesk)?;
    page.screen(&refusal.text.zh, &refusal.text.en)?;
    page.wire(&cast.since()?)?;
    card_counts(cast, page, 0)
}

async fn documents(
    cast: &mut Cast,
    page: &mut Page<'_>,
    card: Insertion,
) -> Result<Case, TourError> {
    page.scene(
        "经办窗口：登记证件",
        "counter: the original documents go on record",
    )?;
    let counter = cast.counter.clone();
    let opened = open(&counter, cast, card, IssuerOperation::Unblock, OTHER_HOLDER).await;
    let refusal = refused("another person's ID card", opened)?;
    told("reason", refusal.reason, Reason::IdNumberDiffers)?;
    page.fact("出示 shown", "他人的身份证 · another person's ID card")?;
    page.screen(&refusal.text.zh, &refusal.text.en)?;
    page.fact(
        "出示 shown",
        "持卡人的身份证原件 · the holder's original ID card",
    )?;
    let case = open(&counter, cast, card, IssuerOperation::Unblock, HOLDER).await?;
    case_told(page, &case)?;
    let _asked = cast.since()?;
    Ok(case)
}

fn case_told(page: &mut Page<'_>, case: &Case) -> Result<(), TourError> {
    let text = format!(
        "第 {0} 号，经办人 {1} · case {0}, operator {1}；授权一次有效，{2} 秒内 · a grant, good once, within {2} s",
        case.sequence,
        case.grant.operator(),
        case.expires_in.as_secs()
    );
    Ok(page.fact("受理 case", &text)?)
}

async fn open(
    desk: &Terminal,
    cast: &Cast,
    card: Insertion,
    operation: IssuerOperation,
    holder: &str,
) -> Result<Case, ClientError> {
    let reason = match operation {
        IssuerOperation::Unblock => CaseReason::Blocked,
        IssuerOperation::Reload => CaseReason::Forgotten,
    };
    let documents = Documents {
        holder_number: typed(holder),
        holder_original_seen: true,
        agent_number: None,
        agent_original_seen: false,
    };
    let application = Application {
        reader: &cast.reader,
        insertion: card,
        operation,
        reason,
        documents: &documents,
    };
    desk.open_case(&application).await
}

/// The hall carries a grant out, and what it answered for.
async fn operate(
    cast: &Cast,
    case: &Case,
    issued: Option<IssuedValue>,
) -> (Result<Operated, OperateError>, Vec<Step>) {
    let (mut rng, mut steps) = (cast.rng(), Vec::new());
    let keys = &cast.keys;
    let progress = |step| steps.push(step);
    let done = cast
        .hall
        .operate(&case.grant, keys, issued, &mut rng, progress)
        .await;
    (done, steps)
}

async fn unlock(cast: &mut Cast, page: &mut Page<'_>, case: &Case) -> Result<(), TourError> {
    page.scene(
        "业务大厅：用发卡机构密钥解锁",
        "hall: unlocked with the issuer's keys",
    )?;
    let (done, steps) = operate(cast, case, None).await;
    let done = done?;
    told(
        "steps",
        steps,
        vec![Step::Opened, Step::UnblockKeyAnswered, Step::MessageGiven],
    )?;
    page.pin_wire(&cast.since()?)?;
    told("tries left", done.attempts_remaining, Some(6))?;
    card_counts(cast, page, 6)?;
    puk_counts(cast, page)?;
    let (again, _) = operate(cast, case, None).await;
    let refusal = match again {
        Err(OperateError::Client(error)) => refused::<()>("the same grant again", Err(error))?,
        Err(other) => return Err(other.into()),
        Ok(done) => refused("the same grant again", Ok(done))?,
    };
    told("reason", refusal.reason, Reason::GrantUnknown)?;
    page.fact("再用 again", "同一授权 · the same grant")?;
    page.screen(&refusal.text.zh, &refusal.text.en)?;
    page.wire(&cast.since()?)?;
    Ok(())
}

/// The unblock key has tries of its own; none was lost.
fn puk_counts(cast: &mut Cast, page: &mut Page<'_>) -> Result<(), TourError> {
    told("tries of the unblock key", cast.unblock_key_tries()?, 3)?;
    Ok(page.fact("解锁密钥 PUK", "3 / 3")?)
}

async fn still_the_same_pin(
    cast: &mut Cast,
    page: &mut Page<'_>,
    card: Insertion,
) -> Result<(), TourError> {
    page.scene(
        "收费窗口：密码没有变",
        "billing desk: the PIN is still the holder's",
    )?;
    verified(cast, page, card, OWN).await
}

async fn verified(
    cast: &mut Cast,
    page: &mut Page<'_>,
    card: Insertion,
    pin: &str,
) -> Result<(), TourError> {
    let desk = cast.billing.clone();
    let answered = cast.verify(&desk, card, pin, false).await?;
    told("state", answered.prompt.state, PinState::Own)?;
    page.pin_wire(&answered.sent)?;
    told("tries left", answered.result?.attempts_remaining, Some(6))?;
    card_counts(cast, page, 6)
}

async fn forgotten(
    cast: &mut Cast,
    page: &mut Page<'_>,
    card: Insertion,
) -> Result<Case, TourError> {
    page.scene(
        "经办窗口：忘记密码，申请重置",
        "counter: the PIN is forgotten; a reset is applied for",
    )?;
    let counter = cast.counter.clone();
    let case = open(&counter, cast, card, IssuerOperation::Reload, HOLDER).await?;
    case_told(page, &case)?;
    let _asked = cast.since()?;
    Ok(case)
}

/// Hall and holder at once: the card is held until the holder has chosen.
async fn reset(cast: &mut Cast, page: &mut Page<'_>, case: &Case) -> Result<(), TourError> {
    page.scene(
        "业务大厅重置，持卡人随即自设密码",
        "hall: reset; the holder chooses a PIN while the card is held",
    )?;
    let issued = IssuedValue::random(4, &mut cast.rng()).map_err(OperateError::from)?;
    let ((done, steps), chosen) = tokio::join!(
        operate(cast, case, Some(issued)),
        chosen_by_holder(cast, case)
    );
    let (done, refusal) = (done?, chosen?);
    told(
        "last step",
        steps.last().copied(),
        Some(Step::HolderPinWanted),
    )?;
    told(
        "the holder's own PIN is in force",
        done.holder_pin_set,
        true,
    )?;
    told("rule", refusal.weak_pin, Some(WeakPin::BirthDate))?;
    page.fact(
        "一次密码 one-time",
        "大厅随机产生，无人看到 · drawn at random by the hall, seen by nobody",
    )?;
    page.fact("键入 typed", "先选生日 · first the birthday")?;
    page.screen(&refusal.text.zh, &refusal.text.en)?;
    page.fact(
        "键入 typed",
        "再选自己的密码 **** · then a PIN of one's own",
    )?;
    let sent = cast.since()?;
    page.pin_wire(&sent)?;
    let with_pin = sent.iter().filter(|e| wire::carries_pin(e)).count();
    told("commands with the holder's PIN", with_pin, 1)?;
    card_counts(cast, page, 6)?;
    puk_counts(cast, page)
}

/// Answers the refusal of the first choice.
async fn chosen_by_holder(cast: &Cast, case: &Case) -> Result<hall_client::CardFailure, TourError> {
    let mut rng = cast.rng();
    let mut choose = async |pin: &str| {
        let entry = cast
            .counter
            .begin_holder_pin(case.sequence, PATIENCE)
            .await?;
        entry.set(typed(pin), typed(pin), &mut rng).await
    };
    let refusal = refused("the birthday", choose("0505").await)?;
    let _record = choose(SECOND_OWN).await?;
    Ok(refusal)
}

async fn with_the_new_pin(
    cast: &mut Cast,
    page: &mut Page<'_>,
    card: Insertion,
) -> Result<(), TourError> {
    page.scene(
        "收费窗口：新密码通过",
        "billing desk: the new PIN is the holder's",
    )?;
    verified(cast, page, card, SECOND_OWN).await
}
