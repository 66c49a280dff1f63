//! `ory_email_template`: the texts of a project's messages, by mail and by SMS.
//!
//! Names and types are those of the official provider, and so is the id. That one requires both bodies of a mail, and has no
//! SMS.

use super::{content::WRITTEN, guards::PROTECTION, project_id, project_id::PROJECT};
use crate::{
    engine::Offer,
    ory::{client::Client, project as document},
    rest::{
        address,
        document::{Members, Slot},
    },
    schema::{Attr, Object, Problem, Resource, known, refuse, resource, rule, string},
};

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "email_template",
    "What an Ory Network project writes to people on one occasion, by mail and by SMS. The texts are Go templates.\n\n\
     It needs a key of the workspace (`workspace_api_key`). A change made elsewhere is seen by the hash of the text, and shown as the \
     URL where Ory keeps the text. When the resource is destroyed, Ory's own texts are used again.\n\n\
     It is imported by `<project_id>/<template_type>`, or the type alone where the provider is configured with the project; an import takes \
     the mail, and with `:sms_body` after the id the SMS too.",
)
.import("template_type")
.imported_as(|id| project_id::parts("template_type", id))
.identified_with(&["project_id"])
.sections(&[PROJECT, ATTRIBUTES, PROTECTION])
.rules(&[
    rule(&["template_type", "subject", "body_html", "body_plaintext", "sms_body"], says_nothing),
    rule(&["template_type", "sms_body"], is_no_sms),
])
.occupies(|template| {
    let of = |name: &str| template.str(name).unwrap_or_default();
    vec![("template", format!("{}/{}", of("project_id"), of("template_type")))]
})
.checked();

static ATTRIBUTES: &[Attr] = &[
    string("template_type", "The occasion.").required().replaces().check(known(TYPES)).check(refuse(address::id)),
    string("subject", "The subject of the mail: the text itself or `base64://…`. When unset, it is not managed here.")
        .or_server()
        .means(WRITTEN)
        .at("email/subject"),
    string("body_html", "The mail in HTML: the text itself, such as that of a file, or `base64://…`.").means(WRITTEN).at("email/body/html"),
    string("body_plaintext", "The mail for programs that show no HTML: the text itself, such as that of a file, or `base64://…`.")
        .means(WRITTEN)
        .at("email/body/plaintext"),
    string(
        "sms_body",
        "The SMS: the text itself or `base64://…`. For `login_code_valid`, `registration_code_valid`, `verification_code_valid` and \
         `verifiable_address_changed`. It is managed only while it is set.",
    )
    .while_set()
    .means(WRITTEN)
    .at("sms/body/plaintext"),
];

/// How it is reached.
pub static BACKEND: Members = Members { slot: Some(&TEMPLATES), ..Members::of(&document::PROJECT) };

static TEMPLATES: Slot = Slot {
    attrs: &["template_type"],
    at: |template| {
        let name = template.str("template_type").unwrap_or_default();
        let ends = ["valid", "invalid"].into_iter().find_map(|end| Some((name.strip_suffix(end)?.strip_suffix('_')?, end)));
        let place = ends.map_or_else(|| name.to_owned(), |(occasion, end)| format!("{occasion}/{end}"));
        format!("services/identity/config/courier/templates/{place}")
    },
    all: || TYPES.iter().map(|name| vec![*name]).collect(),
};

/// The types that a project's normalised revision has columns for.
const TYPES: &[&str] = &[
    "login_code_valid",
    "recovery_code_invalid",
    "recovery_code_valid",
    "recovery_invalid",
    "recovery_valid",
    "registration_code_valid",
    "verifiable_address_changed",
    "verification_code_invalid",
    "verification_code_valid",
    "verification_invalid",
    "verification_valid",
];

/// The types that are also sent by SMS.
const BY_SMS: &[&str] = &["login_code_valid", "registration_code_valid", "verifiable_address_changed", "verification_code_valid"];

fn says_nothing(template: Object<'_>) -> Option<Problem> {
    let is_empty = ["subject", "body_html", "body_plaintext", "sms_body"].iter().all(|name| template.get(name).is_empty());
    is_empty.then(|| {
        let detail = "A template needs a text: set `body_html`, `body_plaintext` or `sms_body`.";
        Problem::refused("template_type", "The template has no text", detail)
    })
}

fn is_no_sms(template: Object<'_>) -> Option<Problem> {
    let is_one = template.str("template_type").is_none_or(|name| BY_SMS.contains(&name));
    (!is_one && !template.get("sms_body").is_null()).then(|| {
        let by_sms = BY_SMS.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        Problem::doubtful(
            "sms_body",
            "Ory sends no SMS for this template_type",
            format!("Ory sends no SMS on this occasion, and may accept the text without keeping it. Remove `sms_body`; it can be set for {by_sms}."),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    /// As a project's normalised revision calls them: `kratos_courier_templates_…`.
    #[test]
    fn every_occasion_has_its_place() {
        for (name, place) in [
            ("login_code_valid", "login_code/valid"),
            ("recovery_code_invalid", "recovery_code/invalid"),
            ("verification_valid", "verification/valid"),
            ("verifiable_address_changed", "verifiable_address_changed"),
        ] {
            let template = RESOURCE.table.holding([("template_type", Value::text(name))]);
            let at = (TEMPLATES.at)(Object::new(&RESOURCE.table, &template));
            assert_eq!(at, format!("services/identity/config/courier/templates/{place}"));
        }
    }
}
