//! Values as Terraform's msgpack, decoded by their types, since the bytes do not name types.
//!
//! Owns bytes ⇄ [`Value`]. Must not know messages, RPCs or the meaning of a value. Input may be hostile: a length counts only if
//! its bytes are there, recursion is as deep as the type, and values are counted, since each takes much more memory than its
//! shortest encoding.

use super::wire::{WireError, WireObject};
use crate::{
    schema::{Attr, BlockSchema, Kind, Table},
    value::{MOST_VALUES, Number, Value},
};
use rmp::{Marker, decode, encode};
use std::collections::BTreeMap;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The object in the bytes; `None` for null. Further bytes are ignored, as in core.
pub fn decode(block: &BlockSchema, bytes: &[u8]) -> Result<Option<WireObject>, WireError> {
    let mut reader = Reader::new(bytes);
    if reader.special()?.is_some() {
        // The root of a configuration is always known; an unknown root is treated as null.
        return Ok(None);
    }
    let order = block.by_name().map(|field| match field.attr {
        None => (field.name(), &Kind::String, Slot::Id),
        Some(attr) => (attr.name, &attr.kind, Slot::Attr(field.index)),
    });
    if let Some((id, value)) = reader.in_order(block.table, order)? {
        return Ok(Some(WireObject { id, value }));
    }
    let mut next = 0;
    let (id, value) = reader.object(block.table, block.fields.len(), |name| {
        let field = block.field(name, &mut next)?;
        Some(field.attr.map_or(Slot::Id, |_| Slot::Attr(field.index)))
    })?;
    Ok(Some(WireObject { id, value }))
}

/// Whether the bytes are null or unknown; an unknown root is treated as null.
pub fn is_null(bytes: &[u8]) -> bool {
    matches!(Reader::new(bytes).special(), Ok(Some(_)))
}

/// One value of the kind.
pub fn decode_kind(kind: &Kind, bytes: &[u8]) -> Result<Value, WireError> {
    Reader::new(bytes).value(kind)
}

/// The object as bytes. Keys are sorted, so that the same object always has the same bytes.
pub fn encode(block: &BlockSchema, seen: Option<&WireObject>) -> Vec<u8> {
    let mut out = Vec::new();
    match seen {
        None => writing(encode::write_nil(&mut out)),
        Some(seen) => {
            // Most of the bytes are names.
            out.reserve(64 * block.fields.len());
            writing(encode::write_map_len(&mut out, block.fields.len() as u32));
            for field in block.by_name() {
                write_text(&mut out, field.name());
                match field.attr {
                    None => write(&mut out, &Kind::String, &seen.id),
                    Some(attr) => write(&mut out, &attr.kind, seen.value.fields().get(field.index).unwrap_or(&Value::Null)),
                }
            }
        }
    }
    out
}

/// One value of the kind as bytes.
pub fn encode_kind(kind: &Kind, value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out, kind, value);
    out
}

/// The text in the form in which core compares texts (Unicode NFC).
pub fn normalised(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text.to_owned(),
        _ => text.nfc().collect(),
    }
}

