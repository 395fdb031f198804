//! Entries of a log on their way to peers: whether they have their hashes, and what a peer is sent of them.
//! gateway/replication/batch_form.py says the same in Python.
use std::io::Write;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyFrozenSet, PyTuple};

use crate::merkle::leaf_hash;
use crate::wire::{put_prefix, size_of};

/// Where an entry, which is a tuple, has its hash, its leaf and its disclosures.
type At = (usize, usize, usize);

/// Numbers of the fields: the batch in its answer, entries in the batch; leaf, leaf hash and disclosures in an entry.
type Fields = (u32, u32, u32, u32, u32);

/// Places of the entries that do not surely have their hash: where there is no leaf, or it has another one.
#[pyfunction]
pub fn doubtful(py: Python<'_>, entries: Vec<Bound<'_, PyTuple>>, at: At) -> PyResult<Vec<usize>> {
    let pairs = entries.iter().map(|entry| Ok(bytes_at(entry, at.0)?.zip(bytes_at(entry, at.1)?)));
    let pairs = pairs.collect::<PyResult<Vec<_>>>()?;
    let slices =
        pairs.iter().map(|pair| pair.as_ref().map(|(hash, leaf)| (hash.as_bytes(), leaf.as_bytes())));
    let slices: Vec<Option<(&[u8], &[u8])>> = slices.collect();
    let sure = |pair: &Option<(&[u8], &[u8])>| pair.is_some_and(|(hash, leaf)| leaf_hash(leaf) == hash);
    Ok(py.detach(|| (0..).zip(&slices).filter(|(_, pair)| !sure(pair)).map(|(place, _)| place).collect()))
}

fn bytes_at<'py>(entry: &Bound<'py, PyTuple>, at: usize) -> PyResult<Option<Bound<'py, PyBytes>>> {
    Ok(entry.get_item(at)?.cast_into().ok())
}

/// Fields of an entry by their numbers, as Python has them.
type Seen<'py> = Vec<(u32, Bound<'py, PyBytes>)>;

/// The same as plain bytes.
type View<'a> = Vec<(u32, &'a [u8])>;

/// As everywhere, what is empty is left out.
fn slices<'a>(seen: &'a Seen<'_>) -> View<'a> {
    let all = seen.iter().map(|(number, bytes)| (*number, bytes.as_bytes()));
    all.filter(|(_, bytes)| !bytes.is_empty()).collect()
}

/// The fields of an entry as a peer sees it: its hash alone, or its leaf and the disclosures of some groups.
fn seen<'py>(
    entry: &Bound<'py, PyTuple>,
    groups: Option<Bound<'py, PyFrozenSet>>,
    at: At,
    fields: Fields,
) -> PyResult<Seen<'py>> {
    let (.., leaf, leaf_hash, disclosures) = fields;
    let Some(groups) = groups else {
        return Ok(vec![(leaf_hash, entry.get_item(at.0)?.cast_into()?)]);
    };
    let mut seen = Vec::with_capacity(1);
    if let Some(bytes) = entry.get_item(at.1)?.extract::<Option<Bound<'py, PyBytes>>>()? {
        seen.push((leaf, bytes));
    }
    for part in entry.get_item(at.2)?.cast::<PyTuple>()? {
        let (group, data) = part.extract::<(Bound<'py, PyAny>, Bound<'py, PyBytes>)>()?;
        if groups.contains(group)? {
            seen.push((disclosures, data));
        }
    }
    Ok(seen)
}

/// A batch as it leaves for a peer, serialised: `before`, the entries as seen, `behind`.
///
/// `groups`: of each entry, those that are given; None where it is withheld.
#[pyfunction]
pub fn batch<'py>(
    py: Python<'py>,
    entries: Vec<Bound<'py, PyTuple>>,
    groups: Vec<Option<Bound<'py, PyFrozenSet>>>,
    around: (Bound<'py, PyBytes>, Bound<'py, PyBytes>),
    at: At,
    fields: Fields,
) -> PyResult<Bound<'py, PyBytes>> {
    let held = entries.iter().zip(groups).map(|(entry, groups)| seen(entry, groups, at, fields));
    let held = held.collect::<PyResult<Vec<_>>>()?;
    let views: Vec<View<'_>> = held.iter().map(slices).collect();
    let (before, behind) = (around.0.as_bytes(), around.1.as_bytes());
    let (batch, entries, ..) = fields;
    let sizes: Vec<usize> = views.iter().map(size_of_view).collect();
    let inner = before.len() + behind.len() + sizes.iter().map(|size| size_of(entries, *size)).sum::<usize>();
    // straight into its place: a batch is a megabyte, whose pages are dear when they are new
    PyBytes::new_with(py, size_of(batch, inner), |mut room| {
        let mut prefix = Vec::new();
        put_prefix(&mut prefix, batch, inner);
        prefix.extend_from_slice(before);
        for (view, size) in views.iter().zip(sizes) {
            put_prefix(&mut prefix, entries, size);
            for (number, bytes) in view {
                put_prefix(&mut prefix, *number, bytes.len());
                room.write_all(&prefix)?;
                prefix.clear();
                room.write_all(bytes)?;
            }
        }
        prefix.extend_from_slice(behind);
        Ok(room.write_all(&prefix)?)
    })
}

fn size_of_view(view: &View<'_>) -> usize {
    view.iter().map(|(number, bytes)| size_of(*number, bytes.len())).sum()
}
