"""One participant's gateway: log, sharing, exchange service, replication, store, gRPC server."""
