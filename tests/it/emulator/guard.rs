//! Access to the emulator, with raw requests: only from this machine by a name of this machine, and not from a page of another
//! site, for every service and the window.

use janiform::emulator::{Options, Profile, Running, start, window::Place};

use super::wire::{Response, exchange};

/// A request that makes something or asks for something, in every service; bodies are of a type that a page may
/// send anywhere without asking first.
const REQUESTS: [(&str, &str, &str); 15] = [
    ("POST", "/admin/clients", r#"{"client_id":"theirs"}"#),
    ("POST", "/clients", r#"{"client_id":"theirs"}"#),
    ("POST", "/oauth2/register", "{}"),
    ("POST", "/oauth2/token", "grant_type=client_credentials"),
    ("POST", "/admin/keys/theirs", r#"{"alg":"ES256"}"#),
    ("GET", "/admin/keys/hydra.openid.id-token", ""),
    ("POST", "/admin/identities", r#"{"traits":{}}"#),
    ("GET", "/admin/identities", ""),
    ("PUT", "/admin/relation-tuples", r#"{"namespace":"n","object":"o","relation":"r","subject_id":"s"}"#),
    ("GET", "/relation-tuples", ""),
    ("DELETE", "/admin/clients/mine", ""),
    ("POST", "/projects", r#"{"name":"theirs","environment":"dev"}"#),
    ("GET", "/projects", ""),
    ("GET", "/p/their-project/admin/clients", ""),
    ("GET", "/no/such/path", ""),
];

async fn running(profile: Profile, hosts: &[&str]) -> Running {
    let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    let server = start(Options { profile, hosts, window: Place::Port(0), ..Options::default() }).await.expect("the emulator starts");
    let answer = ask(&server.url(), "POST", "/admin/clients", r#"{"client_id":"mine"}"#, &[("Host", "127.0.0.1")]).await;
    assert_eq!(answer.status, 201);
    server
}

async fn ask(url: &str, method: &str, path: &str, body: &str, headers: &[(&str, &str)]) -> Response {
    let mut raw =
        format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n", body.len());
    headers.iter().for_each(|(name, value)| raw.push_str(&format!("{name}: {value}\r\n")));
    exchange(url, format!("{raw}\r\n{body}").as_bytes(), method).await.expect("an answer")
}

/// What there is: the clients and identities, and whether anything was made of the others.
async fn held(url: &str) -> Vec<String> {
    let mut held = Vec::new();
    for path in ["/admin/clients", "/admin/identities", "/relation-tuples", "/admin/keys/theirs"] {
        held.push(ask(url, "GET", path, "", &[("Host", "127.0.0.1")]).await.text());
    }
    held
}

#[tokio::test]
async fn only_names_of_this_machine_are_answered() {
    for profile in [Profile::V26_2, Profile::V2_3] {
        let server = running(profile, &["ory.test", "Docker.Internal"]).await;
        let (url, window) = (server.url(), server.window_url().expect("a window"));
        let port = url.rsplit(':').next().expect("a port");
        let before = held(&url).await;
        for host in [
            "attacker.example".to_owned(),
            format!("attacker.example:{port}"),
            format!("127.0.0.1.attacker.example:{port}"),
            format!("localhost.attacker.example:{port}"),
            format!("localhost@attacker.example:{port}"),
            format!("attacker.example@127.0.0.1:{port}"),
            // Browsers reach this machine by this address, too.
            format!("0.0.0.0:{port}"),
            format!("192.168.0.1:{port}"),
            format!("[fe80::1]:{port}"),
            "127.0.0.1, attacker.example".to_owned(),
            "ory.test.attacker.example".to_owned(),
            String::new(),
        ] {
            for (method, path, body) in REQUESTS {
                let answer = ask(&url, method, path, body, &[("Host", &host)]).await;
                assert_eq!(answer.status, 421, "{host}: {method} {path}");
            }
            assert_eq!(ask(&window, "GET", "/api/state", "", &[("Host", &host)]).await.status, 421, "{host}: the window");
        }
        for headers in [&[][..], &[("Host", "127.0.0.1"), ("Host", "attacker.example")], &[("Host", "localhost"), ("Host", "localhost")]] {
            assert!(ask(&url, "GET", "/admin/clients", "", headers).await.status >= 400, "{headers:?}");
        }
        let absolute = ask(&url, "GET", "http://attacker.example/admin/clients", "", &[("Host", "127.0.0.1")]).await;
        assert_eq!(absolute.status, 421);
        assert_eq!(held(&url).await, before);
        for host in [
            format!("127.0.0.1:{port}"),
            "127.0.0.1".to_owned(),
            // What forwards a port keeps the name and not always the number.
            "127.0.0.1:1".to_owned(),
            format!("127.1.2.3:{port}"),
            format!("localhost:{port}"),
            format!("LocalHost:{port}"),
            format!("[::1]:{port}"),
            format!("ory.test:{port}"),
            "docker.internal".to_owned(),
        ] {
            assert_eq!(ask(&url, "GET", "/admin/clients/mine", "", &[("Host", &host)]).await.status, 200, "{host}");
            assert_eq!(ask(&window, "GET", "/api/state", "", &[("Host", &host)]).await.status, 200, "{host}: the window");
        }
        let told = ask(&url, "GET", "/admin/clients", "", &[("Host", "attacker.example")]).await.json();
        let reason = told["error"]["reason"].as_str().expect("a reason");
        assert!(reason.contains("attacker.example") && reason.contains("--allow-host"), "{reason}");
        server.stop().await;
    }
}

#[tokio::test]
async fn no_page_of_another_site_is_answered() {
    for profile in [Profile::V26_2, Profile::V2_3] {
        let server = running(profile, &[]).await;
        let (url, window) = (server.url(), server.window_url().expect("a window"));
        let before = held(&url).await;
        let host = url.trim_start_matches("http://");
        let other_port = window.trim_end_matches('/');
        for headers in [
            vec![("Origin", "https://attacker.example")],
            vec![("Origin", "null")],
            vec![("Origin", "http://localhost:3000")],
            vec![("Origin", other_port)],
            vec![("Origin", "http://127.0.0.1")],
            vec![("Sec-Fetch-Site", "cross-site")],
            vec![("Sec-Fetch-Site", "same-site")],
            vec![("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")],
            vec![("Sec-Fetch-Site", "cross-site"), ("Origin", &url)],
            vec![("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
            vec![("Origin", &url), ("Origin", "https://attacker.example")],
            // What a browser asks before it sends what a page may not send without asking.
            vec![("Origin", "https://attacker.example"), ("Access-Control-Request-Method", "PUT")],
        ] {
            let headers: Vec<_> = headers.into_iter().chain([("Host", host)]).collect();
            for (method, path, body) in REQUESTS.into_iter().chain([("OPTIONS", "/admin/clients", ""), ("OPTIONS", "/oauth2/token", "")]) {
                let answer = ask(&url, method, path, body, &headers).await;
                assert_eq!(answer.status, 403, "{headers:?}: {method} {path}");
                assert!(!answer.headers.iter().any(|header| header.0.to_ascii_lowercase().starts_with("access-control-")));
            }
        }
        assert_eq!(held(&url).await, before);
        // Programs say nothing of where they come from, and what people type comes from nowhere.
        let own = [("Host", host), ("Origin", &*url), ("Sec-Fetch-Site", "same-origin")];
        for headers in [&own[..1], &own[..2], &own, &[("Host", host), ("Sec-Fetch-Site", "none")]] {
            let answer = ask(&url, "GET", "/admin/clients/mine", "", headers).await;
            assert_eq!(answer.status, 200, "{headers:?}");
            assert!(!answer.headers.iter().any(|header| header.0.to_ascii_lowercase().starts_with("access-control-")), "{headers:?}");
        }
        server.stop().await;
    }
}
