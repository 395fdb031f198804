"""Every decoder takes some mutated inputs; `make fuzz` gives each many more."""

import secrets
from collections.abc import Iterator

import pytest

from integration import certs
from tests.fuzz.fuzzing import FuzzError, fuzz
from tests.fuzz.target import Target
from tests.fuzz.targets import targets
from tests.support.materials import Materials

INPUTS = 300
GROWN_MB = 200


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Target]]:
    folder = tmp_path_factory.mktemp("fuzz")
    certs.make_all(folder / "certs")
    with targets(Materials(folder / "certs"), folder) as made:
        yield made


def test_no_decoder_fails_on_mutated_inputs(found: list[Target]) -> None:
    seed = secrets.randbelow(1 << 32)
    print(f"seed {seed}")
    for target in found:
        ran = fuzz(target, int(INPUTS * target.weight), seed)
        assert ran.grown_mb < GROWN_MB, ran


def test_a_decoder_that_fails_or_hangs_is_found() -> None:
    def fail(data: bytes) -> object:
        return data.decode()

    def hang(data: bytes) -> object:
        while len(data) != 1:
            pass
        return data

    with pytest.raises(FuzzError, match="UnicodeDecodeError"):
        fuzz(Target("fails", fail, [b"abcdef"], ()), 10_000, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.fuzz.fuzzing.HANG_SECONDS", 0.05)
        with pytest.raises(FuzzError, match="hangs: hangs on"):
            fuzz(Target("hangs", hang, [b"a"], ()), 1000, 1)
