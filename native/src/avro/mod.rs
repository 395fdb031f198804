//! Avro's binary encoding of the contract's types (schemas/avro/projection.py), to protobuf's bytes and back.
mod fields;
mod layout;
mod read;
mod write;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::wire::Unusual;
use layout::Layout;

/// Deeper than people nest messages, and less than protobuf's parser takes.
const MOST_DEEP: usize = 50;
/// The branches of a union.
const NULL: u8 = 0;
const THERE: u8 = 2;
/// In a second.
const MICROS: i64 = 1_000_000;

type Done = Result<(), Unusual>;
type Found<'py> = Option<Bound<'py, PyBytes>>;

/// How one type is read and written: schemas/avro/layouts.py makes it.
#[pyclass(frozen)]
pub struct AvroPlan {
    layout: Layout,
}

#[pymethods]
impl AvroPlan {
    #[new]
    fn new(plan: &str) -> PyResult<Self> {
        let layout = Layout::parse(plan).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(AvroPlan { layout })
    }

    fn read<'py>(&self, py: Python<'py>, data: &[u8], at: usize) -> Found<'py> {
        let read = data.get(at..).and_then(|datum| read::message(&self.layout, datum).ok());
        read.map(|message| PyBytes::new(py, &message))
    }

    fn write<'py>(&self, py: Python<'py>, message: &[u8], head: &[u8]) -> Found<'py> {
        let written = write::message(&self.layout, message, head).ok();
        written.map(|datum| PyBytes::new(py, &datum))
    }
}

/// Of each value the message, if a datum stands behind one of the heads, and it has at most so many bytes.
#[pyfunction]
pub fn read_avro<'py>(
    py: Python<'py>,
    values: Vec<Option<PyBackedBytes>>,
    ways: Vec<(PyBackedBytes, Py<AvroPlan>)>,
    most: usize,
) -> Vec<Found<'py>> {
    let one = |value: &Option<PyBackedBytes>| {
        let value = value.as_deref().filter(|value| value.len() <= most).ok_or(Unusual)?;
        let behind = |(head, plan): &'_ (PyBackedBytes, Py<AvroPlan>)| {
            value.strip_prefix(&**head).map(|datum| read::message(&plan.get().layout, datum))
        };
        ways.iter().find_map(behind).ok_or(Unusual)?
    };
    let read: Vec<_> = py.detach(|| values.iter().map(one).collect());
    let bytes = |message: Result<Vec<u8>, Unusual>| Some(PyBytes::new(py, &message.ok()?));
    read.into_iter().map(bytes).collect()
}
