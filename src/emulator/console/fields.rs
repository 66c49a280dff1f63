//! All columns of a revision with their names and paths, computed from [`super::columns`].

use std::sync::LazyLock;

use super::column::{Column, Field, Section};
use super::columns::SECTIONS;

/// Every column of a revision.
pub static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let field = |section: &'static Section, column: &'static Column| {
        let name =
            if column.name.is_empty() { format!("{}{}", section.prefix, column.path.replace('/', "_")) } else { column.name.to_owned() };
        let place = |path: &'static str| match path {
            "" => Vec::new(),
            path => section.base.split('/').chain(path.split('/')).filter(|step| !step.is_empty()).collect(),
        };
        Field { name, path: place(column.path), read_path: place(column.read_at.unwrap_or(column.path)), column }
    };
    SECTIONS.iter().flat_map(|section| section.columns.iter().map(move |column| field(section, column))).collect()
});

/// The column with this name.
#[must_use]
pub fn field(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}
