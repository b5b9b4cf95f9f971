//! An unlock by an agent that a second operator approved names nobody: neither the records as they are
//! exported, nor a file of the store, nor the log hold holder, agent or card, in any writing.

use std::{
    collections::BTreeSet,
    fs,
    process::{Command, Stdio},
};

use cardd_tests::{
    counted::Counted,
    daemon::program,
    desk::{Desk, typed},
    hall::{Hall, Manner, Stands},
    site::{Site, desk_of},
    stand::{Plan, Stand},
};
use encoding_rs::GBK;
use hall_client::{
    Application, Case, CaseReason, DeskKind, Documents, Insertion, IssuerOperation, Terminal,
};
use rustix::process::Signal;

use super::{FULL, HOLDER_W1, HOLDER_W2, HOLDER_W3};

const AGENT: &str = HOLDER_W2;

/// A card and its holder, as the personas of the simulator have them.
struct Named {
    card: &'static str,
    number: &'static str,
    name: &'static str,
    card_number: &'static str,
    /// 卡的识别码 without its filling.
    identifier: &'static str,
}

/// One that shows its holder to everybody, and one that does after its read key.
const NAMED: [Named; 2] = [
    Named {
        card: "w1",
        number: HOLDER_W1,
        name: "测试丙",
        card_number: "ZZ0000117",
        identifier: "420100D15600000500000011",
    },
    Named {
        card: "w3",
        number: HOLDER_W3,
        name: "测试戊",
        card_number: "ZZ0000133",
        identifier: "420100D15600000500000013",
    },
];

impl Named {
    /// Of a number the part that tells where and when somebody was born: whoever writes the whole
    /// number writes it too.
    fn texts(&self) -> [&'static str; 4] {
        let born = self.number.get(..14).unwrap();
        [born, self.name, self.card_number, self.identifier]
    }
}

/// Every writing of a text: as cards, documents, programs and their logs write it.
fn writings(text: &str) -> Vec<Vec<u8>> {
    let (gbk, _, _) = GBK.encode(text);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let escaped: String = text
        .encode_utf16()
        .map(|unit| format!("\\u{unit:04x}"))
        .collect();
    let mut bytes = vec![text.as_bytes().to_vec(), gbk.into_owned(), utf16];
    // Packed BCD, and what the card has in hexadecimal.
    bytes.extend(hex::decode(text));
    let hexadecimal: Vec<_> = bytes
        .iter()
        .flat_map(|bytes| [hex::encode(bytes), hex::encode_upper(bytes)])
        .collect();
    bytes.extend(hexadecimal.into_iter().map(String::into_bytes));
    bytes.push(escaped.into_bytes());
    bytes
}

/// The texts that lie in `bytes`, in whatever writing.
fn found<'t>(texts: &[&'t str], bytes: &[u8]) -> BTreeSet<&'t str> {
    let lies = |writing: &Vec<u8>| bytes.windows(writing.len()).any(|window| window == writing);
    let here = texts.iter().filter(|text| writings(text).iter().any(lies));
    here.copied().collect()
}

/// What the cards answered, as far as the rack may show it.
fn answers(stand: &Stand) -> Vec<u8> {
    let wire = stand.exchanges(0).unwrap();
    let shown = wire
        .iter()
        .filter_map(|exchange| exchange.response.as_ref());
    shown.flat_map(|hex| hex::decode(hex).unwrap()).collect()
}

fn exported(stand: &Stand, format: &str) -> Vec<u8> {
    let mut hall = Command::new(program("hall").unwrap());
    hall.arg("--socket").arg(stand.socket("hall"));
    let export = hall.args(["ledger", "export", "--format", format]);
    let export = export.stdin(Stdio::null()).output().unwrap();
    assert!(export.status.success(), "{export:?}");
    export.stdout
}

/// An agent applies; the second operator approves.
async fn opened(
    [first, second]: [&Terminal; 2],
    (reader, insertion): (&str, Insertion),
    holder: &str,
) -> Case {
    let documents = Documents {
        holder_number: typed(holder),
        holder_original_seen: true,
        agent_number: Some(typed(AGENT)),
        agent_original_seen: true,
    };
    let application = Application {
        reader,
        insertion,
        operation: IssuerOperation::Unblock,
        reason: CaseReason::Blocked,
        documents: &documents,
    };
    let case = first.open_case(&application).await.unwrap();
    assert!(case.needs_second_operator);
    second.approve_case(case.sequence).await.unwrap();
    case
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unlock_by_an_agent_leaves_no_name_and_no_number() {
    let two = "[issuer]\nsecond_operator = true";
    let plan = Plan::with_cards(&["w1", "w3"]).slots(&["a", "b"]);
    let mut site = Site::open(plan.config(two)).unwrap();
    let at = async |name: &str, operator: &str| {
        let issued = site.issue(&desk_of(DeskKind::Counter, name, operator));
        site.connect(&issued.unwrap()).await.unwrap()
    };
    let (li, wang) = (at("c-1", "李明").await, at("c-2", "王芳").await);
    let local = Desk::at(&site.stand, "counter").await.unwrap();
    let mut hall = Hall::at(&site.stand).await.unwrap();
    let counted = Counted::begin(&site.stand).unwrap();
    for (named, slot) in NAMED.iter().zip(["a", "b"]) {
        let mut rack = site.stand.rack().unwrap();
        rack.insert(slot, named.card).unwrap();
        let reader = site.stand.reader(slot);
        let insertion = local.card(&reader).await.unwrap();
        assert_eq!(counted.of(named.card), FULL);
        let opened = opened([&li, &wang], (&reader, insertion), named.number);
        let case = counted.free(&site.stand, opened).await;
        let begun = hall.begin_for(case.grant.bytes(), "李明", Manner::Right, "");
        let mut begun = counted.free(&site.stand, begun).await.unwrap();
        let unlocked = counted.free(&site.stand, begun.go_on()).await;
        let Ok(Stands::Done(unlocked)) = unlocked else {
            panic!("{}: {unlocked:?}", named.card);
        };
        assert_eq!(unlocked.attempts_remaining, Some(6), "{}", named.card);
    }
    let of_cards = NAMED.iter().flat_map(Named::texts).collect::<Vec<_>>();
    let everybody = [of_cards.as_slice(), &[AGENT.get(..14).unwrap()]].concat();
    let none = BTreeSet::new();

    // The search would see them: the cards themselves said all of it.
    let said = found(&everybody, &answers(&site.stand));
    assert_eq!(said, of_cards.iter().copied().collect());

    for format in ["jsonl", "csv"] {
        let export = exported(&site.stand, format);
        let work = ["case_opened", "case_approved", "intent", "outcome"];
        assert_eq!(found(&work, &export), work.into(), "{format}: all records");
        assert_eq!(found(&everybody, &export), none, "{format}");
    }
    site.stand.cardd.end(Signal::TERM).unwrap();
    let mut kept = site.stand.ledger_files().unwrap();
    assert!(!kept.is_empty());
    kept.push(site.stand.directory().join("cardd.log"));
    for file in kept {
        let bytes = fs::read(&file).unwrap();
        assert_eq!(found(&everybody, &bytes), none, "{}", file.display());
    }
}
