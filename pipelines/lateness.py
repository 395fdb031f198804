"""How late something is, said so coarsely that it is not news at every tick."""

_STEPS = ((120, 10), (1440, 60))
_DAY = 1440


def coarse(minutes: float) -> int:
    """Minutes rounded up: to ten within two hours, to hours within a day, to days beyond; 0 if not late."""
    if minutes <= 0:
        return 0
    step = next((step for most, step in _STEPS if minutes <= most), _DAY)
    return int(-(-minutes // step)) * step
