//! Bodies that make and change identities, and the credentials they import.
//!
//! Owns decoding them, strictly or not, and what an import does to an identity. Knows no store.

use super::factors::{self, Factors};
use super::frame::config;
use super::identity::{Address, Credential, Identity, organization};
use crate::emulator::envelope::Problem;
use crate::emulator::go::decode::Fields;
use crate::emulator::go::json::{Json, parse_whole, quote};
use crate::emulator::{Profile, secret};

/// The content of a body.
#[derive(Default)]
pub struct Wanted {
    /// The schema; the default one if empty.
    pub schema: String,
    /// The traits.
    pub traits: Option<Json>,
    /// Credentials to import.
    pub imports: Option<Imports>,
    /// Known facts about verifiable addresses in the traits.
    pub verifiable: Vec<Address>,
    /// Known facts about recovery addresses in the traits.
    pub recovery: Vec<Address>,
    /// Metadata that its owner may see.
    pub metadata_public: Option<Json>,
    /// Metadata for administrators.
    pub metadata_admin: Option<Json>,
    /// The state, unless empty.
    pub state: String,
    /// The organization.
    pub organization: Option<String>,
    /// The id that its owner gives it.
    pub external_id: String,
    /// The region, unless empty.
    pub region: String,
}

/// Credentials to import. `Debug` is not derived, since they contain passwords.
#[derive(Default)]
pub struct Imports {
    password: Option<Password>,
    providers: Vec<(&'static str, Vec<Provider>)>,
    factors: Factors,
}

struct Password {
    hash: String,
    clear: String,
    hook: bool,
}

struct Provider {
    provider: String,
    subject: String,
    auto_link: bool,
    organization: String,
}

impl Wanted {
    /// Reads a body that makes (strictly) or changes an identity.
    ///
    /// # Errors
    /// Go's text for the first member that is wrong.
    pub fn read(json: &Json, owner: &str, strict: bool, Server { profile, unreleased }: Server) -> Result<Self, String> {
        let newer = profile == Profile::V26_2;
        let mut fields = Fields::read(json, "identity", owner)?;
        if strict {
            let known = [
                "schema_id",
                "traits",
                "credentials",
                "verifiable_addresses",
                "recovery_addresses",
                "metadata_public",
                "metadata_admin",
                "state",
                "organization_id",
                "external_id",
                "region",
            ];
            fields.only(match (unreleased, newer) {
                (true, _) => &known,
                (false, true) => &known[..10],
                (false, false) => &known[..8],
            });
        }
        let mut wanted = Self {
            schema: fields.text("schema_id"),
            traits: fields.raw("traits").cloned(),
            metadata_public: fields.raw("metadata_public").cloned(),
            metadata_admin: fields.raw("metadata_admin").cloned(),
            state: fields.typed_text("state", "identity.State").unwrap_or_default(),
            ..Self::default()
        };
        if newer {
            wanted.external_id = fields.text("external_id");
        }
        if unreleased {
            wanted.region = fields.typed_text("region", "region.Region").unwrap_or_default();
        }
        if newer && strict {
            wanted.organization = organization(&mut fields, "organization_id");
        }
        if let Some(credentials) = fields.raw("credentials").filter(|json| **json != Json::Null) {
            match Imports::read(credentials, strict, newer, unreleased) {
                Ok(imports) => wanted.imports = Some(imports),
                Err(why) => fields.inside("credentials", why),
            }
        }
        for (name, kind, into) in [
            ("verifiable_addresses", "VerifiableAddress", &mut wanted.verifiable),
            ("recovery_addresses", "RecoveryAddress", &mut wanted.recovery),
        ] {
            let items = fields.items(name, &format!("identity.{kind}")).unwrap_or_default();
            match items.iter().map(|item| Address::read(item, kind, strict)).collect() {
                Ok(addresses) => *into = addresses,
                Err(why) => fields.inside(name, why),
            }
        }
        for address in wanted.verifiable.iter_mut().chain(&mut wanted.recovery) {
            address.value = address.value.to_lowercase();
        }
        fields.finish().map(|()| wanted)
    }
}

impl Imports {
    fn read(json: &Json, strict: bool, newer: bool, unreleased: bool) -> Result<Self, String> {
        let mut imports = Self::default();
        let mut fields = Fields::read(json, "identity", "IdentityWithCredentials")?;
        let kinds: &[&str] = if newer { &["password", "oidc", "saml"] } else { &["password", "oidc"] };
        if strict {
            let more: &[&str] = if unreleased { &factors::KINDS } else { &[] };
            fields.only(&[kinds, more].concat());
        }
        if unreleased {
            imports.factors = Factors::read(&fields, strict)?;
        }
        if let Some(password) = fields.raw("password").filter(|json| **json != Json::Null) {
            let mut inner = config(password, strict, &["hashed_password", "password", "use_password_migration_hook"])?;
            imports.password = Some(Password {
                hash: inner.text("hashed_password"),
                clear: inner.text("password"),
                hook: inner.flag("use_password_migration_hook"),
            });
            inner.finish()?;
        }
        for kind in ["oidc", "saml"].into_iter().filter(|kind| kinds.contains(kind)) {
            let Some(import) = fields.raw(kind).filter(|json| **json != Json::Null) else { continue };
            let known: &[&str] = if newer { &["providers"] } else { &["config", "providers"] };
            let mut inner = config(import, strict, known)?;
            let items = inner.items("providers", "identity.AdminCreateIdentityImportCredentialsOidcProvider").unwrap_or_default();
            let mut providers = Vec::with_capacity(items.len());
            for item in items {
                let mut fields = Fields::read(item, "identity", "AdminCreateIdentityImportCredentialsOidcProvider")?;
                let known = ["subject", "provider", "organization", "use_auto_link"];
                if strict {
                    fields.only(match (newer, kind) {
                        (false, _) => &known[..2],
                        (true, "saml") => &known[..3],
                        (true, _) => &known,
                    });
                }
                providers.push(Provider {
                    provider: fields.text("provider"),
                    subject: fields.text("subject"),
                    auto_link: newer && kind == "oidc" && fields.flag("use_auto_link"),
                    organization: if newer { organization(&mut fields, "organization").unwrap_or_default() } else { String::new() },
                });
                fields.finish()?;
            }
            inner.finish()?;
            imports.providers.push((kind, providers));
        }
        fields.finish().map(|()| imports)
    }

