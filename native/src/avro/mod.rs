//! Avro's binary encoding of the contract's types (schemas/avro/projection.py), to protobuf's bytes and back.
mod layout;
mod read;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::wire::Unusual;
use layout::Layout;

type Found<'py> = Option<Bound<'py, PyBytes>>;

/// How one type is read: schemas/avro/plans.py makes it.
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

    fn read_all<'py>(
        &self,
        py: Python<'py>,
        values: Vec<Option<PyBackedBytes>>,
        heads: Vec<PyBackedBytes>,
        most: usize,
    ) -> Vec<Found<'py>> {
        let one = |value: &Option<PyBackedBytes>| {
            let value = value.as_deref().filter(|value| value.len() <= most).ok_or(Unusual)?;
            let datum = heads.iter().find_map(|head| value.strip_prefix(&**head)).ok_or(Unusual)?;
            read::message(&self.layout, datum)
        };
        let read: Vec<_> = py.detach(|| values.iter().map(one).collect());
        let bytes = |message: Result<Vec<u8>, Unusual>| Some(PyBytes::new(py, &message.ok()?));
        read.into_iter().map(bytes).collect()
    }
}
