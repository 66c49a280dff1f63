//! Checks of Ory's services: whether each URL is the right service, accepts the credentials, and has the right time.
//!
//! Sends only requests that change nothing, over the provider's own client, so that what works here works in an apply. All
//! services are asked at the same time, and none is waited for longer than [`PATIENCE`].

use super::Area;
use crate::{
    emulator::plan::Plan,
    engine::{Call, Cx, Diagnostic},
    ory::{
        Client, ORY, SELF_HOSTED, SelfHosted, is_public,
        services::{HYDRA_ADMIN, HYDRA_PUBLIC, KETO_READ, KETO_WRITE, KRATOS_ADMIN, KRATOS_PUBLIC, TALOS},
        talos,
    },
    rest::{Client as _, Endpoint, Reply, Request, Service, http::is_this_machine, pace::Rate},
    schema::Object,
    value::Value,
};
use reqwest::Method;
use std::{
    io,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};
use tokio::net::TcpStream;
use url::Url;

/// How long to wait for an answer to such a small request.
const PATIENCE: Duration = Duration::from_secs(5);
/// `Date` has whole seconds, and networks take time.
const SKEW: Duration = Duration::from_secs(30);

/// A request to a service that changes nothing.
struct Probe {
    service: &'static Service,
    path: &'static str,
    page: bool,
    /// Whether this is how the service answers; nothing else of Ory answers so.
    is_ours: fn(&Service, &Reply) -> bool,
    /// What can be read if it answers so.
    shows: &'static str,
    /// The bucket of Ory Network that counts it; empty if another probe of the service is enough.
    bucket: &'static str,
}

/// The first probe of a service identifies it.
static PROBES: &[Probe] = &[
    Probe {
        service: &HYDRA_ADMIN,
        path: "/admin/clients",
        page: true,
        is_ours: is_list,
        shows: "ory_oauth2_client, ory_oidc_dynamic_client",
        bucket: "hydra-admin-medium",
    },
    Probe {
        service: &HYDRA_ADMIN,
        path: "/admin/trust/grants/jwt-bearer/issuers",
        page: true,
        is_ours: is_list,
        shows: "ory_trusted_oauth2_jwt_grant_issuer",
        bucket: "",
    },
    Probe {
        service: &HYDRA_ADMIN,
        path: "/admin/keys/janiform-doctor",
        page: false,
        // There is no set with this name, and only a caller who may read sets gets that answer.
        is_ours: |service, reply| reply.is_success() || service.says_missing(reply),
        shows: "ory_json_web_key_set",
        bucket: "",
    },
    Probe {
        service: &HYDRA_PUBLIC,
        path: "/.well-known/openid-configuration",
        page: false,
        is_ours: |_, reply| reply.json().is_some_and(|body| body.at("issuer").is_string()),
        shows: "",
        bucket: "",
    },
    Probe {
        service: &KRATOS_ADMIN,
        path: "/admin/identities",
        page: true,
        is_ours: is_list,
        shows: "ory_identity",
        bucket: "kratos-admin-medium",
    },
    Probe {
        service: &KRATOS_PUBLIC,
        path: "/schemas",
        page: true,
        is_ours: is_list,
        shows: "identity schemas",
        bucket: "kratos-admin-medium",
    },
    Probe {
        service: &KETO_READ,
        path: "/relation-tuples",
        page: true,
        is_ours: |_, reply| reply.json().is_some_and(|body| body.at("relation_tuples").is_array()),
        shows: "ory_relationship, ory_relationships",
        bucket: "keto-admin-medium",
    },
    Probe {
        service: &KETO_WRITE,
        path: "/admin/relation-tuples",
        page: false,
        // The API has only writes, and answers so.
        is_ours: |_, reply| reply.status == 405 && reply.header("allow").is_some_and(|allow| allow.contains("PATCH")),
        shows: "",
        bucket: "",
    },
    Probe {
        service: &TALOS,
        path: talos::ISSUED,
        page: true,
        is_ours: |_, reply| reply.json().is_some_and(|body| body.at("issued_api_keys").is_array()),
        shows: "ory_api_key, ory_imported_api_key",
        bucket: "talos-admin-medium",
    },
];

fn is_list(_: &Service, reply: &Reply) -> bool {
    reply.is_success() && reply.json().is_some_and(|body| body.is_array())
}

