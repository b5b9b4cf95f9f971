//! Every fuzz target over its corpus and some thousands of mutations with a fixed seed; and every
//! request of the contract, changed, to a cardd that runs.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use cardd_proto::DESCRIPTORS;
use cardd_tests::{
    desk::Desk,
    fuzz::{Mutator, TARGETS, seeds},
    raw::channel,
    stand::{Plan, Stand},
};
use prost::{Message as _, bytes::Bytes};
use prost_types::FileDescriptorSet;
use tonic::{
    Code, Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::http::uri::PathAndQuery,
};

/// Mutations of each target. The slowest, a receipt store on disk, does them in a second.
const MUTATIONS: usize = 2000;

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

/// Every method of the contract: its path.
fn methods() -> Vec<String> {
    let set = FileDescriptorSet::decode(DESCRIPTORS).unwrap();
    let mut paths = Vec::new();
    for file in &set.file {
        for service in &file.service {
            for method in &service.method {
                let path = format!("/{}.{}/{}", file.package(), service.name(), method.name());
                paths.push(path);
            }
        }
    }
    paths
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
    let corpus: Vec<_> = corpus("requests")
        .iter()
        .map(|input| input[1..].to_vec())
        .collect();
    let mut mutator = Mutator::new(23);
    for desk in ["billing", "kiosk", "counter", "hall"] {
        let mut client = Grpc::new(channel(&stand.socket(desk)).await.unwrap());
        for method in &methods {
            for _ in 0..12 {
                client.ready().await.unwrap();
                let request = Request::new(tokio_stream::once(mutator.next(&corpus)));
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
