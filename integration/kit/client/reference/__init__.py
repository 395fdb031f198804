"""A gateway of one participant in memory, over gRPC with mutual TLS, for tests of clients and kits.

It is written from the contract alone and shares no code with `gateway/`: it has no peers, no log on
disk and no signatures, and forgets everything at its end.
"""
