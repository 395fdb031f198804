//! Batches, entries and leaves as the plan says that they are written, and what an entry surely is.
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::ids::uuid;
use crate::merkle::{Hash, leaf_hash};
use crate::shape::{Field, Shape, Value};
use crate::wire::Unusual;

/// Of a batch that is read here: what comes is bounded in bytes, but not in entries.
const MOST_ENTRIES: usize = 1 << 16;

/// What a field is wanted for.
#[derive(Deserialize, Clone, Copy)]
pub enum Role {
    Batch,
    Log,
    Start,
    Entry,
    Checkpoint,
    Leaf,
    LeafHash,
    Disclosure,
    MessageId,
    Origin,
    Sequence,
    Type,
    Digest,
    DigestGroup,
    DigestValue,
    DisclosureGroup,
}

/// Messages, and places among them; names of the types of bodies; how entries stand.
#[derive(Deserialize)]
pub struct Plan {
    messages: Vec<Vec<Field<Role>>>,
    response: usize,
    leaf: usize,
    disclosure: usize,
    pub types: Vec<String>,
    most_parts: usize,
    standings: Standings,
}

/// Numbers of dispositions.
#[derive(Deserialize)]
pub struct Standings {
    pub whole: i32,
    pub redacted: i32,
    pub withheld: i32,
}

#[derive(Default)]
pub struct Batch<'a> {
    pub log: &'a str,
    pub start: u64,
    pub entries: Vec<Sealed<'a>>,
    pub checkpoint: &'a str,
}

/// An entry, and what stands in it.
#[derive(Default)]
pub struct Sealed<'a> {
    pub bytes: &'a [u8],
    pub leaf: &'a [u8],
    hash: &'a [u8],
    disclosures: Vec<&'a [u8]>,
}

/// What a leaf says, as far as it is wanted.
#[derive(Default)]
struct Leaf<'a> {
    message_id: &'a str,
    origin: &'a str,
    sequence: u64,
    kind: &'a str,
    digests: Vec<(&'a str, &'a [u8])>,
}

/// An entry with its leaf: type by its place, message id, disclosures by group.
pub struct Opened<'a> {
    pub kind: usize,
    pub message_id: [u8; 16],
    pub is_whole: bool,
    pub parts: Vec<(&'a str, &'a [u8])>,
}

pub enum Judged<'a> {
    Opened(Opened<'a>),
    Withheld,
    Unusual,
}

pub struct Reading {
    shape: Shape<Role>,
    response: usize,
    leaf: usize,
    disclosure: usize,
    most_parts: usize,
    places: HashMap<String, usize>,
    pub standings: Standings,
}

impl Reading {
    /// None if the plan's messages don't fit together.
    pub fn new(plan: Plan) -> Option<Self> {
        let Plan { messages, response, leaf, disclosure, types, most_parts, standings } = plan;
        let shape = Shape::new(messages)?;
        let places = types.into_iter().enumerate().map(|(place, name)| (name, place)).collect();
        Some(Reading { shape, response, leaf, disclosure, most_parts, places, standings })
    }

