//! An attribute: its type, who decides its value, its meaning, and its place in the API's JSON.

use super::{
    Check, EXACT, Equality, Object, Pointer, Resource, Table,
    index::{By, hash},
};
use crate::value::Value;

/// The type of a value.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A truth value.
    Bool,
    /// A decimal number.
    Number,
    /// A number without a fraction.
    Integer,
    /// Text.
    String,
    /// Elements of one kind, in order.
    List(&'static Kind),
    /// Values of one kind by text keys.
    Map(&'static Kind),
    /// Named attributes.
    Object(&'static Nested),
}

/// The attributes of a nested object, and the name of its type (Pulumi's SDKs have one per object).
pub struct Nested {
    /// The type's name in PascalCase, unique in the provider.
    pub name: &'static str,
    /// Its attributes.
    pub table: Table,
}

/// Who decides the value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Presence {
    /// The configuration, always.
    Required,
    /// The configuration; unset means null (or the default).
    Optional,
    /// The configuration, or the server where that is silent.
    OrServer,
    /// The server alone.
    ReadOnly,
    /// The configuration; unset means that the value is not managed: it is neither read nor written. A value that an
    /// apply has set is cleared when the configuration no longer sets it.
    WhileSet,
}

/// A default, as a constant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Default {
    /// Text.
    Text(&'static str),
    /// A truth value.
    Flag(bool),
    /// An integer.
    Int(i64),
}

impl Default {
    /// The default as a value.
    pub fn value(self) -> Value {
        match self {
            Default::Text(text) => Value::text(text),
            Default::Flag(flag) => Value::Bool(flag),
            Default::Int(number) => Value::from(number),
        }
    }
}

/// When an update changes a value that the configuration does not set.
#[derive(Clone, Copy)]
pub enum Recompute {
    /// It keeps its prior value.
    Never,
    /// With every update.
    Always,
    /// When one of these attributes changes.
    With(&'static [&'static str]),
    /// It follows from the planned object.
    Derived(fn(Object<'_>) -> Value),
    /// A flag that only a read sets, when something has become due: plans have no clock. Each plan clears it again, which is
    /// a change.
    Due,
}

/// How the value is written in an API's JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    /// As the JSON of its kind.
    Plain,
    /// A text that holds JSON here is that JSON there.
    Json,
}

/// What an update sends to clear the value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cleared {
    /// Nothing: a full replacement without the member resets it.
    Omit,
    /// `null`.
    Null,
    /// The empty form of its kind.
    Empty,
    /// This value, which is the server's default.
    To(Default),
    /// Nothing, since the value cannot or should not be cleared: it stays, and the plan says so.
    Never,
}

/// Whether reading sees the value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reads {
    /// Every answer has it.
    Always,
    /// Only the answer to the write that set it does.
    Once,
    /// No answer has it: it is not part of the remote object, or never shown.
    Never,
    /// Readable, but kept out of the state while the named write-only twin is in use.
    Unless(&'static str),
}

/// What an empty text means for an attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EmptyText {
    /// It is a value, like every text.
    Value,
    /// "Not set", in another spelling: the state keeps it, and a write ignores it.
    Unset,
    /// It is not allowed: there is a closed list of values; or "not set" means that another party decides, that nobody can read
    /// the value, or that another server or project is used.
    Refused,
}

/// How an attribute guards the object against mistakes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guards {
    /// While it is true in the state, the object is neither deleted nor replaced.
    Deletion,
    /// It lists the names of [`Advice`](super::Advice) to switch off.
    Advice,
}

/// A reference to another object in an attribute.
#[derive(Clone, Copy)]
pub struct Reference {
    /// The resource of the object.
    pub resource: &'static Resource,
    /// The attribute of the object that has the value.
    pub attr: &'static str,
}

