//! The toy provider's calls, besides objects: one call of each shape.

use super::{
    Hook, Store, THING, no_blanks,
    server::{SHELF, later},
};
use async_trait::async_trait;
use janiform::{
    engine::{ActionBackend, Cx, Diagnostic, Done, EphemeralBackend, Failure, Offer, Opened, Renewed},
    schema::*,
    value::{Number, Value},
};
use std::{sync::atomic::Ordering, time::Duration};

pub static OFFERS: &[Offer<Store>] = &[
    Offer::function(&SHOUT),
    Offer::function(&MEASURE),
    Offer::ephemeral(&TOKEN, &Mint),
    Offer::list(&THINGS, &SHELF),
    Offer::action(&RING, &Bell),
];

pub static SHOUT: Function = function(
    "shout",
    "Says it loudly. What is said at once is one text, with blanks between its parts.",
    string("said", "What was said."),
    |asked| {
        let texts = asked.str("text").into_iter().chain(asked.strs("and_then"));
        let said: Vec<_> = texts.map(str::to_uppercase).collect();
        if let Some(index) = asked.strs("and_then").iter().position(|text| text.contains('!')) {
            return Err(Refused::element("and_then", index, "It is loud enough: leave the mark out."));
        }
        match (asked.str("text"), asked.get("times").as_i64()) {
            (Some("silence"), _) => Err(Refused::because("There is nothing to say.")),
            (_, Some(7)) => Err(Refused::argument("times", "Nobody listens to that.")),
            (Some("panic"), _) => panic!("told to"),
            (_, times) => Ok(Value::text(vec![said.join(" "); times.unwrap_or(1) as usize].join(" "))),
        }
    },
)
.params(&[&[
    string("text", "What to say.").required().check(refuse(no_blanks)),
    integer("times", "How often.").check(between(1, 9)).default(int(1)),
    list("and_then", "What to say after it.").each(refuse(no_blanks)),
]])
.variadic();

pub static MEASURE: Function = function("measure", "Tells how long a text is.", object("size", "Its size.", &SIZE), |asked| {
    let text = asked.str("text").unwrap_or_default();
    let number = |length: usize| Value::Number(Number::from(length as i64));
    Ok(Value::Object(vec![number(text.len()), number(text.chars().count())]))
})
.params(&[&[string("text", "The text.")]]);

static SIZE: Nested = Nested {
    name: "Size",
    table: Table::new(&[&[integer("bytes", "In bytes.").required(), integer("char_count", "In characters.").required()]]),
};

pub static TOKEN: Ephemeral = ephemeral(
    "token",
    "A token that lets in for a while.",
    &[&[
        string("holder", "Who it is for.").required().check(refuse(no_blanks)),
        string("purpose", "What it is for.").default(text("play")),
        string("hint", "Nobody has to say."),
        integer("lasts", "For how many seconds it lasts.").check(between(0, 1000)),
        string("token", "The token.").read_only().secret(),
        integer("serial", "Its number.").read_only(),
    ]],
)
.rules(&[rule(&["holder", "purpose"], |token| {
    (token.str("holder") == token.str("purpose")).then(|| Problem::refused("purpose", "No purpose", "Nobody is their own purpose."))
})]);

struct Mint;

/// What `lasts` says, kept where renewing and closing find it.
fn private(token: &str, lasts: Option<i64>) -> Vec<u8> {
    format!("{token} {}", lasts.unwrap_or(0)).into_bytes()
}

fn renew_in(lasts: Option<i64>) -> Option<Duration> {
    lasts.map(|lasts| Duration::from_secs(lasts as u64))
}

#[async_trait]
impl EphemeralBackend<Store> for Mint {
    async fn open(&self, cx: &Cx<Store>, ephemeral: &'static Ephemeral, config: &Value) -> Result<Opened, Failure> {
        let (remote, asked) = (&cx.client.remote, Object::new(&ephemeral.table, config));
        let hook = remote.misbehave("open", cx).await?;
        let serial = remote.made.fetch_add(1, Ordering::Relaxed) + 1;
        let token = format!("{}-{}-{serial}", asked.str("holder").unwrap(), asked.str("purpose").unwrap());
        remote.called(format!("open {token}"));
        if hook == Some(Hook::Lost) {
            return Err(later(Done::Maybe, None));
        }
        let lasts = asked.get("lasts").as_i64();
        if lasts.is_none() {
            cx.warn(Diagnostic::warning("It lasts", "Nobody has to renew it."));
        }
        let value =
            ephemeral.table.holding([("token", Value::text(&token)), ("serial", Value::from(serial as i64)), ("hint", "lost".into())]);
        Ok(Opened { value, private: private(&token, lasts), renew_in: renew_in(lasts) })
    }

    async fn renew(&self, cx: &Cx<Store>, _: &'static Ephemeral, private: &[u8]) -> Result<Renewed, Failure> {
        cx.client.remote.misbehave("renew", cx).await?;
        let text = String::from_utf8(private.to_vec()).unwrap();
        cx.client.remote.called(format!("renew {text}"));
        let lasts = text.rsplit(' ').next().and_then(|lasts| lasts.parse().ok());
        Ok(Renewed { private: format!("again {text}").into_bytes(), renew_in: renew_in(lasts) })
    }

    async fn close(&self, cx: &Cx<Store>, _: &'static Ephemeral, private: &[u8]) -> Result<(), Failure> {
        cx.client.remote.misbehave("close", cx).await?;
        cx.client.remote.called(format!("close {}", String::from_utf8(private.to_vec()).unwrap()));
        Ok(())
    }
}

pub static THINGS: ListResource = list_resource(&THING, "The things of a server, by their ids.")
    .filters(&[&[
        string("region", "Only those that are kept there.").check(refuse(no_blanks)),
        list("names", "Only those of these names."),
    ]])
    .shown_by("label");

pub static RING: Action = action(
    "ring",
    "Rings a bell.",
    &[&[
        string("bell", "Which one.").required().check(refuse(no_blanks)),
        integer("times", "How often.").check(between(1, 9)).default(int(1)),
        string("code", "What lets ring it.").write_only(),
    ]],
);

struct Bell;

#[async_trait]
impl ActionBackend<Store> for Bell {
    async fn invoke(&self, cx: &Cx<Store>, action: &'static Action, config: &Value) -> Result<(), Failure> {
        let (remote, asked) = (&cx.client.remote, Object::new(&action.table, config));
        for ring in 1..=asked.get("times").as_i64().unwrap() {
            // The first may fail before anything is done, the second in the middle.
            let hook = remote.misbehave(if ring == 1 { "ring" } else { "ring_more" }, cx).await?;
            remote.called(format!("ring {} {ring}", asked.str("bell").unwrap()));
            (cx.progress)(&format!("rang {ring}"));
            if hook == Some(Hook::Lost) {
                return Err(later(Done::Maybe, None));
            }
        }
        if asked.str("code").is_none() {
            cx.warn(Diagnostic::warning("Anybody may ring it", "Set `code`."));
        }
        Ok(())
    }
}