    /// A batch each of whose entries has a leaf or a leaf hash.
    pub fn batch<'a>(&self, data: &'a [u8]) -> Result<Batch<'a>, Unusual> {
        let (mut batch, mut is_there) = (Batch::default(), false);
        self.shape.walk(self.response, data, &mut |role, value| {
            match (role, value) {
                (Role::Batch, _) => is_there = true,
                (Role::Log, Value::Text(log)) => batch.log = log,
                (Role::Start, Value::Number(start)) => batch.start = start,
                (Role::Checkpoint, Value::Text(note)) => batch.checkpoint = note,
                (Role::Entry, Value::Bytes(bytes)) => {
                    if batch.entries.len() == MOST_ENTRIES || !batch.is_last_held() {
                        return Err(Unusual);
                    }
                    batch.entries.push(Sealed { bytes, ..Sealed::default() });
                }
                (role, Value::Bytes(bytes)) => batch.entries.last_mut().ok_or(Unusual)?.take(role, bytes),
                _ => return Err(Unusual),
            }
            Ok(())
        })?;
        // what comes behind the last has an index, too
        let is_counted = batch.start.checked_add(batch.entries.len() as u64).is_some();
        if is_there && is_counted && batch.is_last_held() { Ok(batch) } else { Err(Unusual) }
    }

    /// Leaf hashes of a batch's entries, and what each is.
    pub fn judged<'a>(&self, batch: &Batch<'a>, origin: &str) -> Result<Vec<(Hash, Judged<'a>)>, Unusual> {
        let each = |(index, sealed): (u64, &Sealed<'a>)| {
            if sealed.leaf.is_empty() {
                let hash = sealed.hash.try_into().map_err(|_| Unusual)?;
                return Ok((hash, Judged::Withheld));
            }
            // what fails here against all care is for Python, too
            let opened = catch_unwind(AssertUnwindSafe(|| self.opened(sealed, index, origin)));
            Ok((
                leaf_hash(sealed.leaf),
                opened.unwrap_or(Err(Unusual)).map_or(Judged::Unusual, Judged::Opened),
            ))
        };
        (batch.start..).zip(&batch.entries).map(each).collect()
    }

    fn opened<'a>(&self, sealed: &Sealed<'a>, index: u64, origin: &str) -> Result<Opened<'a>, Unusual> {
        let leaf = self.read_leaf(sealed.leaf)?;
        if leaf.sequence != index || leaf.origin != origin {
            return Err(Unusual);
        }
        let parts = self.parts(&leaf.digests, &sealed.disclosures)?;
        Ok(Opened {
            kind: *self.places.get(leaf.kind).ok_or(Unusual)?,
            message_id: uuid(leaf.message_id).ok_or(Unusual)?,
            is_whole: parts.len() == leaf.digests.len(),
            parts,
        })
    }

    fn read_leaf<'a>(&self, bytes: &'a [u8]) -> Result<Leaf<'a>, Unusual> {
        let mut leaf = Leaf::default();
        self.shape.walk(self.leaf, bytes, &mut |role, value| {
            match (role, value) {
                (Role::MessageId, Value::Text(id)) => leaf.message_id = id,
                (Role::Origin, Value::Text(origin)) => leaf.origin = origin,
                (Role::Sequence, Value::Number(sequence)) => leaf.sequence = sequence,
                (Role::Type, Value::Text(kind)) => leaf.kind = kind,
                (Role::Digest, _) => leaf.digests.push(("", &[])),
                (Role::DigestGroup, Value::Text(group)) => leaf.digests.last_mut().ok_or(Unusual)?.0 = group,
                (Role::DigestValue, Value::Bytes(digest)) => {
                    leaf.digests.last_mut().ok_or(Unusual)?.1 = digest
                }
                _ => return Err(Unusual),
            }
            Ok(())
        })?;
        Ok(leaf)
    }

    /// The disclosures by group: each is the one that the leaf has a digest of, and no group is there twice.
    fn parts<'a>(
        &self,
        digests: &[(&str, &[u8])],
        disclosures: &[&'a [u8]],
    ) -> Result<Vec<(&'a str, &'a [u8])>, Unusual> {
        let is_twice =
            |(at, (group, _)): (usize, &(&str, &[u8]))| digests[..at].iter().any(|d| d.0 == *group);
        if digests.len() > self.most_parts || digests.iter().enumerate().any(is_twice) {
            return Err(Unusual);
        }
        let mut parts: Vec<(&str, &[u8])> = Vec::with_capacity(disclosures.len().min(digests.len()));
        for data in disclosures {
            let group = self.group(data)?;
            let digest = digests.iter().find(|found| found.0 == group).ok_or(Unusual)?.1;
            if parts.iter().any(|part| part.0 == group) || Sha256::digest(data).as_slice() != digest {
                return Err(Unusual);
            }
            parts.push((group, data));
        }
        Ok(parts)
    }

    fn group<'a>(&self, disclosure: &'a [u8]) -> Result<&'a str, Unusual> {
        let mut found = "";
        self.shape.walk(self.disclosure, disclosure, &mut |role, value| match (role, value) {
            (Role::DisclosureGroup, Value::Text(group)) => {
                found = group;
                Ok(())
            }
            _ => Err(Unusual),
        })?;
        Ok(found)
    }
}

impl Batch<'_> {
    fn is_last_held(&self) -> bool {
        self.entries
            .last()
            .is_none_or(|entry| !entry.leaf.is_empty() || entry.hash.len() == size_of::<Hash>())
    }
}

impl<'a> Sealed<'a> {
    fn take(&mut self, role: Role, bytes: &'a [u8]) {
        match role {
            Role::Leaf => self.leaf = bytes,
            Role::LeafHash => self.hash = bytes,
            Role::Disclosure => self.disclosures.push(bytes),
            _ => {}
        }
    }
}
