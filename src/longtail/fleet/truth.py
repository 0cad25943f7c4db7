"""What really happened in a fleet: the incidents and the benign happenings that look like them."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TrueEvent:
    """One process start of an incident, as the telemetry has it."""

    time: datetime
    host: str
    account: str
    image: str
    command_line: str | None


@dataclass(frozen=True, slots=True)
class Incident:
    """One attack: on which host, under which account, when, and each of its process starts in order.

    ``hosts`` has more than one entry where the attack moved on. ``preparation`` are the runs that were only meant to
    make the attack look common (padding, poisoning).
    """

    id: str
    tenant: str
    host: str
    account: str
    account_class: str
    recipe: str
    first_seen: datetime
    last_seen: datetime
    hosts: tuple[str, ...]
    techniques: tuple[str, ...]
    note: str
    events: tuple[TrueEvent, ...]
    preparation: tuple[TrueEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """Something benign worth knowing when findings are judged: a roll-out, a patch night, a silent host."""

    kind: str
    tenant: str
    hosts: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything about a fleet that its telemetry does not say aloud."""

    incidents: tuple[Incident, ...]
    happenings: tuple[Happening, ...]

    def to_json(self) -> str:
        """The truth as one JSON object, times in RFC 3339 UTC."""
        return json.dumps(asdict(self), default=rfc3339, ensure_ascii=False, indent=1)


def rfc3339(value: object) -> str:
    """A time as JSON has it."""
    assert isinstance(value, datetime)
    return value.isoformat().replace("+00:00", "Z")
