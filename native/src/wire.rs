//! Protobuf's wire format (protobuf.dev/programming-guides/encoding): reading what writers commonly write,
//! and writing it.

/// Not what writers commonly write: Python's parser has to say what it is.
#[derive(Debug, PartialEq, Eq)]
pub struct Unusual;

pub const VARINT: u8 = 0;
pub const FIXED64: u8 = 1;
pub const DELIMITED: u8 = 2;

/// A place in bytes that are read from the front.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Cursor { data, at: 0 }
    }

    pub fn at(&self) -> usize {
        self.at
    }

    pub fn is_done(&self) -> bool {
        self.at == self.data.len()
    }

    /// The field's number and its wire type.
    pub fn tag(&mut self) -> Result<(u32, u8), Unusual> {
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3).map_err(|_| Unusual)?;
        if number == 0 || number >= 1 << 29 {
            return Err(Unusual);
        }
        Ok((number, (tag & 7) as u8))
    }

    /// A number in as few bytes as it needs.
    pub fn varint(&mut self) -> Result<u64, Unusual> {
        let mut value = 0;
        for shift in (0..70).step_by(7) {
            let byte = *self.data.get(self.at).ok_or(Unusual)?;
            self.at += 1;
            if shift == 63 && byte > 1 {
                return Err(Unusual);
            }
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return if byte == 0 && shift > 0 { Err(Unusual) } else { Ok(value) };
            }
        }
        Err(Unusual)
    }

    pub fn fixed64(&mut self) -> Result<u64, Unusual> {
        let bytes = self.take(8)?;
        Ok(u64::from_le_bytes(bytes.try_into().map_err(|_| Unusual)?))
    }

    pub fn delimited(&mut self) -> Result<&'a [u8], Unusual> {
        let size = usize::try_from(self.varint()?).map_err(|_| Unusual)?;
        self.take(size)
    }

    /// Beyond a value of that wire type.
    pub fn pass(&mut self, wire_type: u8) -> Result<(), Unusual> {
        match wire_type {
            VARINT => self.varint().map(|_| ()),
            FIXED64 => self.take(8).map(|_| ()),
            DELIMITED => self.delimited().map(|_| ()),
            _ => Err(Unusual),
        }
    }

    pub fn byte(&mut self) -> Result<u8, Unusual> {
        let byte = *self.data.get(self.at).ok_or(Unusual)?;
        self.at += 1;
        Ok(byte)
    }

    pub fn take(&mut self, size: usize) -> Result<&'a [u8], Unusual> {
        let end = self.at.checked_add(size).ok_or(Unusual)?;
        let bytes = self.data.get(self.at..end).ok_or(Unusual)?;
        self.at = end;
        Ok(bytes)
    }
}

pub fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 128 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}

pub fn put_tag(out: &mut Vec<u8>, number: u32, wire_type: u8) {
    put_varint(out, u64::from(number) << 3 | u64::from(wire_type));
}

pub fn put_delimited(out: &mut Vec<u8>, number: u32, bytes: &[u8]) {
    put_prefix(out, number, bytes.len());
    out.extend_from_slice(bytes);
}

/// What stands before a string, bytes or message of that length.
pub fn put_prefix(out: &mut Vec<u8>, number: u32, length: usize) {
    put_tag(out, number, DELIMITED);
    put_varint(out, length as u64);
}

/// How many bytes a string, bytes or message of that length takes as a field.
pub fn size_of(number: u32, length: usize) -> usize {
    varint_size(u64::from(number) << 3) + varint_size(length as u64) + length
}

fn varint_size(value: u64) -> usize {
    (64 - (value | 1).leading_zeros()).div_ceil(7) as usize
}

/// The beginning of a message whose length is not known yet; `end_nested` takes what it gives.
pub fn begin_nested(out: &mut Vec<u8>, number: u32) -> usize {
    put_tag(out, number, DELIMITED);
    out.push(0);
    out.len()
}

/// Writes the length of all that came behind `at`.
pub fn end_nested(out: &mut Vec<u8>, at: usize) {
    let mut size = Vec::with_capacity(5);
    put_varint(&mut size, out.len().saturating_sub(at) as u64);
    out.splice(at.saturating_sub(1)..at, size);
}
