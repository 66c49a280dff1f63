//! The servers: the emulator as people run it, and a real Ory Hydra.

use super::{Scratch, environment, http, janiform, process, repository, required};
use serde_json::Value as Json;
use std::{
    net::TcpListener,
    process::Command,
    sync::atomic::{AtomicU16, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `janiform emulator`, as Hydra 26.2.
    Emulator,
    /// Ory Hydra 2.3.0.
    Hydra,
}

/// A server with nothing in it, on this machine, gone when dropped.
pub struct Server {
    pub admin: String,
    pub public: String,
    _running: process::Running,
    _scratch: Scratch,
}

impl Server {
    pub fn start(kind: Kind) -> Server {
        match kind {
            Kind::Emulator => Server::emulator(&[]),
            Kind::Hydra => Server::hydra(),
        }
    }

    /// The emulator with further options.
    pub fn emulator(options: &[&str]) -> Server {
        let scratch = Scratch::new();
        let mut command = Command::new(janiform());
        command
            .args(["emulator", "--port", "0", "--profile", "26.2"])
            .args(options)
            .env_clear()
            .envs(environment(&scratch))
            .current_dir(scratch.path());
        let mut running = process::start(&mut command);
        let line = running.line_with("listens at http://");
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).expect("a URL").to_owned();
        Server { admin: url.clone(), public: url, _running: running, _scratch: scratch }
    }

    fn hydra() -> Server {
        // The script finds it by itself; this says whether anybody built it.
        required("JANIFORM_HYDRA");
        for _ in 0..5 {
            let scratch = Scratch::new();
            let (admin, public) = (free_port(), free_port());
            let mut command = Command::new(repository("scripts/tools/hydra-serve"));
            command.arg(scratch.dir("hydra")).args([admin.to_string(), public.to_string()]);
            let mut running = process::start(&mut command);
            let [admin, public] = [admin, public].map(|port| format!("http://127.0.0.1:{port}"));
            let until = Instant::now() + Duration::from_secs(30);
            while Instant::now() < until && !running.has_ended() {
                let ready =
                    |url: &str| http::try_send("GET", &format!("{url}/health/ready"), None).is_some_and(|answer| answer.status == 200);
                if ready(&admin) && ready(&public) {
                    return Server { admin, public, _running: running, _scratch: scratch };
                }
                thread::sleep(Duration::from_millis(50));
            }
            // Somebody may have taken one of the ports meanwhile.
        }
        panic!("Hydra does not start")
    }

    fn at(&self, id: &str) -> String {
        format!("{}/admin/clients/{id}", self.admin)
    }

    /// Every client, as the server tells it.
    pub fn clients(&self) -> Vec<Json> {
        let Json::Array(clients) = http::send("GET", &format!("{}/admin/clients?page_size=500", self.admin), None).expect(200) else {
            panic!("not a list")
        };
        clients
    }

    pub fn client(&self, id: &str) -> Json {
        http::send("GET", &self.at(id), None).expect(200)
    }

    /// The one client with this name.
    #[track_caller]
    pub fn named(&self, name: &str) -> Json {
        let mut found: Vec<Json> = self.clients().into_iter().filter(|client| client["client_name"] == name).collect();
        assert_eq!(found.len(), 1, "clients named {name}");
        found.remove(0)
    }

    pub fn create(&self, client: &Json) -> Json {
        http::send("POST", &format!("{}/admin/clients", self.admin), Some(client)).expect(201)
    }

    /// Changes a client behind the tools' backs.
    pub fn change(&self, id: &str, change: impl FnOnce(&mut serde_json::Map<String, Json>)) -> Json {
        let mut client = self.client(id);
        change(client.as_object_mut().expect("an object"));
        http::send("PUT", &self.at(id), Some(&client)).expect(200)
    }

    /// Deletes a client behind the tools' backs.
    pub fn delete(&self, id: &str) {
        http::send("DELETE", &self.at(id), None).expect(204);
    }
}

/// Where nobody listens, nor will for as long as this runs.
pub fn nowhere() -> String {
    format!("http://127.0.0.1:{}", free_port())
}

/// A loopback port that nobody listens on and that is given out once, below those that the kernel gives to outgoing connections, so that
/// none of them takes it first.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = std::process::id() % 12_000;
    loop {
        let step = u32::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(20_000 + (start + step * 7) % 12_000).expect("a port");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
