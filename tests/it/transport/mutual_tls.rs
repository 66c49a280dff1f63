//! Who may connect when the host gives a certificate.

use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use janiform::frontends::terraform::plugin::PluginEnv;
use janiform::frontends::terraform::serve::{ServeError, ServeOptions, serve};
use janiform_proto::tfplugin6::provider_client::ProviderClient;
use janiform_proto::tfplugin6::provider_server::ProviderServer;
use janiform_proto::tfplugin6::stop_provider;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::transport::Endpoint;

use super::{Fake, Served, lookup};

/// A host's certificate as Go's go-plugin makes it: P-521, and an authority by its own account.
struct Host {
    pem: String,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Host {
    fn new() -> Self {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512).unwrap();
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "localhost");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
            KeyUsagePurpose::KeyAgreement,
            KeyUsagePurpose::KeyCertSign,
        ];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.self_signed(&key).unwrap();
        Self { pem: certificate.pem(), certificate: certificate.der().clone(), key: PrivatePkcs8KeyDer::from(key.serialize_der()).into() }
    }
}

/// A client that trusts just the certificate of the handshake line, and shows what it is given.
fn connector(served: &Served, shown: Option<(CertificateDer<'static>, PrivateKeyDer<'static>)>) -> TlsConnector {
    let certificate = STANDARD_NO_PAD.decode(served.fields()[5]).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.into()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
    let mut config = match shown {
        Some((certificate, key)) => config.with_client_auth_cert(vec![certificate], key).unwrap(),
        None => config.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    TlsConnector::from(Arc::new(config))
}

async fn dial(path: &str, connector: &TlsConnector) -> io::Result<TlsStream<UnixStream>> {
    greet(UnixStream::connect(path).await?, connector).await
}

async fn greet<S: AsyncRead + AsyncWrite + Unpin>(stream: S, connector: &TlsConnector) -> io::Result<TlsStream<S>> {
    connector.connect(ServerName::try_from("localhost").unwrap(), stream).await
}

/// The server's refusal may come after the client's part of the handshake.
async fn is_refused(path: &str, connector: &TlsConnector) -> bool {
    gets_nowhere(dial(path, connector).await).await
}

async fn gets_nowhere<S: AsyncRead + AsyncWrite + Unpin>(greeted: io::Result<TlsStream<S>>) -> bool {
    match greeted {
        Err(_) => true,
        Ok(mut stream) => {
            let _ = stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await;
            stream.read_u8().await.is_err()
        }
    }
}

#[tokio::test]
async fn the_hosts_certificate_is_accepted() {
    let host = Host::new();
    let served = Served::start(&[("PLUGIN_CLIENT_CERT", &host.pem)], ServeOptions::plugin).await;
    let connector = connector(&served, Some((host.certificate.clone(), host.key.clone_key())));
    let stream = dial(served.fields()[3], &connector).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    assert_eq!(stream.get_ref().1.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_3));
    drop(stream);

    // The client knows no TLS: between it and the server is one who does.
    let plain = served.dir.path().join("plain");
    let listener = UnixListener::bind(&plain).unwrap();
    let path = served.fields()[3].to_owned();
    let between = tokio::spawn(async move {
        let mut inner = listener.accept().await.unwrap().0;
        let mut outer = dial(&path, &connector).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut inner, &mut outer).await;
    });
    let channel = Endpoint::from_shared(format!("unix:{}", plain.display())).unwrap().connect().await.unwrap();
    let mut client = ProviderClient::new(channel);
    client.stop_provider(stop_provider::Request {}).await.unwrap();
    client.stop_provider(stop_provider::Request {}).await.unwrap();
    drop(client);
    served.end().await;
    between.await.unwrap();
}

#[tokio::test]
async fn other_certificates_are_refused() {
    let (host, other) = (Host::new(), Host::new());
    let served = Served::start(&[("PLUGIN_CLIENT_CERT", &host.pem)], ServeOptions::plugin).await;
    let path = served.fields()[3];
    let right = connector(&served, Some((host.certificate.clone(), host.key.clone_key())));
    let with_another = connector(&served, Some((other.certificate.clone(), other.key.clone_key())));
    let with_none = connector(&served, None);
    assert!(!is_refused(path, &right).await, "or else this test shows nothing");
    assert!(is_refused(path, &with_another).await);
    assert!(is_refused(path, &with_none).await);
    // Without TLS at all, and without any word.
    let mut plain = UnixStream::connect(path).await.unwrap();
    plain.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let mut answer = Vec::new();
    plain.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer.first(), Some(&21), "a TLS alert");
    drop(UnixStream::connect(path).await.unwrap());
    let silent = UnixStream::connect(path).await.unwrap();
    assert!(!is_refused(path, &right).await, "it still serves");
    drop(silent);
    served.end().await;
}

#[tokio::test]
async fn an_impossible_socket_path_means_a_port_with_tls() {
    let host = Host::new();
    let parent = tempfile::tempdir().unwrap();
    let long = parent.path().join("x".repeat(120));
    std::fs::create_dir(&long).unwrap();
    let pairs = [
        ("PLUGIN_CLIENT_CERT", host.pem.as_str()),
        ("PLUGIN_UNIX_SOCKET_DIR", long.to_str().unwrap()),
        ("PLUGIN_MIN_PORT", "23100"),
        ("PLUGIN_MAX_PORT", "23199"),
    ];
    let served = Served::start(&pairs, ServeOptions::plugin).await;
    let (network, address) = (served.fields()[2].to_owned(), served.fields()[3].to_owned());
    assert_eq!(network, "tcp");
    let port: u16 = address.strip_prefix("127.0.0.1:").unwrap().parse().unwrap();
    assert!((23100..=23199).contains(&port));
    assert_eq!(std::fs::read_dir(&long).unwrap().count(), 0, "nothing is left of the attempt");
    let (right, with_none) = (connector(&served, Some((host.certificate.clone(), host.key.clone_key()))), connector(&served, None));
    assert!(!gets_nowhere(greet(TcpStream::connect(&address).await.unwrap(), &right).await).await);
    assert!(gets_nowhere(greet(TcpStream::connect(&address).await.unwrap(), &with_none).await).await);
    served.end().await;
}

#[tokio::test]
async fn a_certificate_without_its_key_is_not_enough() {
    // The certificate is in the environment of every process that the host starts.
    let (host, other) = (Host::new(), Host::new());
    let served = Served::start(&[("PLUGIN_CLIENT_CERT", &host.pem)], ServeOptions::plugin).await;
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let key = provider.key_provider.load_private_key(other.key.clone_key()).unwrap();
    let stolen = rustls::sign::CertifiedKey::new(vec![host.certificate.clone()], key);
    let certificate = STANDARD_NO_PAD.decode(served.fields()[5]).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.into()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(stolen)));
    config.alpn_protocols = vec![b"h2".to_vec()];
    assert!(is_refused(served.fields()[3], &TlsConnector::from(Arc::new(config))).await);
    served.end().await;
}

#[tokio::test]
async fn an_invalid_certificate_is_an_error() {
    let env = PluginEnv::from_lookup(lookup(&[("PLUGIN_CLIENT_CERT", "nonsense")]));
    let options = ServeOptions::plugin(env).embedded(|line| panic!("announced {line}"));
    let error = serve(ProviderServer::new(Fake), options).await.unwrap_err();
    assert!(matches!(error, ServeError::Tls(_)), "{error}");
}
