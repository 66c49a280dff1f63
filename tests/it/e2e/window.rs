//! The emulator's window in a real browser, while a real Terraform works: its content, its use by keyboard alone, its look.

use crate::harness::{
    browser::Browser,
    http,
    proxy::Stub,
    required,
    server::Server,
    terraform::{Cli, Terraform},
};
use serde_json::{Value as Json, json};
use std::{env, fs, path::Path};

/// The shop at an emulator, and a browser that looks.
struct Scene {
    server: Server,
    terraform: Terraform,
    browser: Browser,
}

impl Scene {
    fn start(options: &[&str]) -> Scene {
        let server = Server::emulator(options);
        let mut terraform = Terraform::with_example(Cli::Terraform, &server.admin, "shop");
        for service in ["HYDRA_PUBLIC", "KRATOS_ADMIN", "KRATOS_PUBLIC", "KETO_READ", "KETO_WRITE"] {
            terraform.set_env(&format!("ORY_{service}_URL"), &server.admin);
        }
        terraform.init();
        let mut browser = Browser::start(1280, 900);
        browser.open(server.window.as_ref().expect("a window"));
        browser.wait("document.querySelector('#live')?.textContent === 'Live'");
        Scene { server, terraform, browser }
    }

    /// Changes the scope of the shop's first client behind Terraform's back.
    fn meddle(&self, scope: &str) {
        let id = self.server.named("Shop wiki")["client_id"].as_str().expect("an id").to_owned();
        self.server.change(&id, |client| drop(client.insert("scope".into(), json!(scope))));
    }

    /// That the page breaks no rule of accessibility as it is now, and is not wider than the screen.
    #[track_caller]
    fn is_accessible(&mut self, when: &str) {
        let axe = fs::read_to_string(required("JANIFORM_AXE")).expect("axe-core");
        self.browser.run(&format!("window.axe ? null : void function () {{ {axe} }}.call(window)"));
        let found = self.browser.run("axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]))");
        assert_eq!(found, json!([]), "{when}: {found:#}");
        assert_eq!(self.browser.run("document.documentElement.scrollWidth <= innerWidth"), true, "{when}: it is wider than the screen");
    }

    /// That nothing went wrong in the page, and that it asked nobody but the emulator.
    fn is_sound(&self) {
        assert_eq!(self.browser.complaints, [""; 0]);
        let window = self.server.window.as_ref().expect("a window");
        assert!(self.browser.asked.len() > 8);
        self.browser.asked.iter().for_each(|url| assert!(url.starts_with(window.as_str()), "the page asked {url}"));
    }
}

/// What is written in all elements that a selector finds.
fn texts(selector: &str) -> String {
    format!("[...document.querySelectorAll('{selector}')].map((one) => one.textContent)")
}

#[test]
fn requests_of_terraform_are_shown_live() {
    let mut scene = Scene::start(&["--plan", "developer"]);
    assert_eq!(scene.browser.run("document.querySelector('#exports').checkVisibility()"), true, "an empty page says how to begin");
    scene.terraform.apply();
    let browser = &mut scene.browser;
    browser.wait(&format!("{}.filter((text) => text === 'created').length === 9", texts(".row .badge")));
    browser.wait(&format!("{}.join() === 'OAuth 2.0 clients2,Identities1,Relationships3,Key sets2,Trusted issuers1'", texts(".group h3")));
    browser.wait(&format!("{}.some((name) => name === 'Shop wiki')", texts(".held .name")));
    browser.wait("document.querySelector('.run .who').textContent === 'terraform'");
    // Buckets fill, and say for whom.
    let used = |bucket: &str| {
        format!("Number(document.querySelector('[role=meter][aria-label=\"{bucket}: requests a minute\"]')?.ariaValueNow) > 0")
    };
    browser.wait(&used("hydra-admin-low"));
    browser.wait(&used("kratos-admin-low"));

    // A change behind Terraform's back comes by itself, and opens by keyboard.
    scene.meddle("openid offline_access wiki");
    let browser = &mut scene.browser;
    browser.wait("document.querySelector('.row .badge').textContent === 'read' || document.querySelector('.row .badge.changed')");
    browser.wait("document.querySelector('.run .badge.changed')");
    while browser.run("document.activeElement.querySelector?.('.badge.changed') !== null && document.activeElement.matches('.row')") != true
    {
        browser.press("j");
    }
    browser.press("Enter");
    browser.wait(&format!("{}.some((line) => line.includes('\"scope\": \"openid offline_access wiki\"'))", texts(".run .diff .add code")));
    browser.wait(&format!("{}.some((line) => line.includes('\"scope\": \"openid offline_access\"'))", texts(".run .diff .del code")));
    scene.is_accessible("an open row");

    // The document of an object, without its secrets.
    let browser = &mut scene.browser;
    browser.run("document.querySelector('.object').focus()");
    browser.press("Enter");
    browser.wait(&format!("{}.some((text) => /\"client_secret\": \"•••••• .{{4}}\"/.test(text))", texts(".document")));
    scene.is_sound();
}

