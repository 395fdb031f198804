"""Where the entities stand that were spoken of last: the store need not be asked for these again."""

from collections.abc import Iterable, Mapping

from gateway.store.port import Standing

Entity = tuple[str, str]
"""A type's name and an entity_id."""
MOST = 10_000


class RecentStandings:
    """Standings in the own log as committed, in two generations of `most` each: the older one is forgotten.

    For one writer, who alone changes what is stored.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._young: dict[Entity, Standing] = {}
        self._old: dict[Entity, Standing] = {}

    def among(self, entities: Iterable[Entity]) -> dict[Entity, Standing]:
        """Those that are known here."""
        young, old = self._young.get, self._old.get
        return {e: standing for e in entities if (standing := young(e) or old(e))}

    def learn(self, standings: Mapping[Entity, Standing]) -> None:
        """They are durable now."""
        self._young.update(standings)
        if len(self._young) >= self._most:
            self._old, self._young = self._young, {}
