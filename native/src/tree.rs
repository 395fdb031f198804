//! A message as a tree, read from the bytes that a writer of the contract's own form makes of it.
use crate::plan::{Field, Kind, Type};
use crate::wire::{Cursor, DELIMITED, FIXED64, Unusual, VARINT};

/// A field's value. Numbers of all kinds compare with each other.
pub enum Value<'a> {
    Absent,
    Int(i128),
    Float(f64),
    Bool(bool),
    Text(&'a str),
    Bytes(&'a [u8]),
    Time(i64, i64),
    Node(Node<'a>),
    Many(Vec<Value<'a>>),
}

/// A message: its type, and a value for each of the type's fields.
pub struct Node<'a> {
    pub of: usize,
    pub slots: Vec<Slot<'a>>,
}

/// A value, and all bytes of its field, tags included.
pub struct Slot<'a> {
    pub value: Value<'a>,
    pub raw: &'a [u8],
}

const FIRST_SECOND: i64 = -62_135_596_800; // 0001-01-01, google/protobuf/timestamp.proto
const LAST_SECOND: i64 = 253_402_300_799; // 9999-12-31T23:59:59

impl<'a> Node<'a> {
    /// Reads a message that is written in the order of its fields, each in its shortest form.
    pub fn read(types: &[Type], of: usize, data: &'a [u8]) -> Result<Node<'a>, Unusual> {
        let kind = types.get(of).ok_or(Unusual)?;
        let mut slots = Vec::with_capacity(kind.fields.len());
        let (mut cursor, mut members) = (Cursor::new(data), 0u64);
        let mut next = if cursor.is_done() { None } else { Some(cursor.tag()?) };
        for field in &kind.fields {
            let start = start_of(&cursor, next);
            let mut slot = Slot { value: Value::Absent, raw: &[] };
            while let Some((number, wire)) = next
                && number == field.number
            {
                slot.value = taken(types, field, wire, &mut cursor, slot.value)?;
                slot.raw = data.get(start..cursor.at()).ok_or(Unusual)?;
                next = if cursor.is_done() { None } else { Some(cursor.tag()?) };
            }
            if !matches!(slot.value, Value::Absent)
                && let Some(oneof) = field.oneof
            {
                let bit = 1u64.checked_shl(oneof).ok_or(Unusual)?;
                if members & bit != 0 {
                    return Err(Unusual);
                }
                members |= bit;
            }
            slots.push(slot);
        }
        if next.is_some() { Err(Unusual) } else { Ok(Node { of, slots }) }
    }
}

/// Where the field begins whose tag was read last.
fn start_of(cursor: &Cursor, next: Option<(u32, u8)>) -> usize {
    match next {
        Some((number, _)) => cursor.at() - size_of_tag(number),
        None => cursor.at(),
    }
}

fn size_of_tag(number: u32) -> usize {
    match number {
        0..16 => 1,
        16..2048 => 2,
        2048..262_144 => 3,
        262_144..33_554_432 => 4,
        _ => 5,
    }
}

/// The field's value with what comes now.
fn taken<'a>(
    types: &[Type],
    field: &Field,
    wire: u8,
    cursor: &mut Cursor<'a>,
    before: Value<'a>,
) -> Result<Value<'a>, Unusual> {
    if !field.repeated {
        if !matches!(before, Value::Absent) {
            return Err(Unusual);
        }
        let value = single(types, field, wire, cursor)?;
        return if !field.presence && is_default(&value) { Err(Unusual) } else { Ok(value) };
    }
    let mut items = match before {
        Value::Many(items) if is_delimited(field.kind) => items,
        Value::Absent => Vec::new(),
        _ => return Err(Unusual), // numbers stand in one record
    };
    if is_delimited(field.kind) {
        items.push(single(types, field, wire, cursor)?);
        return Ok(Value::Many(items));
    }
    if wire != DELIMITED {
        return Err(Unusual);
    }
    let mut inner = Cursor::new(cursor.delimited()?);
    while !inner.is_done() {
        items.push(single(types, field, wire_of(field.kind), &mut inner)?);
    }
    if items.is_empty() { Err(Unusual) } else { Ok(Value::Many(items)) }
}

fn is_delimited(kind: Kind) -> bool {
    wire_of(kind) == DELIMITED
}

fn wire_of(kind: Kind) -> u8 {
    match kind {
        Kind::String | Kind::Bytes | Kind::Message | Kind::Time => DELIMITED,
        Kind::Double => FIXED64,
        _ => VARINT,
    }
}

fn single<'a>(
    types: &[Type],
    field: &Field,
    wire: u8,
    cursor: &mut Cursor<'a>,
) -> Result<Value<'a>, Unusual> {
    if wire != wire_of(field.kind) {
        return Err(Unusual);
    }
    Ok(match field.kind {
        Kind::Double => Value::Float(f64::from_bits(cursor.fixed64()?)),
        Kind::String => Value::Text(std::str::from_utf8(cursor.delimited()?).map_err(|_| Unusual)?),
        Kind::Bytes => Value::Bytes(cursor.delimited()?),
        Kind::Message => Value::Node(Node::read(types, field.of.ok_or(Unusual)?, cursor.delimited()?)?),
        Kind::Time => time(cursor.delimited()?)?,
        kind => number(kind, cursor.varint()?)?,
    })
}

fn number<'a>(kind: Kind, raw: u64) -> Result<Value<'a>, Unusual> {
    let signed = raw as i64;
    let fits = match kind {
        Kind::Int32 => i32::try_from(signed).is_ok(),
        Kind::Uint32 => u32::try_from(raw).is_ok(),
        Kind::Bool => raw <= 1,
        _ => true,
    };
    match kind {
        _ if !fits => Err(Unusual),
        Kind::Bool => Ok(Value::Bool(raw == 1)),
        Kind::Uint32 | Kind::Uint64 => Ok(Value::Int(i128::from(raw))),
        _ => Ok(Value::Int(i128::from(signed))),
    }
}

/// A google.protobuf.Timestamp within the years 1 to 9999.
fn time<'a>(data: &[u8]) -> Result<Value<'a>, Unusual> {
    let mut cursor = Cursor::new(data);
    let mut parts = [0i64; 2];
    let mut least = 1;
    while !cursor.is_done() {
        let (number, wire) = cursor.tag()?;
        let value = cursor.varint()? as i64;
        if wire != VARINT || !(least..=2).contains(&number) || value == 0 {
            return Err(Unusual);
        }
        parts[number as usize - 1] = value;
        least = number + 1;
    }
    let [seconds, nanos] = parts;
    let right = (FIRST_SECOND..=LAST_SECOND).contains(&seconds) && (0..1_000_000_000).contains(&nanos);
    if right { Ok(Value::Time(seconds, nanos)) } else { Err(Unusual) }
}

fn is_default(value: &Value) -> bool {
    match value {
        Value::Int(number) => *number == 0,
        Value::Float(number) => *number == 0.0, // of a negative zero nothing is said here
        Value::Bool(truth) => !truth,
        Value::Text(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        _ => false,
    }
}

impl Value<'_> {
    /// Whether a value is there that is not its type's default; of a message, whether it is there.
    pub fn says_something(&self) -> bool {
        !matches!(self, Value::Absent) && !is_default(self)
    }
}
