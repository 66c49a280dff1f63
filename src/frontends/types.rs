//! Types in Terraform core's form: for its own protocol, and for Pulumi's converters.

use crate::schema::{Kind, Table};
use std::collections::BTreeMap;

/// The type in core's form: compact JSON, attributes sorted.
pub fn type_json(kind: &Kind) -> String {
    match kind {
        Kind::Bool => r#""bool""#.to_owned(),
        Kind::Number | Kind::Integer => r#""number""#.to_owned(),
        Kind::String => r#""string""#.to_owned(),
        Kind::List(of) => format!(r#"["list",{}]"#, type_json(of)),
        Kind::Map(of) => format!(r#"["map",{}]"#, type_json(of)),
        Kind::Object(nested) => object_type(&nested.table),
    }
}

fn object_type(table: &Table) -> String {
    let attrs: BTreeMap<_, _> = table.attrs().map(|attr| (attr.name, &attr.kind)).collect();
    let members: Vec<_> = attrs.into_iter().map(|(name, kind)| format!(r#""{name}":{}"#, type_json(kind))).collect();
    format!(r#"["object",{{{}}}]"#, members.join(","))
}
