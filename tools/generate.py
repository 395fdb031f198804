"""Generates the Python code of the contract (proto/) with protoc.

Needs grpcio-tools and protovalidate; both are build requirements in pyproject.toml. protovalidate's
wheel carries the descriptor of buf/validate/validate.proto but not its text, so the descriptor is
handed to protoc instead, and its Python module is generated from it as well.
"""

import hashlib
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from grpc_tools import protoc as compiler

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
DESCRIPTORS = ROOT / "build" / "contract.binpb"
DIGEST = ROOT / "build" / "contract.sha256"
VALIDATE = "buf/validate/validate.proto"


def descriptor_set() -> bytes:
    """FileDescriptorSet of buf/validate/validate.proto with its dependencies, serialised."""
    module: Any = import_module("protovalidate._gen.buf.validate.validate_pb")
    files: dict[str, Any] = {}

    def collect(file: Any) -> None:
        for dependency in file.dependencies:
            collect(dependency)
        files.setdefault(file.proto.name, file.proto)

    collect(module._DESC)
    return FileDescriptorSet(
        file=[FileDescriptorProto.FromString(f.to_binary()) for f in files.values()]
    ).SerializeToString()


def protos() -> list[str]:
    """Paths of the contract's files relative to proto/, sorted."""
    return sorted(p.relative_to(PROTO).as_posix() for p in PROTO.glob("yrd/**/*.proto"))


def protoc(arguments: list[str]) -> None:
    """Runs protoc on the contract. Raises RuntimeError if it reports an error."""
    with tempfile.TemporaryDirectory() as folder:
        validate = Path(folder, "validate.binpb")
        validate.write_bytes(descriptor_set())
        googleapis = Path(str(import_module("google.rpc").__path__[0])).parent.parent
        builtin = Path(str(import_module("grpc_tools").__file__)).parent / "_proto"
        status = compiler.main(
            [
                "protoc",
                f"--proto_path={PROTO}",
                f"--proto_path={googleapis}",
                f"--proto_path={builtin}",
                f"--descriptor_set_in={validate}",
                *arguments,
            ]
        )
    if status != 0:
        raise RuntimeError("protoc refused the contract; its messages stand above")


def generate() -> None:
    """Writes *_pb2.py, *_pb2.pyi and *_pb2_grpc.py beside the protos, and buf/validate.

    Also the contract as one descriptor set with comments and imports, for tools that read it, and the
    digest of the protos that it was made from.
    """
    digest = sources_digest()
    out = [f"--python_out={PROTO}", f"--pyi_out={PROTO}", f"--grpc_python_out={PROTO}"]
    protoc([*out, *protos(), VALIDATE])
    DESCRIPTORS.parent.mkdir(exist_ok=True)
    whole = ["--include_imports", "--include_source_info"]
    protoc([f"--descriptor_set_out={DESCRIPTORS}", *whole, *protos()])
    DIGEST.write_text(f"{digest}\n", encoding="utf-8")


def sources_digest() -> str:
    """SHA-256 over names and contents of the contract's files, to tell if they changed since."""
    found = hashlib.sha256()
    for name in protos():
        content = (PROTO / name).read_bytes()
        found.update(f"{name} {len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()


if __name__ == "__main__":
    generate()
    print(f"generated {len(protos())} files", file=sys.stderr)
