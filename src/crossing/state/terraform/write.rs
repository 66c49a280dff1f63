//! Adds objects to a Terraform state. The rest of the text stays the same, byte by byte.
//!
//! Owns the text of the new objects, the serial, and the check for addresses that are in use. Must not know where the objects come
//! from.

use super::{Held, Problem, VERSION, marks};
use crate::value::{Json, Path, Reader};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use std::{collections::BTreeSet, fmt::Write as _, ops::Range};

/// A new object, which gets its own block.
#[derive(Clone, Debug)]
pub struct New {
    /// Its type.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The module of the root module that contains it.
    pub module: Option<String>,
    /// The provider's source address.
    pub source: String,
    /// The alias of the provider configuration.
    pub alias: Option<String>,
    /// The version of its schema.
    pub schema_version: i64,
    /// Its attributes, with the id.
    pub attributes: Json,
    /// The values that are secret.
    pub secrets: BTreeSet<Path>,
    /// The private data of the provider.
    pub private: Vec<u8>,
    /// The addresses of the objects that it depends on.
    pub dependencies: Vec<String>,
}

impl New {
    /// Its address.
    pub fn address(&self) -> String {
        format!("{}{}.{}", self.module.as_ref().map(|module| format!("module.{module}.")).unwrap_or_default(), self.kind, self.name)
    }

    fn json(self) -> Json {
        let text = |text: &str| Json::String(text.to_owned());
        let alias = self.alias.as_ref().map(|alias| format!(".{alias}")).unwrap_or_default();
        let mut instance = vec![
            ("schema_version", Json::Number(self.schema_version.into())),
            ("attributes", self.attributes),
            ("sensitive_attributes", marks::json(&self.secrets)),
            ("private", Json::String(BASE64_STANDARD.encode(&self.private))),
        ];
        if !self.dependencies.is_empty() {
            instance.push(("dependencies", self.dependencies.iter().map(|address| text(address)).collect()));
        }
        let module = self.module.iter().map(|module| ("module", text(&format!("module.{module}"))));
        Json::object(module.chain([
            ("mode", text("managed")),
            ("type", text(&self.kind)),
            ("name", text(&self.name)),
            ("provider", text(&format!("provider[\"{}\"]{alias}", self.source))),
            ("instances", [Json::object(instance)].into_iter().collect()),
        ]))
    }
}

/// A state with new objects.
pub struct Added {
    /// The whole text.
    pub text: String,
    /// Its serial.
    pub serial: i64,
}

/// Adds the objects to the state, and increments its serial. If the text is empty, the result is a new state with this lineage.
///
/// # Errors
/// If an address is already in use. Then nothing is added.
pub fn add(text: &str, lineage: &str, new: impl IntoIterator<Item = New>) -> Result<Added, Problem> {
    if text.trim().is_empty() {
        let empty = format!(
            "{{\n  \"version\": {VERSION},\n  \"terraform_version\": \"1.5.0\",\n  \"serial\": 0,\n  \"lineage\": \"{lineage}\",\n  \"outputs\": {{}},\n  \"resources\": [],\n  \"check_results\": null\n}}\n"
        );
        return add(&empty, lineage, new);
    }
    let unreadable = |why: &str| {
        Problem::new(format_args!("the state to add to cannot be used: {why}"), "Give the output of `terraform state pull` as `--into`.")
    };
    let state = super::read(text.as_bytes()).map_err(|why| unreadable(&why.what))?;
    let [serial, resources] = members(text).ok_or_else(|| unreadable("it has no serial or no list of resources."))?;
    let number =
        serial.parse::<i64>().ok().and_then(|serial| serial.checked_add(1)).ok_or_else(|| unreadable("its serial is not a number."))?;
    let inside =
        resources.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).ok_or_else(|| unreadable("it has no list of resources."))?;
    // A block is in use as a whole: an instance with a key conflicts with one without.
    let block = |held: &Held| {
        let modules = held.within.iter().map(|step| format!("module.{step}."));
        format!("{}{}.{}", modules.collect::<String>(), held.kind, held.name)
    };
    let mut taken: BTreeSet<_> = state.objects.iter().map(block).collect();
    let (mut in_the_way, mut is_any) = (Vec::new(), false);
    let mut list = format!("[{}", inside.trim_end());
    for object in new {
        let address = object.address();
        is_any = true;
        list.push_str(if list == "[" { "\n    " } else { ",\n    " });
        // Writing to a text does not fail.
        let _ = write!(list, "{}", object.json());
        if !taken.insert(address.clone()) {
            in_the_way.push(address);
        }
    }
    if !in_the_way.is_empty() {
        return Err(Problem::new(
            format_args!("the state has these addresses already: {}", in_the_way.join(", ")),
            "Release them there first (`terraform state rm`), or move them to other names (`terraform state mv`).",
        ));
    }
    list.push_str("\n  ]");
    let resources = place(text, resources);
    let mut edits = vec![(place(text, serial), number.to_string())];
    edits.extend(is_any.then_some((resources, list)));
    edits.sort_by_key(|(place, _)| place.start);
    let (mut out, mut end) = (String::with_capacity(text.len() + edits.iter().map(|(_, new)| new.len()).sum::<usize>()), 0);
    for (place, new) in edits {
        out.push_str(&text[end..place.start]);
        out.push_str(&new);
        end = place.end;
    }
    out.push_str(&text[end..]);
    Ok(Added { text: out, serial: number })
}

/// The range of a part in the text.
fn place(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    start..start + part.len()
}

/// The texts of the serial and of the list of resources, as parts of the text. Of several members with one name, the last counts.
fn members(text: &str) -> Option<[&str; 2]> {
    let mut reader = Reader::of_pieces(text);
    let mut found = [None; 2];
    reader.members(|reader, name| {
        let value = reader.skip()?;
        match name.as_ref() {
            "serial" => found[0] = Some(value),
            "resources" => found[1] = Some(value),
            _ => {}
        }
        Some(())
    })?;
    let [serial, resources] = found;
    // The reader's texts are parts of this one.
    Some([serial?, resources?])
}
