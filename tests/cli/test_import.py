"""`yrd import`: tables over a gateway that runs, row by row, nothing twice."""

import csv
import io
import sys
from pathlib import Path

import pytest

from tests.support.commands import yrd
from tests.support.filled import CHLORINE, PUMP, as_csv, as_xlsx

TEST = ["--mode", "test"]


def summary(line: dict[str, dict[str, int]]) -> dict[str, int]:
    return {name: number for name, number in line["summary"].items() if number and name != "errors"}


def test_resources_of_a_workbook_and_a_corrected_rest(shanghai: list[str], tmp_path: Path) -> None:
    file = tmp_path / "装备.xlsx"
    rows = [PUMP | {"编号": "cli-1"}, PUMP | {"编号": "cli-2", "可用": "12", "名称": "=1+1"}]
    file.write_bytes(as_xlsx(rows))
    first = yrd("import", "resources", file, *TEST, *shanghai, "--json")
    assert first.status == 1
    good, bad, last = first.json_lines()
    assert summary(last) == {"new": 1, "refused": 1}
    assert [f["rule"] for f in bad["faults"]] == ["import.formula"]
    got = yrd("get", good["message_id"], *shanghai).json()
    assert got["resourceStatus"]["stock"]["available"] == 8
    assert got["header"]["mode"] == "MODE_TEST"
    rest = Path(last["summary"]["errors"])
    assert rest == tmp_path / "装备.errors.csv"
    text = rest.read_text("utf-8-sig").replace("'=1+1", "二号泵车").replace("12", "2")
    rest.write_text(text, "utf-8-sig")
    corrected = yrd("import", "resources", rest, *TEST, *shanghai)
    assert (corrected.status, corrected.err.strip()) == (0, "")
    assert "新发布 new: 1" in corrected.out


def test_the_same_again_is_nothing_and_a_change_a_revision(
    shanghai: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(as_csv([PUMP | {"编号": "cli-3"}], "gb18030"))
    (one, _) = yrd("import", "resources", file, *TEST, *shanghai, "--json").json_lines()
    assert (one["outcome"], one["revision"]) == ("new", 1)
    file.touch()
    (again, _) = yrd("import", "resources", file, *TEST, *shanghai, "--json").json_lines()
    assert (again["outcome"], again["message_id"]) == ("unchanged", one["message_id"])
    file.write_bytes(as_csv([PUMP | {"编号": "cli-3", "可用": "0"}]))
    would = yrd("import", "resources", file, *TEST, *shanghai, "--dry-run")
    assert "将更新 would be changed: 1" in would.out
    (new, _) = yrd("import", "resources", file, *TEST, *shanghai, "--json").json_lines()
    assert (new["outcome"], new["revision"]) == ("changed", 2)


def test_waybills(shanghai: list[str], tmp_path: Path) -> None:
    file = tmp_path / "运单.csv"
    more = {"运单编号": CHLORINE["运单编号"], "UN编号": "1824", "品名": "氢氧化钠溶液", "项别": "8"}
    file.write_bytes(as_csv([CHLORINE, more | {"货物数量": "1", "数量单位": "t"}]))
    ran = yrd("import", "waybills", file, *TEST, *shanghai, "--json")
    waybill, last = ran.json_lines()
    assert (ran.status, waybill["rows"], summary(last)) == (0, [2, 3], {"new": 1})
    got = yrd("get", waybill["message_id"], *shanghai).json()
    assert [g["unNumber"] for g in got["waybill"]["goods"]] == ["1017", "1824"]


def test_without_a_gateway_nothing_is_lost(unreachable: list[str], tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(as_csv([PUMP]))
    ran = yrd("import", "resources", file, *TEST, *unreachable)
    assert ran.status == 3
    assert [f.name for f in tmp_path.iterdir()] == ["a.csv"]


def test_a_dry_run_needs_no_gateway_and_writes_nothing_unasked(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(as_csv([PUMP, PUMP | {"编号": "x", "总量": "多"}]))
    ran = yrd("import", "resources", file, *TEST, "--as", "310000", "--dry-run")
    assert ran.status == 1
    assert "第3行 row 3: 总量 total: '多' 不是数字" in ran.err
    assert [f.name for f in tmp_path.iterdir()] == ["a.csv"]
    for number in ("", "-2"):
        yrd("import", "resources", file, *TEST, "--dry-run", "--errors", tmp_path / "e.csv")
        assert (tmp_path / f"e{number}.csv").exists()


@pytest.mark.parametrize("kind", ["resources", "waybills"])
def test_a_template_is_read_back(kind: str, tmp_path: Path) -> None:
    for ending in ("csv", "xlsx"):
        made = yrd("import", "template", kind, "--to", tmp_path / f"t.{ending}")
        assert made.status == 0
        assert "必填 required" in made.out
        ran = yrd("import", kind, tmp_path / f"t.{ending}", *TEST, "--dry-run")
        assert (ran.status, ran.err.strip()) == (0, "")
        assert "没有数据行 no rows" in ran.out
    assert yrd("import", "template", kind, "--to", tmp_path / "t.csv").status == 2
    (header,) = csv.reader(io.StringIO(yrd("import", "template", kind).out.lstrip("\ufeff")))
    assert len(header) > 20


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["resources", "nothing.csv", *TEST, "--dry-run"], "nothing.csv"),
        (["resources", ".", "--mode", "real", "--dry-run"], "--mode"),
        (["resources", ".", "--mode", "exercise", "--dry-run"], "--exercise"),
        (["resources", ".", *TEST, "--dry-run", "--as-of", "gestern"], "--as-of"),
        (["resources", ".", *TEST, "--dry-run", "--encoding", "latin1"], "--encoding"),
        (["resources", ".", *TEST], "--target"),
        (["template", "trucks"], "trucks"),
        (["template", "resources", "--to", "t.doc"], ".xlsx"),
    ],
)
def test_a_slip_is_explained(arguments: list[str], words: str) -> None:
    ran = yrd("import", *arguments)
    assert ran.status == 2
    assert words in ran.err


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [
        n for n in sys.modules if n.startswith(("integration.importing.xlsx", "openpyxl"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    ran = yrd("import", "resources", tmp_path / "a.xlsx", *TEST, "--dry-run")
    assert ran.status == 2
    assert "yangtze-delta-exchange[import]" in ran.err