/// One attribute of a table; made by [`string`], [`list`] and their like, refined by its methods.
#[derive(Clone, Copy)]
pub struct Attr {
    /// Its name in snake_case, as in Terraform and the API.
    pub name: &'static str,
    /// Its description, in Markdown.
    pub doc: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Who decides.
    pub presence: Presence,
    /// The value if the configuration does not set it.
    pub default: Option<Default>,
    /// Hidden from every output.
    pub secret: bool,
    /// Taken from the configuration, never kept in Terraform's state.
    pub write_only: bool,
    /// A change needs a new object.
    pub replaces: bool,
    /// Why it should not be used any more.
    pub deprecated: Option<&'static str>,
    /// A property name that older Pulumi programs and states use.
    pub formerly: Option<&'static str>,
    /// The name of the object for people: a tool that names objects itself chooses it if the user does not.
    pub named: bool,
    /// The attribute of which this is another name; the one in use holds the value.
    pub alias_of: Option<&'static str>,
    /// The object that the value refers to: its resource, and the attribute with the value.
    pub refers_to: Option<Reference>,
    /// The order of the elements has no meaning.
    pub unordered: bool,
    /// The attribute that identifies the elements, which are nested objects; their order has no meaning.
    pub keyed: Option<&'static str>,
    /// When two spellings mean the same (of the elements, for a list or map).
    pub equality: &'static Equality,
    /// Checks of the value itself.
    pub checks: [Option<Check>; 2],
    /// Checks of each element.
    pub each: [Option<Check>; 2],
    /// When it changes although the configuration does not.
    pub recompute: Recompute,
    /// The path of its section in the API's object; empty for the object itself.
    pub under: &'static str,
    /// Its path in there: names of members with slashes in between; `None` is its own name.
    pub at: Option<&'static str>,
    /// How it is written there.
    pub codec: Codec,
    /// How it is cleared there.
    pub cleared: Cleared,
    /// What an answer without it means.
    pub absent_is: Option<Default>,
    /// How the server spells "not set".
    pub unset_as: Option<Default>,
    /// The empty value differs from null for the server.
    pub empty_counts: bool,
    /// An answer may lack it although it is set.
    pub may_be_untold: bool,
    /// Answers mask parts of it.
    pub masked: bool,
    /// The server adds its own elements to it.
    pub grows: bool,
    /// A default that another provider put into its states although the user did not set it.
    pub unasked: Option<Default>,
    /// The single attributes that it replaces.
    pub instead_of: &'static [&'static str],
    /// Whether reading sees it.
    pub reads: Reads,
    /// The attributes whose change sends it again.
    pub sent_with: &'static [&'static str],
    /// What it guards the object against.
    pub guards: Option<Guards>,
    /// The environment variable that is used if it is not set (provider configuration only).
    pub env: Option<&'static str>,
    /// The hash of its name: the duplicate check and look-ups compare numbers, not texts.
    pub(super) hash: u64,
    /// The hash of its place in the API's object.
    pub(super) place: u64,
}

const fn attr(name: &'static str, doc: &'static str, kind: Kind) -> Attr {
    Attr {
        name,
        doc,
        kind,
        presence: Presence::Optional,
        default: None,
        secret: false,
        write_only: false,
        replaces: false,
        deprecated: None,
        formerly: None,
        named: false,
        alias_of: None,
        refers_to: None,
        unordered: false,
        keyed: None,
        equality: EXACT,
        checks: [None; 2],
        each: [None; 2],
        recompute: Recompute::Never,
        under: "",
        at: None,
        codec: Codec::Plain,
        cleared: Cleared::Omit,
        absent_is: None,
        unset_as: None,
        empty_counts: false,
        may_be_untold: false,
        masked: false,
        grows: false,
        unasked: None,
        instead_of: &[],
        reads: Reads::Always,
        sent_with: &[],
        guards: None,
        env: None,
        hash: hash(By::Name, name),
        place: hash(By::Place, name),
    }
}

/// A text attribute.
pub const fn string(name: &'static str, doc: &'static str) -> Attr {
    attr(name, doc, Kind::String)
}

/// A truth value.
pub const fn boolean(name: &'static str, doc: &'static str) -> Attr {
    attr(name, doc, Kind::Bool)
}

/// A number without a fraction.
pub const fn integer(name: &'static str, doc: &'static str) -> Attr {
    attr(name, doc, Kind::Integer)
}

/// A decimal number.
pub const fn number(name: &'static str, doc: &'static str) -> Attr {
    attr(name, doc, Kind::Number)
}

/// A list of texts.
pub const fn list(name: &'static str, doc: &'static str) -> Attr {
    attr(name, doc, Kind::List(&Kind::String))
}

/// Text values by text keys.
pub const fn map(name: &'static str, doc: &'static str) -> Attr {
    attr(name, doc, Kind::Map(&Kind::String))
}

