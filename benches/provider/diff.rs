//! `janiform diff` of two servers with ten thousand clients each, which have other ids: nothing differs, or one in ten does.

use crate::{
    figure::{Figures, Unit},
    harness::{Scratch, environment, server::Server},
    measure,
    plain::create_clients,
    row::{Row, Setting},
};
use std::process::Command;

/// Nothing is wanted of it but that it stays small.
pub static ROW: Row = Row { name: "diff", about: "diff of two servers with 10,000 clients each", wanted: &[], run };

const MANY: usize = 10_000;

fn run(setting: &Setting<'_>) -> Figures {
    let mut figures = Figures::default();
    let [left, right, other] = [(); 3].map(|()| Server::emulator(&[]));
    for server in [&left, &right] {
        create_clients(&server.admin, 0..MANY, "");
    }
    create_clients(&other.admin, 0..MANY / 10, r#","contacts":["somebody@example.com"]"#);
    create_clients(&other.admin, MANY / 10..MANY, "");
    for (what, right, code) in [("nothing differs", &right, 0), ("one in ten differs", &other, 1)] {
        setting.in_turn(|_, build| {
            let scratch = Scratch::new();
            let mut command = Command::new("sh");
            // That something differs is no failure here.
            command.args(["-c", r#""$0" diff "emulator:$1" "emulator:$2" --only ory_oauth2_client; test $? -eq "$3""#]);
            command.arg(&build.binary).args([&left.admin, &right.admin, &code.to_string()]);
            command.env_clear().envs(environment(&scratch));
            let cost = measure::run(command);
            let of = |figure: &str| format!("{figure}, diff of 10,000 clients each, {what}");
            figures.see(build.whose(), of("time"), Unit::Seconds, cost.wall);
            figures.see(build.whose(), of("CPU"), Unit::Seconds, cost.provider_cpu);
            figures.see(build.whose(), of("peak memory"), Unit::Bytes, cost.provider_memory as f64);
        });
    }
    figures
}
