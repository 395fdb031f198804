"""Tables of people (CSV, XLSX) in: resources and waybills, row by row (docs/import.md)."""
