"""The contract in other forms: catalogue, rules, disclosure groups, code tables, JSON and Avro."""
