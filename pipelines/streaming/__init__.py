"""The pipeline on streaming engines, between two Kafka topics."""
