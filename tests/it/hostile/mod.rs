//! Harmful input: random and damaged bytes for every decoder, and bombs, which are small when they are
//! sent and large or deep when they are read.

mod bombs;
pub mod decoders;
mod doors;
mod forms;
mod places;
mod secrets;

use decoders::{TARGETS, Target};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use std::{fs, path::Path};

/// What is done to a seed.
#[derive(Clone, Debug)]
enum Damage {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
    Repeat(prop::sample::Index, prop::sample::Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    // Bytes that mean something to a format.
    let telling = prop::sample::select(b"\"\\[]{},:%#@/~-.=;\n\0\xc0\xdd\xdf\xdb\xc1\xff0123456789eE".to_vec());
    prop_oneof![
        (at(), prop_oneof![telling.clone(), any::<u8>()]).prop_map(|(at, byte)| Damage::Flip(at, byte)),
        at().prop_map(Damage::Cut),
        (at(), prop::collection::vec(telling, 1..8)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (at(), at()).prop_map(|(from, to)| Damage::Repeat(from, to)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        if bytes.is_empty() {
            break;
        }
        match damage {
            Damage::Flip(at, byte) => *at.get_mut(&mut bytes) = *byte,
            Damage::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Damage::Insert(at, more) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, more.iter().copied());
            }
            Damage::Repeat(from, to) => {
                let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
                let part = bytes[from.min(to)..from.max(to)].to_vec();
                bytes.splice(from..from, part);
            }
        }
    }
    bytes
}

fn survives(target: &Target, bytes: &[u8]) -> Result<(), TestCaseError> {
    std::panic::catch_unwind(|| (target.check)(bytes)).map_err(|_| TestCaseError::fail(format!("{} panics", target.name)))
}

#[test]
fn decoders_survive_damaged_and_random_bytes() {
    for target in TARGETS {
        let seeds = (target.seeds)();
        assert!(!seeds.is_empty(), "{}", target.name);
        // Where `scripts/fuzz` wants them.
        let corpus = std::env::var_os("JANIFORM_FUZZ_CORPUS").map(|dir| Path::new(&dir).join(target.name));
        for (number, seed) in seeds.iter().enumerate() {
            (target.check)(seed);
            if let Some(dir) = &corpus {
                fs::create_dir_all(dir).unwrap();
                fs::write(dir.join(format!("seed-{number}")), seed).unwrap();
            }
        }
        let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
        let ruined = (prop::sample::select(seeds), prop::collection::vec(damage(), 1..6)).prop_map(|(seed, all)| damaged(seed, &all));
        let noise = prop::collection::vec(any::<u8>(), 0..200);
        let inputs = prop_oneof![4 => ruined, 1 => noise];
        runner.run(&inputs, |bytes| survives(target, &bytes)).unwrap_or_else(|error| panic!("{}: {error}", target.name));
    }
}

#[test]
fn every_decoder_is_a_fuzz_target() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = fs::read_to_string(dir.join("Cargo.toml")).unwrap();
    for target in TARGETS {
        let name = target.name;
        let body = fs::read_to_string(dir.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(body.contains(&format!("decoders::{name}(data)")), "{name}");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
    assert_eq!(fs::read_dir(dir.join("fuzz_targets")).unwrap().count(), TARGETS.len());
}
