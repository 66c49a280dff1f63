//! A provider of toys: one resource that uses every feature of the schema language, a small one, a look-up, and one call of
//! each shape, over a server in memory. Both faces are tested with it.
//!
//! Owns the tables, with those of calls in [`calls`]; [`server`] is their server. Must not know any tool or wire.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, dead_code, missing_docs)]

pub mod calls;
mod server;

#[allow(unused_imports, reason = "not every test needs all of it")]
pub use server::{Hook, Remote, Request, Store};

use janiform::{
    engine::{Offer, Peer, Provider, carry, drops, moves, peer, provider},
    schema::*,
    value::{Json, Value},
};
use server::SHELF;

pub static TOY: Provider<Store> = provider("toy", "Toys to test with.", server::connect)
    .namespace("janiform")
    .display("Toy")
    .version("0.0.1")
    .repository("https://toys.example/source")
    .license("Apache-2.0")
    .peers(&[&OLD_TOYS, &GAMES])
    .config(&CONFIG, &[requires(&["token", "endpoint"])])
    .offers(&[
        &[
            Offer::resource(&THING, &SHELF),
            Offer::lookup(&THING_LOOKUP, &SHELF),
            Offer::resource(&LINK, &SHELF),
            Offer::resource(&SETTINGS, &SHELF),
            Offer::resource(&RELIC, &SHELF),
        ],
        calls::OFFERS,
    ])
    .checked();

pub static CONFIG: Table = Table::new(&[&[
    string("endpoint", "The toy server's name.").env("TOY_ENDPOINT"),
    string("token", "What lets in.").secret().env("TOY_TOKEN"),
    integer("retries", "How often to try.").check(between(0, 9)).default(int(2)).env("TOY_RETRIES"),
    boolean("strict", "Whether to be strict.").env("TOY_STRICT"),
    list("regions", "Where to look.").env("TOY_REGIONS"),
]]);

pub static THING: Resource = resource("thing", "A thing. It has one attribute of every sort.")
    .import("thing_id")
    .sections(&[IDENTITY, TEXTS, MEANINGS, NUMBERS, COLLECTIONS, SECRETS, MOVING])
    .rules(&[
        conflicts(&["keys", "keys_wo"]),
        rule(&["region", "size"], |thing| {
            let small = thing.get("size").as_i64().is_some_and(|size| size < 2);
            (thing.str("region") == Some("far") && small)
                .then(|| Problem::refused("size", "Too small to send", "A thing of this size cannot go to the region `far`."))
        }),
        rule(&["hint", "label"], |thing| {
            (thing.str("hint").is_some_and(|hint| !hint.is_empty()) && thing.str("hint") == thing.str("label"))
                .then(|| Problem::doubtful("hint", "The hint says nothing new", "`hint` and `label` are the same."))
        }),
    ])
    .modify_plan(modify_plan)
    .checked();

static IDENTITY: &[Attr] = &[
    string("thing_id", "The thing's name on the server; the server finds one where it is not set.").or_server().replaces(),
    string("name", "Its name for people.").required().check(refuse(no_blanks)),
    string("region", "Where it is kept.").replaces(),
    string("line", "The product line, which cannot be left and has a default.").replaces().default(text("classic")),
    string("maker", "Who makes it: the server says so at birth.").or_server().replaces(),
];

static TEXTS: &[Attr] = &[
    string("label", "A label.").cleared_by(Cleared::Null).at("meta/label"),
    string("method", "How it works.").default(text("basic")).check(only(&["basic", "post", "none"])),
    string("flavour", "How it tastes.").check(known(&["sweet", "sour"])),
    string("hint", "A hint.").check(warn(|text| if text.contains('!') { Err("Do not shout.".into()) } else { Ok(()) })),
    string("algorithm", "How it is signed.").unset_as(text("none")),
    string("tagline", "The old way to set a label.").deprecated("Use `label`."),
];

static MEANINGS: &[Attr] = &[
    string("ttl", "How long it lives; an hour where it is not set.").or_server().means(DURATION),
    string("grace", "How long it lingers.").means(DURATION).cleared_by(Cleared::Empty),
    string("homepage", "Where to read about it.").means(URL),
    string("scope", "What it may do.").or_server().means(WORDS),
    string("document", "Anything, as JSON.").json(),
    string("expires_at", "When it goes.").means(INSTANT),
];

