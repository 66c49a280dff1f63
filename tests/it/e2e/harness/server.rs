//! The servers: the emulator as people run it, a real Ory Hydra and a real Ory Kratos; and an Ory that combines
//! them.

use super::{Scratch, environment, http, janiform, process, repository, required};
use serde_json::Value as Json;
use std::{
    net::TcpListener,
    process::Command,
    rc::Rc,
    sync::atomic::{AtomicU16, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `janiform emulator`, as Hydra, Kratos and Keto 26.2.
    Emulator,
    /// Ory Hydra 2.3.0.
    Hydra,
    /// Ory Kratos 1.3.1.
    Kratos,
}

/// What a whole Ory is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// One emulator.
    Emulator,
    /// A real Hydra and a real Kratos, and an emulator for Keto and Talos, of which there are no modules to build them from.
    Real,
}

/// A workspace key, as the emulator takes any.
const WORKSPACE_KEY: &str = "ory_wak_of-the-tests";

/// Each service of Ory.
pub struct Ory {
    pub hydra: Rc<Server>,
    pub kratos: Rc<Server>,
    pub keto: Rc<Server>,
}

impl Ory {
    pub fn start(place: Place) -> Ory {
        if place == Place::Emulator {
            let emulator = Rc::new(Server::start(Kind::Emulator));
            return Ory { hydra: emulator.clone(), kratos: emulator.clone(), keto: emulator };
        }
        let [hydra, kratos, keto] = [Kind::Hydra, Kind::Kratos, Kind::Emulator]
            .map(|kind| thread::spawn(move || Server::start(kind)))
            .map(|starting| Rc::new(starting.join().expect("a server that starts")));
        Ory { hydra, kratos, keto }
    }

    /// What tells the provider where they are.
    pub fn environment(&self) -> [(&'static str, String); 10] {
        // The console is the emulator's, wherever the rest is.
        let [console, key, project] = self.keto.console();
        [
            ("ORY_HYDRA_ADMIN_URL", self.hydra.admin.clone()),
            ("ORY_HYDRA_PUBLIC_URL", self.hydra.public.clone()),
            ("ORY_KRATOS_ADMIN_URL", self.kratos.admin.clone()),
            ("ORY_KRATOS_PUBLIC_URL", self.kratos.public.clone()),
            ("ORY_KETO_READ_URL", self.keto.public.clone()),
            ("ORY_KETO_WRITE_URL", self.keto.admin.clone()),
            ("ORY_TALOS_URL", self.keto.admin.clone()),
            console,
            key,
            project,
        ]
    }

    /// Every relation tuple of these namespaces.
    #[track_caller]
    pub fn tuples(&self, namespaces: &[&str]) -> Vec<Json> {
        let mut tuples = Vec::new();
        for namespace in namespaces {
            let page = self.keto.ask("GET", &format!("/relation-tuples?namespace={namespace}&page_size=500"), None).expect(200);
            tuples.extend(page["relation_tuples"].as_array().expect("tuples").iter().cloned());
        }
        tuples.sort_by_key(Json::to_string);
        tuples
    }
}

/// A server with nothing in it, on this machine, gone when dropped.
pub struct Server {
    pub admin: String,
    pub public: String,
    /// The page that shows what happens, at the emulator.
    pub window: Option<String>,
    running: process::Running,
    _scratch: Scratch,
}

impl Server {
    pub fn start(kind: Kind) -> Server {
        match kind {
            Kind::Emulator => Server::emulator(&[]),
            Kind::Hydra => Server::hydra(&[]),
            Kind::Kratos => Server::real("JANIFORM_KRATOS", "kratos-serve", ["/admin/health/ready", "/health/ready"], &[]),
        }
    }

