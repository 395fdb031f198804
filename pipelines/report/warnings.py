"""Warnings as text."""

from pipelines.nature.warnings import AreaWarning
from pipelines.words import Words
from yrd.situation.v1.situation_pb2 import ActiveWarning


def warning_line(warning: ActiveWarning, words: Words) -> str:
    """Who warns of what, with which colour, and where."""
    name, kind = words.name(warning.participant), words.kind(warning.event_type)
    color, area = words.color(warning.color), words.area(warning.area)
    return words.say(f"{name} {kind}{color}预警：{area}", f"{name} {kind}, {color}: {area}")


def area_line(found: AreaWarning, words: Words) -> str:
    """The same with until when, whether it concerns the whole area, and its identifier."""
    warning = found.warning
    parts = [warning_line(warning, words)]
    if warning.HasField("expire_time"):
        end = words.time(warning.expire_time)
        parts.append(words.say(f"至{end}", f"until {end}"))
    parts += [] if found.whole else [words.say("仅涉及部分区域", "a part of the area only")]
    return words.say("；", "; ").join([*parts, warning.identifier])
