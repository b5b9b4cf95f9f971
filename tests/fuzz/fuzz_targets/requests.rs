#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cardd_tests::fuzz::requests::requests(input));
