//! Values and types as in core: read from the schema that the provider sends, and encoded with
//! rmpv, so that a mistake in the face's own encoding is noticed.

use janiform::value::Number;
use janiform_proto::tfplugin6::{DynamicValue, schema as proto};
use serde_json::Value as Json;
use std::{collections::BTreeMap, fmt};

/// Stands for an unknown value in a configuration written as JSON.
pub const UNKNOWN: &str = "${unknown}";

/// A value.
#[derive(Clone, PartialEq, Default)]
pub enum Val {
    /// Null.
    #[default]
    Null,
    /// Not known yet.
    Unknown,
    /// A truth value.
    Bool(bool),
    /// A number, exactly.
    Number(Number),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Val>),
    /// Maps and objects.
    Map(BTreeMap<String, Val>),
}

/// A type.
#[derive(Clone, Debug)]
pub enum Ty {
    /// A truth value.
    Bool,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A list of one type.
    List(Box<Ty>),
    /// Values of one type by text keys.
    Map(Box<Ty>),
    /// Attributes, each of its type.
    Object(BTreeMap<String, Ty>),
}

/// Attributes by name.
pub type Attrs = BTreeMap<String, Attr>;

/// An attribute of the schema.
#[derive(Clone, Debug)]
pub struct Attr {
    /// Its type.
    pub ty: Ty,
    /// The attributes in it, and how they are nested.
    pub nested: Option<(proto::object::NestingMode, Attrs)>,
    /// The configuration has to set it.
    pub required: bool,
    /// The configuration may set it.
    pub optional: bool,
    /// The provider may set it.
    pub computed: bool,
    /// It is hidden in output.
    pub sensitive: bool,
    /// It is stored nowhere.
    pub write_only: bool,
}

