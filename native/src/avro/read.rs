//! A datum of this version's schema as the bytes that protobuf writes for the same message.
//!
//! It knows what writers commonly write. An unknown number beside an enum, two members of a oneof, blocks with
//! their sizes, numbers longer than need be, and all damage are Unusual.
use super::layout::{Count, Field, Kind, Layout, Part};
use super::{Done, MICROS, MOST_DEEP, NULL, THERE};
use crate::wire::{
    Cursor, FIXED64, Unusual, VARINT, begin_nested, end_nested, put_delimited, put_tag, put_varint,
};

/// The whole datum, to its end.
pub fn message(layout: &Layout, datum: &[u8]) -> Result<Vec<u8>, Unusual> {
    let out = Vec::with_capacity(datum.len() + datum.len() / 4);
    let mut reader = Reader { layout, from: Cursor::new(datum), out, deep: 0 };
    reader.message(0)?;
    if reader.from.is_done() { Ok(reader.out) } else { Err(Unusual) }
}

struct Reader<'a> {
    layout: &'a Layout,
    from: Cursor<'a>,
    out: Vec<u8>,
    deep: usize,
}

impl<'a> Reader<'a> {
    fn message(&mut self, index: usize) -> Done {
        let message = self.layout.message(index).ok_or(Unusual)?;
        if self.deep == MOST_DEEP {
            return Err(Unusual);
        }
        self.deep += 1;
        let start = self.out.len();
        let mut spans = Vec::new();
        for part in &message.parts {
            let begins = self.out.len();
            let number = self.part(part)?;
            if !message.ascending && self.out.len() > begins {
                spans.push((number, begins - start..self.out.len() - start));
            }
        }
        if !spans.is_sorted_by_key(|(number, _)| *number) {
            spans.sort_by_key(|(number, _)| *number);
            let written = self.out.split_off(start);
            for (_, span) in spans {
                self.out.extend_from_slice(written.get(span).ok_or(Unusual)?);
            }
        }
        self.deep -= 1;
        Ok(())
    }

    /// The number of the field that may have been set.
    fn part(&mut self, part: &Part) -> Result<u32, Unusual> {
        match part {
            Part::Field(field) => self.field(field).map(|()| field.number),
            Part::Choice(members) => self.choice(members),
        }
    }

    fn choice(&mut self, members: &[Field]) -> Result<u32, Unusual> {
        let case = text(&mut self.from)?;
        let mut number = 0;
        for field in members {
            if !case.is_empty() && field.name.as_bytes() == case {
                if self.from.byte()? != THERE {
                    return Err(Unusual);
                }
                self.value(field, true)?;
                number = field.number;
            } else {
                self.zeros(field.zeros())?;
            }
        }
        if number > 0 || case.is_empty() { Ok(number) } else { Err(Unusual) }
    }

    fn field(&mut self, field: &Field) -> Done {
        match field.count {
            Count::Plain => self.value(field, false),
            Count::Many => self.many(field),
            Count::Maybe => match self.from.byte()? {
                NULL => self.zeros(field.zeros() - 1),
                THERE => self.value(field, true),
                _ => Err(Unusual),
            },
        }
    }

    fn zeros(&mut self, count: usize) -> Done {
        if self.from.take(count)?.iter().all(|byte| *byte == 0) { Ok(()) } else { Err(Unusual) }
    }

    /// `kept`: it is written even if it is its kind's default.
    fn value(&mut self, field: &Field, kept: bool) -> Done {
        match &field.kind {
            Kind::Text | Kind::Bytes => {
                let value = text(&mut self.from)?;
                if field.kind == Kind::Text {
                    std::str::from_utf8(value).map_err(|_| Unusual)?;
                }
                if kept || !value.is_empty() {
                    put_delimited(&mut self.out, field.number, value);
                }
                Ok(())
            }
            Kind::Double => {
                let bits = self.from.fixed64()?;
                if kept || bits != 0 {
                    put_tag(&mut self.out, field.number, FIXED64);
                    self.out.extend_from_slice(&bits.to_le_bytes());
                }
                Ok(())
            }
            Kind::Time => {
                let micros = long(&mut self.from)?;
                let nanos = self.nanos()?;
                self.time(field.number, micros, nanos);
                Ok(())
            }
            Kind::Message(index) => {
                let at = begin_nested(&mut self.out, field.number);
                self.message(*index)?;
                end_nested(&mut self.out, at);
                Ok(())
            }
            kind => {
                let value = number(&mut self.from, kind)?;
                if kept || value != 0 {
                    put_tag(&mut self.out, field.number, VARINT);
                    put_varint(&mut self.out, value);
                }
                self.zeros(field.zeros() - 1)
            }
        }
    }

