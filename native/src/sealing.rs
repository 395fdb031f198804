//! Sealing prepared drafts behind a log, and whether stored leaves have their hashes. gateway/log/seal_run.py
//! says the same in Python.
use std::io::Write;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::merkle::{Hash, leaf_hash};
use crate::wire::{VARINT, put_delimited, put_varint};

/// What all stamps of a run have in common, and where the stamp and its sequence stand.
struct Stamps<'a> {
    /// The fields of a stamp before its sequence, serialised, and those behind.
    before: &'a [u8],
    behind: &'a [u8],
    /// Numbers of the stamp in a leaf and of the sequence in a stamp.
    stamp_field: u32,
    sequence_field: u32,
}

impl Stamps<'_> {
    /// The stamp of that sequence as a field of a leaf.
    fn field(&self, sequence: u64) -> Vec<u8> {
        let mut stamp = Vec::with_capacity(self.before.len() + self.behind.len() + 12);
        stamp.extend_from_slice(self.before);
        if sequence > 0 {
            put_varint(&mut stamp, u64::from(self.sequence_field) << 3 | u64::from(VARINT));
            put_varint(&mut stamp, sequence);
        }
        stamp.extend_from_slice(self.behind);
        let mut field = Vec::with_capacity(stamp.len() + 12);
        put_delimited(&mut field, self.stamp_field, &stamp);
        field
    }
}

/// A draft cut up: its type, the leaf before and behind the stamp, and its disclosures.
type Prepared<'py> = (Bound<'py, PyAny>, Bound<'py, PyBytes>, Bound<'py, PyBytes>, Bound<'py, PyAny>);

/// Leaves, and their hashes: two lists, in the order of the drafts.
type Run<'py> = (Bound<'py, PyList>, Bound<'py, PyList>);

/// Seals drafts at the places of a log from `first` on.
#[pyfunction]
pub fn seal<'py>(
    py: Python<'py>,
    drafts: Vec<Prepared<'py>>,
    first: u64,
    stamp: (Bound<'py, PyBytes>, Bound<'py, PyBytes>),
    fields: (u32, u32),
) -> PyResult<Run<'py>> {
    let stamps = Stamps {
        before: stamp.0.as_bytes(),
        behind: stamp.1.as_bytes(),
        stamp_field: fields.0,
        sequence_field: fields.1,
    };
    let seal = |((_, before, behind, _), sequence): (&Prepared<'py>, u64)| {
        joined(py, &[before.as_bytes(), &stamps.field(sequence), behind.as_bytes()])
    };
    let leaves = drafts.iter().zip(first..).map(seal).collect::<PyResult<Vec<_>>>()?;
    let slices: Vec<&[u8]> = leaves.iter().map(|leaf| leaf.as_bytes()).collect();
    let hashes: Vec<Hash> = py.detach(|| slices.into_iter().map(leaf_hash).collect());
    let hashes = hashes.iter().map(|hash| PyBytes::new(py, hash));
    Ok((PyList::new(py, &leaves)?, PyList::new(py, hashes)?))
}

fn joined<'py>(py: Python<'py>, pieces: &[&[u8]]) -> PyResult<Bound<'py, PyBytes>> {
    PyBytes::new_with(py, pieces.iter().map(|piece| piece.len()).sum(), |mut room| {
        pieces.iter().try_for_each(|piece| room.write_all(piece)).map_err(PyErr::from)
    })
}
