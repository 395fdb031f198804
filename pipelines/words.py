"""What reports call things, in Chinese and in English."""

from dataclasses import dataclass

from google.protobuf.timestamp_pb2 import Timestamp

from schemas.codes.tables import admin, capability, incident_type
from schemas.instants import BEIJING
from yrd.common.v1.common_pb2 import Area, Casualties, Code
from yrd.situation.v1.situation_pb2 import CasualtySums

NAMES = {
    "310000": ("上海", "Shanghai"),
    "320000": ("江苏", "Jiangsu"),
    "330000": ("浙江", "Zhejiang"),
    "340000": ("安徽", "Anhui"),
    "joint": ("联合值班室", "joint duty room"),
}
COLORS = {1: ("红色", "red"), 2: ("橙色", "orange"), 3: ("黄色", "yellow"), 4: ("蓝色", "blue")}
LEVELS = {1: ("一级", "I"), 2: ("二级", "II"), 3: ("三级", "III"), 4: ("四级", "IV")}
GRADES = {
    0: ("未定级", "not graded"),
    1: ("特别重大", "especially serious"),
    2: ("重大", "serious"),
    3: ("较大", "major"),
    4: ("一般", "ordinary"),
}
FIGURES = {
    "dead": ("死亡", "dead"),
    "missing": ("失踪", "missing"),
    "seriously_injured": ("重伤", "seriously injured"),
    "injured": ("受伤", "injured"),
    "trapped": ("被困", "trapped"),
    "evacuated": ("转移", "evacuated"),
}
AID_STATES = {
    1: ("待答复", "open"),
    2: ("部分满足", "partly covered"),
    3: ("已满足", "covered"),
    4: ("均拒绝", "declined by all"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """One language: 0 is Chinese, 1 is English."""

    index: int

    def say(self, zh: str, en: str) -> str:
        """The one or the other."""
        return (zh, en)[self.index]

    def name(self, participant: str) -> str:
        """A participant's name."""
        return NAMES.get(participant, (participant, participant))[self.index]

    def time(self, time: Timestamp) -> str:
        """Beijing time; as it is, in UTC, where that lies beyond the calendar."""
        try:
            return time.ToDatetime(BEIJING).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
        except OverflowError:
            return time.ToJsonString()

    def money(self, fen: int) -> str:
        """An amount in 万元, or in CNY."""
        return self.say(f"{fen / 1_000_000:g}万元", f"CNY {fen / 100:,.2f}")

    def kind(self, code: Code) -> str:
        """An incident type; the list has Chinese names only."""
        found = incident_type(code.value)
        return found.name_zh if found else code.value

    def color(self, color: int) -> str:
        """A warning's colour."""
        return COLORS.get(color, ("颜色不详", "colour unknown"))[self.index]

    def level(self, level: int) -> str:
        """A response's level."""
        return LEVELS.get(level, ("级别不详", "unknown"))[self.index]

    def ability(self, code: Code) -> str:
        """A capability."""
        found = capability(code.value)
        if found is None:
            return code.value
        return self.say(found.name_zh, found.name_en)

    def place(self, code: str) -> str:
        """Name of an administrative area; the list has Chinese names only, but for the provinces."""
        if not code:
            return self.say("三省一市", "the four provinces")
        if code in NAMES:
            return self.name(code)
        found = admin(code)
        return found.name if found else code

    def area(self, area: Area) -> str:
        """Names of administrative areas."""
        names = [found.name if (found := admin(code)) else code for code in area.admin_codes]
        return self.say("、", ", ").join(names)

    def figures(self, casualties: Casualties | CasualtySums) -> str:
        """Known figures; what is unknown is not shown as zero."""
        parts = [
            f"{names[self.index]} {getattr(casualties, figure)}"
            for figure, names in FIGURES.items()
            if casualties.HasField(figure)
        ]
        return self.say("，", ", ").join(parts) or self.say("人数不详", "figures unknown")


ZH, EN = Words(0), Words(1)