#[test]
fn faults_are_switched_by_keyboard_and_affect_the_next_plan() {
    let mut scene = Scene::start(&[]);
    // One request in four is hit: no request may be hit as often as it is sent.
    scene.terraform.set_env("ORY_MAX_RETRIES", "20");
    scene.terraform.apply();
    let browser = &mut scene.browser;
    browser.press("f");
    let on = |name: &str| format!("document.activeElement.id === 'fault-{name}'");
    browser.wait(&on("latency"));
    while browser.run(&on("too_many")) != true {
        browser.press("Tab");
    }
    browser.press(" ");
    browser.wait(
        "document.querySelector('#banner-text').textContent === '25 % answered 429' && document.querySelector('#banner').checkVisibility()",
    );
    scene.is_accessible("a fault is on");
    scene.terraform.run(&["plan", "-no-color", "-detailed-exitcode"]).exits(0);
    scene.browser.wait(&format!("{}.some((flag) => flag.startsWith('429'))", texts(".run:first-child .flag")));
    scene.browser.press("0");
    scene.browser.wait("!document.querySelector('#banner').checkVisibility()");
    // Writes that are refused, which Terraform tells.
    scene.browser.run("document.querySelector('#fault-read_only').focus()");
    scene.browser.press(" ");
    scene.browser.wait("document.querySelector('#banner').checkVisibility()");
    scene.terraform.run(&["destroy", "-no-color", "-auto-approve"]).fails().says(&["this is switched on in the emulator's window"]);
    scene.browser.wait(&format!("{}.includes('failed')", texts(".run:first-child .badge")));
    scene.browser.press("0");
    scene.browser.wait("!document.querySelector('#banner').checkVisibility()");
    scene.terraform.destroy();
    scene.browser.wait("document.querySelector('#held').textContent === '0'");
    scene.is_sound();
}

#[test]
fn the_page_works_in_both_colour_schemes_and_all_widths() {
    let mut scene = Scene::start(&["--plan", "developer"]);
    scene.terraform.apply();
    scene.meddle("openid offline_access wiki");
    let ground = "getComputedStyle(document.body).backgroundColor";
    let pictures = env::var_os("JANIFORM_SCREENSHOTS");
    for light in ["light", "dark"] {
        scene.browser.prefer("prefers-color-scheme", light);
        scene.browser.wait("document.querySelector('.run .badge.changed')");
        if light == "light" {
            scene.browser.run("document.querySelector('.run .badge.changed').closest('button').click()");
            scene.browser.wait("document.querySelector('.run .diff')");
        } else {
            scene.browser.run("document.querySelector('#fault-latency').click(), document.querySelector('#fault-unavailable').click()");
            scene.browser.wait("document.querySelector('#banner-text').textContent.includes('·')");
        }
        if let Some(dir) = &pictures {
            // The focus ring of whoever took it is no part of the picture.
            scene.browser.run("document.activeElement.blur(), document.querySelector('aside').scrollTo(0, 0)");
            scene.browser.resize(1140, 740);
            if light == "dark" {
                scene.browser.run("document.querySelector('#faults').scrollIntoView({ block: 'end' }), scrollTo(0, 0)");
            }
            fs::write(Path::new(dir).join(format!("window-{light}.png")), scene.browser.picture()).expect("a picture can be kept");
            scene.browser.resize(1280, 900);
        }
        scene.is_accessible(light);
    }
    let dark = scene.browser.run(ground);
    // The choice on the page wins over the system's: system, light, dark.
    scene.browser.press("t");
    scene.browser.wait(&format!("{ground} !== '{}'", dark.as_str().expect("a colour")));
    scene.browser.press("t");
    scene.browser.wait(&format!("{ground} === '{}'", dark.as_str().expect("a colour")));
    scene.browser.prefer("prefers-reduced-motion", "reduce");
    assert_eq!(scene.browser.run("getComputedStyle(document.querySelector('.fill')).transitionDuration"), "0s");
    scene.browser.press("?");
    scene.browser.wait("document.querySelector('#keys').open");
    scene.is_accessible("the keys");
    scene.browser.press("Escape");
    scene.browser.wait("!document.querySelector('#keys').open");
    scene.browser.resize(360, 780);
    scene.is_accessible("a narrow screen");
    scene.is_sound();
    // The rules object where there is something to object to.
    scene.browser.run("void document.querySelector('main').append(document.createElement('button'))");
    assert_eq!(scene.browser.run("axe.run(document).then(({ violations }) => violations.map(({ id }) => id))"), json!(["button-name"]));
}