/// The oldest tested version of each server.
static OLDEST: &[(&str, (u64, u64))] = &[("Ory Hydra", (2, 3)), ("Ory Kratos", (1, 3))];

/// Every service, in the order of the table.
pub async fn examine(client: Arc<Client>) -> Vec<Area> {
    let asked: Vec<_> = SELF_HOSTED.iter().map(|one| tokio::spawn(Examination::of(client.clone(), one))).collect();
    let (mut areas, mut rates) = (Vec::new(), Vec::new());
    for one in asked {
        if let Ok(examined) = one.await {
            areas.push(examined.area);
            rates.extend(examined.rates.into_iter().filter(|told| !told.0.is_empty() && !rates.contains(told)).collect::<Vec<_>>());
        }
    }
    areas.extend(limits(&rates));
    areas
}

/// One service.
struct Examination {
    area: Area,
    client: Arc<Client>,
    of: &'static SelfHosted,
    /// The limits in the server's answers, by bucket.
    rates: Vec<(&'static str, Rate)>,
}

impl Examination {
    async fn of(client: Arc<Client>, of: &'static SelfHosted) -> Examination {
        let mut this = Examination { area: Area::new(of.service.name), client, of, rates: Vec::new() };
        if !this.client.is_meant(of.service) {
            this.area.unused("URL", format!("not configured: set {} or a project of Ory Network to use it", of.variable));
            return this;
        }
        let object = Object::new(ORY.config, &Value::Null);
        let cx = Cx::new(this.client.clone(), Default::default(), Call::default());
        let reached = async {
            let endpoint = this.client.endpoint(of.service, object).await?;
            endpoint.authorize(&cx).await.map_err(|error| error.diagnostic).map(|()| endpoint)
        };
        match tokio::time::timeout(PATIENCE, reached).await {
            Ok(Ok(endpoint)) => this.ask(&endpoint).await,
            // Few features need the public API.
            Ok(Err(_)) if is_public(of.service) && this.client.hosted_at(of.twin).is_some() => {
                this.area.unused("URL", format!("not configured: set {} for features that need it", of.variable));
            }
            Ok(Err(why)) => this.area.fail("access", &why.summary, &why.detail),
            Err(_) => this.area.fail("access", "no access token in time", "Check `token_url` of ORY_ADMIN_OAUTH2."),
        }
        this
    }

    async fn ask(&mut self, endpoint: &Endpoint) {
        let base = &endpoint.base;
        self.area.ok("URL", format!("{base} ({})", if self.is_self_hosted() { self.of.variable } else { "Ory Network" }));
        if base.scheme() == "http" && !is_this_machine(base) {
            self.area.warn("TLS", "plain http: others on the network can read and change what is sent", "Use https.");
        }
        let only_writes = std::ptr::eq(self.of.service, &KETO_WRITE);
        if only_writes && !self.is_self_hosted() {
            // It is unknown how Ory Network's gateway refuses a read there.
            return self.area.unused("may write", "not checked: this API has only writes");
        }
        let mut listed = Vec::new();
        for (at, probe) in PROBES.iter().filter(|probe| std::ptr::eq(probe.service, self.of.service)).enumerate() {
            let sent = (SystemTime::now(), Instant::now());
            let reply = match self.send(endpoint, probe).await {
                Ok(reply) => reply,
                Err(why) => return self.unreached(base, why).await,
            };
            let is_ours = (probe.is_ours)(probe.service, &reply);
            if at == 0 {
                self.area.ok("reached", format!("in {} ms", sent.1.elapsed().as_millis()));
                if base.scheme() == "https" {
                    self.area.ok("TLS", "the certificate is trusted");
                }
                self.clock(&reply, sent.0 + sent.1.elapsed() / 2);
                if !is_ours {
                    return self.refused(endpoint, &reply).await;
                }
                self.rates.extend(reply.rates().into_iter().map(|rate| (probe.bucket, rate)));
                if self.is_self_hosted() {
                    self.version(endpoint).await;
                }
            } else if !is_ours {
                let error = probe.service.refuse(&reply).diagnostic;
                self.area.fail("permission", format!("{}: {}", probe.shows, error.summary), error.detail);
                continue;
            }
            if !probe.shows.is_empty() {
                listed.push(probe.shows);
            }
        }
        match listed.is_empty() {
            false => self.area.ok("may read", format!("{}; writes can only be checked by writing", listed.join(", "))),
            true if only_writes => self.area.unused("may write", "not checked: this API has only writes"),
            true => {}
        }
    }

