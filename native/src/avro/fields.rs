//! The fields of a message as protobuf writes it, one after the other; each is asked for by its number.
use super::Done;
use crate::wire::{Cursor, DELIMITED, FIXED64, Unusual, VARINT};

pub struct Fields<'a> {
    from: Cursor<'a>,
    /// Number and wire type of the field that `from` has the value of; None at the end.
    ahead: Option<(u32, u8)>,
}

impl<'a> Fields<'a> {
    pub fn new(message: &'a [u8]) -> Result<Self, Unusual> {
        let mut made = Fields { from: Cursor::new(message), ahead: None };
        made.look_ahead()?;
        Ok(made)
    }

    pub fn is_at(&self, number: u32) -> bool {
        self.ahead.is_some_and(|(ahead, _)| ahead == number)
    }

    /// Fields that nobody asked for are Unusual.
    pub fn end(&self) -> Done {
        if self.ahead.is_none() { Ok(()) } else { Err(Unusual) }
    }

    pub fn varint(&mut self) -> Result<u64, Unusual> {
        self.value(VARINT, Cursor::varint)
    }

    pub fn fixed64(&mut self) -> Result<u64, Unusual> {
        self.value(FIXED64, Cursor::fixed64)
    }

    pub fn delimited(&mut self) -> Result<&'a [u8], Unusual> {
        self.value(DELIMITED, Cursor::delimited)
    }

    fn value<T>(
        &mut self,
        wire_type: u8,
        read: impl Fn(&mut Cursor<'a>) -> Result<T, Unusual>,
    ) -> Result<T, Unusual> {
        if self.ahead.is_none_or(|(_, found)| found != wire_type) {
            return Err(Unusual);
        }
        let value = read(&mut self.from)?;
        self.look_ahead()?;
        Ok(value)
    }

    fn look_ahead(&mut self) -> Done {
        self.ahead = if self.from.is_done() { None } else { Some(self.from.tag()?) };
        Ok(())
    }
}
