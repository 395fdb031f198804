"""At which instants pictures are made: pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ticks:
    """Instants `every_us` apart that are multiples of it, from one on; microseconds since 1970.

    The same whenever a job is started: so one that reads everything again says the same.
    """

    every_us: int
    from_us: int
    until_us: int | None = None
    """The last one is at this very instant, whether it is a multiple or not."""

    def first(self) -> int:
        """The first of them."""
        return self._or_last(-(-self.from_us // self.every_us) * self.every_us)

    def after(self, at_us: int) -> int | None:
        """The one behind another; None if that was the last."""
        if self.until_us is not None and at_us >= self.until_us:
            return None
        return self._or_last((at_us // self.every_us + 1) * self.every_us)

    def _or_last(self, at_us: int) -> int:
        return at_us if self.until_us is None else min(at_us, self.until_us)
