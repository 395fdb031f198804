"""tools/setup.py: broken off anywhere, it makes anew what is not known to be whole."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import setup

CODE, NATIVE = "generated code and the command yrd", "native steps (Rust)"
STEPS = ["empty environment", "packages", CODE, NATIVE]


class Interrupted(BaseException):
    """Stands for SIGKILL: nothing that comes behind it is done."""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with all that the environment is made from."""
    sources = ("proto/yrd/common/v1/common.proto", "native/src/lib.rs")
    for name in (*setup.PACKAGES, *setup.CODE, *setup.NATIVE, *sources):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "tools" / "bootstrap").mkdir()
    (tmp_path / "tools" / "bootstrap" / "pip-1-py3-none-any.whl").touch()
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    return tmp_path


def steps_of(monkeypatch: pytest.MonkeyPatch, dies_in: str = "", fails_in: str = "") -> list[str]:
    """Sets up; the steps that were begun. Each leaves a file, but pip and venv are not called."""
    begun: list[str] = []

    def done(step: str, command: list[str]) -> bool:
        begun.append(step)
        setup.VENV.mkdir(exist_ok=True)
        (setup.VENV / f"half of {step}").touch()
        if step == dies_in:
            raise Interrupted
        (setup.VENV / f"half of {step}").rename(setup.VENV / step)
        return step != fails_in

    monkeypatch.setattr(setup, "done", done)
    try:
        setup.setup()
    except Interrupted:
        assert dies_in
    return begun


def test_once_made_nothing_is_done(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert steps_of(monkeypatch) == STEPS
    assert steps_of(monkeypatch) == []


@pytest.mark.parametrize(
    ("dies_in", "again"),
    [(STEPS[0], STEPS), (STEPS[1], STEPS), (CODE, STEPS[2:]), (NATIVE, [NATIVE])],
)
def test_what_was_broken_off_is_made_anew(
    root: Path, monkeypatch: pytest.MonkeyPatch, dies_in: str, again: list[str]
) -> None:
    steps_of(monkeypatch, dies_in)
    assert steps_of(monkeypatch) == again
    assert list((root / ".venv").glob("half of *")) == []
    assert steps_of(monkeypatch) == []


@pytest.mark.parametrize("dies_in", STEPS)
def test_twice_broken_off(root: Path, monkeypatch: pytest.MonkeyPatch, dies_in: str) -> None:
    first = steps_of(monkeypatch, dies_in)
    assert first[-1] == dies_in
    second = steps_of(monkeypatch, dies_in)
    assert second[-1] == dies_in
    assert steps_of(monkeypatch)[-1] == NATIVE


def test_an_environment_without_a_stamp_is_not_trusted(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Someone else's, or one that a kill left half made."""
    (root / ".venv" / "lib").mkdir(parents=True)
    (root / ".venv" / "lib" / "broken.py").write_text("(")
    assert steps_of(monkeypatch) == STEPS
    assert not (root / ".venv" / "lib").exists()


def _change(name: str) -> Callable[[Path], object]:
    return lambda root: (root / name).write_text("changed")


CHANGES: list[tuple[str, Callable[[Path], object], list[str]]] = [
    ("lock", _change("requirements.lock"), STEPS),
    ("this file", _change("tools/setup.py"), STEPS),
    ("pyproject", _change("pyproject.toml"), [CODE]),
    ("contract", _change("proto/yrd/common/v1/common.proto"), [CODE]),
    ("new contract", _change("proto/yrd/common/v1/new.proto"), [CODE]),
    ("generator", _change("tools/generate.py"), [CODE]),
    ("crate", _change("native/src/lib.rs"), [NATIVE]),
    ("new in the crate", _change("native/src/new.rs"), [NATIVE]),
    ("crates that it needs", _change("native/Cargo.lock"), [NATIVE]),
    ("something else", _change("README.md"), []),
    ("stamp cut off", lambda root: (root / ".venv" / "yrd-packages").write_text("12"), STEPS),
    ("no stamp", lambda root: (root / ".venv" / "yrd-packages").unlink(), STEPS),
    ("no second stamp", lambda root: (root / ".venv" / "yrd-code").unlink(), [CODE]),
    ("no third stamp", lambda root: (root / ".venv" / "yrd-native").unlink(), [NATIVE]),
]


@pytest.mark.parametrize(
    ("change", "again"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES]
)
def test_a_change_brings_what_depends_on_it(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], object],
    again: list[str],
) -> None:
    steps_of(monkeypatch)
    change(root)
    assert steps_of(monkeypatch) == again


def test_without_a_rust_compiler_there_are_no_native_steps(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert steps_of(monkeypatch) == STEPS[:3]
    assert steps_of(monkeypatch) == []


def test_native_steps_that_fail_stop_nothing_but_ci(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert steps_of(monkeypatch, fails_in=NATIVE) == STEPS
    assert "going on without the native steps" in capsys.readouterr().err
    monkeypatch.setenv("CI", "true")
    with pytest.raises(SystemExit, match="in CI the native steps have to be there"):
        steps_of(monkeypatch, fails_in=NATIVE)
    assert steps_of(monkeypatch) == [NATIVE]


def test_a_project_that_moved_is_set_up_anew(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An environment holds absolute paths."""
    steps_of(monkeypatch)
    moved = root.rename(tmp_path_factory.mktemp("elsewhere") / "project")
    monkeypatch.setattr(setup, "ROOT", moved)
    monkeypatch.setattr(setup, "VENV", moved / ".venv")
    assert steps_of(monkeypatch) == STEPS


def test_a_step_that_fails_shows_why(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"stopped at: packages.*run the same command again"):
        setup.run("packages", ["sh", "-c", "echo no such package; exit 1"])
    assert "no such package" in capsys.readouterr().err


def test_an_old_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["setup.py"])
    monkeypatch.setattr(setup, "OLDEST", (99, 0))
    with pytest.raises(SystemExit, match=r"make PYTHON="):
        setup.main()


def test_an_activated_environment_is_made_anew_from_the_python_behind_it() -> None:
    found = Path(setup.outside()).resolve()
    assert found.exists()
    assert found == Path(sys.executable).resolve()
    assert Path(sys.prefix) not in Path(setup.outside()).parents
