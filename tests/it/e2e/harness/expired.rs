//! A server with an expired certificate, for some of the connections to it.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{ServerConfig, pki_types::PrivatePkcs8KeyDer};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use tokio_rustls::TlsAcceptor;

/// TLS in front of a server.
pub struct Expired {
    pub url: String,
    /// Who has signed its certificates.
    pub authority: String,
    hit: Arc<AtomicUsize>,
    /// It ends when this does.
    _runs: oneshot::Sender<()>,
}

impl Expired {
    /// Every other one of its first connections meets an expired certificate, until so many have.
    pub fn start(to: &str, most: usize) -> Expired {
        let to = to.trim_start_matches("http://").to_owned();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let url = format!("https://localhost:{}", listener.local_addr().expect("an address").port());
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("a certificate");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).expect("a certificate").pem();
        let issuer = Issuer::from_params(&params, &key);
        let [good, bad] = [4000, 2002].map(|until| TlsAcceptor::from(Arc::new(certified(&issuer, until))));
        let hit = Arc::new(AtomicUsize::new(0));
        let hits = hit.clone();
        let serve = async move {
            for turn in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let (good, bad, to, hits) = (good.clone(), bad.clone(), to.clone(), hits.clone());
                tokio::spawn(async move {
                    if turn % 2 == 0 && hits.load(Ordering::SeqCst) < most {
                        hits.fetch_add(1, Ordering::SeqCst);
                        // Nobody is expected to shake this hand.
                        let _ = bad.accept(stream).await;
                    } else if let (Ok(mut stream), Ok(mut upstream)) = (good.accept(stream).await, TcpStream::connect(to).await) {
                        let _ = tokio::io::copy_bidirectional(&mut stream, &mut upstream).await;
                    }
                });
            }
        };
        let (runs, over) = oneshot::channel();
        thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve => {}
                    _ = over => {}
                }
            });
        });
        Expired { url, authority, hit, _runs: runs }
    }

    /// How many connections met the expired certificate.
    pub fn hit(&self) -> usize {
        self.hit.load(Ordering::SeqCst)
    }
}

fn certified(issuer: &Issuer<'_, &KeyPair>, until: i32) -> ServerConfig {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a certificate");
    (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(until, 1, 1));
    let certificate = params.signed_by(&key, issuer).expect("a certificate").der().clone();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("TLS").with_no_client_auth();
    config.with_single_cert(vec![certificate], PrivatePkcs8KeyDer::from(key.serialize_der()).into()).expect("a key of its certificate")
}
