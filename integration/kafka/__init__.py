"""The bridge between a gateway and a province's Kafka: what the gateway receives, and drafts for it.

`out`: subscription → topics, records and the bridge's place in one transaction. `inward`: outbox topic →
gateway, refused records on a dead-letter topic. docs/kafka.md tells both for those who run them.
"""
