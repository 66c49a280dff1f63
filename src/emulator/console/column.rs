//! Columns: the properties of a project's revision, and the facts about each in a row of the tables.
//!
//! Owns the form of a row and what is derived from it; the rows are in [`super::columns`] and [`super::rows`]. What a
//! kind does to a value is in [`super::value`].

/// The type of a value.
#[derive(Clone, Copy)]
pub enum Kind {
    /// Not a setting, but a fact of the revision itself, such as its id and when it was made.
    Own,
    /// True or false.
    Flag,
    /// A whole number in this range, inclusive.
    Number(i64, i64),
    /// Any text.
    Text,
    /// A text that begins with one of these.
    Starts(&'static [&'static str]),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A duration as Go writes it; or `-1`, which means without limit.
    Duration {
        /// Whether `-1` is accepted.
        endless: bool,
    },
    /// A number of seconds, minutes or hours, which keeps its spelling.
    Plain,
    /// Texts in order.
    Texts,
    /// An object with any members.
    Headers,
    /// An object in the document; in the revision, its JSON as a text.
    JsonText,
    /// Content or its URL: content that is sent comes back as the URL of a file with this extension.
    Content(&'static str),
    /// The same, and content at another URL is fetched and stored. Other values are refused.
    Fetched(&'static str),
    /// Flags by their keys; all known ones come back.
    Flags,
    /// A flag in the revision; in the document the first of these texts if it is set, and the second if not.
    FlagAs([&'static str; 2]),
    /// Rows, which have their own columns.
    Rows(&'static Rows),
}

/// A list of rows.
pub struct Rows {
    /// The columns of each row. The first one is the key.
    pub columns: &'static [Column],
    /// The form of the rows in the document.
    pub form: Form,
}

/// The form of rows in the document.
#[derive(Clone, Copy, PartialEq)]
pub enum Form {
    /// A list of objects.
    List,
    /// A list of objects, or of texts that stand for the first member.
    Loose,
    /// An object: the first column is the name of each member.
    Map,
    /// Lists of hooks, one for each trigger.
    Hooks,
    /// Identity schemas, and beside them, which one is the default.
    Schemas,
}

/// A row of a table.
pub struct Column {
    /// The path in the document, below its section; empty if it is not in the document.
    pub path: &'static str,
    /// The type.
    pub kind: Kind,
    pub(super) name: &'static str,
    /// The value that Ory fills in, as a text; `@` stands for the project's URL.
    pub default: Option<&'static str>,
    /// Whether it is never read back.
    pub secret: bool,
    /// Whether the stored value stays when an empty text is sent.
    pub kept: bool,
    /// Whether it can be changed but no longer emptied.
    pub sticky: bool,
    /// Whether writes have no effect.
    pub fixed: bool,
    /// Whether Ory adds the project's own URL when the document is read.
    pub appended: bool,
    /// Whether a row without it is refused.
    pub required: bool,
    /// Whether only the document has it.
    pub unlisted: bool,
    /// The path at which it is read in the document, if that differs.
    pub read_at: Option<&'static str>,
    /// Its path in the document means this column only while the flag with this name has this value.
    pub picked: Option<(&'static str, bool)>,
    /// The document shows it only while this other column is set, or has this value.
    pub with: Option<(&'static str, Option<&'static str>)>,
}

/// A column with this path and kind; its name is that of its section, followed by the path.
pub const fn at(path: &'static str, kind: Kind) -> Column {
    Column {
        path,
        kind,
        name: "",
        default: None,
        secret: false,
        kept: false,
        sticky: false,
        fixed: false,
        appended: false,
        required: false,
        unlisted: false,
        read_at: None,
        picked: None,
        with: None,
    }
}

impl Column {
    /// With a name that does not follow from the path.
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// With the value that Ory fills in.
    pub const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    /// Never read back.
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The stored value stays when an empty text is sent.
    pub const fn kept(mut self) -> Self {
        self.kept = true;
        self
    }

    /// It can be changed but not emptied.
    pub const fn sticky(mut self) -> Self {
        self.sticky = true;
        self
    }

    /// Writes have no effect.
    pub const fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }

    /// The project's own URL is added when the document is read.
    pub const fn appended(mut self) -> Self {
        self.appended = true;
        self
    }

    /// A row without it is refused.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Only the document has it.
    pub const fn unlisted(mut self) -> Self {
        self.unlisted = true;
        self
    }

    /// Read at another path of the document.
    pub const fn read_at(mut self, path: &'static str) -> Self {
        self.read_at = Some(path);
        self
    }

    /// Shown by the document only while the column with this name is set, or has this value.
    pub const fn with(mut self, name: &'static str, value: Option<&'static str>) -> Self {
        self.with = Some((name, value));
        self
    }

    /// Its path in the document means this column only while the flag with this name has this value.
    pub const fn picked(mut self, name: &'static str, is: bool) -> Self {
        self.picked = Some((name, is));
        self
    }

    /// Its name as a column of a row.
    #[must_use]
    pub fn row_name(&self) -> &'static str {
        if self.name.is_empty() { self.path } else { self.name }
    }
}

/// A part of the table: the columns below one path of the document.
pub struct Section {
    /// The prefix of their names.
    pub prefix: &'static str,
    /// Their path in the document.
    pub base: &'static str,
    /// The columns.
    pub columns: &'static [Column],
}

/// A column in its section.
pub struct Field {
    /// The property of the revision.
    pub name: String,
    /// The path in the document; empty if it is not in the document.
    pub path: Vec<&'static str>,
    /// The path at which it is read in the document.
    pub read_path: Vec<&'static str>,
    /// The rest.
    pub column: &'static Column,
}

/// Any whole number that is not negative.
pub const NUMBER: Kind = Kind::Number(0, i64::MAX);
/// A duration.
pub const DURATION: Kind = Kind::Duration { endless: false };
/// A duration, or `-1` for no limit.
pub const LIFETIME: Kind = Kind::Duration { endless: true };
