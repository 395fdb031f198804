"""Client mode of the kit: a reference gateway that a province's sender is pointed at.

It checks what the sender sends, answers with scripted faults, and reports what the sender did wrong;
see docs/contract-kit-client.md. For `yrd contracts verify --client`:

    raise SystemExit(
        run(
            listen="127.0.0.1:18443",  # --listen
            certs=folder,  # --certs
            script="all",  # --script
            seconds=None,  # --seconds
            expect_messages=None,  # --expect-messages
            junit=None,  # --junit
            as_json=False,  # --json
        )
    )

`reference_gateway` is the same for tests of senders: a context manager.
"""

from integration.kit.client.mode import Running, reference_gateway, run

__all__ = ["Running", "reference_gateway", "run"]