static NUMBERS: &[Attr] = &[
    boolean("enabled", "Whether it runs.").default(flag(true)),
    boolean("audited", "Whether it is watched; not told while it is not.").default(flag(false)).absent_is(flag(false)),
    integer("size", "How large it is.").default(int(3)).check(between(1, 100)),
    number("serial", "A number of any size."),
    number("weight", "The server weighs it where nobody says.").or_server(),
];

static COLLECTIONS: &[Attr] = &[
    list("origins", "Where it may be called from.").unordered().means(URL).each(refuse(no_blanks)),
    list("steps", "What it does, in order."),
    list("audience", "Who it is for.").formerly("audiences"),
    list("grants", "What it grants; the server decides where nobody does.").or_server().unordered().each(known(&["read", "write"])),
    map("tags", "Anything, by key.").each(refuse(no_blanks)),
    object("owner", "Who it belongs to.", &OWNER),
    objects("ports", "Where it listens.", &PORT_KIND).cleared_by(Cleared::Empty),
    objects("rules", "What it obeys, in any order.", &RULE_KIND).unordered(),
];

static SECRETS: &[Attr] = &[
    string("pin", "A secret that the server tells.").secret(),
    string("client_secret", "A secret that the server makes and tells once.").read_only().secret().once(),
    string("password", "A secret that is never kept.").write_only(),
    integer("password_version", "Change it to send `password` again.").local(),
    string("keys", "Its keys, as JSON.").json().secret().unless("keys_wo"),
    string("keys_wo", "Its keys, never kept.").json().write_only().at("keys"),
    integer("keys_wo_version", "Change it to send `keys_wo` again.").local(),
    string("note", "A note that never leaves the configuration.").local(),
];

static MOVING: &[Attr] = &[
    string("created_at", "When it was made.").read_only().means(INSTANT),
    string("updated_at", "When it was last changed.").read_only().changes().means(INSTANT),
    integer("revision", "How often it was changed.").read_only().changes(),
    string("fingerprint", "Of its keys.").read_only().changes_with(&["keys", "keys_wo", "keys_wo_version"]),
    string("slug", "Its name in small letters.").read_only().derived(|thing| match thing.get("name") {
        Value::String(name) => Value::text(name.to_lowercase()),
        other => other.clone(),
    }),
    string("shelf", "Where it lies: by its region.").read_only(),
];

pub static OWNER: Nested = Nested {
    name: "ThingOwner",
    table: Table::new(&[&[
        string("login", "Who.").required(),
        string("email", "How to reach them."),
        string("badge", "What lets them in.").secret(),
        string("leave", "How long they are away.").means(DURATION),
        object("desk", "Where they sit.", &DESK),
    ]]),
};

pub static DESK: Nested =
    Nested { name: "ThingOwnerDesk", table: Table::new(&[&[integer("floor", "Which floor."), list("things", "What lies on it.")]]) };

pub static PORT: Nested = Nested {
    name: "ThingPort",
    table: Table::new(&[&[
        integer("number", "Which one.").required().check(between(1, 65535)),
        string("idle", "How long it waits.").means(DURATION),
        boolean("open", "Whether it is."),
    ]]),
};
static PORT_KIND: Kind = Kind::Object(&PORT);

pub static RULE: Nested = Nested {
    name: "ThingRule",
    table: Table::new(&[&[string("word", "What must not be said.").required(), string("until", "For how long.").means(DURATION)]]),
};
static RULE_KIND: Kind = Kind::Object(&RULE);

pub static LINK: Resource = resource("link", "A link between two things; a change makes a new one.")
    .import("link_id")
    .identified_with(&["from", "to"])
    .sections(&[&[
        string("link_id", "Both ends.").read_only().derived(|link| match (link.get("from"), link.get("to")) {
            (Value::String(from), Value::String(to)) => Value::text(format!("{from}-{to}")),
            _ => Value::Unknown,
        }),
        string("from", "Where it starts.").required().replaces(),
        string("to", "Where it ends.").required().replaces(),
        list("kinds", "What sort of link it is.").unordered().replaces(),
    ]])
    .checked();

/// Whoever made toys before, of the same types.
static OLD_TOYS: Peer = peer(&["oldtoys/toy"]).alike();

