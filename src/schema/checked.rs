//! What a table may declare. Each mistake is a build error whose message is the attribute's name, and whose position is the line
//! here that says what is wrong.
//!
//! Owns which features of the language go together. A feature that no part of the program would use is refused, so that nothing is
//! silently ignored.

use super::{
    Attr, Check, Cleared, Codec, Default, Kind, Nested, Presence, Table,
    attr::{Guards, Reads, Recompute},
};

/// All checks of an attribute of this table, except for duplicate names and places.
pub(super) const fn attr(table: &Table, attr: &'static Attr) {
    who_decides(attr);
    type_fits(attr);
    place_fits(table, attr);
    names_are_there(table, attr);
    alias_fits(table, attr);
    key_fits(attr);
    assert(!attr.named || (matches!((&attr.kind, attr.presence), (Kind::String, Presence::Required)) && !attr.secret), attr);
    if let Some(nested) = nested(&attr.kind) {
        // In a list without keys, a value that no answer contains could not be assigned to an element.
        let is_one = matches!(attr.kind, Kind::Object(_));
        assert(is_one || !has_untold(&nested.table, false), attr);
        assert(is_one || attr.keyed.is_some() || matches!(attr.kind, Kind::Map(_)) || !has_untold(&nested.table, true), attr);
        let mut place = 0;
        while place < nested.table.len() {
            inside(nested.table.attr(place));
            place += 1;
        }
    }
}

/// Whether it has values that no answer contains: local ones, or ones that are only sent.
const fn has_untold(table: &Table, sent: bool) -> bool {
    let mut place = 0;
    while place < table.len() {
        let attr = table.attr(place);
        let is_untold = if sent { matches!(attr.reads, Reads::Once) } else { matches!(attr.reads, Reads::Never) };
        if is_untold || matches!(nested(&attr.kind), Some(nested) if has_untold(&nested.table, sent)) {
            return true;
        }
        place += 1;
    }
    false
}

const fn who_decides(attr: &'static Attr) {
    // The attribute has no description.
    assert(!attr.doc.is_empty(), attr);
    // A default is for optional attributes that nobody else decides.
    assert(attr.default.is_none() || matches!(attr.presence, Presence::Optional), attr);
    // Only the configuration has write-only values.
    assert(!attr.write_only || (!attr.computed() && attr.configurable()), attr);
    // Only the server decides it, and yet its change needs a new object.
    assert(!attr.replaces || attr.configurable() || matches!(attr.recompute, Recompute::Due), attr);
    // A due attribute is a flag that a read sets.
    assert(
        !matches!(attr.recompute, Recompute::Due)
            || matches!(attr.kind, Kind::Bool) && !attr.configurable() && matches!(attr.reads, Reads::Always),
        attr,
    );
    // A required attribute does not change by itself.
    assert(matches!(attr.recompute, Recompute::Never) || !matches!(attr.presence, Presence::Required), attr);
    // An attribute that is managed only while it is set is read, written and shown only then.
    assert(!matches!(attr.presence, Presence::WhileSet) || (matches!(attr.reads, Reads::Always | Reads::Once) && !attr.replaces), attr);
    assert(!matches!(attr.presence, Presence::WhileSet) || (attr.absent_is.is_none() && attr.unset_as.is_none()), attr);
    // A local attribute is neither in an answer nor cleared in the API.
    assert(attr.remote() || (attr.absent_is.is_none() && attr.at.is_none() && matches!(attr.cleared, Cleared::Omit)), attr);
}