#[test]
fn many_events_stay_readable_and_markup_is_shown_as_text() {
    let mut scene = Scene::start(&[]);
    let name = "<img src=x onerror=\"document.title='owned'\"><script>alert(1)</script>";
    let id = scene.server.create(&json!({ "client_name": name, "metadata": { "<b>bold</b>": name } }))["client_id"].clone();
    scene.browser.wait(&format!("{}.includes({})", texts(".row .name"), Json::from(name)));
    scene.browser.press("j");
    scene.browser.press("Enter");
    scene.browser.wait(&format!("{}.some((line) => line.includes('<b>bold</b>'))", texts(".diff code")));
    assert_eq!(
        scene.browser.run("[document.images.length, document.querySelectorAll('main script, main b').length, document.title]"),
        json!([1, 0, "Janiform · local Ory"])
    );
    // Nobody has to read faster than they can.
    scene.browser.press("p");
    let ask = |at: usize| http::send("GET", &format!("{}/admin/clients/none-{at}", scene.server.admin), None).expect(404);
    (0..1500).for_each(|at| drop(ask(at)));
    scene.browser.wait("document.querySelector('#live').textContent === 'Paused · 1500 new'");
    assert_eq!(scene.browser.run(&texts(".run h3 .sum").replace("one.textContent", "one.textContent.split(' ')[0]")), json!(["1"]));
    scene.browser.press("p");
    scene.browser.wait("document.querySelector('#requests').textContent === '1,501'");
    scene.browser.wait("document.querySelectorAll('.rows > li').length === 200 && document.querySelector('#more').checkVisibility()");
    // A filter finds what is not shown.
    scene.browser.press("/");
    scene.browser.write("NONE-7 read");
    scene.browser.wait("document.querySelector('#matching').textContent === '111 of 1,501 rows'");
    scene.browser.press("Escape");
    scene.browser.wait("document.querySelectorAll('.rows > li').length === 200");
    scene.browser.press("c");
    scene.browser.wait("document.querySelectorAll('.rows > li').length === 0 && document.querySelector('#held').textContent === '1'");
    scene.server.delete(id.as_str().expect("an id"));
    scene.browser.wait(&format!("{}.join() === 'deleted'", texts(".row .badge")));
    scene.is_sound();
}

#[test]
fn changes_of_a_project_are_shown_by_their_paths() {
    let mut scene = Scene::start(&[]);
    let ask = |method: &str, path: &str, body: Json| {
        let url = format!("{}{path}", scene.server.admin);
        let answer = http::try_send_with(method, &url, Some(&body), &[("authorization", "Bearer ory_wak_local")]);
        answer.expect("an answer")
    };
    let project = ask("POST", "/projects", json!({ "name": "Shop", "environment": "dev" })).expect(201);
    let path = format!("/projects/{}", project["id"].as_str().expect("an id"));
    let set = |path: &str, value: &str| json!({ "op": "add", "path": format!("/services/identity/config/{path}"), "value": value });
    ask("PATCH", &path, json!([set("session/lifespan", "2h"), set("courier/smtp/connection_uri", "smtp://a:canary@mail.example")]))
        .expect(200);
    scene.browser.wait(&format!("{}.includes('Shop')", texts(".row .name")));
    // The first row is the member that a new project has.
    scene.browser.press("j");
    scene.browser.press("j");
    scene.browser.press("Enter");
    let lines = |sign: &str| format!("[...document.querySelectorAll('.diff:nth-of-type(2) .{sign} code')].map((one) => one.textContent)");
    let shown = ["services.identity.config.session.lifespan", "services.identity.config.courier.smtp.connection_uri"];
    shown.iter().for_each(|path| scene.browser.wait(&format!("{}.includes('{path}')", lines("same"))));
    assert_eq!(scene.browser.run(&format!("{}.includes('  \"24h0m0s\"')", lines("del"))), true);
    assert_eq!(scene.browser.run(&format!("{}.includes('  \"2h0m0s\"')", lines("add"))), true);
    assert_eq!(scene.browser.run("document.body.textContent.includes('canary')"), false);
    scene.is_accessible("a project's change is open");
    // What users of Ory Network meet is switched as faults are.
    scene.browser.run("document.querySelector('#fault-stale_reads').focus()");
    scene.browser.press(" ");
    scene.browser.wait("document.querySelector('#banner-text').textContent === 'a read after a write shows the old project'");
    scene.browser.press("0");
    scene.browser.wait("!document.querySelector('#banner').checkVisibility()");
    scene.is_sound();
}

