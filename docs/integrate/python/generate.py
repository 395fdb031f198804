"""Generates the contract's Python code into gen/ from the one file contract.binpb."""

import sys
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

CONTRACT, OUT = Path("contract.binpb"), Path("gen")


def main() -> int:
    """Exit status of protoc."""
    contract = FileDescriptorSet.FromString(CONTRACT.read_bytes())
    # google/** comes with the libraries
    names = [file.name for file in contract.file if file.name.startswith(("yrd/", "buf/"))]
    OUT.mkdir(exist_ok=True)
    outs = [f"--{kind}_out={OUT}" for kind in ("python", "pyi", "grpc_python")]
    return int(protoc.main(["protoc", f"--descriptor_set_in={CONTRACT}", *outs, *names]))


if __name__ == "__main__":
    sys.exit(main())