    fn many(&mut self, field: &Field) -> Done {
        match &field.kind {
            Kind::Text | Kind::Bytes | Kind::Time | Kind::Message(_) => self.one_by_one(field)?,
            _ => self.packed(field)?,
        }
        if field.has_beside() { self.zeros(1) } else { Ok(()) }
    }

    fn one_by_one(&mut self, field: &Field) -> Done {
        if let Kind::Message(index) = field.kind
            && self.layout.message(index).is_none_or(|message| message.parts.is_empty())
        {
            return Err(Unusual); // any number of them would be no bytes
        }
        loop {
            let count = length(&mut self.from)?;
            if count == 0 {
                return Ok(());
            }
            for _ in 0..count {
                match field.kind {
                    Kind::Time => {
                        let micros = long(&mut self.from)?;
                        self.time(field.number, micros, 0);
                    }
                    _ => self.value(field, true)?,
                }
            }
        }
    }

    fn packed(&mut self, field: &Field) -> Done {
        let mut count = length(&mut self.from)?;
        if count == 0 {
            return Ok(());
        }
        let at = begin_nested(&mut self.out, field.number);
        while count > 0 {
            for _ in 0..count {
                if field.kind == Kind::Double {
                    self.out.extend_from_slice(self.from.take(8)?);
                } else {
                    put_varint(&mut self.out, number(&mut self.from, &field.kind)?);
                }
            }
            count = length(&mut self.from)?;
        }
        end_nested(&mut self.out, at);
        Ok(())
    }

    /// Those beside the microseconds.
    fn nanos(&mut self) -> Result<i64, Unusual> {
        match self.from.byte()? {
            NULL => Ok(0),
            THERE => Some(long(&mut self.from)?).filter(|nanos| (0..1000).contains(nanos)).ok_or(Unusual),
            _ => Err(Unusual),
        }
    }

    fn time(&mut self, number: u32, micros: i64, nanos: i64) {
        let fields = [micros.div_euclid(MICROS), micros.rem_euclid(MICROS) * 1000 + nanos];
        let at = begin_nested(&mut self.out, number);
        for (number, value) in (1..).zip(fields) {
            if value != 0 {
                put_tag(&mut self.out, number, VARINT);
                put_varint(&mut self.out, value as u64);
            }
        }
        end_nested(&mut self.out, at);
    }
}

fn text<'a>(from: &mut Cursor<'a>) -> Result<&'a [u8], Unusual> {
    let size = length(from)?;
    from.take(size)
}

/// Of a text, or the count of a block; a negative one is Unusual.
fn length(from: &mut Cursor) -> Result<usize, Unusual> {
    usize::try_from(long(from)?).map_err(|_| Unusual)
}

fn long(from: &mut Cursor) -> Result<i64, Unusual> {
    let value = from.varint()?;
    Ok((value >> 1) as i64 ^ -((value & 1) as i64))
}

/// As it stands in a varint of protobuf.
fn number(from: &mut Cursor, kind: &Kind) -> Result<u64, Unusual> {
    if *kind == Kind::Bool {
        let byte = from.byte()?;
        return if byte < 2 { Ok(u64::from(byte)) } else { Err(Unusual) };
    }
    let value = long(from)?;
    let fits = match kind {
        Kind::Int32 => i32::try_from(value).is_ok(),
        Kind::Uint32 => u32::try_from(value).is_ok(),
        Kind::Int64 | Kind::Uint64 => true,
        Kind::Enum(symbols) => {
            let symbol = usize::try_from(value).ok().and_then(|at| symbols.get(at));
            return symbol.map(|number| i64::from(*number) as u64).ok_or(Unusual);
        }
        _ => false,
    };
    if fits { Ok(value as u64) } else { Err(Unusual) }
}