/// Values of one kind by text keys.
pub const fn map_of(name: &'static str, doc: &'static str, kind: &'static Kind) -> Attr {
    attr(name, doc, Kind::Map(kind))
}

/// A nested object.
pub const fn object(name: &'static str, doc: &'static str, nested: &'static Nested) -> Attr {
    attr(name, doc, Kind::Object(nested))
}

/// A list of nested objects; `kind` is `&Kind::Object(…)` of a static.
pub const fn objects(name: &'static str, doc: &'static str, kind: &'static Kind) -> Attr {
    attr(name, doc, Kind::List(kind))
}

/// Attributes below one path in the API's object: names of members with slashes in between.
pub const fn under<const N: usize>(path: &'static str, mut attrs: [Attr; N]) -> [Attr; N] {
    let mut index = 0;
    while index < N {
        if !attrs[index].under.is_empty() {
            panic!("{}", attrs[index].name);
        }
        attrs[index].under = path;
        attrs[index].place = attrs[index].pointer().hash();
        index += 1;
    }
    attrs
}

/// A text default.
pub const fn text(text: &'static str) -> Default {
    Default::Text(text)
}

/// A truth value as a default.
pub const fn flag(flag: bool) -> Default {
    Default::Flag(flag)
}

/// An integer default.
pub const fn int(number: i64) -> Default {
    Default::Int(number)
}

impl Attr {
    /// The configuration must set it.
    pub const fn required(mut self) -> Self {
        self.presence = Presence::Required;
        self
    }

    /// The server decides if the configuration does not set it.
    pub const fn or_server(mut self) -> Self {
        self.presence = Presence::OrServer;
        self
    }

    /// Managed only while the configuration sets it. The empty value differs from null.
    pub const fn while_set(mut self) -> Self {
        self.presence = Presence::WhileSet;
        self.empty_counts = true;
        self
    }

    /// Only the server decides.
    pub const fn read_only(mut self) -> Self {
        self.presence = Presence::ReadOnly;
        self
    }

    /// The value if the configuration does not set it.
    pub const fn default(mut self, default: Default) -> Self {
        self.default = Some(default);
        self
    }

    /// Hidden from every output.
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Never stored in Terraform's state; in Pulumi an encrypted input, never an output.
    pub const fn write_only(mut self) -> Self {
        self.write_only = true;
        self.secret = true;
        self.reads = Reads::Never;
        self
    }

    /// A change needs a new object.
    pub const fn replaces(mut self) -> Self {
        self.replaces = true;
        self
    }

    /// It still works, with a warning.
    pub const fn deprecated(mut self, why: &'static str) -> Self {
        self.deprecated = Some(why);
        self
    }

    /// The property name that older Pulumi programs and states use.
    pub const fn formerly(mut self, name: &'static str) -> Self {
        self.formerly = Some(name);
        self
    }

    /// The name of the object for people, which a tool that names objects itself chooses if the user does not, as Pulumi's engine
    /// does. For a name that has to be set and by which nothing else is found.
    pub const fn named(mut self) -> Self {
        self.named = true;
        self.required()
    }

    /// Another name of this attribute. Only one of the two may be set, and that one has the value. An import uses the other one.
    pub const fn alias_of(mut self, name: &'static str) -> Self {
        self.alias_of = Some(name);
        self
    }

    /// The value refers to an object of this resource, by that attribute.
    pub const fn refers_to(mut self, resource: &'static Resource, attr: &'static str) -> Self {
        self.refers_to = Some(Reference { resource, attr });
        self
    }

    /// The elements are identified by this attribute; their order has no meaning.
    pub const fn keyed(mut self, key: &'static str) -> Self {
        self.keyed = Some(key);
        self
    }

    /// The order of the elements has no meaning.
    pub const fn unordered(mut self) -> Self {
        self.unordered = true;
        self
    }

    /// When two spellings mean the same; the meaning's own check applies too.
    pub const fn means(mut self, meaning: &'static Equality) -> Self {
        self.equality = meaning;
        self
    }

    /// A check of the value.
    pub const fn check(mut self, check: Check) -> Self {
        self.checks = self.with(self.checks, check);
        self
    }

    /// A check of each element.
    pub const fn each(mut self, check: Check) -> Self {
        self.each = self.with(self.each, check);
        self
    }

