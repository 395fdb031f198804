//! The class that Python checks batches of drafts with.
use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyString, PyTuple};

use crate::drafts::{Ready, SALT, Terms, ready};
use crate::plan::Plan;

#[pyclass(frozen, module = "yrd_native")]
pub struct DraftChecker {
    plan: Plan,
    participant: String,
    most_bytes: usize,
    names: Vec<Py<PyString>>,
    groups: Vec<Py<PyString>>,
}

#[pymethods]
impl DraftChecker {
    #[new]
    fn new(py: Python<'_>, plan: &str, participant: String, most_bytes: usize) -> PyResult<Self> {
        let plan: Plan =
            serde_json::from_str(plan).map_err(|e| PyValueError::new_err(format!("plan: {e}")))?;
        let names = plan.bodies.iter().map(|body| PyString::intern(py, &body.name).unbind()).collect();
        let groups = plan.groups.iter().map(|group| PyString::intern(py, &group.name).unbind()).collect();
        Ok(DraftChecker { plan, participant, most_bytes, names, groups })
    }

    /// How many random bytes `check` wants for each draft.
    #[getter]
    fn salt_bytes(&self) -> usize {
        SALT * self.plan.most_groups
    }

    fn check<'py>(
        &self,
        py: Python<'py>,
        drafts: Vec<PyBackedBytes>,
        latest: f64,
        salts: PyBackedBytes,
    ) -> PyResult<Vec<Option<Bound<'py, PyTuple>>>> {
        let terms = Terms { participant: &self.participant, latest, most_bytes: self.most_bytes };
        let width = self.salt_bytes();
        let found: Vec<Option<Ready>> = py.detach(|| {
            let each = |(place, data): (usize, &PyBackedBytes)| {
                let salts = salts.get(place * width..(place + 1) * width)?;
                // should a step fail in a way that nobody foresaw, Python checks the draft
                catch_unwind(AssertUnwindSafe(|| ready(&self.plan, &terms, data, salts))).ok()?.ok()
            };
            drafts.iter().enumerate().map(each).collect()
        });
        found.into_iter().map(|one| one.map(|one| self.told(py, one)).transpose()).collect()
    }
}

impl DraftChecker {
    fn told<'py>(&self, py: Python<'py>, ready: Ready) -> PyResult<Bound<'py, PyTuple>> {
        let parts = ready.parts.iter().map(|(group, data)| (&self.groups[*group], PyBytes::new(py, data)));
        (
            ready.message_id,
            PyBytes::new(py, &ready.digest),
            ready.entity_id,
            ready.revision,
            ready.priority,
            ready.step,
            &self.names[ready.body],
            PyBytes::new(py, &ready.before),
            PyBytes::new(py, &ready.behind),
            PyTuple::new(py, parts)?,
        )
            .into_pyobject(py)
    }
}