    fn is_self_hosted(&self) -> bool {
        self.client.hosted_at(self.of.service).is_some()
    }

    async fn send(&self, endpoint: &Endpoint, probe: &Probe) -> Result<Reply, Diagnostic> {
        let request = Request::new(Method::GET, probe.path);
        self.get(endpoint, if probe.page { request.query("page_size", "1") } else { request }).await
    }

    async fn get(&self, endpoint: &Endpoint, request: Request) -> Result<Reply, Diagnostic> {
        let cx = Cx::new(self.client.clone(), Default::default(), Call::default());
        // One try only: a service that answers only the second request has a problem.
        match tokio::time::timeout(PATIENCE, endpoint.send(&cx, self.of.service, request.dispensable())).await {
            Ok(sent) => sent.map_err(|error| error.diagnostic),
            Err(_) => {
                let detail = format!("No answer within {} s.", PATIENCE.as_secs());
                Err(Diagnostic::error(format!("{} does not answer", self.of.service.name), detail))
            }
        }
    }

    /// Finds out step by step why there was no answer, since the error alone does not show what to do.
    async fn unreached(&mut self, base: &Url, why: Diagnostic) {
        let (Some(host), Some(port)) = (base.host_str(), base.port_or_known_default()) else { return };
        let variable = if self.is_self_hosted() { self.of.variable } else { "ORY_PROJECT_SLUG" };
        let found = match tokio::time::timeout(PATIENCE, connect(host, port, variable)).await {
            Ok(Err(step)) => step,
            Ok(Ok(())) if base.scheme() == "https" => (
                why.detail.split("\n\n").next().unwrap_or_default().to_owned(),
                format!(
                    "A server listens there, but TLS fails. If its certificate is from a private CA, set ORY_CA_CERT_PEM to that CA. If the server uses plain http, use `http://` in {variable}."
                ),
            ),
            Ok(Ok(())) => (
                why.detail.split("\n\n").next().unwrap_or_default().to_owned(),
                format!(
                    "A server listens there, but does not answer in HTTP. If it has just started, try again: Ory Hydra makes its keys at the first request. Otherwise check {variable}, whether it needs https, and whether a proxy is in between."
                ),
            ),
            Err(_) => (
                format!("no connection to {host} port {port} within {} s", PATIENCE.as_secs()),
                format!("Check {variable}, and firewalls, VPNs and proxies in between."),
            ),
        };
        self.area.fail("reached", found.0, found.1);
    }

    /// Explains an unexpected answer, and finds the likely cause.
    async fn refused(&mut self, endpoint: &Endpoint, reply: &Reply) {
        let error = self.of.service.refuse(reply).diagnostic;
        // Only the service, or a proxy in front of it, refuses credentials.
        if matches!(reply.status, 401 | 403) {
            return self.area.fail("credentials", error.summary, error.detail);
        }
        let elsewhere = reply.header("location").filter(|_| (300..400).contains(&reply.status)).and_then(|to| endpoint.base.join(&to).ok());
        if let Some(to) = elsewhere.as_ref().and_then(Url::host_str) {
            let found = format!("{} redirects to {to}", reply.asked);
            return self.area.fail("service", found, error.detail);
        }
        let mut found = None;
        for (at, probe) in PROBES.iter().enumerate() {
            let first = PROBES.iter().position(|other| std::ptr::eq(other.service, probe.service)) == Some(at);
            if first
                && !std::ptr::eq(probe.service, self.of.service)
                && self.send(endpoint, probe).await.is_ok_and(|reply| (probe.is_ours)(probe.service, &reply))
            {
                found = SELF_HOSTED.iter().find(|other| std::ptr::eq(other.service, probe.service));
                break;
            }
        }
        match found {
            Some(other) => self.area.fail(
                "service",
                format!("this is {}", other.service.name),
                format!("Set {} to this URL, and {} to that of {}.", other.variable, self.of.variable, self.of.service.name),
            ),
            None if (500..600).contains(&reply.status) || reply.status == 429 => self.area.fail("service", error.summary, error.detail),
            None => self.area.fail(
                "service",
                format!("{} answered {}, which {} does not do", reply.asked, reply.status, self.of.service.name),
                format!("Another service is behind this URL. Check its host, port and path in {}.", self.of.variable),
            ),
        }
    }

