//! The report of a panic: its place, and nothing that came from outside.

use janiform::frontends::crash;
use std::{env, hint::black_box, process::Command, thread};

const WHICH: &str = "JANIFORM_TEST_CRASH";
const SECRET: &str = "canary-é-of-a-crash";

/// Not much of a test by itself: what the other one starts in a process of its own.
#[test]
fn in_another_process() {
    let Ok(which) = env::var(WHICH) else { return };
    crash::install();
    let secret = black_box(SECRET);
    let crashed = thread::spawn(move || match &*which {
        "sliced" => drop(secret[..8].to_owned()),
        "unwrapped" => secret.parse::<u8>().map(drop).map_err(|_| secret).unwrap(),
        "formatted" => panic!("cannot use {secret}"),
        "literal" => panic!("what stands in the source"),
        other => unreachable!("{other}"),
    });
    assert!(crashed.join().is_err());
}

#[test]
fn a_crash_report_has_the_place_and_no_secret() {
    for which in ["sliced", "unwrapped", "formatted", "literal"] {
        let mut child = Command::new(env::current_exe().unwrap());
        child.args(["--exact", "transport::crash::in_another_process", "--nocapture"]).env(WHICH, which).env("RUST_BACKTRACE", "1");
        let ran = child.output().unwrap();
        let told = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success() && told.contains("panic: ") && told.contains("at ") && told.contains("crash.rs"), "{which}: {told}");
        assert!(!told.contains("canary"), "{which}: {told}");
        assert_eq!(told.contains("what stands in the source"), which == "literal", "{told}");
    }
}
