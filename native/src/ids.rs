//! Message ids as bytes. schemas/message_ids.py says the same in Python.
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

/// The 16 bytes of each id; None if one is not in its usual form.
#[pyfunction]
pub fn message_ids<'py>(
    py: Python<'py>,
    texts: Vec<Bound<'py, PyString>>,
) -> PyResult<Option<Vec<Bound<'py, PyBytes>>>> {
    let id = |text: &Bound<'py, PyString>| Ok(uuid(text.to_str()?).map(|bytes| PyBytes::new(py, &bytes)));
    texts.iter().map(id).collect()
}

/// The 16 bytes of a UUID in its usual form.
pub fn uuid(text: &str) -> Option<[u8; 16]> {
    let text = text.as_bytes();
    if text.len() != 36 {
        return None;
    }
    let (mut bytes, mut at) = ([0; 16], 0);
    for (place, byte) in bytes.iter_mut().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            if text.get(at) != Some(&b'-') {
                return None;
            }
            at += 1;
        }
        let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
        *byte = (digit(at)? << 4 | digit(at + 1)?) as u8;
        at += 2;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_one_form() {
        let id = "01890A5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(uuid(id).map(|bytes| (bytes[0], bytes[1], bytes[15])), Some((1, 0x89, 0x57)));
        for wrong in ["", &id[1..], &id.replace('-', "0"), &id.replace('c', "g"), &id.replace("bcc", "b- ")] {
            assert_eq!(uuid(wrong), None);
        }
    }
}
