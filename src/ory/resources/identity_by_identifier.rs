//! `ory_identity_by_identifier`: the identity that signs in with an address or a user name.

use super::{
    identity,
    target::{TARGET_OF_CALL, WHOLE_TARGET},
};
use crate::{
    engine::{Cx, Diagnostic, Failure, Offer, QueryBackend, one_line},
    ory::Client,
    schema::{Attr, ID, Object, Presence, Query, Rule, Table, count_listed, listed, query, string},
    value::{Path, Value},
};
use async_trait::async_trait;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::query(&QUERY, &ANSWER)];

/// The data source.
static QUERY: Query = query(
    "identity_by_identifier",
    "The identity that signs in with an address, a user name or an account at another provider. The look-up fails if there is \
     none. `ory_identity` finds an identity by its id or `external_id`.",
    &[ASKED, &SHOWN],
)
.rules(RULES);

/// How it is answered.
static ANSWER: ByIdentifier = ByIdentifier;

static ASKED: &[Attr] = &[
    string(IDENTIFIER, "Exactly what it signs in with: an address or a user name, or `provider:subject` of a linked account.").required(),
    TARGET_OF_CALL[0],
    TARGET_OF_CALL[1],
];

static ASKED_TABLE: Table = Table::new(&[ASKED]);
static SHOWN: [Attr; COUNT] = shown();
const COUNT: usize = count_listed(&identity::RESOURCE, &ASKED_TABLE);
const IDENTIFIER: &str = "identifier";

static RULES: &[Rule] = &[WHOLE_TARGET];

/// The attributes of an identity as the answer shows them.
const fn shown() -> [Attr; COUNT] {
    let mut attrs: [Attr; COUNT] = listed(&identity::RESOURCE, &ASKED_TABLE);
    let mut place = 0;
    while place < COUNT {
        attrs[place].presence = Presence::ReadOnly;
        place += 1;
    }
    attrs
}

/// The look-up in Kratos.
pub struct ByIdentifier;

#[async_trait]
impl QueryBackend<Client> for ByIdentifier {
    async fn answer(&self, cx: &Cx<Client>, query: &'static Query, asked: &Value) -> Result<Value, Failure> {
        let asked = Object::new(&query.table, asked);
        let identifier = asked.str(IDENTIFIER).unwrap_or_default();
        let (mut found, _) = identity::BACKEND.named(cx, asked, "credentials_identifier", identifier).await?;
        let wrong = |what: &str, detail: String| Err(Diagnostic::error(what, detail).at(Path::attr(IDENTIFIER)).into());
        if found.len() > 1 {
            let ids: Vec<_> = found.iter().map(|one| format!("`{}`", one_line(&one.id))).collect();
            return wrong(
                "More than one identity found",
                format!("Use `ory_identity` with the id of the one that you mean: {}.", ids.join(", ")),
            );
        }
        let Some(one) = found.pop() else {
            return wrong(
                "No identity found",
                "No identity signs in with this `identifier`. Check the spelling and which server the provider is configured for. An address is an identifier only where the identity schema says so.".to_owned(),
            );
        };
        let object = Object::new(&identity::RESOURCE.table, &one.value);
        let fields = query.table.attrs().map(|attr| match attr.name {
            ID => Value::text(one.id.as_str()),
            name if attr.presence == Presence::ReadOnly => object.get(name).clone(),
            _ => Value::Null,
        });
        Ok(Value::Object(fields.collect()))
    }
}
