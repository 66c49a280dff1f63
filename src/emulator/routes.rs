//! The routes by which requests are counted, and the bucket of Ory Network that each is in.
//!
//! Owns the list and the matching. Answers nothing: routes that are not in it work all the same, and are unlimited.

/// One route.
pub struct Route {
    methods: &'static [&'static str],
    /// The path; a segment in braces stands for any.
    pub path: &'static str,
    /// Its bucket.
    pub bucket: &'static str,
}

const GET: &[&str] = &["GET", "HEAD"];
const WRITE: &[&str] = &["POST", "PUT", "PATCH", "DELETE"];

static ROUTES: &[Route] = &[
    route(WRITE, "/admin/clients", "hydra-admin-low"),
    route(GET, "/admin/clients", "hydra-admin-medium"),
    route(GET, "/admin/clients/{id}", "hydra-admin-high"),
    route(WRITE, "/admin/clients/{id}", "hydra-admin-low"),
    route(WRITE, "/admin/clients/{id}/lifespans", "hydra-admin-low"),
    route(WRITE, "/admin/clients/{id}/secrets/rotate", "hydra-admin-high"),
    route(GET, "/admin/keys/{set}", "hydra-admin-medium"),
    route(WRITE, "/admin/keys/{set}", "hydra-admin-low"),
    route(GET, "/admin/keys/{set}/{kid}", "hydra-admin-medium"),
    route(WRITE, "/admin/keys/{set}/{kid}", "hydra-admin-low"),
    route(GET, "/admin/trust/grants/jwt-bearer/issuers", "hydra-admin-medium"),
    route(WRITE, "/admin/trust/grants/jwt-bearer/issuers", "hydra-admin-low"),
    route(GET, "/admin/trust/grants/jwt-bearer/issuers/{id}", "hydra-admin-medium"),
    route(WRITE, "/admin/trust/grants/jwt-bearer/issuers/{id}", "hydra-admin-low"),
    route(WRITE, "/admin/oauth2/introspect", "hydra-admin-high"),
    route(WRITE, "/oauth2/register", "hydra-public-low"),
    route(WRITE, "/oauth2/register/{id}", "hydra-public-low"),
    route(WRITE, "/oauth2/token", "hydra-public-medium"),
    route(WRITE, "/oauth2/revoke", "hydra-public-medium"),
    route(WRITE, "/oauth2/device/auth", "hydra-public-low"),
    route(WRITE, "/admin/relation-tuples", "keto-admin-low"),
    route(GET, "/relation-tuples", "keto-admin-medium"),
    route(WRITE, "/admin/identities", "kratos-admin-low"),
    route(GET, "/admin/identities", "kratos-admin-medium"),
    route(GET, "/admin/identities/{id}", "kratos-admin-high"),
    route(WRITE, "/admin/identities/{id}", "kratos-admin-low"),
    route(GET, "/admin/identities/{id}/sessions", "kratos-admin-medium"),
    route(WRITE, "/admin/identities/{id}/sessions", "kratos-admin-high"),
    route(GET, "/admin/sessions", "kratos-admin-medium"),
    route(GET, "/admin/sessions/{id}", "kratos-admin-low"),
    route(WRITE, "/admin/sessions/{id}", "kratos-admin-high"),
    route(WRITE, "/admin/sessions/{id}/extend", "kratos-admin-high"),
    route(WRITE, "/admin/recovery/link", "kratos-admin-high"),
    route(WRITE, "/admin/recovery/code", "kratos-admin-high"),
    route(GET, "/schemas", "kratos-admin-medium"),
    route(GET, "/schemas/{id}", "kratos-admin-medium"),
];

const fn route(methods: &'static [&'static str], path: &'static str, bucket: &'static str) -> Route {
    Route { methods, path, bucket }
}

/// The route of a request, if it is in the list.
#[must_use]
pub fn find(method: &str, path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.methods.contains(&method) && matches(route.path, path))
}

/// Whether a request is there to change what is kept: tokens and checks are asked for by POST too.
#[must_use]
pub fn changes(method: &str, path: &str) -> bool {
    let asks = path.contains("/oauth2/") && !path.contains("/oauth2/register") || path.starts_with("/relation-tuples/");
    !GET.contains(&method) && !asks
}

/// Every bucket, once.
pub fn buckets() -> impl Iterator<Item = &'static str> {
    let names: std::collections::BTreeSet<_> = ROUTES.iter().map(|route| route.bucket).collect();
    names.into_iter()
}

fn matches(route: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (route.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given || (wanted.starts_with('{') && !given.is_empty()) => {}
            _ => return false,
        }
    }
}
