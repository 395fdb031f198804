//! The exchange's steps over whole batches, outside the interpreter.
mod answers;
mod avro;
mod batches;
mod checker;
mod cut;
mod drafts;
mod ids;
mod merkle;
mod mirror;
mod plan;
mod rows;
mod rules;
mod sealing;
mod shape;
mod tree;
mod wire;

use pyo3::prelude::*;

/// Which form of plans and results this build takes and gives; schemas/native.py wants the same.
const FORM: u32 = 2;

#[pymodule]
fn yrd_native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(merkle::extend, module)?)?;
    module.add_function(wrap_pyfunction!(sealing::seal, module)?)?;
    module.add_class::<avro::AvroPlan>()?;
    module.add_function(wrap_pyfunction!(avro::read_avro, module)?)?;
    module.add_function(wrap_pyfunction!(batches::doubtful, module)?)?;
    module.add_function(wrap_pyfunction!(batches::batch, module)?)?;
    module.add_function(wrap_pyfunction!(rows::rows, module)?)?;
    module.add_function(wrap_pyfunction!(answers::answer, module)?)?;
    module.add_function(wrap_pyfunction!(ids::message_ids, module)?)?;
    module.add_class::<checker::DraftChecker>()?;
    module.add_class::<mirror::BatchReader>()?;
    module.add("FORM", FORM)
}
