//! Kinds of objects: what each is called, which requests are about it, and how it is kept.
//!
//! Owns the form of an entry; the entries are with their services. Tables, counts, changes and the window follow from
//! them, so that a new kind is named in one place.

/// A kind of object.
pub struct Kind {
    /// What events and the page call it.
    pub name: &'static str,
    /// What people call one of them, and several.
    pub words: [&'static str; 2],
    /// Where the window shows them: those with lower numbers come first.
    pub rank: u8,
    /// The paths that are about it, without the `/admin` that they may begin with.
    pub paths: &'static [&'static str],
    /// How requests name an object.
    pub named: Named,
    /// Where its objects are, if any are kept.
    pub stored: Option<&'static Stored>,
    /// Whether what is at this path of an object's document is secret; where none is given, its name tells.
    pub secret: Option<fn(&[String]) -> bool>,
}

/// How the objects of a kind are kept; what stands for `row`'s id, name and document is SQL.
pub struct Stored {
    /// What makes the tables that are theirs, where there are none yet.
    pub tables: &'static [&'static str],
    /// The table whose rows they are.
    pub table: &'static str,
    /// The id.
    pub id: &'static str,
    /// The name for people; empty if they have none but their ids.
    pub label: &'static str,
    /// The JSON document.
    pub document: &'static str,
    /// Of objects that many rows make up: the document without this row, and with it. So they are while the other
    /// half is not there, or not there any more.
    pub parts: Option<[&'static str; 2]>,
    /// The document as its service shows it, where less of it is kept.
    pub whole: Option<fn(&str) -> Option<String>>,
}

/// Gives the member of a name, if it is there.
pub type Member<'a> = &'a dyn Fn(&str) -> Option<String>;

/// How a request or its answer names an object.
pub enum Named {
    /// The segment after the path names it.
    Next,
    /// Likewise; and this member of the answer names a new one.
    NextOr(&'static str),
    /// Members of the query or of the answer name it together.
    Members(fn(Member<'_>) -> Option<String>),
    /// Nothing does; and no path goes on behind its own.
    Never,
}

/// What no other kind is about.
pub static SERVER: Kind =
    Kind { name: "server", words: ["Server", "Server"], rank: u8::MAX, paths: &[], named: Named::Never, stored: None, secret: None };