    /// Whether there is a password in clear text, which takes time to hash.
    #[must_use]
    pub fn has_clear_password(&self) -> bool {
        self.password.as_ref().is_some_and(|password| !password.clear.is_empty())
    }

    /// Adds the credentials to the identity: a password replaces the old one, and providers are added.
    ///
    /// # Errors
    /// When the hash of a password is of an unknown kind.
    pub fn apply(&self, identity: &mut Identity) -> Result<(), Problem> {
        if let Some(password) = &self.password {
            let config = if password.hook {
                r#"{"hashed_password":"","use_password_migration_hook":true}"#.to_owned()
            } else {
                let hash = if password.clear.is_empty() {
                    password.hash.clone()
                } else {
                    secret::hash(&password.clear).map_err(|_| Problem::internal())?
                };
                if !is_hash(&hash) {
                    let why =
                        "The imported password does not match any known hash format. For more information see https://www.ory.sh/dr/2";
                    return Err(Problem::bad_request().because(why));
                }
                format!(r#"{{"hashed_password":{}}}"#, quote(&hash))
            };
            let config = parse_whole(config.as_bytes()).ok();
            // Its identifiers are taken from the traits.
            identity.credentials.insert("password".to_owned(), Credential { config, ..Credential::default() });
        }
        for (kind, providers) in &self.providers {
            let credential = identity.credentials.entry((*kind).to_owned()).or_default();
            let mut all = match credential.config.as_ref().and_then(|config| config.member("providers")) {
                Some(Json::Array(items)) => items.clone(),
                _ => Vec::new(),
            };
            all.extend(providers.iter().filter_map(|provider| parse_whole(provider.wire().as_bytes()).ok()));
            let ids = providers.iter().map(|provider| format!("{}:{}", provider.provider, provider.subject));
            // Without providers, the credential is absent and not an empty list.
            if !providers.is_empty() {
                credential.identifiers.get_or_insert_default().extend(ids);
            }
            let all = if all.is_empty() { Json::Null } else { Json::Array(all) };
            credential.config = Some(Json::Object(vec![("providers".to_owned(), all)]));
        }
        self.factors.apply(identity)
    }
}

impl Provider {
    fn wire(&self) -> String {
        let organization =
            if self.organization.is_empty() { String::new() } else { format!(r#","organization":{}"#, quote(&self.organization)) };
        let auto_link = if self.auto_link { r#","use_auto_link":true"# } else { "" };
        format!(
            r#"{{"subject":{},"provider":{},"initial_id_token":"","initial_access_token":"","initial_refresh_token":""{organization}{auto_link}}}"#,
            quote(&self.subject),
            quote(&self.provider)
        )
    }
}

/// The server that reads the body.
#[derive(Clone, Copy)]
pub struct Server {
    /// The release.
    pub profile: Profile,
    /// Whether it supports features that no release has yet.
    pub unreleased: bool,
}

/// Whether this looks like a hash of a kind that can be imported.
fn is_hash(hash: &str) -> bool {
    let named = [
        "$md5-crypt$",
        "$sha256-crypt$",
        "$sha512-crypt$",
        "$argon2id$",
        "$argon2i$",
        "$scrypt$",
        "$sha1$",
        "$sha256$",
        "$sha512$",
        "$firescrypt$",
        "$md5$",
        "{SSHA}",
        "{SSHA256}",
        "{SSHA512}",
    ];
    let bcrypt = ["$2$", "$2a$", "$2b$", "$2y$", "$2z$"];
    let digits = hash.strip_prefix("$pbkdf2-sha").and_then(|rest| rest.split_once('$')).map_or("", |(digits, _)| digits);
    let pbkdf2 = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let hmac = hash.strip_prefix("$hmac-").and_then(|rest| rest.split_once('$')).map_or("", |(name, _)| name);
    let hmac = ["md4", "md5", "sha1", "sha224", "sha256", "sha384", "sha512"].contains(&hmac);
    pbkdf2 || hmac || named.iter().chain(&bcrypt).any(|prefix| hash.starts_with(prefix))
}
