"""Files of tables from strangers: read as what they are, or refused with a rule and a remedy."""

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from integration.importing import xlsx_file
from integration.importing.columns import found
from integration.importing.faults import FileRefused
from integration.importing.neutral import neutral, plain
from integration.importing.reading import read_sheet
from integration.importing.resources import RESOURCES
from integration.importing.sheet import Sheet
from tests.support.filled import PUMP, as_csv, as_xlsx, lines

CELLS = st.text(
    st.characters(exclude_categories=["Cc", "Cn", "Co", "Cs"], exclude_characters="\ufeff"),
    max_size=8,
).filter(lambda text: text == text.strip())


def texts(sheet: Sheet) -> list[list[str]]:
    return [list(row.cells) for row in sheet.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_each_usual_encoding_is_found(encoding: str, delimiter: str) -> None:
    sheet = read_sheet(as_csv([PUMP], encoding, delimiter))
    assert texts(sheet) == lines([PUMP])
    assert bool(sheet.remarks) == (encoding in ("gb18030", "utf-16"))


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=4))
def test_no_encoding_changes_a_text(cells: list[list[str]]) -> None:
    rows = [dict(zip("甲乙丙", line, strict=True)) for line in cells]
    wanted = [["甲", "乙", "丙"], *([plain(c) for c in line] for line in cells if any(line))]
    if not rows:
        return
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert texts(read_sheet(as_csv(rows, encoding))) == wanted
    assert texts(read_sheet(as_csv(rows, "gb18030"), encoding="gb18030")) == wanted


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"\xff\xfe\xff", "import.encoding"),
        ("编号,名称\n".encode() + b"\x81\n", "import.encoding"),
        (b"Caf\xe9 \x80\xff", "import.encoding"),
        ("编号".encode("gb18030") + b"\xaa\xa1", "import.encoding"),  # of private use
        (b"a,b\n\0\n", "import.characters"),
        (b'a,b\n"x', "import.csv"),
        (b'a,b\n"x"y,z', "import.csv"),
        (b"\xd0\xcf\x11\xe0 old", "import.xls"),
        (b"PK\x03\x04 cut off", "import.xlsx"),
        (b"a," * 300, "import.columns"),
        (b"x\n" * 100_002, "import.rows"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, rule: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_sheet(data)
    assert refused.value.rule == rule


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\xef\xbb\xbf", b"\xff\xfe"):
        try:
            found(read_sheet(start + data), RESOURCES.columns)
        except FileRefused:
            continue


@given(
    st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"]),
    st.data(),
)
def test_a_damaged_workbook_is_read_or_refused(part: str, data: st.DataObject) -> None:
    whole = bytearray(unpacked(as_xlsx([PUMP]))[part])
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_sheet(packed({part: bytes(whole)}))
    except FileRefused:
        return


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return {name: book.read(name) for name in book.namelist()}


def packed(changes: dict[str, bytes]) -> bytes:
    """A workbook with parts replaced."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in (unpacked(as_xlsx([PUMP])) | changes).items():
            book.writestr(name, content)
    return written.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet xmlns='
    b'"http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>&b;</sheetData></worksheet>'
)


def test_a_workbook_with_entities_is_refused_however_it_is_written() -> None:
    for content in (
        LAUGHS,
        LAUGHS.decode().replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16"),
    ):
        with pytest.raises(FileRefused) as refused:
            read_sheet(packed({SHEET: content}))
        assert refused.value.rule == "xml.doctype"
    across = b" " * (xlsx_file._CHUNK - 4) + b"<!DOCTYPE x><x/>"
    with pytest.raises(FileRefused, match="DOCTYPE"):
        read_sheet(packed({SHEET: across}))


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "MOST_UNPACKED", 1 << 20)
    with pytest.raises(FileRefused) as refused:
        read_sheet(packed({"xl/media/x": bytes(2 << 20)}))
    assert refused.value.rule == "import.unpacked"
    lying = bytearray(packed({"xl/media/x": bytes(2 << 20)}))
    size = (2 << 20).to_bytes(4, "little")
    while (at := lying.find(size)) >= 0:
        lying[at : at + 4] = (1).to_bytes(4, "little")
    with pytest.raises(FileRefused):
        read_sheet(bytes(lying))
    monkeypatch.setattr(xlsx_file, "MOST_PARTS", 5)
    with pytest.raises(FileRefused, match="parts"):
        read_sheet(as_xlsx([PUMP]))


def test_a_row_far_below_ends_the_reading() -> None:
    book: Any = Workbook()
    book.active.cell(1, 1, "编号")
    book.active.cell(1_000_000, 1, "x")
    written = io.BytesIO()
    book.save(written)
    with pytest.raises(FileRefused) as refused:
        read_sheet(written.getvalue())
    assert refused.value.rule == "import.rows"


def test_formulas_and_lost_digits_are_named_cell_by_cell() -> None:
    row = PUMP | {
        "名称": '=HYPERLINK("http://x","y")',
        "编号": 330211197803150011,
        "总量": 10,
        "可用": 8.5,
    }
    table = found(read_sheet(as_xlsx([row | {"单位": "=1/0"}])), RESOURCES.columns)
    (cells,) = table.rows
    assert [(f.row, f.column, f.rule) for f in cells.faults] == [
        (2, "编号 id", "import.digits_lost"),
        (2, "名称 name", "import.formula"),
        (2, "单位 unit", "import.formula"),
    ]
    assert (cells.values["total"], cells.values["available"]) == (10, 8.5)


def test_a_day_of_a_workbook_is_a_day() -> None:
    row = PUMP | {"状态有效至": datetime(2026, 6, 1), "统计时间": datetime(2026, 5, 31, 8, 5)}
    (cells,) = found(read_sheet(as_xlsx([row])), RESOURCES.columns).rows
    assert cells.values["valid_until"] == "2026-06-02T00:00:00+08:00"
    assert cells.values["as_of"] == "2026-05-31T08:05:00+08:00"


def test_lists_in_cells_do_not_hide_what_parts_columns() -> None:
    row = PUMP | {"能力": ",".join(["flood.pump"] * 20), "运输方式": "道路,水路,航空"}
    assert texts(read_sheet(as_csv([row] * 3, delimiter=";")))[0] == list(row)


def test_a_formula_in_a_csv_is_text_and_said_so() -> None:
    sheet = read_sheet(as_csv([PUMP | {"名称": "=1+1"}]))
    assert "=1+1" in sheet.rows[1].cells
    assert "按文本读取" in sheet.remarks[0]


def test_a_title_above_the_header_and_rows_between_are_no_matter() -> None:
    data = as_xlsx([PUMP, {}, PUMP | {"编号": "pump-2"}], above=[["浦东新区应急装备表"], []])
    table = found(read_sheet(data), RESOURCES.columns)
    assert (table.header.number, [c.row.number for c in table.rows]) == (3, [4, 6])


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"编号": None}, "编号 id"), ({"id": "x"}, "两列同为 two columns are 编号 id")],
)
def test_a_wrong_header_is_refused(changes: dict[str, str | None], words: str) -> None:
    row = {name: text for name, text in (PUMP | changes).items() if text is not None}
    with pytest.raises(FileRefused, match=words) as refused:
        found(read_sheet(as_csv([row])), RESOURCES.columns)
    assert refused.value.rule == "import.header"


def test_the_sheet_that_is_seen_is_read_or_the_one_that_is_named() -> None:
    book: Any = Workbook()
    book.active.sheet_state = "hidden"
    book.active.append(["a"])
    book.create_sheet("二").append(["b"])
    written = io.BytesIO()
    book.save(written)
    assert texts(read_sheet(written.getvalue())) == [["b"]]
    assert texts(read_sheet(written.getvalue(), "Sheet")) == [["a"]]
    with pytest.raises(FileRefused, match="二"):
        read_sheet(written.getvalue(), "三")


@given(CELLS | st.sampled_from(["=1", "-1", "@x", "＝1", "'=1", "'x", "+86 1"]))
def test_what_we_write_never_begins_as_a_formula(text: str) -> None:
    assert not neutral(text).startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    if not text.startswith("'"):
        assert plain(neutral(text)) == text
