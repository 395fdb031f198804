"""JSON Schemas of the contract, generated: `python -m schemas.json_schema.generate`."""
