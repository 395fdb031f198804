"""What the README of a prepared folder says."""

README = """# 契约测试用材料 · Materials for a contract test

Made by `yrd contracts prepare`. For tests only: every private key lies here in the clear. Test a gateway
that holds nothing real; the kit publishes some thousand messages in mode TEST, and some in the other two.

## Configure the gateway under test
| what | value |
|---|---|
| participant | {participant} |
| listens at | {listen} |
| certificate authority of clients and peers | ca.pem (not other-ca/) |
| its own certificate and key | gateway.pem, gateway.key |
| Ed25519 key that signs its log (profile peer) | gateway-log.key |
| Ed25519 key that cosigns its peers' logs (profile peer) | gateway-witness.key |
| sharing agreements (profile peer) | agreements/ |
| largest draft | 1,048,576 bytes (profile basic) |
| quota | {quota} messages a second for each system (profile full) |
| largest clock skew | 300 s |

Its clients, by the system in the certificate's URI `yrd://participant/{participant}/<system>`:

| system | may |
|---|---|
| console, desk | publish, subscribe, administer |
| bulk | publish, subscribe |
| flood | publish |
| reader | subscribe |
| limited | publish yrd.resource.* only |
| auditor | audit: see alarms (profile peer) |
| security | settle alarms (profile peer) |
| visitor, and every other | nothing |

Its one peer is {peer}, played by the kit at {peer_address} with the certificate peer.pem. Its log is
signed with `{peer_log}` and it cosigns with `{peer_witness}`. {stranger} is no peer.

The gateway of this project starts with all of this by
`yrd gateway serve --config gateway.yaml --new`.

## Run
    yrd contracts verify --target HOST:PORT --certs .

`kit.yaml` is what the kit reads. Profiles need less than all of it: see docs/contract-kit.md.
`peer-log.jsonl` appears with the first run: the log of {peer} as the kit plays it. Keep it as long as
the gateway keeps its store, since a gateway rightly stops to follow a log that has shrunk.
"""
