//! What users of a tool see of a declaration, whatever its kind: the one list of fields that both frontends and all
//! exports are made from.

use super::{Attr, Lookup, Presence, Resource, Table, Upgrade};
use std::sync::OnceLock;

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
pub struct BlockSchema {
    /// The name without the provider's prefix.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// What its page stands under; may be empty.
    pub subcategory: &'static str,
    /// The table of its objects.
    pub table: &'static Table,
    /// The visible fields.
    pub fields: Vec<Field>,
    /// What makes a stored object of each older shape one of the next.
    pub upgrades: &'static [Upgrade],
    /// The places of the fields in the order of their names, for blocks that come to be used: schemas need no order.
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

    /// A plain table without an id: the provider's own block, or what a call takes and answers.
    pub fn of(name: &'static str, doc: &'static str, table: &'static Table) -> BlockSchema {
        let fields = table.attrs().enumerate().map(|(index, attr)| Field { attr: Some(attr), index, presence: attr.presence }).collect();
        BlockSchema::with(name, doc, table, fields)
    }

    /// The same under this subcategory.
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
    pub fn by_name(&self) -> impl Iterator<Item = &Field> {
        self.places().iter().map(|place| &self.fields[*place])
    }

    /// The field of this name. `next` is where it most likely stands among the names in order, for whoever comes with
    /// one name after the other; it is moved behind the field that was found.
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

    /// True if it may hold what the user did not set.
    pub fn computed(&self) -> bool {
        matches!(self.presence, Presence::ReadOnly | Presence::OrServer) || self.attr.is_some_and(|attr| attr.default.is_some())
    }

    /// True if its value is hidden from outputs.
    pub fn secret(&self) -> bool {
        self.attr.is_some_and(|attr| attr.secret)
    }
}
