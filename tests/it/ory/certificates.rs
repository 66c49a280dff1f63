//! A server whose certificate has expired gets no request.

use super::faults::{Setup, machine, text};
use janiform::{
    engine::{Engine, Journal},
    ory::ORY,
    value::Value,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{ServerConfig, pki_types::PrivatePkcs8KeyDer};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{io::AsyncReadExt, net::TcpListener};
use tokio_rustls::TlsAcceptor;

/// A server on this machine whose certificate is good until this year: its URL, who has signed it, and how many
/// bytes it was told.
async fn server(until: i32) -> (String, String, Arc<AtomicUsize>) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = authority.self_signed(&authority_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(until, 1, 1));
    let certificate = params.signed_by(&key, &Issuer::from_params(&authority, &authority_key)).unwrap();

    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = config.with_single_cert(vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into()).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let told = Arc::new(AtomicUsize::new(0));
    let heard = told.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            heard.fetch_add(stream.read(&mut [0; 4096]).await.unwrap_or(0), Ordering::SeqCst);
        }
    });
    (url, pem, told)
}

#[tokio::test]
async fn an_expired_certificate_stops_before_any_request() {
    let state = tempfile::tempdir().unwrap();
    for (until, is_told) in [(2002, false), (4000, true)] {
        let (url, pem, told) = server(until).await;
        let mut setup = Setup::new().await;
        setup.engine = Engine::new(&ORY).recording(Journal::in_dir(state.path().into()));
        setup.at_with(&url, "ca_cert_pem", Value::text(pem));
        let text = text(&setup.create(&machine()).await.unwrap_err());
        assert_eq!(told.load(Ordering::SeqCst) > 0, is_told, "{text}");
        assert_eq!(text.contains("Nothing was sent"), !is_told, "{text}");
        assert_eq!(text.to_lowercase().contains("expired"), !is_told, "{text}");
        drop(setup);
        // Of what was not sent there is nothing to recover.
        assert_eq!(Journal::in_dir(state.path().into()).left().is_empty(), !is_told);
    }
}
