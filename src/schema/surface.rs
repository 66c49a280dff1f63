//! What users of a tool see of a resource, view or provider block: the one list of fields that both
//! frontends and all exports are made from.

use super::{Attr, Presence, Resource, Table, View};

/// One visible field.
#[derive(Clone, Copy)]
pub struct Field {
    /// The attribute behind it; `None` for `id`, which belongs to the engine.
    pub attr: Option<&'static Attr>,
    /// Its place in the table's objects.
    pub index: usize,
    /// Who decides, here.
    pub presence: Presence,
}

/// The fields of one declaration, in the order of its table with `id` first.
pub struct Surface {
    /// The name without the provider's prefix.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// The table of its objects.
    pub table: &'static Table,
    /// The visible fields.
    pub fields: Vec<Field>,
    /// The version of the state's shape.
    pub version: i64,
}

impl Surface {
    /// A managed resource.
    pub fn resource(resource: &'static Resource) -> Surface {
        let id = Field { attr: None, index: 0, presence: Presence::ReadOnly };
        let fields = resource.table.attrs().enumerate().map(|(index, attr)| Field { attr: Some(attr), index, presence: attr.presence });
        Surface {
            name: resource.name,
            doc: resource.doc,
            table: &resource.table,
            fields: std::iter::once(id).chain(fields).collect(),
            version: resource.version,
        }
    }

    /// A data source.
    pub fn view(view: &'static View) -> Surface {
        let table = &view.of.table;
        let id = Field { attr: None, index: 0, presence: Presence::OrServer };
        let fields = table.attrs().enumerate().filter(|(_, attr)| view.shows(attr)).map(|(index, attr)| Field {
            attr: Some(attr),
            index,
            presence: view.presence(attr),
        });
        Surface { name: view.name, doc: view.doc, table, fields: std::iter::once(id).chain(fields).collect(), version: 0 }
    }

    /// A plain table without an id: the provider block.
    pub fn block(name: &'static str, doc: &'static str, table: &'static Table) -> Surface {
        let fields = table.attrs().enumerate().map(|(index, attr)| Field { attr: Some(attr), index, presence: attr.presence }).collect();
        Surface { name, doc, table, fields, version: 0 }
    }
}

impl Field {
    /// The field's name.
    pub fn name(&self) -> &'static str {
        self.attr.map_or("id", |attr| attr.name)
    }

    /// True if users may set it.
    pub fn configurable(&self) -> bool {
        self.presence != Presence::ReadOnly
    }

    /// True if users must set it.
    pub fn required(&self) -> bool {
        self.presence == Presence::Required
    }

    /// True if it may hold what the user did not set.
    pub fn computed(&self) -> bool {
        matches!(self.presence, Presence::ReadOnly | Presence::OrServer) || self.attr.is_some_and(|attr| attr.default.is_some())
    }

    /// True if its value is hidden from outputs.
    pub fn secret(&self) -> bool {
        self.attr.is_some_and(|attr| attr.secret)
    }
}
