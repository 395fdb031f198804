"""Code tables: look-ups, retired codes, repairs, and duplicates."""

from pathlib import Path

import pytest

from schemas.codes import reading, tables


def test_class_two_gets_its_division() -> None:
    found = {
        n: getattr(tables.un_number(n), "division", None)
        for n in ("1005", "1017", "1075", "1972", "1203", "1066")
    }
    assert found == {
        "1005": "2.3",
        "1017": "2.3",
        "1075": "2.1",
        "1972": "2.1",
        "1203": "3",
        "1066": "2.2",
    }


def test_stray_dash_is_repaired_and_retired_numbers_are_refused() -> None:
    assert getattr(tables.un_number("3461"), "division", None) == "4.2"
    assert "no longer in use" in str(tables.problem("un_numbers", "", "3003"))


def test_retired_admin_codes_lead_to_their_successor() -> None:
    found = tables.admin("320602")
    assert found is not None
    assert (found.retired, found.current) == (True, "320613")
    assert tables.problem("admin_codes", "", "320602") is None


def test_longer_codes_are_known_by_their_first_six() -> None:
    assert tables.admin("310115001") == tables.admin("310115")
    assert tables.problem("admin_codes", "", "440300")


def test_neighbours_lie_across_a_border() -> None:
    assert tables.neighbors("310000") >= {"320000", "330000"}
    assert "340000" not in tables.neighbors("310000")
    assert "330421" in tables.neighbors("320509")


def test_open_schemes_are_taken_closed_ones_are_not() -> None:
    assert tables.problem("capabilities", "NIMS", "anything") is None
    assert tables.problem("capabilities", "yrd-capability", "flying.carpet")
    assert tables.problem("incident_types", "mine", "11B01")
    assert tables.problem("resource_types", "GB/T 38565", "4123456")
    assert tables.problem("resource_types", "GB/T 38565", "2123456") is None


def test_a_duplicate_names_file_and_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "FOLDER", tmp_path)
    (tmp_path / "t.tsv").write_text("code\tname\nA\tx\nB\ty\nA\tz\n")
    with pytest.raises(reading.TableError, match=r"t\.tsv: line 4: A stands in line 2 already"):
        list(reading.rows("t.tsv", "code"))
