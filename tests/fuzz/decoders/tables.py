"""Tables of resources and waybills: CSV, and workbooks."""

from integration.importing.columns import found
from integration.importing.faults import FileRefused
from integration.importing.reading import read_sheet
from integration.importing.resources import RESOURCES
from integration.importing.revising import Known
from integration.importing.run import planned
from integration.importing.table import Table
from integration.importing.waybills import WAYBILLS
from tests.fuzz.target import Target
from tests.support.filled import CHLORINE, NOW, PUMP, as_csv, as_xlsx, settings


def targets() -> list[Target]:
    """Each is read as far as to drafts."""

    def of(table: Table, data: bytes) -> object:
        return planned(table, found(read_sheet(data), table.columns), settings(), Known(), NOW)

    csv = [as_csv([PUMP]), as_csv([PUMP], "gb18030"), as_csv([PUMP], "utf-16", "\t")]
    trips = [as_csv([CHLORINE]), as_csv([CHLORINE, CHLORINE], "gb18030", ";")]
    allowed = (FileRefused,)
    return [
        Target("table of resources", lambda data: of(RESOURCES, data), csv, allowed, 0.4),
        Target("table of waybills", lambda data: of(WAYBILLS, data), trips, allowed, 0.4),
        Target("workbook", lambda data: of(RESOURCES, data), [as_xlsx([PUMP])], allowed, 0.1),
    ]
