"""What a code table accepts and refuses, and what a refusal tells to do."""

import pytest

from schemas.codes import tables
from schemas.codes.incidents import read_signals
from schemas.codes.other_standards import read_reasons
from schemas.codes.reading import FOLDER
from yrd.hazmat.v1 import handover_pb2


@pytest.mark.parametrize(
    ("table", "scheme", "value"),
    [
        ("incident_types", "GB/T 35561", "11B01"),
        ("warning_types", "GB/T 35561", "11B01"),
        ("warning_types", "GB/T 35561", "11B20"),
        ("admin_codes", "", "320602"),
        ("admin_codes", "", "310115001"),
        ("admin_codes", "", "310100"),
        ("un_numbers", "", "1203"),
        ("un_numbers", "", "3461"),
        ("capabilities", "yrd-capability", "flood.boat"),
        ("capabilities", "NIMS", "anything"),
        ("measures", "yrd-measure", "water.level"),
        ("measures", "SL 330", "Z"),
        ("resource_types", "GB/T 38565", "2123456"),
        ("resource_types", "a province's own", "T-9"),
        ("agency_codes", "GB/T 4657", "416"),
        ("agency_codes", "GB/T 4657", "399"),
        ("jt809_reasons", "JT/T 809 0x9206", "4"),
        ("jt809_reasons", "a province's own", "full"),
        ("admin_codes", "", "370500"),  # a province that takes no part
        ("admin_codes", "", "110101001"),
    ],
)
def test_accepted(table: str, scheme: str, value: str) -> None:
    assert tables.problem(table, scheme, value) is None


@pytest.mark.parametrize(
    ("table", "scheme", "value", "says"),
    [
        ("incident_types", "GB/T 35561", "99Z99", "not in GB/T 35561: use a code such as 11B01"),
        ("incident_types", "mine", "11B01", "use scheme 'GB/T 35561'"),
        ("incident_types", "", "11B01", "use scheme 'GB/T 35561'"),
        (
            "incident_types",
            "GB/T 35561",
            "11B20",
            "for warnings only: use the type of what happened",
        ),
        ("warning_types", "mine", "11B01", "use scheme 'GB/T 35561'"),
        ("warning_types", "GB/T 35561", "11B98", "with the warning extensions: use a code"),
        ("admin_codes", "", "319900", "the four provinces: use a GB/T 2260 code"),
        (
            "un_numbers",
            "",
            "3003",
            "no longer in use: use the number that the dangerous goods list",
        ),
        ("un_numbers", "", "9999", "not in the dangerous goods list: use the four digits"),
        (
            "capabilities",
            "yrd-capability",
            "flying.carpet",
            "use one of schemas/codes/capabilities",
        ),
        ("measures", "yrd-measure", "mood", "use one of schemas/codes/measures.tsv"),
        ("resource_types", "GB/T 38565", "4123456", "send seven digits that begin with 1, 2 or 3"),
        ("resource_types", "GB/T 38565", "1", "send seven digits"),
        ("agency_codes", "GB/T 4657", "41", "send three digits"),
        ("jt809_reasons", "JT/T 809 0x9205", "4", "use 0, 1, 2 or 3"),
    ],
)
def test_refused_with_a_remedy(table: str, scheme: str, value: str, says: str) -> None:
    assert says in str(tables.problem(table, scheme, value))


def test_only_tables_with_lists_judge_values() -> None:
    for table in ("no_such_table", "plates"):
        with pytest.raises(KeyError):
            tables.problem(table, "", "x")


def test_extensions_are_marked_as_for_warnings_only() -> None:
    marked = {
        code: getattr(tables.incident_type(code), "warning_only", None)
        for code in ("11B01", "11B19", "11E06", "19000", "11B98")
    }
    assert marked == {
        "11B01": False,
        "11B19": True,
        "11E06": True,
        "19000": True,
        "11B98": None,
    }


def test_published_signals_lead_to_event_types_that_a_warning_may_use() -> None:
    lightning = tables.warning_signal("09")
    assert lightning is not None
    assert (lightning.name_zh, lightning.event_type) == ("雷电", "11B14")
    assert tables.warning_signal("15") is None
    for signal in read_signals(FOLDER).values():
        if signal.event_type:
            assert tables.problem("warning_types", "GB/T 35561", signal.event_type) is None


def test_colours_run_from_red_down_and_white_is_none_of_them() -> None:
    told = [(c.level, c.name_zh, c.level_code, c.cap_severity) for c in tables.warning_colors()]
    assert told == [
        (1, "红色", "04", "EXTREME"),
        (2, "橙色", "03", "SEVERE"),
        (3, "黄色", "02", "MODERATE"),
        (4, "蓝色", "01", "MINOR"),
    ]
    yellow = tables.warning_color("02")
    assert yellow is not None
    assert (yellow.color, yellow.cap_urgency) == ("YELLOW", "FUTURE")
    assert tables.warning_color("05") is None


def test_supplies_sum_up_by_prefix() -> None:
    assert tables.supply_prefixes("2123456") == ("2", "212", "21234", "2123456")
    with pytest.raises(ValueError, match="seven digits"):
        tables.supply_prefixes("4123456")
    group = tables.supply_group("3010203")
    assert group is not None
    assert group.name_zh == "工程材料与机械加工设备"
    assert [tables.is_other_supplies(code) for code in ("2990000", "2010299", "2019901")] == [
        True
    ] * 3
    assert not tables.is_other_supplies("2199102")


def test_reasons_of_an_exchange_of_positions() -> None:
    told = {
        scheme: getattr(tables.jt809_reason(f"JT/T 809 {scheme}", "2"), "name_en", None)
        for scheme in ("0x9205", "0x9206", "0x9207", "0x9208")
    }
    assert told == {
        "0x9205": "Positions needed in an emergency",
        "0x9206": "Emergency monitoring is over",
        "0x9207": "Bad period",
        "0x9208": None,
    }


@pytest.mark.parametrize(
    ("enum", "scheme"),
    [("ExchangeStartReason", "JT/T 809 0x9205"), ("ExchangeStopReason", "JT/T 809 0x9206")],
)
def test_reasons_of_the_contract_are_those_of_jt809_numbered_one_higher(
    enum: str, scheme: str
) -> None:
    numbers = {v.number for v in handover_pb2.DESCRIPTOR.enum_types_by_name[enum].values}
    told = {int(value) + 1 for kind, value in read_reasons(FOLDER) if kind == scheme}
    assert numbers - {0} == told


def test_edxl_lists_carry_how_sure_each_value_is() -> None:
    answers = {v.value: v.certainty for v in tables.edxl_values("ResponseType")}
    assert answers == {"Accept": "verified", "Decline": "verified", "Provisional": "unverified"}
    assert len(tables.edxl_values("ScheduleType")) == 18
    assert len(tables.edxl_values("MessageType")) == 16


def test_only_known_agencies_have_a_name() -> None:
    assert getattr(tables.agency("416"), "name_zh", None) == "气象局"
    assert tables.agency("399") is None
