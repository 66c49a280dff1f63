//! Adding a new key to a set; Ory signs with it from then on.

use super::{gone, tell};
use crate::{
    engine::{ActionBackend, Cx, Diagnostic, Done, Failure},
    ory::{
        Client,
        resources::{
            jose,
            json_web_key_set::{made_by_the_server, not_the_servers, set::Set, set::Wanted},
            target::{TARGET_OF_CALL, WHOLE_TARGET},
        },
    },
    rest::address,
    schema::{Action, Attr, Object, action, between, integer, known, refuse, rule, string},
    value::{Json, Path, Value},
};
use async_trait::async_trait;

/// Adds a new key.
pub(super) static ROTATE: Action = action(
    "json_web_key_set_rotate",
    "Adds a new key to a JSON Web Key Set, which is used for signing from then on. Signatures of older keys are still verified while \
     these keys are in the set; `keep` says how many of them stay.\n\n\
     Use it for a set that exists and whose keys no `ory_json_web_key_set` manages: there, a new `key_id` makes a new key. The sets with \
     which Ory itself signs tokens are refused, since a new key there would invalidate the JWT access tokens of the key before it.",
    &[SET, TARGET_OF_CALL],
)
.rules(&[rule(&["set_id"], not_the_servers), WHOLE_TARGET]);

static SET: &[Attr] = &[
    string("set_id", "Identifies the set.").required().check(refuse(address::id)),
    string("algorithm", "Algorithm of the new key: RS, PS or ES with 256, 384 or 512, or `EdDSA`; that of the newest key when unset.")
        .check(refuse(made_by_the_server)),
    string("use", "What the key is for: `sig`, or `enc`; as the newest key when unset.").check(known(&["sig", "enc"])),
    string("key_id", "Identifies the new key in the set (`kid`). Chosen when unset.").check(refuse(address::id)),
    integer("keep", "How many of the older keys stay, the newest first; all of them when unset.").check(between(0, 1000)),
];

pub(super) struct Rotate;

#[async_trait]
impl ActionBackend<Client> for Rotate {
    async fn invoke(&self, cx: &Cx<Client>, action: &'static Action, config: &Value) -> Result<(), Failure> {
        let asked = Object::new(&action.table, config);
        let id = asked.str("set_id").unwrap_or_default();
        let set = Set::at(cx, id, asked).await?;
        let Some(before) = set.read().await? else {
            gone(cx, "key set");
            return Ok(());
        };
        // The newest one comes first.
        let newest = before.first().unwrap_or(&Json::Null);
        let own = |name: &str, member: &str| asked.str(name).or(newest.at(member).as_str()).map(str::to_owned);
        let algorithm = own("algorithm", "alg").filter(|algorithm| made_by_the_server(algorithm).is_ok()).ok_or_else(|| {
            Diagnostic::error(
                "The algorithm is not known",
                "The server cannot make a key with the algorithm of the newest key in the set. Set `algorithm`.",
            )
            .at(Path::attr("algorithm"))
        })?;
        let key_id = asked.str("key_id").map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned);
        if before.iter().any(|key| jose::kid(key) == key_id) {
            // A repeated run has nothing left to do.
            tell(cx, &format!("The set {id} has the key {key_id} already."));
        } else {
            let made = set.make(&Wanted { id: key_id.clone(), algorithm, used_for: own("use", "use") }).await?;
            tell(cx, &format!("The set {id} has the new key {}.", jose::kid(&made)));
        }
        let Some(keep) = asked.get("keep").as_i64().and_then(|keep| usize::try_from(keep).ok()) else { return Ok(()) };
        let older = before.iter().map(jose::kid).filter(|kid| *kid != key_id);
        for kid in older.skip(keep) {
            set.drop_key(kid).await.map_err(|error| Failure { done: Done::Yes, ..error.into() })?;
            tell(cx, &format!("The key {kid} is gone."));
        }
        Ok(())
    }
}
