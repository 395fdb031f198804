"""gRPC: handlers that unpack, call one use case, and pack."""
