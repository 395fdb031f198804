"""A table that was spoilt is a fault that names file, line, column and remedy."""

import shutil
from pathlib import Path

import pytest

from schemas.codes import reading
from schemas.codes.reading import FOLDER, Layout, TableError
from schemas.codes.tables import check_all


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "codes"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode()
    assert text.count(old) == 1
    path.write_bytes(text.replace(old, new).encode())


AGENCY = "416\t气象局\tMeteorological service\tverified\n"
SPOILT = [
    (
        "agency_codes.tsv",
        AGENCY,
        AGENCY + AGENCY,
        "agency_codes.tsv: line 3, column code: 416 stands in line 2 already; remove one of the two",
    ),
    (
        "agency_codes.tsv",
        "code\tname_zh\tname_en",
        "code\tname\tname_en",
        "agency_codes.tsv: line 1, column name_zh: missing; add it to the header and to every row",
    ),
    (
        "agency_codes.tsv",
        AGENCY,
        "416\t气象局\n",
        "agency_codes.tsv: line 2, column name_en: 2 cells instead of 4; add the missing cells",
    ),
    (
        "agency_codes.tsv",
        AGENCY,
        AGENCY.strip() + "\tmore\n",
        "agency_codes.tsv: line 2, column 5: 5 cells instead of 4; "
        "remove the extra cells or quote them",
    ),
    (
        "agency_codes.tsv",
        AGENCY,
        AGENCY[3:],
        "agency_codes.tsv: line 2, column code: empty; fill it in, or remove the row",
    ),
    (
        "agency_codes.tsv",
        AGENCY,
        " " + AGENCY,
        "agency_codes.tsv: line 2, column code: spaces around the code; remove them",
    ),
    (
        "agency_codes.tsv",
        "verified",
        "sure",
        "agency_codes.tsv: line 2, column certainty: 'sure' is not known; "
        "use verified, computed, unverified, unsure",
    ),
    (
        "admin_codes_changed.tsv",
        "\t330102 330114\t",
        "\t330102 330199\t",
        "admin_codes_changed.tsv: line 6, column successors: 330199 does not exist; "
        "use a code of yrd_admin_codes.csv",
    ),
    (
        "admin_codes_changed.tsv",
        "330104\t江干区",
        "330106\t江干区",
        "admin_codes_changed.tsv: line 6, column valid_to: overlapping validity: 330106 is also "
        "valid from ever to now; end one before the other begins",
    ),
    (
        "admin_codes_changed.tsv",
        "320614\t海门区\tadded\t2020-07-17",
        "320614\t海门区\tadded\t2020-07-18",
        "admin_codes_changed.tsv: line 4, column successors: 320614 is not valid on 2020-07-17; "
        "correct one of the days",
    ),
    (
        "admin_codes_changed.tsv",
        "added\t2019-08-30",
        "added\t30.8.2019",
        "admin_codes_changed.tsv: line 17, column valid_from: '30.8.2019' is no day; "
        "write it as YYYY-MM-DD",
    ),
    (
        "warning_extensions.tsv",
        "11B19\t霾",
        "11B01\t霾",
        "warning_extensions.tsv: line 2, column code: 11B01 stands in incident_codes.tsv already; "
        "remove one of the two",
    ),
    (
        "warning_signals.tsv",
        "11B14",
        "11B98",
        "warning_signals.tsv: line 10, column event_type: 11B98 does not exist; "
        "use a code of incident_codes.tsv",
    ),
    (
        "yrd_points_geonames.csv",
        "31.22222,121.45806",
        "121.45806,31.22222",
        "yrd_points_geonames.csv: line 2, column lat: 121.45806 lies outside 26–36 N; "
        "are lat and lon swapped?",
    ),
    (
        "border_city.csv",
        "310100,上海市,320500",
        "310100,上海市,320599",
        "border_city.csv: line 2, column code_b: 320599 is not known; "
        "use a code of yrd_admin_codes.csv",
    ),
    (
        "un_class_codes.tsv",
        "2\tTOC\t2.3\t5.1 8",
        "2\tTOC\t2.3\t5.3 8",
        "un_class_codes.tsv: line 10, column subsidiary: '5.3' is no division of GB 6944; correct it",
    ),
    (
        "erg2016_distances.tsv",
        "1203\tfire_isolation\t\t\t\t\t800",
        "1203\tfire_isolation\t\t\t\t\t0.8 km",
        "erg2016_distances.tsv: line 247, column metres: '0.8 km' is no whole number; "
        "write digits only",
    ),
    (
        "plate_classes.tsv",
        "浙B1234挂",
        "浙B12345",
        "plate_classes.tsv: line 3, column example: '浙B12345' does not fit the pattern; correct one",
    ),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "says"), SPOILT, ids=[row[3].split(";")[0] for row in SPOILT]
)
def test_a_spoilt_table_is_told(folder: Path, name: str, old: str, new: str, says: str) -> None:
    spoil(folder / name, old, new)
    assert says in check_all(folder)


def test_a_wrong_encoding_is_told(folder: Path) -> None:
    path = folder / "agency_codes.tsv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert check_all(folder) == [
        "agency_codes.tsv: line 2, column name_zh (byte 5): byte 0xc6 is not UTF-8; "
        "save the file as UTF-8"
    ]


def test_files_beside_the_index_and_lost_files_are_told(folder: Path) -> None:
    (folder / "mine.tsv").write_text("code\n1\n")
    (folder / "edxl_rm.tsv").unlink()
    told = "\n".join(check_all(folder))
    assert "mine.tsv: is not in index.yaml; name it under files and in a table" in told
    assert "edxl_rm.tsv: can't be read" in told


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "    schemes: open\n    files: [capabilities.tsv]",
            "    files: [capabilities.tsv]",
            "schemes",
        ),
        ("files: [plate_provinces.tsv, ", "files: [plates.tsv, ", "plates.tsv is not under files"),
        ("files: [edxl_rm.tsv]\n", "files: []\n", "edxl_rm.tsv belongs to no table"),
        ("  - id: plates\n", "  - id: borders\n", "table borders stands twice"),
        ("pattern: '[0-9]{3}'", "pattern: '[0-9{3}'", "correct the expression"),
        ("    edition: ADR 2.2\n", "    edition: ADR 2.2\n    edition: 3\n", "a key stands twice"),
        ("    edition: ADR 2.2\n", "    edition: [\n", "is no YAML"),
        (
            "    edition: ADR 2.2\n",
            "    edition: ADR 2.2\n    shade: 3\n",
            "key shade: not expected",
        ),
    ],
)
def test_a_spoilt_index_is_told(folder: Path, old: str, new: str, says: str) -> None:
    spoil(folder / "index.yaml", old, new)
    told = check_all(folder)
    assert len(told) == 1
    assert told[0].startswith("index.yaml: ")
    assert says in told[0]


def test_reading_a_spoilt_file_raises_its_first_fault(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("code\tname\nA\tx\nB\ty\nA\tz\n")
    layout = Layout("t.tsv", ("code", "name"), ("code",), ("code",))
    with pytest.raises(
        TableError, match=r"t\.tsv: line 4, column code: A stands in line 2 already"
    ):
        reading.rows(layout, tmp_path)
