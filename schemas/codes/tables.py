"""The public names of the code tables. Each table is read once, at its first use."""

from schemas.codes.admin import PROVINCES, AdminArea, admin, current_code, province_of
from schemas.codes.dangerous_goods import UnNumber, division_problem, un_number
from schemas.codes.erg import ErgEntry, erg
from schemas.codes.geography import (
    cities,
    city_borders,
    counties_across,
    neighbors,
    point_of,
    points,
)
from schemas.codes.incidents import (
    IncidentType,
    incident_type,
    warning_color,
    warning_colors,
    warning_signal,
)
from schemas.codes.integrity import check_all
from schemas.codes.lookup import problem
from schemas.codes.monitoring import Measure, measure
from schemas.codes.other_standards import agency, edxl_values, jt809_reason
from schemas.codes.plates import plate_class, plate_color, plate_province
from schemas.codes.reading import TableError
from schemas.codes.resources import (
    Capability,
    capability,
    is_other_supplies,
    supply_group,
    supply_prefixes,
)

__all__ = [
    "PROVINCES",
    "AdminArea",
    "Capability",
    "ErgEntry",
    "IncidentType",
    "Measure",
    "TableError",
    "UnNumber",
    "admin",
    "agency",
    "capability",
    "check_all",
    "cities",
    "city_borders",
    "counties_across",
    "current_code",
    "division_problem",
    "edxl_values",
    "erg",
    "incident_type",
    "is_other_supplies",
    "jt809_reason",
    "measure",
    "neighbors",
    "plate_class",
    "plate_color",
    "plate_province",
    "point_of",
    "points",
    "problem",
    "province_of",
    "supply_group",
    "supply_prefixes",
    "un_number",
    "warning_color",
    "warning_colors",
    "warning_signal",
]
