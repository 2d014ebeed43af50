"""Who measures what and when: systems in alternation, their order changed from repeat to repeat.

So whatever else the machine does hits all of them alike. Does not measure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.systems import BASELINE, SYSTEMS
from benchmarks.values import Item

OWN = "balanced"  # the preset people get
HOUR_SYSTEMS = (OWN, BASELINE)
ONCE = frozenset({"hour", "no words"})  # kinds that no repeat tells more about


@dataclass(frozen=True)
class Turn:
    item: Item
    system: str
    repeat: int


def turns(items: Sequence[Item], names: Sequence[str], repeats: int) -> Iterator[Turn]:
    for repeat in range(repeats):
        for item in items:
            if item.kind in ONCE and repeat:
                continue
            takers = [name for name in names if takes(name, item)]
            shift = repeat % max(1, len(takers))
            yield from (Turn(item, name, repeat) for name in (*takers[shift:], *takers[:shift]))


def takes(name: str, item: Item) -> bool:
    if item.kind == "hour":
        return name in HOUR_SYSTEMS
    return item.kind != "set" or not SYSTEMS[name].is_program
