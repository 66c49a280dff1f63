//! Columns: what a project's revision is made of, and what a row of the tables says about each.
//!
//! Owns the form of a row and what follows from it; the rows are in [`super::columns`] and [`super::rows`]. What a
//! kind does to a value is for [`super::value`].

/// What a value may be.
#[derive(Clone, Copy)]
pub enum Kind {
    /// Not configured, but known of the revision itself: its id, when it was made.
    Own,
    /// True or false.
    Flag,
    /// A whole number from here to there.
    Number(i64, i64),
    /// Any text.
    Text,
    /// A text that begins with one of these.
    Starts(&'static [&'static str]),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A duration as Go writes it; or `-1`, which is for ever.
    Duration {
        /// Whether `-1` is taken.
        endless: bool,
    },
    /// A number of seconds, minutes or hours, which keeps its spelling.
    Plain,
    /// Texts in order.
    Texts,
    /// An object with any members.
    Headers,
    /// An object in the document, and its JSON as a text in the revision.
    JsonText,
    /// Content or the URL of it: what is sent as content comes back as the URL of a file with this ending.
    Content(&'static str),
    /// The same, and what is at the URL of somebody else is fetched and stored. Nothing else is taken.
    Fetched(&'static str),
    /// Flags by their keys; all that are known come back.
    Flags,
    /// A flag in the revision; in the document the first of these texts if it is set, and the second if not.
    FlagAs([&'static str; 2]),
    /// Rows that have columns of their own.
    Rows(&'static Rows),
}

/// A list of rows.
pub struct Rows {
    /// What each row has. The first one tells rows apart.
    pub columns: &'static [Column],
    /// What the document makes of them.
    pub form: Form,
}

/// What rows are in the document.
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
    /// Identity schemas, and beside them which of them is the default.
    Schemas,
}

/// A row of a table.
pub struct Column {
    /// Where it is in the document, below its section; empty if it is not there.
    pub path: &'static str,
    /// What it may be.
    pub kind: Kind,
    pub(super) name: &'static str,
    /// What Ory fills in, as a text; `@` stands for the project's URL.
    pub default: Option<&'static str>,
    /// Whether it is never read back.
    pub secret: bool,
    /// Whether what is stored stays when the empty text is sent.
    pub kept: bool,
    /// Whether it can be changed, but not be emptied any more.
    pub sticky: bool,
    /// Whether what is sent is of no effect.
    pub fixed: bool,
    /// Whether Ory adds the project's own URL when the document is read.
    pub appended: bool,
    /// Whether a row without it is refused.
    pub required: bool,
    /// Whether only the document has it.
    pub unlisted: bool,
    /// Where it is read in the document, if that is elsewhere.
    pub read_at: Option<&'static str>,
    /// It is meant by its place in the document only while the column of this name is so.
    pub picked: Option<(&'static str, bool)>,
    /// It is read in the document only while this other one is set, or has this value.
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
    /// With another name than its path says.
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// With what Ory fills in.
    pub const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    /// Never read back.
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// What is stored stays when the empty text is sent.
    pub const fn kept(mut self) -> Self {
        self.kept = true;
        self
    }

    /// It can be changed, but not be emptied.
    pub const fn sticky(mut self) -> Self {
        self.sticky = true;
        self
    }

    /// What is sent is of no effect.
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

    /// Read elsewhere in the document.
    pub const fn read_at(mut self, path: &'static str) -> Self {
        self.read_at = Some(path);
        self
    }

    /// Read in the document only while the column of this name is set, or has this value.
    pub const fn with(mut self, name: &'static str, value: Option<&'static str>) -> Self {
        self.with = Some((name, value));
        self
    }

    /// Meant by its place in the document only while the flag of this name is so.
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

/// A part of the table: the columns that are below one place of the document.
pub struct Section {
    /// How their names begin.
    pub prefix: &'static str,
    /// Where they are in the document.
    pub base: &'static str,
    /// The columns.
    pub columns: &'static [Column],
}

/// A column in its section.
pub struct Field {
    /// The property of the revision.
    pub name: String,
    /// Where it is in the document; nothing if it is not there.
    pub path: Vec<&'static str>,
    /// Where it is read in the document.
    pub read_path: Vec<&'static str>,
    /// The rest.
    pub column: &'static Column,
}

/// Any whole number that is not negative.
pub const NUMBER: Kind = Kind::Number(0, i64::MAX);
/// A duration.
pub const DURATION: Kind = Kind::Duration { endless: false };
/// A duration, or `-1` for ever.
pub const LIFETIME: Kind = Kind::Duration { endless: true };
