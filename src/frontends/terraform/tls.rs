//! Mutual TLS between plugin and host: a new certificate for the plugin, and exactly one accepted client certificate.
//!
//! Owns certificates, and the check of the client's. Knows nothing of sockets, of gRPC or of the source of the host's certificate.

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{self, CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme};
use thiserror::Error;

/// The name that the host expects in the plugin's certificate.
const HOST_NAME: &str = "localhost";

/// Why no TLS could be set up.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The host's certificate is not PEM.
    #[error("the certificate given by the host cannot be read: {0}")]
    Pem(#[from] rustls::pki_types::pem::Error),
    /// The plugin's certificate could not be made.
    #[error("a certificate for this process cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// rustls refused the configuration.
    #[error("TLS cannot be set up: {0}")]
    Config(#[from] rustls::Error),
}

/// The plugin's side of a mutually authenticated connection.
#[derive(Debug)]
pub struct ServerTls {
    /// The configuration for connections.
    pub config: Arc<ServerConfig>,
    /// The plugin's certificate, which the host must be told.
    pub certificate: CertificateDer<'static>,
}

impl ServerTls {
    /// Makes a key and a certificate, and accepts only the holder of the given certificate's key.
    ///
    /// # Errors
    /// If the text contains no PEM certificate, or if the plugin's own cannot be made.
    pub fn for_client(client_pem: &str) -> Result<Self, TlsError> {
        let client = CertificateDer::from_pem_slice(client_pem.as_bytes())?;
        let (certificate, key) = self_signed()?;
        // Of rustls' providers, only aws-lc knows P-521, the curve of the host's key. Without a scheme for it, the host would send
        // no certificate.
        let provider = Arc::new(crypto::aws_lc_rs::default_provider());
        let verifier = Arc::new(OnlyThis::new(client, &provider));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![certificate.clone()], key)?;
        // Newer hosts refuse a server that does not choose a protocol.
        config.alpn_protocols = vec![b"h2".to_vec()];
        // Every connection shows its certificate: sessions are not resumed.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Self { config: Arc::new(config), certificate })
    }
}

/// A key that never leaves this process, and the certificate for it.
fn self_signed() -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), rcgen::Error> {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
    let mut params = rcgen::CertificateParams::new([HOST_NAME.to_owned()])?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, HOST_NAME);
    params.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = params.self_signed(&key)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    Ok((certificate.der().clone(), key))
}

/// Accepts the holder of one certificate.
///
/// The usual verification does not work here: it refuses a certificate authority as a client, and the host's self-signed
/// certificate claims to be one. A chain of one certificate needs no check except that it is the right one. Its dates do not
/// matter: the host made it for this process, a moment ago.
#[derive(Debug)]
struct OnlyThis {
    certificate: CertificateDer<'static>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl OnlyThis {
    fn new(certificate: CertificateDer<'static>, provider: &CryptoProvider) -> Self {
        Self { certificate, algorithms: provider.signature_verification_algorithms }
    }
}

impl ClientCertVerifier for OnlyThis {
    /// None: clients leave out certificates that do not match a hint.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn client_auth_mandatory(&self) -> bool {
        true
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if *end_entity == self.certificate {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    // The certificate is public: only the signature shows that the client has its key.

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        crypto::verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        crypto::verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
