//! `janiform discover` of very many clients, beside a loop that fetches the same pages and does nothing with them.

use crate::{
    figure::{Bound, Figures, Unit, Wanted, Whose, wanted},
    harness::{Scratch, environment, http, server::Server},
    measure,
    plain::{create_clients, list_clients},
    row::{Row, Setting},
};
use serde_json::json;
use std::process::Command;

/// What is wanted of it.
pub static ROW: Row = Row {
    name: "discover",
    about: "discover of 100,000 clients, beside fetching the same pages",
    wanted: &[
        wanted(REQUESTS, Bound::AtMost(201.0)),
        wanted(MEMORY, Bound::AtMost(64.0 * (1 << 20) as f64)),
        wanted("time, discover of 100,000 clients of the emulator, 20 ms away", Bound::TimesAtMost(1.3)),
        wanted("time, discover of 100,000 clients of the emulator, on this machine", Bound::TimesAtMost(1.3)),
    ],
    run,
};

/// The same of a real server, which the row of the emulator has filled.
pub const OF_HYDRA: Wanted = wanted("time, discover of 100,000 clients of Hydra 2.3.0", Bound::TimesAtMost(1.3));

const MANY: usize = 100_000;
const REQUESTS: &str = "list requests, discover of 100,000 clients";
const MEMORY: &str = "peak memory, discover of 100,000 clients";

fn run(setting: &Setting<'_>) -> Figures {
    let mut figures = Figures::default();
    let server = Server::emulator(&[]);
    create_clients(&server.admin, 0..MANY, "");
    let window = server.window.clone().unwrap();
    for (place, latency) in [("of the emulator, 20 ms away", 20), ("of the emulator, on this machine", 0)] {
        // As the page in the window does it: a page of another site could not send this header.
        let origin = [("origin", window.trim_end_matches('/'))];
        let switched = http::try_send_with("POST", &format!("{window}api/switch"), Some(&json!({ "latency": latency })), &origin);
        switched.expect("the window answers").expect(200);
        discover(setting, &mut figures, &server, place);
    }
    figures
}

/// Discovers the clients of this server, in turn with fetching their pages.
pub fn discover(setting: &Setting<'_>, figures: &mut Figures, server: &Server, place: &str) {
    let what = |what: &str| format!("{what}, discover of 100,000 clients {place}");
    setting.in_turn(|_, build| {
        let scratch = Scratch::new();
        let plain = list_clients(&server.admin);
        let before = lists(server);
        let mut command = Command::new(&build.binary);
        command.args(["discover", "--only", "oauth2_client", "--out"]).arg(scratch.join("out"));
        command.env_clear().envs(environment(&scratch)).env("ORY_HYDRA_ADMIN_URL", &server.admin);
        let cost = measure::run(command);
        if let Some((before, after)) = before.zip(lists(server)) {
            figures.see(build.whose(), REQUESTS, Unit::Count, after - before);
        }
        figures.see(build.whose(), MEMORY, Unit::Bytes, cost.provider_memory as f64);
        figures.see(build.whose(), what("CPU"), Unit::Seconds, cost.provider_cpu);
        if setting.is_ours(build) {
            figures.see(Whose::Ours, what("time"), Unit::Seconds, cost.wall);
            figures.see(Whose::Beside("fetching the pages"), what("time"), Unit::Seconds, plain.time);
        }
    });
}

/// How often the list was asked for so far, where the server tells.
fn lists(server: &Server) -> Option<f64> {
    let state = http::send("GET", &format!("{}api/state", server.window.as_ref()?), None).expect(200);
    state["status"]["routes"]["GET /admin/clients"]["requests"].as_f64()
}
