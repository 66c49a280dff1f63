//! The schema of a declaration of any kind as users see it: the list of fields from which both frontends and all exports are made.

use super::{Attr, Lookup, Presence, Resource, Table, Upgrade};
use std::sync::OnceLock;

/// One visible field.
#[derive(Clone, Copy)]
pub struct Field {
    /// The attribute behind it; `None` for `id`, which belongs to the engine.
    pub attr: Option<&'static Attr>,
    /// Its place in the table's objects.
    pub index: usize,
    /// Who decides its value in this block.
    pub presence: Presence,
}

/// The fields of one declaration, in the order of its table with `id` first.
pub struct BlockSchema {
    /// The name without the provider's prefix.
    pub name: &'static str,
    /// Its description.
    pub doc: &'static str,
    /// The subcategory of its page; may be empty.
    pub subcategory: &'static str,
    /// The table of its objects.
    pub table: &'static Table,
    /// The visible fields.
    pub fields: Vec<Field>,
    /// The upgrades of stored objects, each from one shape to the next.
    pub upgrades: &'static [Upgrade],
    /// The places of the fields in the order of their names; computed at the first use, since schemas do not need it.
    by_name: OnceLock<Vec<usize>>,
}

impl BlockSchema {
    /// The version of the state's shape.
    pub fn version(&self) -> i64 {
        i64::try_from(self.upgrades.len()).unwrap_or(i64::MAX)
    }

    /// A managed resource.
    pub fn resource(resource: &'static Resource) -> BlockSchema {
        let id = Field { attr: None, index: 0, presence: Presence::ReadOnly };
        let fields = resource.table.attrs().enumerate().map(|(index, attr)| Field { attr: Some(attr), index, presence: attr.presence });
        let fields = std::iter::once(id).chain(fields).collect();
        BlockSchema { upgrades: resource.upgrades, ..BlockSchema::with(resource.name, resource.doc, &resource.table, fields) }
    }

    /// A data source that shows a resource.
    pub fn lookup(lookup: &'static Lookup) -> BlockSchema {
        let table = &lookup.of.table;
        let id = Field { attr: None, index: 0, presence: Presence::OrServer };
        let fields = table.attrs().enumerate().filter(|(_, attr)| lookup.shows(attr)).map(|(index, attr)| Field {
            attr: Some(attr),
            index,
            presence: lookup.presence(attr),
        });
        BlockSchema::with(lookup.name, lookup.doc, table, std::iter::once(id).chain(fields).collect())
    }

    /// A plain table without an id: the provider's own block, or the arguments and the result of a call.
    pub fn of(name: &'static str, doc: &'static str, table: &'static Table) -> BlockSchema {
        let fields = table.attrs().enumerate().map(|(index, attr)| Field { attr: Some(attr), index, presence: attr.presence }).collect();
        BlockSchema::with(name, doc, table, fields)
    }

    /// The same, with this subcategory.
    pub fn under(self, subcategory: &'static str) -> BlockSchema {
        BlockSchema { subcategory, ..self }
    }

    fn with(name: &'static str, doc: &'static str, table: &'static Table, fields: Vec<Field>) -> BlockSchema {
        BlockSchema { name, doc, subcategory: "", table, fields, upgrades: &[], by_name: OnceLock::new() }
    }

    fn places(&self) -> &[usize] {
        self.by_name.get_or_init(|| {
            let mut places: Vec<_> = (0..self.fields.len()).collect();
            places.sort_unstable_by_key(|place| self.fields[*place].name());
            places
        })
    }

    /// The fields in the order of their names.
    pub fn by_name(&self) -> impl ExactSizeIterator<Item = &Field> {
        self.places().iter().map(|place| &self.fields[*place])
    }

    /// The field with this name. `next` is its most likely place among the sorted names, for callers that look up names in order;
    /// it is set to the place after the field that was found.
    pub fn field(&self, name: &[u8], next: &mut usize) -> Option<&Field> {
        let places = self.places();
        let at = |place: &usize| &self.fields[places[*place]];
        let is_next = *next < places.len() && at(next).name().as_bytes() == name;
        let place = if is_next { *next } else { places.binary_search_by(|place| self.fields[*place].name().as_bytes().cmp(name)).ok()? };
        *next = place + 1;
        Some(at(&place))
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

    /// True if it may have a value that the user did not set.
    pub fn computed(&self) -> bool {
        matches!(self.presence, Presence::ReadOnly | Presence::OrServer) || self.attr.is_some_and(|attr| attr.default.is_some())
    }

    /// True if its value is hidden from outputs.
    pub fn secret(&self) -> bool {
        self.attr.is_some_and(|attr| attr.secret)
    }
}