    fn clock(&mut self, reply: &Reply, now: SystemTime) {
        let date = reply.header("date").and_then(|date| jiff::fmt::rfc2822::parse(&date).ok());
        let Some(theirs) = date.map(|date| SystemTime::from(date.timestamp())) else {
            return self.area.unused("clock", "the answer has no `Date` header");
        };
        let (skew, which) = match theirs.duration_since(now) {
            Ok(ahead) => (ahead, "behind"),
            Err(error) => (error.duration(), "ahead of"),
        };
        if skew <= SKEW {
            return self.area.ok("clock", "agrees with the server's");
        }
        self.area.warn(
            "clock",
            format!("this machine is {} s {which} the server", skew.as_secs()),
            "Synchronise both with NTP: tokens, certificates and expiry times depend on the clock.",
        );
    }

    async fn version(&mut self, endpoint: &Endpoint) {
        // Public APIs do not show one, and Kratos has it in another place.
        let mut version = None;
        for path in ["/version", "/admin/version"] {
            if let Ok(reply) = self.get(endpoint, Request::new(Method::GET, path)).await
                && reply.is_success()
                && let Some(said) = reply.json().and_then(|body| reply.scrub(body.at("version").as_str()?))
            {
                version = Some(said.chars().take(40).collect::<String>());
                break;
            }
        }
        let Some(version) = version else { return };
        let mut numbers = version.trim_start_matches('v').split('.').map(|part| part.parse::<u64>().ok());
        let numbers = numbers.next().flatten().zip(numbers.next().flatten());
        let oldest = OLDEST.iter().find(|(of, _)| *of == self.of.of).map(|(_, oldest)| *oldest);
        match (numbers, oldest) {
            (Some(numbers), Some(oldest)) if numbers < oldest => self.area.warn(
                "version",
                format!("{version} is older than the oldest tested version, {}.{}", oldest.0, oldest.1),
                format!("Upgrade {}; it may not support all attributes.", self.of.of),
            ),
            _ => self.area.ok("version", version),
        }
    }
}

/// Checks the steps before the first byte, and returns the one that fails.
async fn connect(host: &str, port: u16, variable: &str) -> Result<(), (String, String)> {
    let bare = host.trim_matches(['[', ']']);
    let addresses: Vec<_> = match tokio::net::lookup_host((bare, port)).await {
        Ok(addresses) => addresses.collect(),
        Err(_) => return Err((format!("the host {bare} does not exist"), format!("Check {variable}, and the DNS of this machine."))),
    };
    match TcpStream::connect(addresses.as_slice()).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            Err((format!("nothing listens at {bare} port {port}"), format!("Start the service, or correct the port in {variable}.")))
        }
        Err(error) => Err((format!("{bare} port {port}: {error}"), format!("Check {variable}, and the network in between."))),
    }
}

/// The limits that the server sent, and the plan that they belong to.
fn limits(rates: &[(&'static str, Rate)]) -> Option<Area> {
    if rates.is_empty() {
        return None;
    }
    let mut area = Area::new("Rate limits");
    let named = [
        (Plan::Developer, "Developer"),
        (Plan::Production, "Production"),
        (Plan::Growth, "Growth"),
        (Plan::Enterprise, "Enterprise"),
        (Plan::Staging, "of a non-production project"),
    ];
    let has = |plan: Plan| {
        let limits = plan.limits();
        rates.iter().all(|(bucket, rate)| {
            limits
                .iter()
                .filter(|limit| limit.bucket == *bucket)
                .flat_map(|limit| &limit.rates)
                .any(|one| usize::try_from(one.requests) == Ok(rate.requests) && Duration::from_secs(one.seconds.into()) == rate.window)
        })
    };
    let plans: Vec<_> = named.into_iter().filter(|(plan, _)| has(*plan)).map(|(_, name)| name).collect();
    match plans.is_empty() {
        false => area.ok("plan", format!("the limits are those of Ory Network's plan: {}", plans.join(" or "))),
        true => area.unused("plan", "the limits match no known plan of Ory Network"),
    }
    for told in rates.chunk_by(|one, other| one.0 == other.0) {
        let named: Vec<_> = told.iter().map(|(_, rate)| rate.to_string()).collect();
        area.ok(told[0].0, named.join(", "));
    }
    Some(area)
}
