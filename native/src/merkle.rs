//! The Merkle tree of RFC 6962 §2.1: leaf hashes, and a frontier that grows. gateway/log/merkle.py says the
//! same in Python, and what is stored of a tree.
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyTuple};
use sha2::{Digest, Sha256};

pub type Hash = [u8; 32];

/// SHA-256(0x00 ‖ leaf).
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

/// SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut joined = [1; 65];
    joined[1..33].copy_from_slice(left);
    joined[33..].copy_from_slice(right);
    Sha256::digest(joined).into()
}

/// Root of the perfect subtree of 2**level leaves that starts at leaf index·2**level.
pub struct Node {
    pub level: u32,
    pub index: u64,
    pub hash: Hash,
}

/// A tree's size, the roots of its perfect subtrees, largest first, and the nodes it grew by since.
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
    tile_levels: u32,
    nodes: Vec<Node>,
}

impl Frontier {
    /// None if there are not as many roots as a tree of that size has, or it could grow beyond counting.
    pub fn new(size: u64, roots: Vec<Hash>, tile_levels: u32) -> Option<Self> {
        let fits = size < 1 << 62 && size.count_ones() as usize == roots.len() && tile_levels > 0;
        fits.then_some(Frontier { size, roots, tile_levels, nodes: Vec::new() })
    }

    /// Puts one more leaf behind the tree.
    pub fn push(&mut self, leaf: Hash) {
        let mut current = leaf;
        for level in 1..=self.size.trailing_ones() {
            // one root for each set bit, so there is one
            let Some(left) = self.roots.pop() else { break };
            current = node_hash(&left, &current);
            if level % self.tile_levels == 0 {
                self.nodes.push(Node { level, index: self.size >> level, hash: current });
            }
        }
        self.roots.push(current);
        self.size += 1;
    }

    /// As Python takes it: (size, roots, nodes), a node as (level, index, hash).
    pub fn into_python<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let roots = PyTuple::new(py, self.roots.iter().map(|root| PyBytes::new(py, root)))?;
        let nodes = self.nodes.iter().map(|node| (node.level, node.index, PyBytes::new(py, &node.hash)));
        (self.size, roots, nodes.collect::<Vec<_>>()).into_pyobject(py)
    }
}

/// Hashes out of a list or tuple of bytes; None if one of them is not 32 bytes.
pub fn hashes<'py>(items: impl Iterator<Item = Bound<'py, PyAny>>) -> Option<Vec<Hash>> {
    items.map(|item| item.cast::<PyBytes>().ok()?.as_bytes().try_into().ok()).collect()
}

/// The tree of that size and those roots with these leaf hashes behind it; None if they don't fit together.
#[pyfunction]
pub fn extend<'py>(
    py: Python<'py>,
    size: u64,
    roots: &Bound<'py, PyTuple>,
    leaves: &Bound<'py, PyList>,
    tile_levels: u32,
) -> PyResult<Option<Bound<'py, PyTuple>>> {
    let Some(leaves) = hashes(leaves.iter()) else { return Ok(None) };
    let Some(mut grown) = hashes(roots.iter()).and_then(|roots| Frontier::new(size, roots, tile_levels))
    else {
        return Ok(None);
    };
    let grown = py.detach(|| {
        leaves.into_iter().for_each(|leaf| grown.push(leaf));
        grown
    });
    grown.into_python(py).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_counted() {
        assert!(Frontier::new(3, vec![[0; 32]; 2], 8).is_some());
        assert!(Frontier::new(3, vec![[0; 32]], 8).is_none());
        assert!(Frontier::new(1 << 62, vec![[0; 32]], 8).is_none());
    }
}
