"""Rescue bases and the areas that they cover and reach: tables/bases.tsv."""

from dataclasses import dataclass
from functools import cache

from pipelines.places.distance import LatLon
from pipelines.tabled import rows
from yrd.common.v1.common_pb2 import Code


@dataclass(frozen=True, slots=True)
class Base:
    """A base. It fits incident types of its `families`; capabilities begin with one of `abilities`."""

    base_id: str
    admin_code: str
    position: LatLon
    name_zh: str
    name_en: str
    abilities: tuple[str, ...]
    families: tuple[str, ...]
    covers: tuple[str, ...]
    reaches: tuple[str, ...]
    source: str

    def fits(self, kind: Code) -> bool:
        """Whether the base is made for that type of incident."""
        return kind.value.startswith(self.families)


@cache
def bases() -> tuple[Base, ...]:
    """All of the table."""
    return tuple(
        Base(
            base_id=row["base_id"],
            admin_code=row["admin_code"],
            position=(float(row["latitude"]), float(row["longitude"])),
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            abilities=tuple(row["capabilities"].split()),
            families=tuple(row["families"].split()),
            covers=tuple(row["covers"].split()),
            reaches=tuple(row["reaches"].split()),
            source=row["source"],
        )
        for row in rows("bases")
    )