const fn type_fits(attr: &'static Attr) {
    // A default, or a value that means "not set", has another type.
    assert(
        is_of(attr.default, &attr.kind)
            && is_of(attr.absent_is, &attr.kind)
            && is_of(attr.unset_as, &attr.kind)
            && is_of(attr.unasked, &attr.kind),
        attr,
    );
    // Only lists and maps have elements and an order.
    assert(!attr.unordered || matches!(attr.kind, Kind::List(_)), attr);
    assert(!attr.unordered || attr.equality.form.is_some(), attr);
    assert(attr.each[0].is_none() || matches!(attr.kind, Kind::List(_) | Kind::Map(_)), attr);
    // A check of texts or numbers is used for another type.
    let of = match attr.kind {
        Kind::List(of) | Kind::Map(of) => of,
        _ => &attr.kind,
    };
    assert(all_fit(&attr.checks, &attr.kind) && all_fit(&attr.each, of), attr);
    // Text that is JSON is used for another type.
    assert(!matches!(attr.codec, Codec::Json) || matches!(attr.kind, Kind::String), attr);
    // Only texts, and lists and maps of them, have a meaning; nested attributes have their own.
    assert(is_exact(attr) || is_text(of), attr);
    // A type without an empty form cannot be cleared by it.
    assert(!matches!(attr.cleared, Cleared::To(value) if !is_of(Some(value), &attr.kind)), attr);
    assert(!matches!(attr.cleared, Cleared::Empty) || !matches!(attr.kind, Kind::Bool | Kind::Number | Kind::Integer), attr);
    // Objects have secrets inside, and are none as a whole: of hidden objects, tools generate programs with empty ones.
    assert(!attr.secret || nested(&attr.kind).is_none(), attr);
    // Only texts are masked in part.
    assert(!attr.masked || matches!(attr.kind, Kind::String), attr);
    // Only types with elements can grow.
    assert(!attr.grows || (attr.keyed.is_none() && matches!(attr.kind, Kind::List(Kind::String) | Kind::Map(_))), attr);
    // A guard against deletion is a flag; advice is switched off by a list of names.
    assert(
        match attr.guards {
            Some(Guards::Deletion) => matches!(attr.kind, Kind::Bool),
            Some(Guards::Advice) => matches!(attr.kind, Kind::List(Kind::String)),
            None => true,
        },
        attr,
    );
}

const fn place_fits(table: &Table, attr: &'static Attr) {
    // Steps without a name, or with the escapes of RFC 6901.
    assert(attr.pointer().is_plain(), attr);
    // It has the place of another attribute, so one of the two would be overwritten.
    assert(!attr.remote() || !attr.instead_of.is_empty() || table.around(attr).is_none(), attr);
}

const fn names_are_there(table: &Table, attr: &'static Attr) {
    // It refers to an attribute that does not exist.
    if let Recompute::With(names) = attr.recompute {
        let mut position = 0;
        while position < names.len() {
            assert(table.index(names[position]).is_some(), attr);
            position += 1;
        }
    }
    // It is sent with attributes that do not exist, or answers show it, so that it need not be sent with others.
    let mut position = 0;
    while position < attr.sent_with.len() {
        assert(table.index(attr.sent_with[position]).is_some() && (attr.write_only || matches!(attr.reads, Reads::Once)), attr);
        position += 1;
    }
    // It replaces attributes that do not exist, or that are not managed only while they are set.
    let mut position = 0;
    while position < attr.instead_of.len() {
        let Some(place) = table.index(attr.instead_of[position]) else { panic!("{}", attr.name) };
        assert(matches!(table.attr(place).presence, Presence::WhileSet) && matches!(attr.presence, Presence::WhileSet), attr);
        position += 1;
    }
    // Its twin is not write-only, or has another place in the API's object.
    if let Reads::Unless(twin) = attr.reads {
        let Some(twin) = table.index(twin) else { panic!("{}", attr.name) };
        let twin = table.attr(twin);
        assert(twin.write_only && twin.pointer().hash() == attr.pointer().hash(), attr);
    }
}

/// An alias of an attribute has the same type, and declares nothing else.
const fn alias_fits(table: &Table, attr: &'static Attr) {
    let Some(name) = attr.alias_of else { return };
    let Some(place) = table.index(name) else { panic!("{}", attr.name) };
    let of = table.attr(place);
    // It is an alias of itself, of another alias, or of an attribute that is required or cannot be set.
    assert(of.alias_of.is_none() && of.configurable() && !matches!(of.presence, Presence::Required), attr);
    // It is of another type or meaning.
    assert(same_kind(&attr.kind, &of.kind) && same_text(attr.equality.name, of.equality.name), attr);
    // The attribute itself declares who sets it, what is sent and what is hidden.
    assert(matches!(attr.presence, Presence::Optional) && attr.default.is_none() && attr.secret == of.secret, attr);
    assert(matches!(attr.reads, Reads::Always) && matches!(of.reads, Reads::Always), attr);
    assert(matches!(attr.recompute, Recompute::Never) && matches!(attr.cleared, Cleared::Omit) && !attr.replaces, attr);
}

