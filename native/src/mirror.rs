//! A batch of a peer's log: what each of its entries surely is, read from the bytes that came.
//! gateway/replication/mirror.py judges entries in Python, and alone says what is wrong with a batch.
mod columns;
mod reading;

use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use self::columns::Columns;
use self::reading::{Plan, Reading};
use crate::wire::Unusual;

/// Reads batches by the plan that Python makes of the contract (gateway/replication/framed.py).
#[pyclass(frozen)]
pub struct BatchReader {
    reading: Reading,
    names: Vec<Py<PyString>>,
}

#[pymethods]
impl BatchReader {
    #[new]
    fn new(py: Python<'_>, plan: &str) -> PyResult<Self> {
        let plan: Plan = serde_json::from_str(plan).map_err(|e| PyValueError::new_err(e.to_string()))?;
        let names = plan.types.iter().map(|name| PyString::new(py, name).unbind()).collect();
        let reading = Reading::new(plan).ok_or_else(|| PyValueError::new_err("the plan dangles"))?;
        Ok(BatchReader { reading, names })
    }

    /// (log, index of the first entry, number of entries, checkpoint).
    fn frame(&self, py: Python<'_>, data: &[u8]) -> Option<(String, u64, usize, String)> {
        let read = AssertUnwindSafe(|| self.reading.batch(data));
        let batch = py.detach(|| catch_unwind(read).unwrap_or(Err(Unusual))).ok()?;
        Some((batch.log.to_owned(), batch.start, batch.entries.len(), batch.checkpoint.to_owned()))
    }

    fn read<'py>(&self, py: Python<'py>, data: &[u8], origin: &str) -> PyResult<Columns<'py>> {
        let read = py.detach(|| {
            let batch = self.reading.batch(data)?;
            let judged = self.reading.judged(&batch, origin)?;
            Ok((batch, judged))
        });
        let (batch, judged) = read.map_err(|_: Unusual| PyValueError::new_err("not framed"))?;
        columns::columns(py, &batch.entries, judged, &self.names, &self.reading.standings)
    }
}
