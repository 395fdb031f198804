"""The reference of the contract in docs/contract, generated: `python -m schemas.reference`."""
