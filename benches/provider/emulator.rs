//! The emulator beside a real Ory Hydra: clients made, and a list of a hundred thousand read, by the same load.
//!
//! What a client costs Hydra is mostly the hash of its secret, which the emulator spends less on, on purpose. So Hydra is asked
//! three times: as it is released, with a client that cannot authenticate (of which it hashes a secret all the same), and set
//! to hash as little as the emulator does.

use crate::{
    discover,
    figure::{Bound, Figures, Unit, Whose, wanted},
    harness::server::Server,
    measure::{cpu, peak_memory},
    plain::{create_clients, list_clients},
    row::{Row, Setting},
};

/// What is wanted of it.
pub static ROW: Row = Row {
    name: "emulator",
    about: "the emulator beside Ory Hydra 2.3.0 on SQLite: creates, and a list of 100,000",
    wanted: &[
        wanted(CREATES, Bound::TimesAtLeast(10.0)),
        wanted(PUBLIC, Bound::TimesAtLeast(10.0)),
        wanted(FEW_ROUNDS, Bound::TimesAtLeast(10.0)),
        wanted(LISTS, Bound::TimesAtLeast(10.0)),
        wanted(MEMORY, Bound::AtMost(100.0 * (1 << 20) as f64)),
        discover::OF_HYDRA,
    ],
    run,
};

const CREATES: &str = "client creates";
const PUBLIC: &str = "client creates, token_endpoint_auth_method none";
const FEW_ROUNDS: &str = "client creates, both with 1,024 rounds of hashing";
const LISTS: &str = "pages of 500 of a list of 100,000 clients";
const MEMORY: &str = "emulator's peak memory with 100,000 clients";
const MANY: usize = 100_000;
/// What Hydra makes in a second or two with the hashing that it is released with.
const FEW: usize = 400;
/// How often the emulator hashes.
const ROUNDS: &str = "1024";

fn run(setting: &Setting<'_>) -> Figures {
    let mut figures = Figures::default();
    let hydra = "Hydra 2.3.0";
    // The release that Hydra is; the newer one beside it, since that is what the emulator plays unless it is told.
    let [ours, newer] = ["2.3", "26.2"].map(|profile| Server::emulator(&["--profile", profile]));
    let (released, quick) = (Server::hydra(&[]), Server::hydra(&[ROUNDS]));
    let create = |figures: &mut Figures, what: &str, server: &Server, whose: Whose<'_>, count: usize, more: &str| {
        let before = cpu(server.id()).unwrap();
        let time = create_clients(&server.admin, 0..count, more);
        let spent = cpu(server.id()).unwrap() - before;
        figures.see(whose, what, Unit::PerSecond, count as f64 / time);
        figures.see(whose, format!("server's CPU for one of the {what}"), Unit::Seconds, spent / count as f64);
    };
    let mut made = [0, 0];
    for _ in 0..setting.rounds {
        for (what, other, more) in
            [(CREATES, &released, ""), (PUBLIC, &released, r#","token_endpoint_auth_method":"none""#), (FEW_ROUNDS, &quick, "")]
        {
            create(&mut figures, what, &ours, Whose::Ours, FEW * 10, more);
            let count = if std::ptr::eq(other, &quick) { FEW * 5 } else { FEW };
            create(&mut figures, what, other, Whose::Beside(hydra), count, more);
            made[0] += FEW * 10;
            made[1] += if std::ptr::eq(other, &quick) { count } else { 0 };
        }
    }
    create_clients(&ours.admin, made[0]..MANY, "");
    create_clients(&quick.admin, made[1]..MANY, "");
    create(&mut figures, "client creates, profile 26.2", &newer, Whose::Ours, MANY, "");
    for _ in 0..setting.rounds {
        for (what, server, whose) in [
            (LISTS, &newer, Whose::Ours),
            (LISTS, &quick, Whose::Beside(hydra)),
            ("pages of 500 of that list, by offset as in profile 2.3", &ours, Whose::Ours),
        ] {
            let before = cpu(server.id()).unwrap();
            let listed = list_clients(&server.admin);
            let spent = cpu(server.id()).unwrap() - before;
            assert_eq!(listed.pages, MANY / 500);
            figures.see(whose, what, Unit::PerSecond, listed.pages as f64 / listed.time);
            figures.see(whose, format!("server's CPU for one of the {what}"), Unit::Seconds, spent / listed.pages as f64);
            figures.see(whose, format!("bytes of the {what}"), Unit::Bytes, listed.bytes as f64);
        }
    }
    discover::discover(setting, &mut figures, &quick, "of Hydra 2.3.0");
    let memory = |server: &Server| peak_memory(server.id()).unwrap() as f64;
    figures.see(Whose::Ours, MEMORY, Unit::Bytes, memory(&newer).max(memory(&ours)));
    figures.see(Whose::Beside(hydra), MEMORY, Unit::Bytes, memory(&quick));
    figures
}
