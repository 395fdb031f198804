"""The contract-test kit: named cases against any implementation of the gateway, over gRPC and mTLS.

It shares no code with `gateway/`: what it knows of logs, notes and trees is its own, so that it can't
be wrong in the same way. See docs/contract-kit.md.
"""