/// Reads a block as core does.
///
/// # Errors
/// A schema on which core would crash, or which it would refuse.
pub fn attrs(of: &[proto::Attribute]) -> Result<Attrs, String> {
    let mut attrs = Attrs::new();
    for one in of {
        let name = one.name.clone();
        let fine = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let flags = (one.required, one.optional, one.computed);
        let wrong = match flags {
            _ if !fine => Some("its name is not valid"),
            (false, false, false) => Some("it is neither required, optional nor computed"),
            (true, true, _) | (true, _, true) => Some("required excludes optional and computed"),
            _ if one.write_only && one.computed => Some("write-only excludes computed"),
            _ if !one.deprecated && !one.deprecation_message.is_empty() => Some("a deprecation message without deprecation"),
            _ if one.nested_type.is_some() != one.r#type.is_empty() => Some("exactly one of type and nested type is needed"),
            _ => None,
        };
        if let Some(wrong) = wrong {
            return Err(format!("{name}: {wrong}"));
        }
        let (ty, nested) = match &one.nested_type {
            Some(object) => {
                let inner = self::attrs(&object.attributes).map_err(|why| format!("{name}.{why}"))?;
                let of = Ty::Object(inner.iter().map(|(name, attr)| (name.clone(), attr.ty.clone())).collect());
                let ty = match object.nesting() {
                    proto::object::NestingMode::Single => of,
                    proto::object::NestingMode::List => Ty::List(Box::new(of)),
                    proto::object::NestingMode::Map => Ty::Map(Box::new(of)),
                    other => return Err(format!("{name}: nesting {other:?} is not used here")),
                };
                (ty, Some((object.nesting(), inner)))
            }
            None => {
                let json = serde_json::from_slice(&one.r#type).map_err(|_| format!("{name}: its type is not JSON"))?;
                (ty(&json).ok_or_else(|| format!("{name}: its type is no type"))?, None)
            }
        };
        let attr = Attr {
            ty,
            nested,
            required: one.required,
            optional: one.optional,
            computed: one.computed,
            sensitive: one.sensitive,
            write_only: one.write_only,
        };
        if attrs.insert(name.clone(), attr).is_some() {
            return Err(format!("{name} is there twice"));
        }
    }
    Ok(attrs)
}

/// The type of objects with these attributes.
pub fn object(attrs: &Attrs) -> Ty {
    Ty::Object(attrs.iter().map(|(name, attr)| (name.clone(), attr.ty.clone())).collect())
}

/// The type in this JSON, in the form of schemas.
pub fn ty(json: &Json) -> Option<Ty> {
    Some(match json {
        Json::String(name) => match name.as_str() {
            "bool" => Ty::Bool,
            "number" => Ty::Number,
            "string" => Ty::Text,
            _ => return None,
        },
        Json::Array(parts) => match (parts.first()?.as_str()?, parts.get(1)?) {
            ("list", of) => Ty::List(Box::new(ty(of)?)),
            ("map", of) => Ty::Map(Box::new(ty(of)?)),
            ("object", Json::Object(members)) => {
                Ty::Object(members.iter().map(|(name, of)| Some((name.clone(), ty(of)?))).collect::<Option<_>>()?)
            }
            _ => return None,
        },
        _ => return None,
    })
}

impl Val {
    /// The member with this name; null if there is none.
    pub fn get(&self, name: &str) -> &Val {
        static NULL: Val = Val::Null;
        match self {
            Val::Map(map) => map.get(name).unwrap_or(&NULL),
            _ => &NULL,
        }
    }

    /// The text, if the value is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Val::Text(text) => Some(text),
            _ => None,
        }
    }

    /// True for null.
    pub fn is_null(&self) -> bool {
        *self == Val::Null
    }

    /// True if nothing in it is unknown.
    pub fn known(&self) -> bool {
        match self {
            Val::Unknown => false,
            Val::List(items) => items.iter().all(Val::known),
            Val::Map(map) => map.values().all(Val::known),
            _ => true,
        }
    }

    /// Sets a member of an object.
    ///
    /// # Panics
    /// If the value is not an object.
    pub fn set(&mut self, name: &str, value: Val) {
        let Val::Map(map) = self else { panic!("not an object") };
        map.insert(name.to_owned(), value);
    }

    /// A value from the JSON of a configuration or a state; attributes of the type that it leaves out are null.
    ///
    /// # Errors
    /// Why it does not have the type.
    pub fn from_json(ty: &Ty, json: &Json) -> Result<Val, String> {
        Ok(match (ty, json) {
            (_, Json::Null) => Val::Null,
            (_, Json::String(text)) if text == UNKNOWN => Val::Unknown,
            (Ty::Bool, Json::Bool(flag)) => Val::Bool(*flag),
            (Ty::Number, Json::Number(number)) => Val::Number(Number::parse(&number.to_string()).map_err(|_| "not a number")?),
            (Ty::Text, Json::String(text)) => Val::Text(text.clone()),
            (Ty::List(of), Json::Array(items)) => Val::List(items.iter().map(|item| Val::from_json(of, item)).collect::<Result<_, _>>()?),
            (Ty::Map(of), Json::Object(members)) => {
                Val::Map(members.iter().map(|(key, item)| Ok((key.clone(), Val::from_json(of, item)?))).collect::<Result<_, String>>()?)
            }
            (Ty::Object(of), Json::Object(members)) => {
                if let Some(extra) = members.keys().find(|key| !of.contains_key(*key)) {
                    return Err(format!("unsupported attribute {extra:?}"));
                }
                let member = |(name, ty): (&String, &Ty)| {
                    let json = members.get(name).unwrap_or(&Json::Null);
                    Ok((name.clone(), Val::from_json(ty, json).map_err(|why| format!("{name}: {why}"))?))
                };
                Val::Map(of.iter().map(member).collect::<Result<_, String>>()?)
            }
            (ty, json) => return Err(format!("{json} is not a {ty:?}")),
        })
    }

    /// The JSON of a state; an unknown value is [`UNKNOWN`].
    pub fn to_json(&self) -> Json {
        match self {
            Val::Null => Json::Null,
            Val::Unknown => Json::String(UNKNOWN.into()),
            Val::Bool(flag) => Json::Bool(*flag),
            Val::Number(number) => serde_json::from_str(number.as_str()).expect("a number is JSON"),
            Val::Text(text) => Json::String(text.clone()),
            Val::List(items) => Json::Array(items.iter().map(Val::to_json).collect()),
            Val::Map(map) => Json::Object(map.iter().map(|(key, value)| (key.clone(), value.to_json())).collect()),
        }
    }

    fn to_rmpv(&self) -> rmpv::Value {
        match self {
            Val::Null => rmpv::Value::Nil,
            // The form of newer cores: refined to "not null".
            Val::Unknown => rmpv::Value::Ext(12, vec![0x81, 0x01, 0xc2]),
            Val::Bool(flag) => (*flag).into(),
            Val::Number(number) => match (number.as_i64(), number.exact_f64()) {
                (Some(integer), _) => integer.into(),
                (None, Some(double)) => double.into(),
                _ => number.plain().into(),
            },
            Val::Text(text) => text.as_str().into(),
            Val::List(items) => rmpv::Value::Array(items.iter().map(Val::to_rmpv).collect()),
            Val::Map(map) => rmpv::Value::Map(map.iter().map(|(key, value)| (key.as_str().into(), value.to_rmpv())).collect()),
        }
    }

    /// The form in which core sends it.
    pub fn to_dynamic(&self) -> Option<DynamicValue> {
        let mut msgpack = Vec::new();
        rmpv::encode::write_value(&mut msgpack, &self.to_rmpv()).expect("memory");
        Some(DynamicValue { msgpack, json: Vec::new() })
    }

    /// Reads an answer as core does.
    ///
    /// # Errors
    /// Core's error about the type.
    pub fn from_dynamic(ty: &Ty, value: Option<&DynamicValue>) -> Result<Val, String> {
        let Some(value) = value.filter(|value| !value.msgpack.is_empty()) else { return Ok(Val::Null) };
        let decoded = rmpv::decode::read_value(&mut value.msgpack.as_slice()).map_err(|why| why.to_string())?;
        Val::from_rmpv(ty, decoded)
    }

    fn from_rmpv(ty: &Ty, value: rmpv::Value) -> Result<Val, String> {
        use rmpv::Value as V;
        Ok(match (ty, value) {
            (_, V::Nil) => Val::Null,
            (_, V::Ext(12, _) | V::Ext(..)) => Val::Unknown,
            (Ty::Bool, V::Boolean(flag)) => Val::Bool(flag),
            (Ty::Number, V::Integer(number)) => Val::Number(Number::parse(&number.to_string()).expect("an integer")),
            (Ty::Number, V::F64(number)) => Val::Number(Number::from_f64(number).ok_or("not finite")?),
            (Ty::Number, V::String(text)) => {
                Val::Number(Number::parse(text.as_str().unwrap_or_default()).map_err(|_| "a number is required")?)
            }
            (Ty::Text, V::String(text)) => Val::Text(text.into_str().ok_or("not UTF-8")?),
            (Ty::List(of), V::Array(items)) => Val::List(items.into_iter().map(|item| Val::from_rmpv(of, item)).collect::<Result<_, _>>()?),
            (Ty::Map(of), V::Map(members)) => {
                let member = |(key, item): (V, V)| Ok((key.as_str().ok_or("a key is required")?.to_owned(), Val::from_rmpv(of, item)?));
                Val::Map(members.into_iter().map(member).collect::<Result<_, String>>()?)
            }
            (Ty::Object(of), V::Map(members)) => {
                if members.len() != of.len() {
                    return Err(format!("an object with {} attributes is required ({} given)", of.len(), members.len()));
                }
                let member = |(key, item): (V, V)| {
                    let name = key.as_str().ok_or("a key is required")?.to_owned();
                    let ty = of.get(&name).ok_or_else(|| format!("unsupported attribute {name:?}"))?;
                    let value = Val::from_rmpv(ty, item).map_err(|why| format!("{name}: {why}"))?;
                    Ok((name, value))
                };
                Val::Map(members.into_iter().map(member).collect::<Result<_, String>>()?)
            }
            (ty, _) => return Err(format!("a value of type {ty:?} is required")),
        })
    }
}

impl fmt::Debug for Val {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_json())
    }
}
