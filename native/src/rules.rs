//! Whether a message surely keeps its rules. What CEL would call an error is an error here, too: nothing is proved.
use std::cmp::Ordering;
use std::collections::HashSet;

use crate::plan::{Expr, Field, Kind, Order, Plan};
use crate::tree::{Node, Value};
use crate::wire::Unusual;

/// What an expression yields.
#[derive(Clone, Copy)]
enum Out<'v> {
    Int(i128),
    Float(f64),
    Bool(bool),
    Text(&'v str),
    Bytes(&'v [u8]),
    Time(i64, i64),
    Node(Option<&'v Node<'v>>),
    Many(&'v [Value<'v>]),
}

type Found<'v> = Result<Out<'v>, Unusual>;

/// Whether the message and all below it keep their rules. Unusual, like false, says nothing.
pub fn holds<'v>(plan: &'v Plan, node: &'v Node<'v>) -> Result<bool, Unusual> {
    let kind = plan.types.get(node.of).ok_or(Unusual)?;
    for (field, slot) in kind.fields.iter().zip(&node.slots) {
        if !field_holds(plan, field, &slot.value)? {
            return Ok(false);
        }
    }
    all_hold(plan, &kind.rules, Out::Node(Some(node)))
}

fn field_holds<'v>(plan: &'v Plan, field: &'v Field, value: &'v Value<'v>) -> Result<bool, Unusual> {
    if matches!(value, Value::Absent) {
        if field.required || field.presence {
            return Ok(!field.required);
        }
        return Ok(*field
            .default_holds
            .get_or_init(|| all_hold(plan, &field.checks, default(field)).unwrap_or(false)));
    }
    if field.required && !field.presence && !value.says_something() {
        return Ok(false);
    }
    Ok(all_hold(plan, &field.checks, out(value))? && below_holds(plan, value)?)
}