/// An attribute, with its place in its table.
type Placed = (usize, &'static Attr);

/// The attributes of a table in the order of their names, which is their order on the wire.
fn by_name(table: &Table) -> Vec<Placed> {
    let mut attrs: Vec<_> = table.attrs().enumerate().collect();
    attrs.sort_unstable_by_key(|(_, attr)| attr.name);
    attrs
}

/// The same, with the table, for elements that are objects: once for all of them, since a list may have many thousands.
fn of_objects(of: &Kind) -> Option<(&Table, Vec<Placed>)> {
    match of {
        Kind::Object(nested) => Some((&nested.table, by_name(&nested.table))),
        _ => None,
    }
}

/// The place of the value of a key.
enum Slot {
    Id,
    Attr(usize),
}

struct Reader<'a> {
    rest: &'a [u8],
    /// The number of further values that are allowed.
    allowed: usize,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes, allowed: MOST_VALUES }
    }

    /// An id and an object of the table, if the names come in this order, as core sends them: then no name is looked up.
    /// Otherwise, nothing is read.
    #[inline(always)]
    fn in_order<'k>(
        &mut self,
        table: &Table,
        order: impl ExactSizeIterator<Item = (&'static str, &'k Kind, Slot)>,
    ) -> Result<Option<(Value, Value)>, WireError> {
        let mut ahead = Reader { ..*self };
        if ahead.map_len("an object")? as usize != order.len() {
            return Ok(None);
        }
        let (mut id, mut fields) = (Value::Null, table.unset());
        for (name, kind, slot) in order {
            if !ahead.comes(name) {
                return Ok(None);
            }
            let place = match slot {
                Slot::Id => &mut id,
                Slot::Attr(index) => &mut fields[index],
            };
            *place = ahead.value(kind).map_err(|error| error.within(name.to_owned()))?;
        }
        *self = ahead;
        Ok(Some((id, Value::Object(fields))))
    }

    /// An object of the table, whose attributes in the order of their names are these.
    fn nested(&mut self, table: &Table, order: &[Placed]) -> Result<Value, WireError> {
        let in_order = order.iter().map(|(place, attr)| (attr.name, &attr.kind, Slot::Attr(*place)));
        if let Some((_, value)) = self.in_order(table, in_order)? {
            return Ok(value);
        }
        let slot = |name: &[u8]| table.index(std::str::from_utf8(name).ok()?).map(Slot::Attr);
        self.object(table, table.len(), slot).map(|(_, value)| value)
    }

    /// Skips this text if it comes next.
    #[inline(always)]
    fn comes(&mut self, text: &str) -> bool {
        let rest = match (self.rest, u8::try_from(text.len())) {
            ([marker, rest @ ..], Ok(len @ 0..32)) if *marker == 0xa0 | len => rest,
            ([0xd9, marker, rest @ ..], Ok(len @ 32..)) if *marker == len => rest,
            _ => return false,
        };
        match rest.strip_prefix(text.as_bytes()) {
            Some(rest) => self.rest = rest,
            None => return false,
        }
        true
    }

    #[inline(always)]
    fn peek(&self) -> Result<Marker, WireError> {
        self.rest.first().map(|byte| Marker::from_u8(*byte)).ok_or_else(ended)
    }

    /// Null or unknown, if that comes next; refinements of unknown values are dropped. The first byte decides, since most values
    /// are null.
    #[inline(always)]
    fn special(&mut self) -> Result<Option<Value>, WireError> {
        match self.rest {
            [] => Err(ended()),
            [0xc0, rest @ ..] => {
                self.rest = rest;
                Ok(Some(Value::Null))
            }
            [0xc7..=0xc9 | 0xd4..=0xd8, ..] => {
                let meta = decode::read_ext_meta(&mut self.rest).map_err(|_| ended())?;
                self.take(meta.size)?;
                Ok(Some(Value::Unknown))
            }
            _ => Ok(None),
        }
    }

    #[inline(always)]
    fn take(&mut self, len: u32) -> Result<&'a [u8], WireError> {
        let (taken, rest) = self.rest.split_at_checked(len as usize).ok_or_else(ended)?;
        self.rest = rest;
        Ok(taken)
    }

    fn value(&mut self, kind: &Kind) -> Result<Value, WireError> {
        if let Some(special) = self.special()? {
            return Ok(special);
        }
        match kind {
            Kind::Bool => match self.peek()? {
                Marker::True | Marker::False => decode::read_bool(&mut self.rest).map(Value::Bool).map_err(|_| ended()),
                _ => Err(WireError::mismatch("a boolean")),
            },
            Kind::Number | Kind::Integer => self.number().map(Value::Number),
            Kind::String => self.text("a string").map(|text| Value::String(normalised(text))),
            Kind::List(of) => {
                let len = match self.peek()? {
                    Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => {
                        decode::read_array_len(&mut self.rest).map_err(|_| ended())?
                    }
                    _ => return Err(WireError::mismatch("a list")),
                };
                let mut items = Vec::with_capacity(self.fits(len)?);
                let nested = of_objects(of);
                for index in 0..len {
                    let item = match &nested {
                        Some((table, order)) => self.special().and_then(|special| special.map_or_else(|| self.nested(table, order), Ok)),
                        None => self.value(of),
                    };
                    items.push(item.map_err(|error| error.within(format!("[{index}]")))?);
                }
                Ok(Value::List(items))
            }
            Kind::Map(of) => {
                let mut map = BTreeMap::new();
                for _ in 0..self.map_len("a map")? {
                    let key = normalised(self.text("a key")?);
                    // Keys of maps are the user's values, and must not be in a message.
                    let value = self.value(of).map_err(|error| error.within("[…]".to_owned()))?;
                    map.insert(key, value);
                }
                Ok(Value::Map(map))
            }
            Kind::Object(nested) => self.nested(&nested.table, &by_name(&nested.table)),
        }
    }

    /// An id and an object of the table, with exactly `expected` keys; `slot` says where each belongs.
    fn object(&mut self, table: &Table, expected: usize, mut slot: impl FnMut(&[u8]) -> Option<Slot>) -> Result<(Value, Value), WireError> {
        let len = self.map_len("an object")?;
        let mut id = None;
        let mut fields: Vec<Option<Value>> = vec![None; table.len()];
        let mut found = 0;
        for _ in 0..len {
            let name = self.bytes("an attribute name")?;
            let (target, value) = match slot(name) {
                None => {
                    let short: String = std::str::from_utf8(name).map_err(|_| not_utf8())?.chars().take(64).collect();
                    return Err(WireError::new(format!("has the attribute {short:?}, which is not in the schema")));
                }
                Some(Slot::Id) => (&mut id, self.value(&Kind::String).map_err(|error| error.within("id".to_owned()))?),
                Some(Slot::Attr(index)) => {
                    let attr = table.attr(index);
                    (&mut fields[index], self.value(&attr.kind).map_err(|error| error.within(attr.name.to_owned()))?)
                }
            };
            found += usize::from(target.is_none());
            *target = Some(value);
        }
        if found != expected {
            return Err(WireError::new(format!("has {found} of the {expected} attributes of the schema")));
        }
        Ok((id.unwrap_or_default(), Value::Object(fields.into_iter().map(Option::unwrap_or_default).collect())))
    }

    fn map_len(&mut self, wanted: &'static str) -> Result<u32, WireError> {
        match self.peek()? {
            Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => {
                let len = decode::read_map_len(&mut self.rest).map_err(|_| ended())?;
                self.fits(len).map(|_| len)
            }
            _ => Err(WireError::mismatch(wanted)),
        }
    }

    /// A length for which there are enough bytes (at least one for each element), and that is still allowed.
    fn fits(&mut self, len: u32) -> Result<usize, WireError> {
        let len = len as usize;
        if len > self.rest.len() {
            return Err(ended());
        }
        self.allowed = self.allowed.checked_sub(len).ok_or_else(|| WireError::new(format!("has more than {MOST_VALUES} values")))?;
        Ok(len)
    }

    fn text(&mut self, wanted: &'static str) -> Result<&'a str, WireError> {
        std::str::from_utf8(self.bytes(wanted)?).map_err(|_| not_utf8())
    }

    fn bytes(&mut self, wanted: &'static str) -> Result<&'a [u8], WireError> {
        let len = match self.peek()? {
            Marker::FixStr(len) => return self.take(1).and_then(|_| self.take(len.into())),
            Marker::Str8 | Marker::Str16 | Marker::Str32 => decode::read_str_len(&mut self.rest),
            Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => decode::read_bin_len(&mut self.rest),
            _ => return Err(WireError::mismatch(wanted)),
        };
        self.take(len.map_err(|_| ended())?)
    }

    fn number(&mut self) -> Result<Number, WireError> {
        use Marker::{F32, F64, FixNeg, FixPos, I8, I16, I32, I64, U8, U16, U32, U64};
        let number = match self.peek()? {
            F32 => Number::from_f64(decode::read_f32(&mut self.rest).map_err(|_| ended())?.into()),
            F64 => Number::from_f64(decode::read_f64(&mut self.rest).map_err(|_| ended())?),
            U64 => Some(Number::from(decode::read_u64(&mut self.rest).map_err(|_| ended())?)),
            FixPos(_) | FixNeg(_) | U8 | U16 | U32 | I8 | I16 | I32 | I64 => {
                Some(Number::from(decode::read_int::<i64, _>(&mut self.rest).map_err(|_| ended())?))
            }
            _ => Number::parse(self.text("a number")?).ok(),
        };
        number.ok_or_else(|| WireError::mismatch("a finite number"))
    }
}

fn not_utf8() -> WireError {
    WireError::new("is not UTF-8")
}

fn ended() -> WireError {
    WireError::new("ends too early")
}

fn write(out: &mut Vec<u8>, kind: &Kind, value: &Value) {
    match (kind, value) {
        (_, Value::Unknown) => out.extend([0xd4, 0x00, 0x00]),
        (Kind::Bool, Value::Bool(flag)) => writing(encode::write_bool(out, *flag)),
        (Kind::Number | Kind::Integer, Value::Number(number)) => write_number(out, number),
        (_, Value::Null) => out.push(0xc0),
        (Kind::String, Value::String(text)) => write_text(out, text),
        (Kind::List(of), Value::List(items)) => {
            writing(encode::write_array_len(out, items.len() as u32));
            let nested = of_objects(of);
            items.iter().for_each(|item| match (&nested, item) {
                (Some((_, order)), Value::Object(fields)) => write_object(out, order, fields),
                _ => write(out, of, item),
            });
        }
        (Kind::Map(of), Value::Map(map)) => {
            writing(encode::write_map_len(out, map.len() as u32));
            for (key, item) in map {
                write_text(out, key);
                write(out, of, item);
            }
        }
        (Kind::Object(nested), Value::Object(fields)) => write_object(out, &by_name(&nested.table), fields),
        // The engine makes no value of another kind than its table's; null is the safe answer.
        _ => writing(encode::write_nil(out)),
    }
}

/// Writes an object whose attributes in the order of their names are these.
fn write_object(out: &mut Vec<u8>, order: &[Placed], fields: &[Value]) {
    writing(encode::write_map_len(out, order.len() as u32));
    for (place, attr) in order {
        write_text(out, attr.name);
        write(out, &attr.kind, fields.get(*place).unwrap_or(&Value::Null));
    }
}

/// Writes a text; most are short.
fn write_text(out: &mut Vec<u8>, text: &str) {
    match u8::try_from(text.len()) {
        Ok(len @ 0..32) => {
            out.push(0xa0 | len);
            out.extend_from_slice(text.as_bytes());
        }
        _ => writing(encode::write_str(out, text)),
    }
}

fn write_number(out: &mut Vec<u8>, number: &Number) {
    match (number.as_i64(), number.exact_f64()) {
        (Some(integer), _) => writing(encode::write_sint(out, integer)),
        (None, Some(double)) if double.fract() != 0.0 => writing(encode::write_f64(out, double)),
        _ => writing(encode::write_str(out, &number.plain())),
    }
}

/// Writing to memory does not fail.
fn writing<T, E>(result: Result<T, E>) {
    drop(result);
}
