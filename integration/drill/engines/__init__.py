"""A drill on the engines of a large province: PostgreSQL, Kafka, Flink."""
