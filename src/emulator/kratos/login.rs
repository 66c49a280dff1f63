//! Signing in with a password as API clients do: a login flow is begun, and submitting it makes a session.
//!
//! Owns the two requests and the form in their answers. There are no other sign-in methods here, and no browser flows. Passwords
//! that were set in clear text can be compared; of imported hashes, only the emulator's own can.

use ::uuid::Uuid;

use super::Kratos;
use super::identities::normal;
use super::identity::Identity;
use super::identity_schema::IdentitySchema;
use super::sessions::{Devices, LIFESPAN, Whose, device};
use crate::emulator::call::Call;
use crate::emulator::envelope::Problem;
use crate::emulator::go::json::{Json, parse_first, quote};
use crate::emulator::go::uuid;
use crate::emulator::reply::Reply;
use crate::emulator::store::sessions::{LoginRow, SessionRow};
use crate::emulator::{Profile, clock, secret};

const LETTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const HOUR: i64 = 3600;

/// The messages on the form, as JSON: for the whole form, or for one of its two inputs.
#[derive(Default)]
struct Said {
    form: Option<String>,
    identifier: Option<String>,
    password: Option<String>,
}

impl Kratos {
    /// `GET /self-service/login/api`.
    ///
    /// # Errors
    /// When the store fails.
    pub fn begin_login(&self) -> Result<Reply, Problem> {
        let now = clock::now();
        let row = LoginRow {
            id: Uuid::new_v4().to_string(),
            issued: now.to_string(),
            expires: clock::later(now, HOUR).to_string(),
            ends: clock::seconds() + HOUR,
        };
        self.store.add_login(&row)?;
        Ok(Reply::document(200, self.form(&row, "", &Said::default())))
    }