/// Whoever calls the same toys other names.
static GAMES: Peer = peer(&["games/game", "others/board"]).moves(&[
    moves("game_piece", &THING).carrying(&[
        carry("title").to("name"),
        carry("tags").to("label").by(|tags| match tags.as_array() {
            Some(tags) => tags.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" ").into(),
            None => Json::Null,
        }),
        carry("old_hint").to("hint").unless("hint"),
        carry("hint"),
        drops("rules"),
    ]),
    moves("game_edge", &LINK).id(|link| Some(format!("{}-{}", link.str("from")?, link.str("to")?))),
    moves("game_rumour", &THING).stub(),
]);

pub static RELIC: Resource = resource("relic", "A thing that was stored in two other shapes before.")
    .import("relic_id")
    .sections(&[&[
        string("relic_id", "Which one.").required().replaces(),
        string("name", "What it is called.").named(),
        integer("size", "How large it is."),
        string("token", "What lets in.").secret(),
        object("owner", "Who it belongs to.", &OWNER),
        string("note", "What is only known here.").local(),
    ]])
    .upgrades(&[
        // It was called a title, and the note a remark.
        |relic| {
            for (old, new) in [("title", "name"), ("remark", "note")] {
                if let Some(value) = relic.remove(old) {
                    relic.put(new, value);
                }
            }
        },
        // The size was a text, the token a code, and the owner's login stood alone.
        |relic| {
            if let Some(size) = relic.at("size").as_str().and_then(|text| Json::parse(text).ok()) {
                relic.put("size", size);
            }
            if let Some(code) = relic.remove("code") {
                relic.put("token", code);
            }
            if let Some(login) = relic.remove("owner_login") {
                relic.put("owner/login", login);
            }
        },
    ])
    .checked();

pub static SETTINGS: Resource = resource("settings", "Settings that others have their hands in too.")
    .import("settings_id")
    .sections(&[&[string("settings_id", "Whose they are.").required().replaces()], &LOOK, &LIMITS])
    .checked();

static LOOK: [Attr; 5] = under(
    "look/config",
    [
        string("theme", "What it looks like.").while_set(),
        string("colour", "What it looks like.").alias_of("theme").deprecated("Use `theme`."),
        boolean("dark", "Whether it is dark.").while_set().cleared_by(Cleared::To(flag(false))),
        list("fonts", "What it is written in.").while_set(),
        objects("hooks", "What it calls.", &HOOK_KIND).keyed("name").while_set(),
    ],
);

static LIMITS: [Attr; 4] = under(
    "limits",
    [
        integer("most", "How many there may be.").while_set().check(between(1, 100)).cleared_by(Cleared::Null),
        string("parent", "The thing that it belongs to.").while_set().refers_to(&THING, "thing_id"),
        object("proxy", "What it goes through.", &PROXY).while_set(),
        string("shape", "What it is like.").or_server(),
    ],
);

pub static HOOK: Nested = Nested {
    name: "SettingsHook",
    table: Table::new(&[&[
        string("name", "What it is called.").required(),
        string("url", "What is called.").means(URL).at("config/url"),
        string("token", "What lets in.").secret().at("config/auth/token"),
    ]]),
};
static HOOK_KIND: Kind = Kind::Object(&HOOK);

pub static PROXY: Nested = Nested {
    name: "SettingsProxy",
    table: Table::new(&[&[string("host", "Where it is.").required(), integer("tries", "How often."), object("login", "As whom.", &LOGIN)]]),
};
pub static LOGIN: Nested = Nested {
    name: "SettingsProxyLogin",
    table: Table::new(&[&[
        string("user", "Who."),
        string("password", "What lets in.").secret().at("credentials/password"),
        string("pin_wo", "What lets in as well, and is kept nowhere.").write_only().at("credentials/pin"),
        integer("pin_wo_version", "Change it to send `pin_wo` again.").local(),
    ]]),
};

pub static THING_LOOKUP: Lookup = lookup(&THING, "A thing that somebody else manages.").or_by("name");

fn no_blanks(text: &str) -> Result<(), String> {
    match text.contains(' ') {
        true => Err("Blanks are not allowed.".into()),
        false => Ok(()),
    }
}

/// A thing lies where its region says: what a table alone could not tell.
fn modify_plan(draft: &mut PlanDraft<'_>) {
    let region = draft.get("region").clone();
    draft.set("shelf", server::shelf_of(&region));
}
