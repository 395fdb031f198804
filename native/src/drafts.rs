//! Checks drafts before they are sealed: of each, that it surely keeps the contract, and its parts.
use sha2::{Digest, Sha256};

use crate::cut::Parts;
use crate::plan::{Body, Plan};
use crate::rules::holds;
use crate::tree::{Node, Value};
use crate::wire::{Cursor, DELIMITED, Unusual, put_delimited};

pub const SALT: usize = 16;

/// What a gateway needs of a draft that keeps the contract.
pub struct Ready {
    pub message_id: String,
    pub digest: [u8; 32],
    pub entity_id: String,
    pub revision: u64,
    pub priority: i64,
    /// The number of the step in its field, and the party that takes it (empty: any).
    pub step: Option<(i64, String)>,
    /// A place in `Plan.bodies`.
    pub body: usize,
    /// Of the leaf: what stands before and behind the stamp.
    pub before: Vec<u8>,
    pub behind: Vec<u8>,
    /// A place in `Plan.groups`, and the disclosure.
    pub parts: Vec<(usize, Vec<u8>)>,
}

/// Who publishes, when, and what a draft may have.
pub struct Terms<'a> {
    pub participant: &'a str,
    /// Times of the header are not later: seconds since 1970.
    pub latest: f64,
    pub most_bytes: usize,
}

/// The draft ready to be sealed. Unusual: it may be wrong, or is not known here. `salts`: one for each group.
pub fn ready(plan: &Plan, terms: &Terms, data: &[u8], salts: &[u8]) -> Result<Ready, Unusual> {
    if data.len() > terms.most_bytes {
        return Err(Unusual);
    }
    let (header, before, place, body) = halves(plan, data)?;
    let described = &plan.bodies[place];
    let surely = holds(plan, &header)? && holds(plan, &body)?;
    if !surely
        || !in_time(plan, &header, terms.latest)
        || !may_say(plan, described, &body, terms.participant)?
    {
        return Err(Unusual);
    }
    let (behind, parts) = sealed_parts(plan, described, &body, data.len(), salts)?;
    Ok(Ready {
        message_id: text(&header, plan.header.message_id)?.to_owned(),
        digest: Sha256::digest(data).into(),
        entity_id: text(&header, plan.header.entity_id)?.to_owned(),
        revision: u64::try_from(int(&header, plan.header.revision)?).map_err(|_| Unusual)?,
        priority: i64::try_from(int(&header, plan.header.priority)?).map_err(|_| Unusual)?,
        step: step(described, &body)?,
        body: place,
        before: before.to_vec(),
        behind,
        parts,
    })
}

/// The header, its bytes with the tag, the place of the body's type, and the body.
fn halves<'a>(plan: &Plan, data: &'a [u8]) -> Result<(Node<'a>, &'a [u8], usize, Node<'a>), Unusual> {
    let mut cursor = Cursor::new(data);
    if cursor.tag()? != (plan.header.number, DELIMITED) {
        return Err(Unusual);
    }
    let header = Node::read(&plan.types, plan.header.of, cursor.delimited()?)?;
    let before = data.get(..cursor.at()).ok_or(Unusual)?;
    let (number, wire) = cursor.tag()?;
    let found = plan.bodies.binary_search_by_key(&number, |body| body.number);
    let place = found.map_err(|_| Unusual)?;
    let inner = cursor.delimited()?;
    // what a system does for a person is looked at by Python
    if wire != DELIMITED || !cursor.is_done() || is_set(&header, plan.header.act) {
        return Err(Unusual);
    }
    Ok((header, before, place, Node::read(&plan.types, plan.bodies[place].of, inner)?))
}

fn in_time(plan: &Plan, header: &Node, latest: f64) -> bool {
    plan.header.times.iter().all(|place| match header.slots.get(*place).map(|slot| &slot.value) {
        Some(Value::Time(seconds, _)) => *seconds as f64 <= latest,
        _ => 0.0 <= latest,
    })
}

/// Whether the facts are the publisher's to state.
fn may_say(plan: &Plan, described: &Body, body: &Node, participant: &str) -> Result<bool, Unusual> {
    let other = !described.publisher.is_empty() && described.publisher != participant;
    Ok(!other && owns_all(plan, body, participant)?)
}

