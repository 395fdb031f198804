//! What a type's fields are, in the order of its Avro schema: Python says it from the contract's descriptors.
use serde::Deserialize;

/// A type and all that it holds; the first is the type itself.
#[derive(Deserialize)]
pub struct Layout {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
pub struct Message {
    pub parts: Vec<Part>,
    /// Whether the schema's order is that of the fields' numbers, as protobuf writes them.
    #[serde(skip)]
    pub ascending: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Field(Field),
    /// A oneof: before its members stands the name of the one that is set.
    Choice(Vec<Field>),
}

#[derive(Deserialize)]
pub struct Field {
    pub name: String,
    pub number: u32,
    pub count: Count,
    pub kind: Kind,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Always there in Avro; protobuf leaves its default out.
    Plain,
    /// A union with null.
    Maybe,
    Many,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Text,
    Bytes,
    Bool,
    Double,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Time,
    /// The numbers of its symbols.
    Enum(Vec<i32>),
    /// Which message of the layout.
    Message(usize),
}

impl Layout {
    pub fn parse(plan: &str) -> serde_json::Result<Layout> {
        let mut made: Layout = serde_json::from_str(plan)?;
        for message in &mut made.messages {
            message.ascending = message.fields().is_sorted_by_key(|field| field.number);
        }
        Ok(made)
    }

    pub fn message(&self, index: usize) -> Option<&Message> {
        self.messages.get(index)
    }
}

impl Message {
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.parts.iter().flat_map(|part| match part {
            Part::Field(field) => std::slice::from_ref(field),
            Part::Choice(members) => members,
        })
    }
}

impl Field {
    /// How many zeros stand for it where it is not set, but for one that is Plain.
    pub fn zeros(&self) -> usize {
        if self.has_beside() { 2 } else { 1 }
    }

    /// Whether what Avro has no value for stands in a field beside it.
    pub fn has_beside(&self) -> bool {
        matches!(self.kind, Kind::Enum(_) | Kind::Time)
    }
}
