#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cardd_tests::fuzz::rule_file::rule_file(input));
