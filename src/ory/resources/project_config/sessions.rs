//! Sessions, their cookies and tokens, and the secrets of the identity service. One line per attribute.

use super::nested::TEMPLATES;
use super::rows::{duration, flag, text, texts};
use crate::schema::{Attr, Cleared, map_of, only, under};

pub(super) static SESSIONS: &[Attr] = &under(
    "services/identity/config",
    [
        duration("session_lifespan", "How long a session lasts.").at("session/lifespan"),
        duration("session_earliest_possible_extend", "How long before its end a session may be extended. No answer shows it.")
            .at("session/earliest_possible_extend")
            .may_be_untold(),
        text("session_cookie_same_site", "The SameSite attribute of session cookies.")
            .at("session/cookie/same_site")
            .check(only(&["Strict", "Lax", "None"])),
        flag("session_cookie_persistent", "Whether session cookies stay when the browser is closed.").at("session/cookie/persistent"),
        text("session_whoami_required_aal", "The assurance level that a session needs to be recognised (`/sessions/whoami`).")
            .at("session/whoami/required_aal")
            .check(only(&["aal1", "highest_available"])),
        map_of("session_tokenizer_templates", "How sessions are turned into JSON Web Tokens, by the name of the template.", &TEMPLATES)
            .while_set()
            .at("session/whoami/tokenizer/templates")
            .cleared_by(Cleared::Empty),
        text("cookies_same_site", "The SameSite attribute of all other cookies of the identity service.")
            .at("cookies/same_site")
            .check(only(&["Strict", "Lax", "None"])),
    ],
);

pub(super) static SECRETS: &[Attr] = &under(
    "services/identity/config/secrets",
    [
        texts("identity_secrets_cipher", "Secrets with which the identity service encrypts its data. The first one is in use.")
            .at("cipher")
            .secret()
            .once(),
        texts("identity_secrets_cookie", "Secrets with which the identity service signs cookies. The first one is in use.")
            .at("cookie")
            .secret()
            .once(),
        texts("identity_secrets_default", "Secrets with which the identity service signs everything else. The first one is in use.")
            .at("default")
            .secret()
            .once(),
        texts("identity_secrets_pagination", "Secrets that encrypt page tokens of the identity service. The first one is in use.")
            .at("pagination")
            .secret()
            .once(),
    ],
);