/// The key of keyed elements is a text that each of them has.
const fn key_fits(attr: &'static Attr) {
    let Some(key) = attr.keyed else { return };
    let (Kind::List(Kind::Object(nested)), false) = (&attr.kind, attr.unordered) else { panic!("{}", attr.name) };
    let Some(place) = nested.table.index(key) else { panic!("{}", attr.name) };
    let key = nested.table.attr(place);
    assert(matches!(key.kind, Kind::String) && matches!(key.presence, Presence::Required) && !key.secret, attr);
}

const fn same_kind(left: &Kind, right: &Kind) -> bool {
    match (left, right) {
        (Kind::List(left), Kind::List(right)) | (Kind::Map(left), Kind::Map(right)) => same_kind(left, right),
        (Kind::Object(left), Kind::Object(right)) => same_text(left.name, right.name),
        (Kind::Bool, Kind::Bool) | (Kind::Number, Kind::Number) | (Kind::Integer, Kind::Integer) | (Kind::String, Kind::String) => true,
        _ => false,
    }
}

/// Plans and reads take nested objects as a whole. Therefore only the attribute that holds them declares who sets it, and what
/// changes by itself or stays out of the state.
const fn inside(attr: &'static Attr) {
    assert(matches!(attr.presence, Presence::Required | Presence::Optional) && attr.default.is_none(), attr);
    assert(!attr.replaces && matches!(attr.recompute, Recompute::Never), attr);
    assert(!attr.write_only || matches!(attr.presence, Presence::Optional), attr);
    assert(
        matches!(attr.reads, Reads::Always | Reads::Never | Reads::Once)
            && attr.guards.is_none()
            && attr.env.is_none()
            && attr.formerly.is_none()
            && !attr.named,
        attr,
    );
    assert(attr.alias_of.is_none() && attr.instead_of.is_empty() && !attr.grows && !attr.may_be_untold && attr.sent_with.is_empty(), attr);
}

/// The attributes inside, if it is an object or holds objects.
const fn nested(kind: &Kind) -> Option<&'static Nested> {
    match kind {
        Kind::Object(nested) => Some(*nested),
        Kind::List(of) | Kind::Map(of) => nested(of),
        _ => None,
    }
}

const fn is_text(kind: &Kind) -> bool {
    match kind {
        Kind::List(of) | Kind::Map(of) => is_text(of),
        kind => matches!(kind, Kind::String),
    }
}

/// Whether its texts are compared exactly.
const fn is_exact(attr: &Attr) -> bool {
    same_text(attr.equality.name, super::EXACT.name)
}

const fn same_text(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut position = 0;
    while position < left.len() && position < right.len() && left[position] == right[position] {
        position += 1;
    }
    position == left.len() && position == right.len()
}

const fn is_of(default: Option<Default>, kind: &Kind) -> bool {
    match default {
        None => true,
        Some(Default::Text(_)) => matches!(kind, Kind::String),
        Some(Default::Flag(_)) => matches!(kind, Kind::Bool),
        Some(Default::Int(_)) => matches!(kind, Kind::Integer | Kind::Number),
    }
}

const fn all_fit(checks: &[Option<Check>; 2], kind: &Kind) -> bool {
    fits(&checks[0], kind) && fits(&checks[1], kind)
}

const fn fits(check: &Option<Check>, kind: &Kind) -> bool {
    match check {
        None => true,
        Some(Check::Between(..)) => matches!(kind, Kind::Integer),
        Some(Check::Filled(_)) => matches!(kind, Kind::List(_)),
        Some(_) => matches!(kind, Kind::String),
    }
}

/// A build error that names the attribute, unless it is fine.
pub(super) const fn assert(fine: bool, attr: &'static Attr) {
    if !fine {
        panic!("{}", attr.name);
    }
}

#[cfg(test)]
mod tests {
    use crate::schema::*;
    use std::panic::catch_unwind;

