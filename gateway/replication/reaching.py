"""How a peer is reached that may answer at one address or another: an active gateway and its standby."""

from collections.abc import Sequence

Option = tuple[str, str | int]


def target(addresses: Sequence[str]) -> tuple[str, tuple[Option, ...]]:
    """gRPC's name for HOST:PORT, or for several IP:PORT of which the first that answers is taken.

    The certificate must be for the host, or for the first of several.
    """
    if len(addresses) == 1:
        return addresses[0], ()
    return "ipv4:" + ",".join(addresses), (("grpc.default_authority", addresses[0]),)
