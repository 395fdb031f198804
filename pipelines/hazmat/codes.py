"""Administrative codes as areas that lie within one another."""

from functools import lru_cache

from schemas.codes.tables import current_code


@lru_cache(maxsize=65_536)
def stem(told: str) -> str:
    """A code of today without the zeros that make a city or province of it."""
    code = current_code(told) or told
    if code[2:6] == "0000":
        return code[:2]
    return code[:4] if code[4:6] == "00" else code


@lru_cache(maxsize=65_536)
def prefixes(told: str) -> tuple[str, ...]:
    """Stems of the areas in which a code lies: province, city, county, town, village."""
    code = current_code(told) or told
    return tuple(code[:digits] for digits in (2, 4, 6, 9, 12) if digits <= len(code))