fn owns_all(plan: &Plan, node: &Node, participant: &str) -> Result<bool, Unusual> {
    let kind = plan.types.get(node.of).ok_or(Unusual)?;
    for (field, slot) in kind.fields.iter().zip(&node.slots) {
        let owned = match &slot.value {
            value if field.authority => owns(value, participant)?,
            Value::Node(inner) if field.leads_to_authority => owns_all(plan, inner, participant)?,
            Value::Many(items) if field.leads_to_authority => {
                let mut all = true;
                for item in items {
                    let Value::Node(inner) = item else { return Err(Unusual) };
                    all &= owns_all(plan, inner, participant)?;
                }
                all
            }
            _ => true,
        };
        if !owned {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A participant as it is; an administrative code by its province.
fn owns(value: &Value, participant: &str) -> Result<bool, Unusual> {
    match value {
        Value::Absent | Value::Text("") => Ok(true),
        Value::Text(text) if text.is_ascii() => {
            let is_code = text.bytes().all(|byte| byte.is_ascii_digit());
            let province = participant.strip_suffix("0000");
            Ok(if is_code { province == text.get(..2) && province.is_some() } else { *text == participant })
        }
        Value::Many(items) => {
            for item in items {
                if !owns(item, participant)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        _ => Err(Unusual),
    }
}

type Group = (usize, Vec<u8>);

fn sealed_parts(
    plan: &Plan,
    described: &Body,
    body: &Node,
    room: usize,
    salts: &[u8],
) -> Result<(Vec<u8>, Vec<Group>), Unusual> {
    let cut = Parts::of(plan, body, room)?;
    let more = described.type_field.0.len() + 16 + 128 * cut.groups.len();
    let mut behind = Vec::with_capacity(more + cut.core.len());
    behind.extend_from_slice(&described.type_field.0);
    put_delimited(&mut behind, plan.numbers.core, &cut.core);
    let mut parts = Vec::with_capacity(cut.groups.len());
    for (number, (group, bytes)) in cut.groups.iter().enumerate() {
        let salt = salts.get(number * SALT..(number + 1) * SALT).ok_or(Unusual)?;
        let told = plan.groups.get(*group).ok_or(Unusual)?;
        let mut part = Vec::with_capacity(bytes.len() + 64);
        put_delimited(&mut part, plan.numbers.salt, salt);
        part.extend_from_slice(&told.named.0);
        put_delimited(&mut part, plan.numbers.body, bytes);
        behind.extend_from_slice(&told.digest_before.0);
        behind.extend_from_slice(&Sha256::digest(&part));
        parts.push((*group, part));
    }
    Ok((behind, parts))
}

fn step(described: &Body, body: &Node) -> Result<Option<(i64, String)>, Unusual> {
    let Some(step) = &described.step else { return Ok(None) };
    let number = match body.slots.get(step.field).map(|slot| &slot.value) {
        Some(Value::Bool(truth)) => i64::from(*truth),
        Some(Value::Int(number)) => i64::try_from(*number).map_err(|_| Unusual)?,
        Some(Value::Absent) => 0,
        _ => return Err(Unusual),
    };
    let Some(author) = step.author else { return Ok(Some((number, String::new()))) };
    let author = text(body, author)?;
    for (place, party) in &step.parties {
        if text(body, *place)? == author {
            return Ok(Some((number, party.clone())));
        }
    }
    Ok(Some((number, String::new())))
}

fn is_set(node: &Node, place: usize) -> bool {
    node.slots.get(place).is_none_or(|slot| !matches!(slot.value, Value::Absent))
}

fn text<'v>(node: &'v Node<'v>, place: usize) -> Result<&'v str, Unusual> {
    match node.slots.get(place).map(|slot| &slot.value) {
        Some(Value::Text(text)) => Ok(text),
        Some(Value::Absent) => Ok(""),
        _ => Err(Unusual),
    }
}

fn int(node: &Node, place: usize) -> Result<i128, Unusual> {
    match node.slots.get(place).map(|slot| &slot.value) {
        Some(Value::Int(number)) => Ok(*number),
        Some(Value::Absent) => Ok(0),
        _ => Err(Unusual),
    }
}
