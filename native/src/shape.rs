//! Whether bytes are surely a serialised message of a type, and what stands in some of its fields.
//!
//! Sure is what a writer makes that puts each field once, in the order of the numbers, those of lists one
//! behind the other, and no field that the type has not. The rest is `Unusual`.
use crate::wire::{Cursor, DELIMITED, FIXED64, Unusual, VARINT};
use serde::Deserialize;

const DEEPEST: usize = 32;
const LARGEST_NUMBER: usize = 4096;

#[derive(Deserialize, Clone, Copy)]
pub enum Kind {
    Number,
    Fixed64,
    Text,
    Bytes,
    /// Of the message with that place in the plan.
    Message(usize),
}

/// A field of a type in the plan. `role` is what a reader wants it for.
#[derive(Deserialize)]
pub struct Field<R> {
    number: usize,
    kind: Kind,
    repeated: bool,
    role: Option<R>,
}

pub enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Text(&'a str),
}

/// Types, each as its fields by number.
pub struct Shape<R>(Vec<Vec<Option<Field<R>>>>);

impl<R: Copy> Shape<R> {
    /// None if a field has a number, or refers to a type, that is none.
    pub fn new(types: Vec<Vec<Field<R>>>) -> Option<Self> {
        let known = types.len();
        let by_number = |fields: Vec<Field<R>>| {
            let mut table = Vec::new();
            for field in fields {
                let dangling = matches!(field.kind, Kind::Message(of) if of >= known);
                if dangling || !(1..=LARGEST_NUMBER).contains(&field.number) {
                    return None;
                }
                let number = field.number;
                table.resize_with(table.len().max(number + 1), || None);
                *table.get_mut(number)? = Some(field);
            }
            Some(table)
        };
        types.into_iter().map(by_number).collect::<Option<_>>().map(Shape)
    }

    /// Shows each field that has a role to `see`, in order; a message before what is in it.
    pub fn walk<'a, S>(&self, of: usize, bytes: &'a [u8], see: &mut S) -> Result<(), Unusual>
    where
        S: FnMut(R, Value<'a>) -> Result<(), Unusual>,
    {
        self.within(of, bytes, see, DEEPEST)
    }

    fn within<'a, S>(&self, of: usize, bytes: &'a [u8], see: &mut S, depth: usize) -> Result<(), Unusual>
    where
        S: FnMut(R, Value<'a>) -> Result<(), Unusual>,
    {
        let fields = self.0.get(of).ok_or(Unusual)?;
        let (mut cursor, mut last) = (Cursor::new(bytes), 0);
        while !cursor.is_done() {
            let (number, wire) = cursor.tag()?;
            let field = fields.get(number as usize).and_then(Option::as_ref).ok_or(Unusual)?;
            if number < last || (number == last && !field.repeated) || wire != field.kind.wire() {
                return Err(Unusual);
            }
            last = number;
            let value = match field.kind {
                Kind::Number => Value::Number(cursor.varint()?),
                Kind::Fixed64 => Value::Number(cursor.fixed64()?),
                Kind::Text => Value::Text(std::str::from_utf8(cursor.delimited()?).map_err(|_| Unusual)?),
                Kind::Bytes | Kind::Message(_) => Value::Bytes(cursor.delimited()?),
            };
            let inner = match (field.kind, &value) {
                (Kind::Message(of), Value::Bytes(inner)) => Some((of, *inner)),
                _ => None,
            };
            if let Some(role) = field.role {
                see(role, value)?;
            }
            if let Some((of, inner)) = inner {
                self.within(of, inner, see, depth.checked_sub(1).ok_or(Unusual)?)?;
            }
        }
        Ok(())
    }
}

impl Kind {
    fn wire(self) -> u8 {
        match self {
            Kind::Number => VARINT,
            Kind::Fixed64 => FIXED64,
            Kind::Text | Kind::Bytes | Kind::Message(_) => DELIMITED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(number: usize, kind: Kind, repeated: bool) -> Field<u8> {
        Field { number, kind, repeated, role: Some(number as u8) }
    }

    fn seen(bytes: &[u8]) -> Result<Vec<u8>, Unusual> {
        let plan = vec![vec![field(1, Kind::Number, false), field(2, Kind::Message(0), true)]];
        let (shape, mut roles) = (Shape::new(plan).ok_or(Unusual)?, Vec::new());
        shape.walk(0, bytes, &mut |role, _| {
            roles.push(role);
            Ok(())
        })?;
        Ok(roles)
    }

    #[test]
    fn fields_are_seen_in_order() {
        assert_eq!(seen(&[8, 1, 18, 2, 8, 5, 18, 0]), Ok(vec![1, 2, 1, 2]));
    }

    #[test]
    fn what_is_unusual() {
        let twice: &[u8] = &[8, 1, 8, 1];
        let (backwards, unknown, wrong, cut) = (&[18, 0, 8, 1], &[24, 1], &[10, 0], &[18, 5, 8]);
        for bytes in [twice, backwards, unknown, wrong, cut] {
            assert_eq!(seen(bytes), Err(Unusual));
        }
    }

    #[test]
    fn depth_is_bounded() {
        let mut bytes = vec![];
        for _ in 0..40 {
            let mut outer = vec![18, bytes.len() as u8];
            outer.append(&mut bytes);
            bytes = outer;
        }
        assert_eq!(seen(&bytes), Err(Unusual));
    }

    #[test]
    fn a_plan_that_dangles_is_none() {
        assert!(Shape::new(vec![vec![field(1, Kind::Message(1), false)]]).is_none());
        assert!(Shape::new(vec![vec![field(0, Kind::Number, false)]]).is_none());
    }
}
