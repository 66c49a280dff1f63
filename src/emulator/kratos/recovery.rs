//! Recovery links and codes that administrators make.
//!
//! Owns the requests and the answers, which are the only copy: nothing is sent. The page for recovering an account does not exist
//! here, so links and codes are not stored.

use ::uuid::Uuid;

use super::Kratos;
use crate::emulator::call::Call;
use crate::emulator::envelope::Problem;
use crate::emulator::go::decode::Fields;
use crate::emulator::go::json::{Json, quote};
use crate::emulator::go::uuid;
use crate::emulator::reply::Reply;
use crate::emulator::{clock, secret};
use crate::value::duration;

const LETTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const HOUR: i64 = 3_600_000_000_000;
/// The default page of a server.
const PAGE: &str = "https://www.ory.sh/kratos/docs/fallback/recovery";

struct Wanted {
    identity: Option<String>,
    expires: clock::Instant,
    flow_type: Option<String>,
}

impl Kratos {
    /// `POST /admin/recovery/link`.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn recovery_link(&self, call: &Call) -> Result<Reply, Problem> {
        let body = super::json_body(call)?;
        let wanted = read(&body, "link", "createRecoveryLinkForIdentityBody", |text, _| {
            format!(r#"Value from "expires_in" must be result to a future time: {text}"#)
        })?;
        let absent = || Problem::bad_request().because("The requested identity id does not exist.");
        self.load(&self.person(&wanted).ok_or_else(absent)?)?;
        let (flow, token) = (Uuid::new_v4(), secret::draw(LETTERS, 32).map_err(|_| Problem::internal())?);
        let link = format!("{}/self-service/recovery?flow={flow}&token={token}", self.base);
        Ok(Reply::document(200, format!(r#"{{"recovery_link":{},"expires_at":"{}"}}"#, plain(&link), wanted.expires)))
    }

    /// `POST /admin/recovery/code`.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn recovery_code(&self, call: &Call) -> Result<Reply, Problem> {
        let body = super::json_body(call)?;
        let wanted = read(&body, "code", "createRecoveryCodeForIdentityBody", |_, nanoseconds| {
            format!(r#"Value from "expires_in" must result to a future time: {}"#, duration::format(nanoseconds))
        })?;
        if let Some(other) = wanted.flow_type.as_deref().filter(|kind| !["api", "browser"].contains(kind)) {
            return Err(Problem::bad_request().because(format!(r#"Value from "flow_type" is not valid: {}"#, quote(other))));
        }
        let lost = |problem: Problem| problem.because("could not find identity");
        let person = self.person(&wanted).ok_or_else(|| lost(Problem::absent()))?;
        self.load(&person).map_err(|_| lost(Problem::internal()))?;
        let code = secret::draw(b"0123456789", 6).map_err(|_| Problem::internal())?;
        let document =
            format!(r#"{{"recovery_link":"{PAGE}?flow={}","recovery_code":"{code}","expires_at":"{}"}}"#, Uuid::new_v4(), wanted.expires);
        Ok(Reply::document(201, &document))
    }

    /// The id of the wanted identity, if there is one.
    fn person(&self, wanted: &Wanted) -> Option<String> {
        wanted.identity.clone().filter(|id| self.store.identity(id).is_ok())
    }
}

/// A JSON text without escapes for HTML.
fn plain(text: &str) -> String {
    quote(text).replace("\\u0026", "&")
}

fn read(json: &Json, package: &str, owner: &str, past: impl Fn(&str, i64) -> String) -> Result<Wanted, Problem> {
    let wrong = |why: String| Problem::bad_request().because(why);
    let undecodable = |why: String| wrong(format!("Unable to decode JSON payload: {why}"));
    let mut fields = Fields::read(json, package, owner).map_err(undecodable)?;
    let identity = fields.typed_text("identity_id", "uuid.UUID").map(|id| uuid::parse(&id)).transpose();
    let identity = identity.unwrap_or_else(|why| {
        fields.inside("identity_id", why);
        None
    });
    let expires_in = fields.text("expires_in");
    // Links do not have this member.
    let flow_type = if package == "code" { fields.typed_text("flow_type", "flow.Type") } else { None };
    fields.finish().map_err(undecodable)?;
    let nanoseconds = match expires_in.as_str() {
        "" => HOUR,
        text => duration::parse(text).map_err(|_| {
            wrong(format!(r#"Unable to parse "expires_in" whose format should match "[0-9]+(ns|us|ms|s|m|h)" but did not: {text}"#))
        })?,
    };
    if nanoseconds <= 0 {
        return Err(wrong(past(&expires_in, nanoseconds)));
    }
    Ok(Wanted { identity, expires: clock::later_by(clock::now(), nanoseconds), flow_type })
}
