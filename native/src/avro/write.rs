//! A message as protobuf writes it, as the datum of this version's schema that fastavro writes for its record.
//!
//! Fields that are not known, numbers of an enum without a symbol, times that are none, nanoseconds in an array, and
//! whatever protobuf does not write so, are Unusual.
use super::fields::Fields;
use super::layout::{Count, Field, Kind, Layout, Message, Part};
use super::{Done, MICROS, MOST_DEEP, NULL, THERE};
use crate::wire::{Cursor, Unusual, put_varint};

/// The years 1 to 9999.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// `head` and the datum behind it.
pub fn message(layout: &Layout, message: &[u8], head: &[u8]) -> Result<Vec<u8>, Unusual> {
    let mut out = Vec::with_capacity(head.len() + message.len() + message.len() / 2);
    out.extend_from_slice(head);
    let mut writer = Writer { layout, out, deep: 0 };
    writer.message(0, message)?;
    Ok(writer.out)
}

struct Writer<'a> {
    layout: &'a Layout,
    out: Vec<u8>,
    deep: usize,
}

impl Writer<'_> {
    fn message(&mut self, index: usize, bytes: &[u8]) -> Done {
        let message = self.layout.message(index).ok_or(Unusual)?;
        if self.deep == MOST_DEEP {
            return Err(Unusual);
        }
        self.deep += 1;
        if message.ascending {
            self.parts(message, bytes)?;
        } else {
            self.parts(message, &in_the_schemas_order(message, bytes)?)?;
        }
        self.deep -= 1;
        Ok(())
    }

    fn parts(&mut self, message: &Message, bytes: &[u8]) -> Done {
        let mut from = Fields::new(bytes)?;
        for part in &message.parts {
            match part {
                Part::Field(field) => self.field(field, &mut from)?,
                Part::Choice(members) => self.choice(members, &mut from)?,
            }
        }
        from.end()
    }

    fn choice(&mut self, members: &[Field], from: &mut Fields) -> Done {
        let set = members.iter().find(|field| from.is_at(field.number));
        self.text(set.map_or(b"", |field| field.name.as_bytes()));
        for field in members {
            self.maybe(field, from)?;
        }
        Ok(())
    }

    fn field(&mut self, field: &Field, from: &mut Fields) -> Done {
        match field.count {
            Count::Maybe => self.maybe(field, from)?,
            Count::Plain if from.is_at(field.number) => self.value(field, from)?,
            Count::Plain if field.kind == Kind::Double => self.zeros(8),
            Count::Plain => self.zeros(field.zeros()),
            Count::Many => {
                match field.kind {
                    Kind::Text | Kind::Bytes | Kind::Time | Kind::Message(_) => {
                        self.one_by_one(field, from)?
                    }
                    _ if from.is_at(field.number) => self.packed(&field.kind, from.delimited()?)?,
                    _ => {}
                }
                self.zeros(field.zeros()); // the end, and nothing beside
            }
        }
        Ok(())
    }

    fn maybe(&mut self, field: &Field, from: &mut Fields) -> Done {
        if from.is_at(field.number) {
            self.out.push(THERE);
            self.value(field, from)
        } else {
            self.zeros(field.zeros());
            Ok(())
        }
    }

    fn value(&mut self, field: &Field, from: &mut Fields) -> Done {
        match &field.kind {
            Kind::Text | Kind::Bytes => {
                let value = from.delimited()?;
                if field.kind == Kind::Text {
                    std::str::from_utf8(value).map_err(|_| Unusual)?;
                }
                self.text(value);
            }
            Kind::Double => self.out.extend_from_slice(&from.fixed64()?.to_le_bytes()),
            Kind::Message(index) => self.message(*index, from.delimited()?)?,
            Kind::Time => match self.time(from.delimited()?)? {
                0 => self.out.push(NULL),
                nanos => {
                    self.out.push(THERE);
                    self.long(nanos);
                }
            },
            kind => {
                self.number(kind, from.varint()?)?;
                self.zeros(field.zeros() - 1);
            }
        }
        Ok(())
    }

    /// One block of all of them, its count before it, or nothing.
    fn one_by_one(&mut self, field: &Field, from: &mut Fields) -> Done {
        let at = self.out.len();
        let mut count = 0;
        while from.is_at(field.number) {
            if field.kind != Kind::Time {
                self.value(field, from)?;
            } else if self.time(from.delimited()?)? != 0 {
                return Err(Unusual);
            }
            count += 1;
        }
        if count > 0 {
            let items = self.out.split_off(at);
            self.long(count);
            self.out.extend_from_slice(&items);
        }
        Ok(())
    }

    fn packed(&mut self, kind: &Kind, bytes: &[u8]) -> Done {
        let double = *kind == Kind::Double;
        let ends = bytes.iter().filter(|byte| **byte < 128).count();
        self.long(if double { bytes.len() / 8 } else { ends } as i64);
        let mut from = Cursor::new(bytes);
        while !from.is_done() {
            if double {
                self.out.extend_from_slice(from.take(8)?);
            } else {
                self.number(kind, from.varint()?)?;
            }
        }
        if bytes.is_empty() { Err(Unusual) } else { Ok(()) }
    }

    /// From its varint in protobuf.
    fn number(&mut self, kind: &Kind, value: u64) -> Done {
        let signed = value as i64;
        let fits = match kind {
            Kind::Bool if value < 2 => {
                self.out.push(value as u8);
                return Ok(());
            }
            Kind::Enum(symbols) => {
                let symbol = symbols.iter().position(|number| i64::from(*number) == signed).ok_or(Unusual)?;
                self.long(symbol as i64);
                return Ok(());
            }
            Kind::Int32 => i32::try_from(signed).is_ok(),
            Kind::Uint32 => u32::try_from(value).is_ok(),
            Kind::Int64 | Kind::Uint64 => true,
            _ => false,
        };
        self.long(signed);
        if fits { Ok(()) } else { Err(Unusual) }
    }

    /// Its microseconds; gives the nanoseconds that stand beside them.
    fn time(&mut self, bytes: &[u8]) -> Result<i64, Unusual> {
        let mut from = Fields::new(bytes)?;
        let seconds = if from.is_at(1) { from.varint()? as i64 } else { 0 };
        let nanos = if from.is_at(2) { from.varint()? as i64 } else { 0 };
        from.end()?;
        if !SECONDS.contains(&seconds) || !(0..1_000_000_000).contains(&nanos) {
            return Err(Unusual);
        }
        self.long(seconds * MICROS + nanos / 1000);
        Ok(nanos % 1000)
    }

    fn text(&mut self, bytes: &[u8]) {
        self.long(bytes.len() as i64);
        self.out.extend_from_slice(bytes);
    }

    fn long(&mut self, value: i64) {
        put_varint(&mut self.out, (value << 1 ^ value >> 63) as u64);
    }

    fn zeros(&mut self, count: usize) {
        self.out.extend(std::iter::repeat_n(NULL, count));
    }
}

/// The same fields, not as their numbers go.
fn in_the_schemas_order(message: &Message, bytes: &[u8]) -> Result<Vec<u8>, Unusual> {
    let mut from = Cursor::new(bytes);
    let mut spans = Vec::new();
    while !from.is_done() {
        let begins = from.at();
        let (number, wire_type) = from.tag()?;
        from.pass(wire_type)?;
        let place = message.fields().position(|field| field.number == number).ok_or(Unusual)?;
        spans.push((place, begins..from.at()));
    }
    spans.sort_by_key(|(place, _)| *place);
    let parts = spans.into_iter().map(|(_, span)| bytes.get(span).ok_or(Unusual));
    parts.collect::<Result<Vec<_>, _>>().map(|parts| parts.concat())
}