fn below_holds<'v>(plan: &'v Plan, value: &'v Value<'v>) -> Result<bool, Unusual> {
    match value {
        Value::Node(node) => holds(plan, node),
        Value::Many(items) => {
            for item in items {
                if !below_holds(plan, item)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        _ => Ok(true),
    }
}

fn all_hold<'v>(plan: &'v Plan, rules: &'v [Expr], of: Out<'v>) -> Result<bool, Unusual> {
    let scope = Scope { plan, variable: of, place: 0, above: None };
    for rule in rules {
        match scope.value(rule)? {
            Out::Bool(true) | Out::Text("") => (),
            _ => return Ok(false),
        }
    }
    Ok(true)
}

fn out<'v>(value: &'v Value<'v>) -> Out<'v> {
    match value {
        Value::Int(number) => Out::Int(*number),
        Value::Float(number) => Out::Float(*number),
        Value::Bool(truth) => Out::Bool(*truth),
        Value::Text(text) => Out::Text(text),
        Value::Bytes(bytes) => Out::Bytes(bytes),
        Value::Time(seconds, nanos) => Out::Time(*seconds, *nanos),
        Value::Node(node) => Out::Node(Some(node)),
        Value::Many(items) => Out::Many(items),
        Value::Absent => Out::Node(None),
    }
}

fn default<'v>(field: &Field) -> Out<'v> {
    if field.repeated {
        return Out::Many(&[]);
    }
    match field.kind {
        Kind::Bool => Out::Bool(false),
        Kind::Double => Out::Float(0.0),
        Kind::String => Out::Text(""),
        Kind::Bytes => Out::Bytes(&[]),
        Kind::Message => Out::Node(None),
        Kind::Time => Out::Time(0, 0),
        _ => Out::Int(0),
    }
}

/// A variable and those around it.
struct Scope<'v, 's> {
    plan: &'v Plan,
    variable: Out<'v>,
    place: usize,
    above: Option<&'s Scope<'v, 's>>,
}

impl<'v> Scope<'v, '_> {
    fn value(&self, expr: &'v Expr) -> Found<'v> {
        Ok(match expr {
            Expr::Int(number) => Out::Int(i128::from(*number)),
            Expr::Float(number) => Out::Float(*number),
            Expr::Text(text) => Out::Text(text),
            Expr::Bool(truth) => Out::Bool(*truth),
            Expr::Var(place) => self.variable(*place)?,
            Expr::Field(of, kind, place) => self.field(of, *kind, *place)?,
            Expr::Has(of, kind, place) => Out::Bool(self.has(of, *kind, *place)?),
            Expr::At(of, place) => self.at(of, place)?,
            Expr::List(_) => return Err(Unusual), // only `in` takes one
            Expr::Among(of, numbers) => match self.value(of)? {
                Out::Int(number) => Out::Bool(numbers.binary_search(&number).is_ok()),
                _ => return Err(Unusual),
            },
            Expr::Not(of) => Out::Bool(!self.truth(of)?),
            Expr::Choice(condition, then, otherwise) => {
                let chosen = if self.truth(condition)? { then } else { otherwise };
                self.value(chosen)?
            }
            Expr::And(left, right) => Out::Bool(self.truth(left)? && self.truth(right)?),
            Expr::Or(left, right) => Out::Bool(self.truth(left)? || self.truth(right)?),
            Expr::Compare(order, left, right) => {
                Out::Bool(compare(*order, &self.value(left)?, &self.value(right)?)?)
            }
            Expr::In(item, list) => Out::Bool(self.is_in(item, list)?),
            Expr::Add(left, right) => self.sum(left, right, 1)?,
            Expr::Subtract(left, right) => self.sum(left, right, -1)?,
            Expr::Size(of) => Out::Int(size(&self.value(of)?)? as i128),
            Expr::Bytes(of) => Out::Int(self.text(of)?.len() as i128),
            Expr::Finite(of) => match self.value(of)? {
                Out::Float(number) => Out::Bool(number.is_finite()),
                _ => return Err(Unusual),
            },
            Expr::Matches(of, pattern) => Out::Bool(pattern.0.is_match(self.text(of)?)),
            Expr::All(of, body) => Out::Bool(!self.any(of, body, false)?),
            Expr::Exists(of, body) => Out::Bool(self.any(of, body, true)?),
            Expr::Unique(of, body) => Out::Bool(self.is_unique(of, body)?),
            Expr::Sum(of, body) => self.total(of, body)?,
            Expr::Listed(table, scheme, value) => {
                let table = self.plan.tables.get(*table).ok_or(Unusual)?;
                Out::Bool(table.surely_has(self.text(scheme)?, self.text(value)?))
            }
        })
    }

    fn variable(&self, place: usize) -> Found<'v> {
        let mut scope = self;
        while scope.place != place {
            scope = scope.above.ok_or(Unusual)?;
        }
        Ok(scope.variable)
    }

    /// The value of an expression with one variable more.
    fn with(&self, item: &'v Value<'v>, body: &'v Expr) -> Found<'v> {
        Scope { plan: self.plan, variable: out(item), place: self.place + 1, above: Some(self) }.value(body)
    }

    fn truth(&self, expr: &'v Expr) -> Result<bool, Unusual> {
        match self.value(expr)? {
            Out::Bool(truth) => Ok(truth),
            _ => Err(Unusual),
        }
    }

    fn text(&self, expr: &'v Expr) -> Result<&'v str, Unusual> {
        match self.value(expr)? {
            Out::Text(text) => Ok(text),
            _ => Err(Unusual),
        }
    }

    /// The field of a message; its default where it, or the message, is not there.
    fn field(&self, of: &'v Expr, kind: usize, place: usize) -> Found<'v> {
        let node = self.node(of, kind)?;
        let field = self.described(kind, place)?;
        Ok(match node.and_then(|node| node.slots.get(place)) {
            Some(slot) if !matches!(slot.value, Value::Absent) => out(&slot.value),
            _ => default(field),
        })
    }

    fn has(&self, of: &'v Expr, kind: usize, place: usize) -> Result<bool, Unusual> {
        let node = self.node(of, kind)?;
        let field = self.described(kind, place)?;
        let value = node.and_then(|node| node.slots.get(place)).map(|slot| &slot.value);
        Ok(match value {
            None | Some(Value::Absent) => false,
            Some(value) => field.presence || value.says_something(),
        })
    }

    fn node(&self, of: &'v Expr, kind: usize) -> Result<Option<&'v Node<'v>>, Unusual> {
        match self.value(of)? {
            Out::Node(node) if node.is_none_or(|node| node.of == kind) => Ok(node),
            _ => Err(Unusual),
        }
    }

    fn described(&self, kind: usize, place: usize) -> Result<&'v Field, Unusual> {
        self.plan.types.get(kind).and_then(|kind| kind.fields.get(place)).ok_or(Unusual)
    }

    fn at(&self, of: &'v Expr, place: &'v Expr) -> Found<'v> {
        let (Out::Many(items), Out::Int(place)) = (self.value(of)?, self.value(place)?) else {
            return Err(Unusual);
        };
        usize::try_from(place).ok().and_then(|place| items.get(place)).map(out).ok_or(Unusual)
    }

    fn is_in(&self, item: &'v Expr, list: &'v Expr) -> Result<bool, Unusual> {
        let item = self.value(item)?;
        // a list of the contract is not built anew
        if let Expr::List(listed) = list {
            for each in listed {
                if compare(Order::Equal, &item, &self.value(each)?)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        let Out::Many(items) = self.value(list)? else { return Err(Unusual) };
        for each in items {
            if compare(Order::Equal, &item, &out(each))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn sum(&self, left: &'v Expr, right: &'v Expr, sign: i128) -> Found<'v> {
        match (self.value(left)?, self.value(right)?) {
            (Out::Int(left), Out::Int(right)) => {
                right.checked_mul(sign).and_then(|right| left.checked_add(right)).map(Out::Int).ok_or(Unusual)
            }
            (Out::Float(left), Out::Float(right)) => Ok(Out::Float(left + sign as f64 * right)),
            _ => Err(Unusual),
        }
    }

    /// Whether the body is `wanted` for any of the items.
    fn any(&self, of: &'v Expr, body: &'v Expr, wanted: bool) -> Result<bool, Unusual> {
        for item in self.items(of)? {
            match self.with(item, body)? {
                Out::Bool(truth) if truth == wanted => return Ok(true),
                Out::Bool(_) => (),
                _ => return Err(Unusual),
            }
        }
        Ok(false)
    }

    fn is_unique(&self, of: &'v Expr, body: &'v Expr) -> Result<bool, Unusual> {
        let found = self.each(of, body)?;
        let (mut numbers, mut texts) = (HashSet::new(), HashSet::new());
        for each in &found {
            let is_new = match each {
                Out::Int(number) => numbers.insert(*number),
                Out::Text(text) => texts.insert(*text),
                _ => return Err(Unusual),
            };
            if !is_new {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn total(&self, of: &'v Expr, body: &'v Expr) -> Found<'v> {
        let mut total = 0i128;
        for each in self.each(of, body)? {
            let Out::Int(number) = each else { return Err(Unusual) };
            total = total.checked_add(number).ok_or(Unusual)?;
        }
        Ok(Out::Int(total))
    }

    fn each(&self, of: &'v Expr, body: &'v Expr) -> Result<Vec<Out<'v>>, Unusual> {
        self.items(of)?.iter().map(|item| self.with(item, body)).collect()
    }

    fn items(&self, of: &'v Expr) -> Result<&'v [Value<'v>], Unusual> {
        match self.value(of)? {
            Out::Many(items) => Ok(items),
            _ => Err(Unusual),
        }
    }
}

fn size(of: &Out) -> Result<usize, Unusual> {
    match of {
        Out::Text(text) => Ok(text.chars().count()),
        Out::Bytes(bytes) => Ok(bytes.len()),
        Out::Many(items) => Ok(items.len()),
        _ => Err(Unusual),
    }
}

/// Numbers of a kind, texts, bytes, times; anything else is no comparison that CEL and Python both have.
fn compare(order: Order, left: &Out, right: &Out) -> Result<bool, Unusual> {
    let found = match (left, right) {
        (Out::Int(left), Out::Int(right)) => Some(left.cmp(right)),
        (Out::Float(left), Out::Float(right)) => left.partial_cmp(right),
        (Out::Text(left), Out::Text(right)) => Some(left.cmp(right)),
        (Out::Bytes(left), Out::Bytes(right)) => Some(left.cmp(right)),
        (Out::Time(seconds, nanos), Out::Time(others, other)) => Some((seconds, nanos).cmp(&(others, other))),
        (Out::Bool(left), Out::Bool(right)) if matches!(order, Order::Equal | Order::Unequal) => {
            Some(left.cmp(right))
        }
        _ => return Err(Unusual),
    };
    Ok(match (order, found) {
        (Order::Unequal, found) => found != Some(Ordering::Equal),
        (_, None) => false,
        (Order::Equal, Some(found)) => found.is_eq(),
        (Order::Less, Some(found)) => found.is_lt(),
        (Order::AtMost, Some(found)) => found.is_le(),
        (Order::Greater, Some(found)) => found.is_gt(),
        (Order::AtLeast, Some(found)) => found.is_ge(),
    })
}