    /// `POST /self-service/login`.
    ///
    /// # Errors
    /// When there is no such login, or the identity may not sign in.
    pub fn log_in(&self, call: &Call) -> Result<Reply, Problem> {
        let missing = |_| Problem::bad_request().because("The flow query parameter is missing or malformed.");
        let row = self.store.login(&uuid::parse(call.query.get("flow")).map_err(missing)?)?;
        let again = |identifier: &str, said: Said| Ok(Reply::document(400, self.form(&row, identifier, &said)));
        let body = match self.form_body(call) {
            Ok(body) => body,
            Err(why) => {
                let said = format!(r#"{{"id":4000001,"text":{why},"type":"error","context":{{"reason":{why}}}}}"#, why = quote(&why));
                return again("", Said { form: Some(said), ..Said::default() });
            }
        };
        let text = |name: &str| body.member(name).and_then(Json::as_text).filter(|text| !text.is_empty());
        if text("method").as_deref() != Some("password") {
            let said = r#"{"id":4010002,"text":"Could not find a strategy to log you in with. Did you fill out the form correctly?","type":"error"}"#;
            return again("", Said { form: Some(said.to_owned()), ..Said::default() });
        }
        // The second name is the older one.
        let identifier = text("identifier").or_else(|| text("password_identifier"));
        let password = text("password");
        let lacks = |name: &str| {
            format!(r#"{{"id":4000002,"text":"Property {name} is missing.","type":"error","context":{{"property":"{name}"}}}}"#)
        };
        let (Some(identifier), Some(password)) = (&identifier, &password) else {
            let said = Said {
                identifier: identifier.is_none().then(|| lacks("identifier")),
                password: password.is_none().then(|| lacks("password")),
                form: None,
            };
            return again(identifier.as_deref().unwrap_or(""), said);
        };
        let Some(identity) = self.signed_in(identifier, password)? else {
            let said = r#"{"id":4000006,"text":"The provided credentials are invalid, check for spelling mistakes in your password or username, email address, or phone number.","type":"error"}"#;
            return again(identifier, Said { form: Some(said.to_owned()), ..Said::default() });
        };
        if identity.state != "active" {
            return Err(Problem::disabled(&identity.id));
        }
        let (token, row) = self.begin_session(&identity, call)?;
        let session = self.session_wire(&row, Whose::Whole, Devices::All)?;
        let document = format!(r#"{{"session_token":"{token}","session":{session},"continue_with":null}}"#);
        Ok(Reply::document(200, &document))
    }

    fn form_body(&self, call: &Call) -> Result<Json, String> {
        if call.body.is_empty() {
            return Err(r#"Unable to decode HTTP Request Body because its HTTP Header "Content-Length" is zero."#.to_owned());
        }
        let kind = call.content_type.as_deref().unwrap_or("");
        if kind.split(';').next().map(str::trim) != Some("application/json") {
            let known = "[multipart/form-data application/x-www-form-urlencoded application/json]";
            return Err(format!(r#"HTTP POST Request used unknown HTTP Header "Content-Type: {kind}", only {known} are supported."#));
        }
        parse_first(&call.body).map_err(|why| format!("Unable to decode JSON payload: {why}"))
    }

    /// The identity that signs in with this identifier and password.
    fn signed_in(&self, identifier: &str, password: &str) -> Result<Option<Identity>, Problem> {
        let Ok(document) = self.store.identity_by_claim("credential:password", &normal("password", identifier)) else { return Ok(None) };
        // An identity that cannot be read cannot sign in.
        let Ok(identity) = self.placed(&document) else { return Ok(None) };
        let hash = identity.credentials.get("password").and_then(|way| way.config.as_ref()?.member("hashed_password")?.as_text());
        Ok(hash.filter(|hash| secret::matches(password, hash)).map(|_| identity))
    }

    fn begin_session(&self, identity: &Identity, call: &Call) -> Result<(String, SessionRow), Problem> {
        let token = format!("ory_st_{}", secret::draw(LETTERS, 32).map_err(|_| Problem::internal())?);
        let now = clock::now();
        let row = SessionRow {
            id: Uuid::new_v4().to_string(),
            identity: identity.id.clone(),
            token: secret::fingerprint(&token),
            active: true,
            ends: clock::seconds() + LIFESPAN,
            expires: clock::later(now, LIFESPAN).to_string(),
            authenticated: now.to_string(),
            completed: now.to_string(),
            created: clock::to_microsecond(now).to_string().replace('T', " ").trim_end_matches('Z').to_owned(),
            device: device(&call.agent),
        };
        self.store.add_session(&row)?;
        Ok((token, row))
    }

    /// The login flow with its form.
    fn form(&self, row: &LoginRow, identifier: &str, said: &Said) -> String {
        let LoginRow { id, issued, expires, .. } = row;
        let stored = clock::parse(issued).ok().flatten().map(|at| clock::to_microsecond(at).to_string()).unwrap_or_default();
        let list = |said: &Option<String>| said.as_deref().unwrap_or("").to_owned();
        let input = |group: &str, attributes: &str, said: &Option<String>, label: &str| {
            let said = list(said);
            format!(
                r#"{{"type":"input","group":"{group}","attributes":{{{attributes},"disabled":false,"node_type":"input"}},"messages":[{said}],"meta":{{{label}}}}}"#
            )
        };
        let nodes = [
            input("default", r#""name":"csrf_token","type":"hidden","value":"","required":true"#, &None, ""),
            input(
                "default",
                &format!(r#""name":"identifier","type":"text","value":{},"required":true"#, quote(identifier)),
                &said.identifier,
                &format!(r#""label":{}"#, self.identifier_label()),
            ),
            input(
                "password",
                r#""name":"password","type":"password","required":true,"autocomplete":"current-password""#,
                &said.password,
                r#""label":{"id":1070001,"text":"Password","type":"info"}"#,
            ),
            input(
                "password",
                r#""name":"method","type":"submit","value":"password""#,
                &None,
                r#""label":{"id":1010022,"text":"Sign in with password","type":"info"}"#,
            ),
        ];
        let messages = said.form.as_ref().map_or_else(String::new, |said| format!(r#","messages":[{said}]"#));
        let base = &self.base;
        format!(
            r#"{{"id":"{id}","organization_id":null,"type":"api","expires_at":"{expires}","issued_at":"{issued}","request_url":"{base}/self-service/login/api","ui":{{"action":"{base}/self-service/login?flow={id}","method":"POST","nodes":[{}]{messages}}},"created_at":"{stored}","updated_at":"{stored}","refresh":false,"requested_aal":"aal1","state":"choose_method"}}"#,
            nodes.join(",")
        )
    }

    /// The label of the identifier: the title in the default schema, if a single trait is an identifier.
    fn identifier_label(&self) -> String {
        let traits = self
            .schemas
            .first()
            .and_then(|IdentitySchema { parsed, .. }| parsed.member("properties")?.member("traits")?.member("properties"));
        let known: &[(String, Json)] = match traits {
            Some(Json::Object(known)) => known,
            _ => &[],
        };
        let is_identifier = |schema: &Json| {
            let password =
                schema.member("ory.sh/kratos").and_then(|own| own.member("credentials")?.member("password")?.member("identifier"));
            password == Some(&Json::Bool(true))
        };
        let identifiers: Vec<_> = known.iter().filter(|known| is_identifier(&known.1)).collect();
        match identifiers[..] {
            [(name, schema)] if schema.member("title").is_some() => {
                let title = quote(&schema.member("title").and_then(Json::as_text).unwrap_or_default());
                let name =
                    if self.profile == Profile::V26_2 { format!(r#""name":{},"#, quote(&format!("traits.{name}"))) } else { String::new() };
                format!(r#"{{"id":1070002,"text":{title},"type":"info","context":{{{name}"title":{title}}}}}"#)
            }
            _ => r#"{"id":1070004,"text":"ID","type":"info"}"#.to_owned(),
        }
    }
}
