//! Answers to publishers: what became of each draft of a batch. gateway/server/answers.py says the same in
//! Python.
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};

use crate::wire::{VARINT, put_delimited, put_tag, put_varint};

/// Numbers of the fields: of results in the answer, and of an accepted draft in its result; of its message_id,
/// sequence, time and leaf hash; and of a time's seconds and nanoseconds.
type Fields = ((u32, u32), (u32, u32, u32, u32), (u32, u32));

/// A draft that is in the log: its message_id; its sequence, leaf hash, time (microseconds) and digest.
type Accepted<'py> = (Bound<'py, PyString>, (u64, Bound<'py, PyBytes>, i64, Bound<'py, PyAny>));

/// The answer, serialised. What is no tuple was refused: `refused` gives the serialised result for it.
#[pyfunction]
pub fn answer<'py>(
    py: Python<'py>,
    outcomes: Vec<Bound<'py, PyAny>>,
    refused: &Bound<'py, PyAny>,
    fields: Fields,
) -> PyResult<Bound<'py, PyBytes>> {
    let (results, accepted) = fields.0;
    let mut out = Vec::with_capacity(outcomes.len() * 112);
    let (mut result, mut inner) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        let Ok(entry) = outcome.cast::<PyTuple>() else {
            put_delimited(&mut out, results, refused.call1((outcome,))?.cast::<PyBytes>()?.as_bytes());
            continue;
        };
        inner.clear();
        put_accepted(&mut inner, &entry.extract()?, fields)?;
        result.clear();
        put_delimited(&mut result, accepted, &inner);
        put_delimited(&mut out, results, &result);
    }
    Ok(PyBytes::new(py, &out))
}

fn put_accepted(out: &mut Vec<u8>, entry: &Accepted<'_>, fields: Fields) -> PyResult<()> {
    let (_, (message_id, sequence_field, time, leaf_hash), (seconds, nanos)) = fields;
    let (name, (sequence, hash, sealed_us, _)) = entry;
    put_text(out, message_id, name.to_str()?.as_bytes());
    put_number(out, sequence_field, *sequence);
    let mut sealed = Vec::with_capacity(16);
    // a negative number is ten bytes, as the one that it is beyond 64 bits
    put_number(&mut sealed, seconds, sealed_us.div_euclid(1_000_000) as u64);
    put_number(&mut sealed, nanos, sealed_us.rem_euclid(1_000_000) as u64 * 1000);
    put_delimited(out, time, &sealed);
    put_text(out, leaf_hash, hash.as_bytes());
    Ok(())
}

/// As everywhere, what is empty or nought is left out.
fn put_text(out: &mut Vec<u8>, number: u32, bytes: &[u8]) {
    if !bytes.is_empty() {
        put_delimited(out, number, bytes);
    }
}

fn put_number(out: &mut Vec<u8>, number: u32, value: u64) {
    if value != 0 {
        put_tag(out, number, VARINT);
        put_varint(out, value);
    }
}
