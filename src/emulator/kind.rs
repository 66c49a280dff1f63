//! Kinds of objects: the name of each, the requests about it, and how it is stored.
//!
//! Owns the form of an entry; the entries are with their services. Tables, counts, changes and the window are derived from
//! them, so a new kind is added in one place.

/// A kind of object.
pub struct Kind {
    /// The name in events and on the page.
    pub name: &'static str,
    /// The singular and the plural for people.
    pub words: [&'static str; 2],
    /// The order in the window: lower numbers come first.
    pub rank: u8,
    /// The paths about it, without `/admin` at the beginning.
    pub paths: &'static [&'static str],
    /// How requests identify an object.
    pub named: Named,
    /// Where its objects are stored, if they are.
    pub stored: Option<&'static Stored>,
    /// Whether the value at this path of an object's document is secret; without a function, the name of the member decides.
    pub secret: Option<fn(&[String]) -> bool>,
}

/// How the objects of a kind are stored. The id, name and document are SQL expressions over `row`.
pub struct Stored {
    /// The statements that make their tables.
    pub tables: &'static [&'static str],
    /// The table with their rows.
    pub table: &'static str,
    /// The id.
    pub id: &'static str,
    /// The name for people; empty if they only have ids.
    pub label: &'static str,
    /// The document as its service shows it, if less of it is stored.
    pub document: &'static str,
    /// For objects that consist of several rows: the document without this row, and with it. These are used before the other
    /// rows exist, and after they are gone.
    pub parts: Option<[&'static str; 2]>,
    /// The document as its service shows it, where less of it is kept.
    pub whole: Option<fn(&str) -> Option<String>>,
}

/// Returns the member with this name, if it exists.
pub type Member<'a> = &'a dyn Fn(&str) -> Option<String>;

/// How a request or its answer identifies an object.
pub enum Named {
    /// By the segment after the path.
    Next,
    /// The same; for a new object, by this member of the answer.
    NextOr(&'static str),
    /// By several members of the query or of the answer.
    Members(fn(Member<'_>) -> Option<String>),
    /// Not at all; the path must not continue.
    Never,
}

/// The kind for requests about no other kind.
pub static SERVER: Kind =
    Kind { name: "server", words: ["Server", "Server"], rank: u8::MAX, paths: &[], named: Named::Never, stored: None, secret: None };
