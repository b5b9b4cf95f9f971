//! Every fuzz target over its corpus and some hundred mutations with a fixed seed; and every
//! request of the contract, changed, to a cardd that runs.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{
    collections::BTreeSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use cardd_proto::DESCRIPTORS;
use cardd_tests::{
    desk::Desk,
    fuzz::{MUTATIONS, Mutator, TARGETS, requests, seeds},
    raw::channel,
    stand::{Plan, Stand},
};
use prost::{
    Message as _,
    bytes::Bytes,
    encoding::{DecodeContext, decode_key, skip_field},
};
use prost_types::FileDescriptorSet;
use tonic::{
    Code, Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::http::uri::PathAndQuery,
};

/// What is kept of a target, and good input of this version.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut files: Vec<PathBuf> = fs::read_dir(folder.join(target))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let files = files.iter().map(|file| fs::read(file).unwrap());
    files.chain(seeds::of(target)).collect()
}

/// `make fuzz` runs what has an entry point.
#[test]
fn every_target_has_its_entry_point() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let entries = fs::read_dir(folder.join("fuzz_targets")).unwrap();
    let stem = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let entries: BTreeSet<_> = entries.map(|entry| stem(entry.unwrap().path())).collect();
    assert_eq!(entries, TARGETS.map(|(name, _)| name.to_owned()).into());
    for name in entries {
        assert!(
            manifest.contains(&format!("\nname = \"{name}\"\n")),
            "{name}"
        );
    }
}

#[test]
fn every_target_holds_over_corpus_and_mutations() {
    for (name, target) in TARGETS {
        let corpus = corpus(name);
        assert!(corpus.len() >= 2, "{name}");
        let mut mutator = Mutator::new(17);
        let changed = (0..MUTATIONS).map(|_| mutator.next(&corpus));
        let mut tried = 0;
        for input in corpus.iter().cloned().chain(changed) {
            let held = catch_unwind(AssertUnwindSafe(|| target(&input)));
            assert!(held.is_ok(), "{name}: {}", hex::encode(&input));
            tried += 1;
        }
        assert_eq!(tried, corpus.len() + MUTATIONS, "{name}");
    }
}

/// Messages as the bytes that they are.
#[derive(Default)]
struct Plain;

impl Codec for Plain {
    type Encode = Vec<u8>;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Plain {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        prost::bytes::BufMut::put_slice(buffer, &item);
        Ok(())
    }
}

impl Decoder for Plain {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        let length = prost::bytes::Buf::remaining(buffer);
        Ok(Some(prost::bytes::Buf::copy_to_bytes(buffer, length)))
    }
}

/// Every method of the contract: its path, and the name of its request.
fn methods() -> Vec<(String, String)> {
    let set = FileDescriptorSet::decode(DESCRIPTORS).unwrap();
    let mut methods = Vec::new();
    for file in &set.file {
        for service in &file.service {
            for method in &service.method {
                let path = format!("/{}.{}/{}", file.package(), service.name(), method.name());
                let package = format!(".{}.", file.package());
                let request = method.input_type().strip_prefix(&package).unwrap();
                methods.push((path, request.to_owned()));
            }
        }
    }
    methods
}

/// The numbers of a message's fields, as the contract has them.
fn fields(message: &str) -> BTreeSet<i32> {
    let set = FileDescriptorSet::decode(DESCRIPTORS).unwrap();
    let mut messages = set.file.iter().flat_map(|file| &file.message_type);
    let found = messages.find(|known| known.name() == message).unwrap();
    found.field.iter().map(|field| field.number()).collect()
}

/// The numbers of the fields that an encoded message has.
fn written(message: &[u8]) -> BTreeSet<i32> {
    let mut rest = Bytes::copy_from_slice(message);
    let mut numbers = BTreeSet::new();
    while !rest.is_empty() {
        let (number, wire) = decode_key(&mut rest).unwrap();
        skip_field(wire, number, &mut rest, DecodeContext::default()).unwrap();
        numbers.insert(i32::try_from(number).unwrap());
    }
    numbers
}

/// A call, or a field of one, that is new in the contract is not fuzzed until it has a seed.
#[test]
fn every_field_of_every_request_of_the_contract_has_a_seed() {
    let seeds = seeds::of("requests");
    for (path, request) in methods() {
        let found = requests::good(&request);
        let (place, messages) = found.unwrap_or_else(|| panic!("{path}: no seed of {request}"));
        let set: BTreeSet<i32> = messages.iter().flat_map(|good| written(good)).collect();
        assert_eq!(set, fields(&request), "{path}: fields of {request}");
        for message in messages {
            assert!(seeds.contains(&[vec![place], message].concat()), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_that_is_none_is_answered_and_costs_nothing() {
    let stand = Stand::start(&Plan::with_cards(&["w1"])).unwrap();
    stand.rack().unwrap().insert("a", "w1").unwrap();
    let desk = Desk::at(&stand, "counter").await.unwrap();
    desk.card(&stand.reader("a")).await.unwrap();
    let tries = || stand.inside("w1").unwrap().counter("pin").unwrap().left;
    let before = tries();
    let methods = methods();
    assert!(methods.len() > 25, "{methods:?}");
    let corpus = corpus("requests");
    let messages = |of: Option<u8>| -> Vec<_> {
        let chosen = corpus
            .iter()
            .filter(|input| of.is_none_or(|of| input[0] == of));
        chosen.map(|input| input[1..].to_vec()).collect()
    };
    let all = messages(None);
    let mut mutator = Mutator::new(23);
    for desk in ["billing", "kiosk", "counter", "hall"] {
        let mut client = Grpc::new(channel(&stand.socket(desk)).await.unwrap());
        for (method, request) in &methods {
            let own = messages(requests::good(request).map(|(place, _)| place));
            // Its own requests, changed; then those of others.
            for corpus in [[&own; 4].as_slice(), &[&all; 2]].concat() {
                client.ready().await.unwrap();
                let request = Request::new(tokio_stream::once(mutator.next(corpus)));
                let path: PathAndQuery = method.parse().unwrap();
                let call = client.streaming(request, path, Plain);
                // A stream of events that opens is left at once.
                if let Err(refused) = call.await {
                    let told = refused.code();
                    let defect = matches!(told, Code::Internal | Code::Unknown);
                    let decoding = refused.message().contains("decode");
                    assert!(!defect || decoding, "{method}: {refused:?}");
                }
            }
        }
    }
    assert_eq!(tries(), before);
    assert_eq!(desk.terminal.status().await.unwrap().readers, 1);
}
