"""The contract's comments, as the build left them beside its descriptors."""

from collections.abc import Mapping
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from schemas.reference.comments import comments

DESCRIPTORS = Path(__file__).parents[1] / "build" / "contract.binpb"


def contract_comments(descriptors: Path = DESCRIPTORS) -> Mapping[str, str]:
    """Full name of an element of the contract → its comment.

    Raises FileNotFoundError if the build has not written the descriptors; `make setup` does.
    """
    return comments(FileDescriptorSet.FromString(descriptors.read_bytes()))
