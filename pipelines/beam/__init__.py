"""The pipeline as a streaming Beam job between two Kafka topics, for any portable runner."""