/// A page of another site, at a name of its own that points to this machine: what it can do of what pages can do.
#[test]
fn a_page_of_another_site_gets_nothing_and_changes_nothing() {
    let server = Server::emulator(&[]);
    let (emulator, window) = (&server.admin, server.window.as_ref().expect("a window").trim_end_matches('/'));
    server.create(&json!({ "client_id": "mine", "client_secret": "canary-of-mine" }));
    let site = Stub::answering("200 OK", "text/html", "<!doctype html><title>Another site</title><body></body>");
    // Such a name is one that its owner may point anywhere, at any time.
    let mut browser = Browser::start_with(800, 600, &["--host-resolver-rules=MAP *.attacker.example 127.0.0.1"]);
    for origin in [format!("http://www.attacker.example:{}", site.port()), site.url(), format!("http://localhost:{}", site.port())] {
        browser.open(&origin);
        browser.wait("document.title === 'Another site'");
        let ask = |url: &str, init: &str| format!("fetch('{url}', {init}).then((answer) => answer.text()).catch((error) => error.name)");
        for path in
            ["/admin/clients", "/admin/keys/hydra.openid.id-token", "/admin/identities", "/relation-tuples", "/.well-known/jwks.json"]
        {
            assert_eq!(browser.run(&ask(&format!("{emulator}{path}"), "{}")), "TypeError", "{origin} reads {path}");
        }
        // Without looking at the answers, as forms and beacons do.
        for (path, body) in [
            ("/admin/clients", r#"{"client_id":"theirs"}"#),
            ("/admin/keys/theirs", r#"{"alg":"ES256"}"#),
            ("/oauth2/register", "{}"),
            ("/admin/identities", r#"{"traits":{}}"#),
        ] {
            let init = format!("{{ method: 'POST', mode: 'no-cors', body: {} }}", Json::from(body));
            browser.run(&ask(&format!("{emulator}{path}"), &init));
            browser.run(&format!("navigator.sendBeacon('{emulator}{path}', {})", Json::from(body)));
            let form = format!(
                "new Promise((done) => {{
                    const frame = Object.assign(document.createElement('iframe'), {{ name: 'into', onload: () => done(null) }});
                    const form = Object.assign(document.createElement('form'), {{ method: 'POST', enctype: 'text/plain', target: 'into', action: '{emulator}{path}' }});
                    form.append(Object.assign(document.createElement('input'), {{ name: {}, value: '' }}));
                    document.body.append(form);
                    form.append(frame);
                    form.submit();
                }})",
                Json::from(format!("{body} "))
            );
            browser.run(&form);
        }
        for (method, path) in [("DELETE", "/admin/clients/mine"), ("PUT", "/admin/relation-tuples"), ("PATCH", "/admin/clients/mine")] {
            assert_eq!(browser.run(&ask(&format!("{emulator}{path}"), &format!("{{ method: '{method}', body: '[]' }}"))), "TypeError");
        }
        browser.run(&ask(&format!("{window}/api/switch"), r#"{ method: 'POST', mode: 'no-cors', body: '{"read_only":true}' }"#));
        assert_eq!(browser.run(&ask(&format!("{window}/api/state"), "{}")), "TypeError");
    }
    // The same, by a name that the page shares with the emulator: for the browser, that is one site.
    for (address, paths) in [(emulator.as_str(), ["/admin/clients", "/admin/keys/hydra.openid.id-token"]), (window, ["/", "/api/state"])] {
        let port = address.rsplit(':').next().expect("a port");
        browser.open(&format!("http://www.attacker.example:{port}/nothing"));
        browser.wait("location.pathname === '/nothing' && document.readyState === 'complete'");
        for path in paths {
            let told = browser.run(&format!("fetch('{path}').then(async (answer) => [answer.status, await answer.text()])"));
            assert_eq!(told[0], 421, "{path}: {told}");
            assert!(!told[1].as_str().expect("a text").contains("mine"), "{path}: {told}");
        }
        let init =
            r#"{ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"client_id":"theirs","read_only":true}' }"#;
        for path in ["/admin/clients", "/api/switch"] {
            assert_eq!(browser.run(&format!("fetch('{path}', {init}).then(({{ status }}) => status)")), 421, "{path}");
        }
    }
    assert_eq!(server.clients().iter().map(|client| client["client_id"].clone()).collect::<Vec<_>>(), ["mine"]);
    assert_eq!((server.list("/admin/identities").len(), server.ask("GET", "/admin/keys/theirs", None).status), (0, 404));
    let state = http::send("GET", &format!("{window}/api/state"), None).expect(200);
    assert_eq!(state["status"]["faults"]["read_only"], false);
}
