//! Who can read along, and which hosts the provider connects to: credentials follow no redirect, and nothing listens outside
//! this machine.

use janiform::{
    emulator,
    engine::{Call, Engine, plan},
    frontends::pulumi::{Server, serve, service},
    ory::{ORY, resources::oauth2_client::RESOURCE},
    value::Value,
};
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::oneshot,
};
use tokio_util::sync::CancellationToken;

/// A server that remembers what it is sent and always answers the same.
async fn server(answer: String) -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(String::new()));
    let own = seen.clone();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut bytes = vec![0; 1 << 16];
            let length = client.read(&mut bytes).await.unwrap_or(0);
            own.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..length]));
            let _ = client.write_all(answer.as_bytes()).await;
            let _ = client.shutdown().await;
        }
    });
    (url, seen)
}

fn config(set: &[(&str, Value)]) -> Value {
    let value = |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, value)| value.clone()).unwrap_or_default();
    Value::Object(ORY.config.attrs().map(|attr| value(attr.name)).collect())
}

#[tokio::test]
async fn credentials_follow_no_redirect() {
    for status in [301, 302, 303, 307, 308] {
        let (elsewhere, stolen) = server("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}".into()).await;
        let (url, asked) =
            server(format!("HTTP/1.1 {status} X\r\nlocation: {elsewhere}/admin/clients\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"))
                .await;
        let engine = Engine::new(&ORY);
        let headers = Value::Map([("X-Guard".to_owned(), Value::text("canary-header"))].into());
        assert_eq!(engine.configure(&config(&[("hydra_admin_url", Value::text(url)), ("admin_headers", headers)]), &|_| None), []);
        let object = crate::support::object(&RESOURCE, &[("client_name", "n".into()), ("client_secret", "canary-secret".into())]);
        let entry = ORY.resources().find(|entry| entry.resource.name == RESOURCE.name).unwrap();
        let failed = engine.create(entry, plan(&RESOURCE, None, &object), object, Call::default()).await.unwrap_err();
        let told: String = failed.diagnostics.iter().map(|one| format!("{} {}", one.summary, one.detail)).collect();
        assert!(told.contains("not followed") && !told.contains("canary"), "{status}: {told}");
        assert!(asked.lock().unwrap().contains("canary-header"), "{status}: or else this test shows nothing");
        assert_eq!(*stolen.lock().unwrap(), "", "{status}");
    }
}

#[tokio::test]
async fn a_token_endpoints_answer_has_limits() {
    // A redirect would carry the client's secret; a lifetime without end would overflow the clock; nobody reads on forever.
    let (elsewhere, stolen) = server("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}".into()).await;
    let redirect = format!("HTTP/1.1 307 X\r\nlocation: {elsewhere}/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let token = |body: &str| format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{body}");
    let eternal = token(&format!(r#"{{"access_token":"canary-token","token_type":"bearer","expires_in":{}}}"#, u64::MAX));
    let endless = token(&format!(r#"{{"access_token":"{}"}}"#, "x".repeat(2 << 20)));
    let echo = token(r#"{"error":"no client has the secret canary-secret"}"#);
    for (answer, expected) in
        [(redirect, "No access token"), (eternal, ""), (endless, "more than 1024 KiB"), (echo, "no client has the secret (hidden)")]
    {
        let (url, _) = server(answer).await;
        let emulator = emulator::start(emulator::Options::default()).await.unwrap();
        let engine = Engine::new(&ORY);
        let at = ORY.config.index("admin_oauth2").unwrap();
        let janiform::schema::Kind::Object(nested) = &ORY.config.attr(at).kind else { panic!("no object") };
        let member = |name: &str| match name {
            "token_url" => Value::text(url.clone()),
            "client_id" => Value::text("id"),
            "client_secret" => Value::text("canary-secret"),
            _ => Value::Null,
        };
        let oauth2 = Value::Object(nested.table.attrs().map(|attr| member(attr.name)).collect());
        let config = config(&[("hydra_admin_url", Value::text(emulator.url())), ("admin_oauth2", oauth2)]);
        assert_eq!(engine.configure(&config, &|_| None), []);
        let object = crate::support::object(&RESOURCE, &[("client_name", "n".into())]);
        let entry = ORY.resources().find(|entry| entry.resource.name == RESOURCE.name).unwrap();
        let made = engine.create(entry, plan(&RESOURCE, None, &object), object, Call::default()).await;
        let told: String =
            made.err().iter().flat_map(|failed| &failed.diagnostics).map(|one| format!("{} {}", one.summary, one.detail)).collect();
        assert!(told.contains(expected) && told.is_empty() == expected.is_empty() && !told.contains("canary"), "{expected}: {told}");
    }
    assert_eq!(*stolen.lock().unwrap(), "");
}

/// The addresses at which something listens on this port, as the kernel writes them.
#[cfg(target_os = "linux")]
fn listening(port: u16) -> Vec<String> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| std::fs::read_to_string(path).unwrap_or_default());
    let lines = tables.iter().flat_map(|table| table.lines().skip(1));
    let fields = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
    // 0A is a socket that listens.
    let local = fields.filter(|fields| fields[3] == "0A").filter_map(|fields| fields[1].split_once(':'));
    local.filter(|(_, at)| u16::from_str_radix(at, 16) == Ok(port)).map(|(address, _)| address.to_owned()).collect()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_port_is_open_beyond_loopback() {
    const LOOPBACK: &str = "0100007F";
    let emulator = emulator::start(emulator::Options::default()).await.unwrap();
    let port = emulator.url().rsplit(':').next().unwrap().trim_end_matches('/').parse().unwrap();
    assert_eq!(listening(port), [LOOPBACK], "the emulator");

    let (stop, (sender, line)) = (CancellationToken::new(), oneshot::channel());
    let options = serve::ServeOptions::new(serve::Arguments::default())
        .stop_with(stop.clone())
        .embedded(|line| sender.send(line.to_owned()).map_err(|_| std::io::ErrorKind::BrokenPipe.into()));
    let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(crate::pulumi::Recorder::default()), Arc::new(|_| None));
    let task = tokio::spawn(serve::serve(service(server), options));
    let port = line.await.unwrap().trim().parse().unwrap();
    assert_eq!(listening(port), [LOOPBACK], "Pulumi's face");
    stop.cancel();
    task.await.unwrap().unwrap();
}
