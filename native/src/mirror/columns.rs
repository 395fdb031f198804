//! What was read of a batch, as Python takes it.
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};

use super::reading::{Judged, Sealed, Standings};
use crate::merkle::Hash;

/// Leaf hashes, leaves, types, dispositions, message ids; disclosures of entries that have some (place, pairs of
/// group and bytes); entries that Python has to judge (place, bytes), which have something of no meaning before.
pub type Columns<'py> = (
    Bound<'py, PyList>,
    Bound<'py, PyList>,
    Bound<'py, PyList>,
    Bound<'py, PyList>,
    Bound<'py, PyList>,
    Vec<(usize, Vec<(Bound<'py, PyString>, Bound<'py, PyBytes>)>)>,
    Vec<(usize, Bound<'py, PyBytes>)>,
);

pub fn columns<'py>(
    py: Python<'py>,
    entries: &[Sealed<'_>],
    judged: Vec<(Hash, Judged<'_>)>,
    names: &[Py<PyString>],
    standings: &Standings,
) -> PyResult<Columns<'py>> {
    let none = py.None().into_bound(py);
    let nameless = PyString::new(py, "").into_any();
    let [whole, redacted, withheld] =
        [standings.whole, standings.redacted, standings.withheld].map(|number| number.into_bound_py_any(py));
    let (whole, redacted, withheld) = (whole?, redacted?, withheld?);
    let count = judged.len();
    let (mut kinds, mut leaves) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let (mut dispositions, mut ids) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let (mut parts, mut unusual) = (vec![], vec![]);
    let hashes = PyList::new(py, judged.iter().map(|(hash, _)| PyBytes::new(py, hash)))?;
    for (place, ((_, entry), sealed)) in judged.into_iter().zip(entries).enumerate() {
        let Judged::Opened(opened) = entry else {
            if let Judged::Unusual = entry {
                unusual.push((place, PyBytes::new(py, sealed.bytes)));
            }
            kinds.push(nameless.clone());
            leaves.push(none.clone());
            dispositions.push(withheld.clone());
            ids.push(none.clone());
            continue;
        };
        kinds.push(
            names.get(opened.kind).map_or_else(|| nameless.clone(), |name| name.bind(py).clone().into_any()),
        );
        leaves.push(PyBytes::new(py, sealed.leaf).into_any());
        dispositions.push(if opened.is_whole { whole.clone() } else { redacted.clone() });
        ids.push(PyBytes::new(py, &opened.message_id).into_any());
        if !opened.parts.is_empty() {
            let pair = |(group, data)| (PyString::new(py, group), PyBytes::new(py, data));
            parts.push((place, opened.parts.into_iter().map(pair).collect()));
        }
    }
    Ok((
        hashes,
        PyList::new(py, leaves)?,
        PyList::new(py, kinds)?,
        PyList::new(py, dispositions)?,
        PyList::new(py, ids)?,
        parts,
        unusual,
    ))
}
