"""Released revisions of the contract, frozen: one folder X.Y.Z each, and what reads and makes them."""