    /// Adds a check. There is room for two.
    const fn with(&self, mut checks: [Option<Check>; 2], check: Check) -> [Option<Check>; 2] {
        match checks {
            [None, _] => checks[0] = Some(check),
            [_, None] => checks[1] = Some(check),
            _ => panic!("{}", self.name),
        }
        checks
    }

    /// It changes with every update.
    pub const fn changes(mut self) -> Self {
        self.recompute = Recompute::Always;
        self
    }

    /// It changes when one of these changes.
    pub const fn changes_with(mut self, names: &'static [&'static str]) -> Self {
        self.recompute = Recompute::With(names);
        self
    }

    /// A flag that a read sets when something has become due, and that each plan clears, since plans have no clock. What is due
    /// is done by the update or, with [`replaces`](Attr::replaces), by the new object that this causes.
    pub const fn due(mut self) -> Self {
        self.presence = Presence::ReadOnly;
        self.recompute = Recompute::Due;
        self
    }

    /// It is computed from the planned object.
    pub const fn derived(mut self, from: fn(Object<'_>) -> Value) -> Self {
        self.recompute = Recompute::Derived(from);
        self
    }

    /// Its path in the API's object, or below its section's path: names of members with slashes in between.
    pub const fn at(mut self, pointer: &'static str) -> Self {
        self.at = Some(pointer);
        self.place = self.pointer().hash();
        self
    }

    /// A text that holds JSON here and is that JSON there; compared as JSON.
    pub const fn json(mut self) -> Self {
        self.codec = Codec::Json;
        self.equality = super::JSON;
        self
    }

    /// What an update sends to clear it.
    pub const fn cleared_by(mut self, cleared: Cleared) -> Self {
        self.cleared = cleared;
        self
    }

    /// What an answer without it means.
    pub const fn absent_is(mut self, value: Default) -> Self {
        self.absent_is = Some(value);
        self
    }

    /// How the server spells "not set".
    pub const fn unset_as(mut self, value: Default) -> Self {
        self.unset_as = Some(value);
        self
    }

    /// The empty value is a value, not a form of "not set".
    pub const fn empty_counts(mut self) -> Self {
        self.empty_counts = true;
        self
    }

    /// An answer may lack it although it is set: then the state keeps its value.
    pub const fn may_be_untold(mut self) -> Self {
        self.may_be_untold = true;
        self
    }

    /// Answers mask its secret parts, if it has such. The backend puts the known value in place of a masked one, and null if it knows
    /// none: so no masked value gets into a state or a program.
    pub const fn masked(mut self) -> Self {
        self.masked = true;
        self.secret()
    }

    /// Another provider has a default here, and puts it into its states although the user did not set it: in such a state, this
    /// value is not managed.
    pub const fn unasked(mut self, value: Default) -> Self {
        self.unasked = Some(value);
        self
    }

    /// The server adds its own elements to this list or map. They are not shown, and those of a map are left alone.
    pub const fn grows(mut self) -> Self {
        self.grows = true;
        self
    }

    /// It replaces these single attributes by a whole object: only it or some of them may be set.
    /// An import uses those.
    pub const fn instead_of(mut self, names: &'static [&'static str]) -> Self {
        self.instead_of = names;
        self
    }

    /// Only the answer to the write that set it has it; for nested attributes, no answer has it.
    pub const fn once(mut self) -> Self {
        self.reads = Reads::Once;
        self
    }

    /// It is sent again whenever one of these changes: the server keeps the hidden value only while they stay the same.
    pub const fn sent_with(mut self, names: &'static [&'static str]) -> Self {
        self.sent_with = names;
        self
    }

    /// Not part of the remote object: it controls the provider, or triggers something.
    pub const fn local(mut self) -> Self {
        self.reads = Reads::Never;
        self
    }

    /// Guards the object against mistakes; [`local`](Attr::local).
    pub const fn guards(mut self, against: Guards) -> Self {
        self.guards = Some(against);
        self.local()
    }

    /// Kept out of the state while this write-only twin is in use.
    pub const fn unless(mut self, twin: &'static str) -> Self {
        self.reads = Reads::Unless(twin);
        self
    }

    /// The environment variable that is used if it is not set (provider configuration only).
    pub const fn env(mut self, variable: &'static str) -> Self {
        self.env = Some(variable);
        self
    }

    /// True if a configuration may set it.
    pub const fn configurable(&self) -> bool {
        !matches!(self.presence, Presence::ReadOnly)
    }

    /// True if a plan may have a value that the configuration does not set.
    pub const fn computed(&self) -> bool {
        self.default.is_some() || matches!(self.presence, Presence::ReadOnly | Presence::OrServer)
    }

    /// True if it is a secret or contains one: an object that is one text is secret as a whole.
    pub fn holds_secret(&self) -> bool {
        fn holds(kind: &Kind) -> bool {
            match kind {
                Kind::List(of) | Kind::Map(of) => holds(of),
                Kind::Object(nested) => nested.table.attrs().any(Attr::holds_secret),
                _ => false,
            }
        }
        self.secret || holds(&self.kind)
    }

    /// Whether the other one is this one, or within its objects.
    pub fn contains(&self, other: &Attr) -> bool {
        fn inside(kind: &Kind, other: &Attr) -> bool {
            match kind {
                Kind::List(of) | Kind::Map(of) => inside(of, other),
                Kind::Object(nested) => nested.table.attrs().any(|attr| attr.contains(other)),
                _ => false,
            }
        }
        std::ptr::eq(self, other) || inside(&self.kind, other)
    }

    /// True if the API's object contains it under this name.
    pub const fn remote(&self) -> bool {
        self.write_only || (!matches!(self.reads, Reads::Never) && self.alias_of.is_none())
    }

    /// The text that identifies an element; `None` if its list has no keys.
    pub fn key_of<'a>(&self, element: &'a Value) -> Option<&'a str> {
        match (self.keyed, &self.kind) {
            (Some(key), Kind::List(Kind::Object(nested))) => Object::new(&nested.table, element).str(key),
            _ => None,
        }
    }

    /// The meaning of an empty text.
    pub const fn empty_text(&self) -> EmptyText {
        if self.empty_counts || matches!(self.presence, Presence::Required) || !matches!(self.kind, Kind::String) {
            EmptyText::Value
        } else if self.computed() || matches!(self.reads, Reads::Once | Reads::Never) || self.is_closed() {
            EmptyText::Refused
        } else {
            EmptyText::Unset
        }
    }

    /// True if its checks list the only values that there are.
    const fn is_closed(&self) -> bool {
        matches!(self.checks[0], Some(Check::Only(_))) || matches!(self.checks[1], Some(Check::Only(_)))
    }

    /// True if the value stays on the server when a configuration no longer sets it: no answer shows it, so that the prior value is
    /// unknown, or it must not be removed.
    pub const fn stays(&self) -> bool {
        matches!(self.cleared, Cleared::Never) || matches!(self.reads, Reads::Once)
    }

    /// True for an empty text that means "not set".
    pub fn is_empty_text(&self, value: &Value) -> bool {
        self.empty_text() == EmptyText::Unset && value.as_str() == Some("")
    }

    /// Its place in the API's object.
    pub const fn pointer(&self) -> Pointer {
        Pointer::new(
            self.under,
            match self.at {
                Some(at) => at,
                None => self.name,
            },
        )
    }

    /// How it is found by its place in the API's object, if it is the attribute of a place.
    pub(super) const fn placed_by(&self) -> Option<By> {
        match (self.remote() && self.instead_of.is_empty(), self.write_only) {
            (false, _) => None,
            (true, false) => Some(By::Place),
            (true, true) => Some(By::WritePlace),
        }
    }

    /// Its hash in the index of its table.
    pub(super) const fn hash_of(&self, by: By) -> u64 {
        match by {
            By::Name => self.hash,
            By::Place | By::WritePlace => self.place,
        }
    }

    /// Whether the value is null, or one of the forms that mean the same for the server.
    pub fn is_unset(&self, value: &Value) -> bool {
        if self.empty_counts {
            return value.is_null();
        }
        let spelled = |text: &str| self.codec == Codec::Json && matches!(text.trim(), "{}" | "null");
        let is_so = |unset: Default| match (unset, value.as_str()) {
            (Default::Text(unset), Some(text)) => (self.equality.same)(unset, text),
            (unset, _) => unset.value() == *value,
        };
        value.is_empty() || self.unset_as.is_some_and(is_so) || value.as_str().is_some_and(spelled)
    }
}
