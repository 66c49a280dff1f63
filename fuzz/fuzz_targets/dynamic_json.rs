#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| janiform_fuzz::decoders::dynamic_json(data));
