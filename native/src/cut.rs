//! Cuts a body up by its disclosure groups: what everyone gets, and the fields of each group.
use crate::plan::Plan;
use crate::tree::{Node, Value};
use crate::wire::{Unusual, put_delimited};

/// The body without marked fields, and for each group that has a value (places in the plan, ascending) only
/// its fields; all serialised.
pub struct Parts {
    pub core: Vec<u8>,
    pub groups: Vec<(usize, Vec<u8>)>,
}

impl Parts {
    /// `room`: about the bytes of the message.
    pub fn of(plan: &Plan, node: &Node, room: usize) -> Result<Parts, Unusual> {
        let kind = plan.types.get(node.of).ok_or(Unusual)?;
        let mut parts = Parts { core: Vec::with_capacity(room), groups: Vec::new() };
        for (field, slot) in kind.fields.iter().zip(&node.slots) {
            match (&slot.value, field.group) {
                (Value::Absent, _) => (),
                (value, Some(group)) if matches!(value, Value::Node(_)) || value.says_something() => {
                    parts.group(group).extend_from_slice(slot.raw);
                }
                (Value::Node(inner), None) if field.leads_to_groups => {
                    parts.below(field.number, &Parts::of(plan, inner, slot.raw.len())?);
                }
                _ => parts.core.extend_from_slice(slot.raw),
            }
        }
        Ok(parts)
    }

    fn below(&mut self, number: u32, inner: &Parts) {
        put_delimited(&mut self.core, number, &inner.core);
        for (group, bytes) in &inner.groups {
            put_delimited(self.group(*group), number, bytes);
        }
    }

    fn group(&mut self, wanted: usize) -> &mut Vec<u8> {
        let place = match self.groups.binary_search_by_key(&wanted, |(group, _)| *group) {
            Ok(place) => place,
            Err(place) => {
                self.groups.insert(place, (wanted, Vec::new()));
                place
            }
        };
        &mut self.groups[place].1
    }
}
