//! What Python tells of the contract: types, fields, rules as trees of CEL, code tables. Nothing of it stands here.
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use regex::Regex;
use serde::{Deserialize, Deserializer, de::Error};

/// An expression over variables: the first is what the rule is of, those of macros follow.
#[derive(Deserialize)]
pub enum Expr {
    Int(i64),
    Float(f64),
    Text(String),
    Bool(bool),
    Var(usize),
    /// A message, its type, the place of the field there.
    Field(Box<Expr>, usize, usize),
    Has(Box<Expr>, usize, usize),
    At(Box<Expr>, Box<Expr>),
    List(Vec<Expr>),
    Not(Box<Expr>),
    Choice(Box<Expr>, Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Compare(Order, Box<Expr>, Box<Expr>),
    In(Box<Expr>, Box<Expr>),
    /// One of these whole numbers, ascending.
    Among(Box<Expr>, Vec<i128>),
    Add(Box<Expr>, Box<Expr>),
    Subtract(Box<Expr>, Box<Expr>),
    Size(Box<Expr>),
    Bytes(Box<Expr>),
    Finite(Box<Expr>),
    Matches(Box<Expr>, Pattern),
    All(Box<Expr>, Box<Expr>),
    Exists(Box<Expr>, Box<Expr>),
    Unique(Box<Expr>, Box<Expr>),
    Sum(Box<Expr>, Box<Expr>),
    /// A table, the scheme, the value.
    Listed(usize, Box<Expr>, Box<Expr>),
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
pub enum Order {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// A regular expression that has to match the whole text.
pub struct Pattern(pub Regex);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Regex::new(&text).map(Pattern).map_err(D::Error::custom)
    }
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
pub enum Kind {
    Int32,
    Int64,
    Uint32,
    Uint64,
    Bool,
    Double,
    String,
    Bytes,
    Message,
    Time,
}

#[derive(Deserialize)]
pub struct Field {
    pub number: u32,
    pub kind: Kind,
    pub repeated: bool,
    /// Whether it is told apart from its default whether it is set.
    pub presence: bool,
    pub required: bool,
    /// Which oneof of the type it is a member of.
    pub oneof: Option<u32>,
    /// The type of a message.
    pub of: Option<usize>,
    /// What must hold of the value, the only variable; of a repeated field, of the list.
    pub checks: Vec<Expr>,
    /// The disclosure group: a place in `groups`.
    pub group: Option<usize>,
    pub authority: bool,
    /// Whether fields with a group, or with an authority, stand below it.
    pub leads_to_groups: bool,
    pub leads_to_authority: bool,
    /// Whether the checks hold of the default; found when it is first asked.
    #[serde(skip)]
    pub default_holds: OnceLock<bool>,
}

#[derive(Deserialize)]
pub struct Type {
    /// By number.
    pub fields: Vec<Field>,
    /// What must hold of the whole message, the only variable.
    pub rules: Vec<Expr>,
}

/// A body type as it stands in a draft.
#[derive(Deserialize)]
pub struct Body {
    pub number: u32,
    pub of: usize,
    pub name: String,
    /// The only participant that may publish it; empty: every one.
    pub publisher: String,
    pub step: Option<Step>,
    /// The field of a leaf that says the type, as hexadecimal digits.
    pub type_field: Hex,
}

/// Where a body says the step that it takes, and who takes it: places of fields, and names of parties.
#[derive(Deserialize)]
pub struct Step {
    pub field: usize,
    pub author: Option<usize>,
    pub parties: Vec<(usize, String)>,
}

#[derive(Deserialize)]
pub struct Group {
    pub name: String,
    /// The field of a disclosure that names the group, as hexadecimal digits.
    pub named: Hex,
    /// What stands before its digest in a leaf, as hexadecimal digits.
    pub digest_before: Hex,
}

/// Bytes, told as hexadecimal digits.
pub struct Hex(pub Vec<u8>);

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        (0..text.len())
            .step_by(2)
            .map(|at| text.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok()))
            .collect::<Option<Vec<u8>>>()
            .map(Hex)
            .ok_or_else(|| D::Error::custom("hexadecimal digits were due"))
    }
}

/// Places of the header's fields.
#[derive(Deserialize)]
pub struct Header {
    pub number: u32,
    pub of: usize,
    pub message_id: usize,
    pub entity_id: usize,
    pub revision: usize,
    pub priority: usize,
    pub act: usize,
    pub times: Vec<usize>,
}

/// Numbers of the fields of an entry's parts.
#[derive(Deserialize)]
pub struct Numbers {
    pub core: u32,
    pub salt: u32,
    pub body: u32,
}

#[derive(Deserialize)]
pub struct CodeList {
    pub values: HashSet<String>,
    pub refused: HashSet<String>,
    pub pattern: Option<Pattern>,
    pub elsewhere: Option<Pattern>,
    pub complete: bool,
    /// So many of the first characters may stand for the value; 0: none.
    pub digits: usize,
}

#[derive(Deserialize)]
pub struct Table {
    /// The only list, whatever the scheme.
    pub only: Option<CodeList>,
    pub by_scheme: HashMap<String, CodeList>,
    /// Whether a scheme that it does not know is taken.
    pub open: bool,
}

#[derive(Deserialize)]
pub struct Plan {
    pub types: Vec<Type>,
    pub header: Header,
    /// Those that can be read here, by number.
    pub bodies: Vec<Body>,
    pub groups: Vec<Group>,
    /// Most groups of a type.
    pub most_groups: usize,
    pub tables: Vec<Table>,
    pub numbers: Numbers,
}

impl Table {
    /// Whether the value stands in the table. False says nothing.
    pub fn surely_has(&self, scheme: &str, value: &str) -> bool {
        match self.only.as_ref().or_else(|| self.by_scheme.get(scheme)) {
            Some(list) => list.surely_has(value),
            None => self.open,
        }
    }
}

impl CodeList {
    fn surely_has(&self, value: &str) -> bool {
        if self.values.contains(value) {
            return true;
        }
        if self.refused.contains(value) || self.pattern.as_ref().is_some_and(|p| !p.0.is_match(value)) {
            return false;
        }
        self.elsewhere.as_ref().is_some_and(|p| p.0.is_match(value))
            || !self.complete
            || self.is_known_by_start(value)
    }

    fn is_known_by_start(&self, value: &str) -> bool {
        let start = value.get(..self.digits).filter(|start| start.is_ascii());
        self.digits > 0 && start.is_some_and(|start| self.values.contains(start))
    }
}
