"""The HTTP/JSON door: one participant's gateway for systems that speak no gRPC. A client like any other.

| module | says |
|---|---|
| config | the file of settings |
| tokens, token_file, callers | who calls |
| problems | how a refusal is told (RFC 9457) |
| bodies, queries | how a request is read |
| upstream | calls of the gateway |
| events | the stream (server-sent events) |
| newest, shapes, layers, calendar | the map and the calendar |
| openapi | what the door says of itself |
| routes, app, connections, serving | putting it together |
"""