    static PART: Nested = Nested { name: "Part", table: Table::new(&[&[string("name", "-"), string("key", "-").secret()]]) };
    static PARTS: Kind = Kind::Object(&PART);
    static ONCE: Nested =
        Nested { name: "Once", table: Table::new(&[&[string("name", "-").required(), string("key", "-").secret().once()]]) };
    static TOLD_ONCE: Kind = Kind::Object(&ONCE);
    static SECRET: Nested = Nested { name: "Secret", table: Table::new(&[&[string("key_wo", "-").write_only()]]) };
    static SECRETS: Kind = Kind::Object(&SECRET);
    static TEXTS: Kind = Kind::List(&Kind::String);

    fn shout(_: &str) -> Result<(), String> {
        Ok(())
    }

    /// The attribute that the build's error would name; `None` if the table is fine.
    fn mistake(attrs: Vec<Attr>) -> Option<String> {
        let sections: &'static [&'static [Attr]] = Vec::leak(vec![&*Vec::leak(attrs)]);
        let refused = catch_unwind(|| _ = Table::new(sections)).err()?;
        Some(*refused.downcast::<String>().expect("a message"))
    }

    /// Of each pair, the first is refused and names `x`; the second, which is similar, is valid.
    #[test]
    fn what_no_part_would_honour_is_a_build_error_that_names_the_attribute() {
        let x = || string("x", "-");
        let wo = || string("y", "-").write_only();
        let wrong_and_right = [
            ("a doc is missing", vec![string("x", "")], vec![x()]),
            ("two of one name", vec![x(), x()], vec![x(), string("y", "-")]),
            ("two at one place", vec![string("y", "-").at("a/b"), x().at("a/b")], vec![string("y", "-").at("a/b"), x().at("a/c")]),
            ("in the place of another", vec![string("a", "-"), x().at("a/b")], vec![string("a", "-"), x().at("ab/b")]),
            ("in the place of a later one", vec![x().at("a/b"), string("a", "-")], vec![x().at("a/b"), string("b", "-")]),
            (
                "in another's place by its section",
                [under("a", [x()]).to_vec(), vec![string("a", "-")]].concat(),
                [under("a", [x()]).to_vec(), vec![string("b", "-")]].concat(),
            ),
            ("a step without a name", vec![x().at("a//b")], vec![x().at("a/b")]),
            ("an escape in a step", vec![x().at("a~1b")], vec![x().at("a.b")]),
            ("a default beside the server's", vec![x().or_server().default(text("a"))], vec![x().default(text("a"))]),
            ("a default of another type", vec![x().default(int(1))], vec![integer("x", "-").default(int(1))]),
            ("an absence of another type", vec![x().absent_is(flag(true))], vec![boolean("x", "-").absent_is(flag(true))]),
            ("a range for a text", vec![x().check(between(1, 2))], vec![integer("x", "-").check(between(1, 2))]),
            ("words for a number", vec![integer("x", "-").check(only(&["a"]))], vec![x().check(only(&["a"]))]),
            ("elements of what has none", vec![x().each(refuse(shout))], vec![list("x", "-").each(refuse(shout))]),
            ("an order that is none", vec![x().unordered()], vec![list("x", "-").unordered()]),
            ("JSON that is no text", vec![list("x", "-").json()], vec![x().json()]),
            ("a meaning of what is no text", vec![integer("x", "-").means(DURATION)], vec![list("x", "-").means(DURATION)]),
            ("an empty number", vec![integer("x", "-").cleared_by(Cleared::Empty)], vec![x().cleared_by(Cleared::Empty)]),
            ("cleared where it never is", vec![x().local().cleared_by(Cleared::Null)], vec![x().cleared_by(Cleared::Null)]),
            ("replaces and is the server's", vec![x().read_only().replaces()], vec![x().or_server().replaces()]),
            ("moves, and the configuration says it", vec![x().required().changes()], vec![x().or_server().changes()]),
            ("moves with nobody", vec![x().read_only().changes_with(&["y"])], vec![string("y", "-"), x().read_only().changes_with(&["y"])]),
            ("sent with what is not there", vec![x().once().sent_with(&["y"])], vec![string("y", "-"), x().once().sent_with(&["y"])]),
            (
                "sent again although it is seen",
                vec![string("z", "-"), x().sent_with(&["z"])],
                vec![string("z", "-"), wo().sent_with(&["z"])],
            ),
            ("a twin that is kept", vec![x().at("y").unless("y"), string("y", "-")], vec![x().at("y").unless("y"), wo()]),
            ("a twin at another place", vec![x().unless("y"), wo()], vec![x().unless("y"), wo().at("x")]),
            ("a write-only value in a list", vec![objects("x", "-", &SECRETS)], vec![object("x", "-", &SECRET)]),
            ("a secret in a list without keys", vec![objects("x", "-", &TOLD_ONCE)], vec![objects("x", "-", &TOLD_ONCE).keyed("name")]),
            ("objects that are hidden as a whole", vec![objects("x", "-", &PARTS).secret()], vec![objects("x", "-", &PARTS)]),
            ("what grows and has no elements", vec![x().grows()], vec![list("x", "-").grows()]),
            ("an empty text that is a list's", vec![x().check(filled("-"))], vec![list("x", "-").check(filled("-"))]),
            (
                "in the place of what is not there",
                vec![object("x", "-", &PART).while_set().instead_of(&["y"])],
                vec![string("y", "-").while_set().at("x/y"), object("x", "-", &PART).while_set().instead_of(&["y"])],
            ),
            ("a guard that is a text", vec![x().guards(Guards::Deletion)], vec![boolean("x", "-").guards(Guards::Deletion)]),
        ];
        for (what, wrong, right) in wrong_and_right {
            let named = mistake(wrong);
            assert!(named.is_some(), "{what} is not refused");
            assert_eq!(mistake(right), None, "beside: {what}");
        }
        // The name is that of the attribute, not of a neighbour.
        assert_eq!(mistake(vec![string("y", "-"), x().default(int(1)), string("z", "-")]).as_deref(), Some("x"));
        // Elements of nested lists have no meaning of their own; nested attributes stay whole.
        assert_eq!(mistake(vec![Attr { kind: Kind::List(&TEXTS), ..x() }]), None);
        assert_eq!(mistake(vec![objects("x", "-", &PARTS).unordered()]), None);
    }

    #[test]
    fn a_third_check_is_refused() {
        let third = || string("x", "-").check(refuse(shout)).check(refuse(shout)).check(refuse(shout));
        let refused = catch_unwind(third).err().and_then(|refused| refused.downcast::<String>().ok());
        assert_eq!(refused.as_deref().map(String::as_str), Some("x"));
    }

    /// The names `a000` to `a399`.
    const NAMES: [[u8; 4]; 400] = {
        let mut names = [*b"a000"; 400];
        let mut at = 0;
        while at < 400 {
            names[at] = [b'a', b'0' + (at / 100) as u8, b'0' + (at / 10 % 10) as u8, b'0' + (at % 10) as u8];
            at += 1;
        }
        names
    };
    const fn wide<const N: usize>(from: usize) -> [Attr; N] {
        let mut attrs = [string("-", "-"); N];
        let mut at = 0;
        while at < N {
            attrs[at] = match str::from_utf8(&NAMES[from + at]) {
                Ok(name) => string(name, "-"),
                Err(_) => panic!("ASCII"),
            };
            at += 1;
        }
        attrs
    }
    static IDENTITY: [Attr; 200] = under("services/identity/config", wide(0));
    static OAUTH2: [Attr; 150] = under("services/oauth2/config", wide(200));
    static PERMISSION: [Attr; 50] = under("services/permission/config", wide(350));
    /// As large as the largest table in use: a table that compiles.
    static SECTIONS: &[&[Attr]] = &[&IDENTITY, &OAUTH2, &PERMISSION];
    static WIDE: Table = Table::wide(SECTIONS, &INDEX);
    static INDEX: WideIndex = WideIndex::of(SECTIONS);

    #[test]
    fn four_hundred_attributes_in_three_documents_are_found_by_name_and_by_place() {
        assert_eq!(WIDE.len(), 400);
        for (place, attr) in WIDE.attrs().enumerate() {
            assert_eq!(WIDE.index(attr.name), Some(place));
            let document = ["identity", "oauth2", "permission"][usize::from(place >= 200) + usize::from(place >= 350)];
            let path = format!("services/{document}/config/{}", attr.name);
            assert_eq!(attr.pointer().to_string(), path);
            assert_eq!(WIDE.placed(&path).map(|attr| attr.name), Some(attr.name));
        }
        assert!(WIDE.index("a400").is_none() && WIDE.placed("a000").is_none() && WIDE.placed("services/oauth2/config").is_none());
    }
}
