"""A participant's log: sealed entries, Merkle tree, signed checkpoints. Pure: no I/O, no clock."""
