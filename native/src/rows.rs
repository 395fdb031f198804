//! The rows that a commit's new entries make, by table. gateway/store/sql_rows.py says the same in Python.
use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};

type Value<'py> = Bound<'py, PyAny>;
type Field<'a, 'py> = Borrowed<'a, 'py, PyAny>;

/// An entry, and what it is found by.
type New<'py> = (Bound<'py, PyTuple>, Option<Bound<'py, PyTuple>>);

/// Numbers by name; the name of the entry before is likely the next one's, too.
struct Numbers<'a, 'py> {
    known: &'a Bound<'py, PyDict>,
    last: Option<(Field<'a, 'py>, Value<'py>)>,
}

impl<'a, 'py> Numbers<'a, 'py> {
    /// The number, and whether the name is another object than the one before.
    fn find(&mut self, name: Field<'a, 'py>) -> Option<(Value<'py>, bool)> {
        if let Some((_, number)) = self.last.as_ref().filter(|(last, _)| last.is(&*name)) {
            return Some((number.clone(), false));
        }
        let number = self.known.get_item(&*name).ok()??;
        self.last = Some((name, number.clone()));
        Some((number, true))
    }
}

/// Which priorities and types have tables of their own, and how many numbers an entry's parts have.
struct Plan {
    urgent: Vec<i64>,
    indexed: Vec<i64>,
    most_parts: i64,
}

/// The values of each table's rows, one row behind the other; and what is said of all entries.
#[derive(Default)]
struct Rows<'a, 'py> {
    entry: Vec<Value<'py>>,
    naming: Vec<Value<'py>>,
    disclosure: Vec<Value<'py>>,
    urgent: Vec<Value<'py>>,
    /// By number of the type and entity, as the table is ordered: both, and the last standing.
    standings: BTreeMap<(i64, String), [Field<'a, 'py>; 2]>,
    indexed: Vec<Value<'py>>,
    held: Vec<Value<'py>>,
    logs: Vec<Value<'py>>,
    leaf_bytes: usize,
}

impl<'a, 'py> Rows<'a, 'py> {
    /// None if the entry is not what entries are.
    fn add(&mut self, new: &'a New<'py>, names: &mut [Numbers<'a, 'py>; 2], plan: &Plan) -> Option<()> {
        let (entry, naming) = new;
        let [offset, log, index, digest, leaf, kind, disposition, received, parts] = fields(entry)?;
        let [logs, types] = names;
        let (log_number, other) = logs.find(log)?;
        if other && !self.logs.iter().any(|known| known.eq(&*log).unwrap_or(false)) {
            self.logs.push(owned(log));
        }
        let (number, _) = types.find(kind)?;
        let type_number = number.extract().ok()?;
        if plan.indexed.contains(&type_number) {
            self.indexed.push(entry.as_any().clone());
        }
        self.add_parts(parts.cast().ok()?, offset.extract().ok()?, plan)?;
        if !leaf.is_none() {
            self.leaf_bytes += leaf.cast::<PyBytes>().ok()?.as_bytes().len();
        }
        let mut content = entry.py().None().into_bound(entry.py());
        if let Some(naming) = naming {
            let [message_id, digest, entity, standing, priority] = fields(naming)?;
            content = owned(digest);
            self.naming.extend([owned(message_id), log_number.clone(), owned(offset)]);
            self.stand(type_number, entity, standing)?;
            if plan.urgent.contains(&priority.extract().ok()?) {
                self.urgent.extend([log_number.clone(), owned(priority), owned(index)]);
            }
        }
        let [offset, index, digest, leaf] = [offset, index, digest, leaf].map(owned);
        let [disposition, received] = [disposition, received].map(owned);
        let row = [offset, log_number, index, digest, leaf, number, disposition, received, content];
        self.entry.extend(row);
        self.held.push(entry.as_any().clone());
        Some(())
    }

    fn add_parts(&mut self, parts: Borrowed<'a, 'py, PyTuple>, offset: i64, plan: &Plan) -> Option<()> {
        let mut place = offset.checked_mul(plan.most_parts)?;
        for part in parts.iter_borrowed() {
            let part = part.cast::<PyTuple>().ok()?;
            if part.len() != 2 {
                return None;
            }
            let (group, data) = (part.get_item(0).ok()?, part.get_item(1).ok()?);
            self.disclosure.extend([place.into_pyobject(part.py()).ok()?.into_any(), group, data]);
            place = place.checked_add(1)?;
        }
        Some(())
    }

    /// Of each entity the last standing counts.
    fn stand(&mut self, type_number: i64, entity: Field<'a, 'py>, standing: Field<'a, 'py>) -> Option<()> {
        let name = entity.cast::<PyString>().ok()?.to_str().ok()?.to_owned();
        if name.is_empty() {
            return Some(());
        }
        self.standings.insert((type_number, name), [entity, standing]);
        Some(())
    }

    fn into_python(self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let mut entity = Vec::with_capacity(4 * self.standings.len());
        for ((number, _), [name, standing]) in self.standings {
            let Ok(standing) = standing.cast::<PyTuple>() else { return Ok(None) };
            let Some([revision, state]) = fields(&standing) else { return Ok(None) };
            entity.extend([number.into_pyobject(py)?.into_any(), owned(name), owned(revision), owned(state)]);
        }
        let tables = [self.entry, self.naming, entity, self.disclosure, self.urgent];
        let [entry, naming, entity, disclosure, urgent] = tables.map(|values| PyList::new(py, values));
        let [indexed, held, logs] = [self.indexed, self.held, self.logs].map(|some| PyList::new(py, some));
        let tables = (entry?, naming?, entity?, disclosure?, urgent?);
        (tables.0, tables.1, tables.2, tables.3, tables.4, indexed?, held?, logs?, self.leaf_bytes)
            .into_pyobject(py)
            .map(Some)
    }
}

fn owned<'py>(value: Field<'_, 'py>) -> Value<'py> {
    value.to_owned()
}

/// All items of a tuple of that length; None if it is of another.
fn fields<'a, 'py, const N: usize>(tuple: &'a Bound<'py, PyTuple>) -> Option<[Field<'a, 'py>; N]> {
    if tuple.len() != N {
        return None;
    }
    let mut items = [tuple.get_borrowed_item(0).ok()?; N];
    for (item, found) in items.iter_mut().zip(tuple.iter_borrowed()) {
        *item = found;
    }
    Some(items)
}

/// None if one of the entries is not what entries are, or has a log or type without a number.
#[pyfunction]
pub fn rows<'py>(
    new: &Bound<'py, PyList>,
    logs: &Bound<'py, PyDict>,
    types: &Bound<'py, PyDict>,
    urgent: Vec<i64>,
    indexed: Vec<i64>,
    most_parts: i64,
) -> PyResult<Option<Bound<'py, PyTuple>>> {
    let Ok(entries) = new.extract::<Vec<New<'py>>>() else { return Ok(None) };
    let plan = Plan { urgent, indexed, most_parts };
    let mut names = [logs, types].map(|known| Numbers { known, last: None });
    let mut rows = Rows::default();
    for entry in &entries {
        if rows.add(entry, &mut names, &plan).is_none() {
            return Ok(None);
        }
    }
    rows.into_python(new.py())
}