    /// The emulator with further options; as Ory of 26.2, unless they say another profile.
    pub fn emulator(options: &[&str]) -> Server {
        let scratch = Scratch::new();
        let mut command = Command::new(janiform());
        command
            .args(["emulator", "--port", "0"])
            .args(if options.contains(&"--profile") { &[][..] } else { &["--profile", "26.2"] })
            .args(options)
            .env_clear()
            .envs(environment(&scratch))
            .current_dir(scratch.path());
        let mut running = process::start(&mut command);
        let line = running.line_with("listens at http://");
        let url_in = |line: String| line.split_whitespace().find(|word| word.starts_with("http://")).expect("a URL").to_owned();
        let url = url_in(line);
        let window = (!options.contains(&"--no-window")).then(|| url_in(running.line_with("what happens: http://")));
        Server { admin: url.clone(), public: url, window, running, _scratch: scratch }
    }

    /// Hydra, with further words for the script that starts it.
    pub fn hydra(more: &[&str]) -> Server {
        Server::real("JANIFORM_HYDRA", "hydra-serve", ["/health/ready"; 2], more)
    }

    /// Its process.
    #[allow(dead_code, reason = "for the benches")]
    pub fn id(&self) -> u32 {
        self.running.id()
    }

    /// What tells the provider where the emulator's console is, and the projects in it.
    pub fn console(&self) -> [(&'static str, String); 3] {
        [
            ("ORY_CONSOLE_API_URL", self.admin.clone()),
            ("ORY_WORKSPACE_API_KEY", WORKSPACE_KEY.to_owned()),
            ("ORY_PROJECT_API_URL", format!("{}/p/%s", self.admin)),
        ]
    }

    /// A request to the console, past the provider.
    #[track_caller]
    pub fn ask_console(&self, method: &str, path: &str, body: Option<&Json>) -> http::Answer {
        let bearer = format!("Bearer {WORKSPACE_KEY}");
        let answer = http::try_send_with(method, &format!("{}{path}", self.admin), body, &[("authorization", &bearer)]);
        answer.unwrap_or_else(|| panic!("{method} {path}: nobody answers"))
    }

    /// Interrupted as people do it: what it has written.
    #[track_caller]
    pub fn stop(self) -> process::Ran {
        self.running.signal("INT");
        self.running.finish()
    }

    /// Started by a script; ready when the admin and the public port say so at these paths.
    fn real(variable: &str, script: &str, health: [&str; 2], more: &[&str]) -> Server {
        // The script finds the server by itself; this says whether anybody built it.
        required(variable);
        for _ in 0..5 {
            let scratch = Scratch::new();
            let (admin, public) = (free_port(), free_port());
            let mut command = Command::new(repository("scripts/tools").join(script));
            command.arg(scratch.dir("server")).args([admin.to_string(), public.to_string()]).args(more);
            let mut running = process::start(&mut command);
            let [admin, public] = [admin, public].map(|port| format!("http://127.0.0.1:{port}"));
            let until = Instant::now() + Duration::from_secs(30);
            while Instant::now() < until && !running.has_ended() {
                let ready =
                    |url: &str, path: &str| http::try_send("GET", &format!("{url}{path}"), None).is_some_and(|answer| answer.status == 200);
                if ready(&admin, health[0]) && ready(&public, health[1]) {
                    return Server { admin, public, window: None, running, _scratch: scratch };
                }
                thread::sleep(Duration::from_millis(50));
            }
            // Somebody may have taken one of the ports meanwhile.
        }
        panic!("{script} does not start")
    }

    /// A request of the admin API, past the provider.
    #[track_caller]
    pub fn ask(&self, method: &str, path: &str, body: Option<&Json>) -> http::Answer {
        http::send(method, &format!("{}{path}", self.admin), body)
    }

    /// A list that fits onto one page.
    #[track_caller]
    pub fn list(&self, path: &str) -> Vec<Json> {
        let Json::Array(items) = self.ask("GET", path, None).expect(200) else { panic!("not a list") };
        items
    }

    fn at(&self, id: &str) -> String {
        format!("{}/admin/clients/{id}", self.admin)
    }

    /// Every client, as the server tells it.
    pub fn clients(&self) -> Vec<Json> {
        self.list("/admin/clients?page_size=500")
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

/// A loopback port that nobody listens on and that is given out once, below those that the kernel gives to outgoing
/// connections, so that none of them takes it first.
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
