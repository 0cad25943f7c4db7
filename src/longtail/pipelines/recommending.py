"""A store and exports of inbound rules → recommendations, each in the ledger once, and told when they are news."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import polars as pl

from longtail import network, store, telemetry
from longtail.ledger.recommendations import Advice, Change, Looked, advised
from longtail.ledger.untold import RECOMMENDATION, Debts
from longtail.outputs.plain import dumps
from longtail.outputs.ports.plain import least_object, recommendation_object
from longtail.pipelines.closing import STARTS, PortsRequest, known
from longtail.pipelines.learning import DAY, WINDOW, Kept, LearnRequest, refuse_unknown, window
from longtail.pipelines.reading import Fold
from longtail.ports.findings import Ports, Privilege, Recommendation
from longtail.ports.judgement import EVERYTHING, Wanted, recommended
from longtail.ports.openings import Network
from longtail.ports.started import started_of
from longtail.readings import Reading
from longtail.settings import Settings
from longtail.store.reading import days_in

OTHERS = "what is not this tenant's"  # bears a rule, and is not named


@dataclass(frozen=True, slots=True)
class RecommendRequest:
    """What to look at: a store's days (the last ``days``), network exports, and perhaps listings, sockets, attacks."""

    kept: Kept
    exports: tuple[str, ...]
    paths: tuple[str, ...] = ()
    options: telemetry.Options = field(default_factory=telemetry.Options)
    since: date | None = None
    until: date | None = None
    days: int = WINDOW
    settings: Settings = field(default_factory=Settings)
    wanted: Wanted = EVERYTHING
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Recommended:
    """What is news as ``ports`` finds it, and how much of everything is new, judged otherwise, open again after it was
    closed, as it was, or closed since."""

    ports: Ports
    new: int
    changed: int
    reopened: int
    known: int
    closed: int


def recommend(
    request: RecommendRequest, now: datetime | None = None, tell: Callable[[Recommended], None] = lambda found: None
) -> Recommended:
    """Looks at the openings of machines whose starts a store holds, keeps each recommendation once, and has it told.

    Nobody waits while ``tell`` tells. What it fails to tell is news the next time.

    Raises:
        StoreError: there is no store, or it cannot be read.
        NothingToRead: no path matches.
        UsageError: the store holds nothing of the tenant.
        LedgerError: the ledger cannot be used.
    """
    refuse_unknown(request.kept)
    found = _found(request)
    book = request.kept.ledger()
    looked = Looked({(each.tenant, each.name) for each in found.network.machines}, request.wanted.ports)
    advice = [*map(_advice, found.recommendations), *map(_of_wide, found.privileges)]
    with book.writing() as connection:
        changes, closed = advised(connection, book.store, advice, looked, now or datetime.now(UTC))
    news = dict(zip((each.id for each in advice), changes, strict=True))
    told = _told(found, news, closed, everything=request.everything)
    tell(told)
    with book.writing() as connection:
        debts = Debts(book.store, RECOMMENDATION)
        debts.settle(connection, (each.id for each in told.ports.recommendations))
        debts.settle(connection, (each.id for each in told.ports.privileges))
    return told


def _told(found: Ports, changes: Mapping[str, Change], closed: int, *, everything: bool) -> Recommended:
    """What is news of it, or everything; ``changes`` are by id."""
    news = {id for id, change in changes.items() if everything or change is not Change.KNOWN}
    told = replace(
        found,
        recommendations=tuple(each for each in found.recommendations if each.id in news),
        privileges=tuple(each for each in found.privileges if each.id in news),
    )
    counts = Counter(changes.values())
    return Recommended(
        ports=told,
        new=counts[Change.NEW],
        changed=counts[Change.CHANGED],
        reopened=counts[Change.REOPENED],
        known=counts[Change.KNOWN],
        closed=closed,
    )


def _found(request: RecommendRequest) -> Ports:
    kept = request.kept
    first, last = window(LearnRequest(kept, request.since, request.until, request.days))
    starts, runs = _starts(kept, store.Window(first, last + DAY, kept.tenant))
    asked = PortsRequest(request.paths, request.exports, request.options, settings=request.settings)
    evidence, readings = known(asked, starts, (Reading(kept.place, "store", runs, 0, 0),))
    found = recommended(
        of_tenant(network.network(request.exports), kept.tenant), evidence, request.settings, request.wanted
    )
    return replace(found, readings=(*readings, *found.readings))


def _starts(kept: Kept, wanted: store.Window) -> tuple[pl.DataFrame, int]:
    """What started where in a window of a store, and how many starts it holds, read a piece at a time."""
    folded, runs = Fold(STARTS), 0
    table = store.opened(kept.place)
    for seen in store.daily(table, [*filter(wanted.holds, days_in(table))], wanted.tenant):
        folded.add(started_of(seen))
        runs += int(seen["runs"].sum())
    return folded.whole(), runs


def of_tenant(whole: Network, tenant: str | None) -> Network:
    """The machines of one tenant, the rules that govern them, and nothing that could name another's.

    Of a group of AWS that lets something in that is all its rules: a copy of it is to have those too that open no port.
    """
    if tenant is None:
        return whole
    openings = tuple(each for each in whole.openings if each.tenant == tenant)
    ids = {id for each in openings for id in each.rules}
    groups = {rule.container for id, rule in whole.rules.items() if id in ids and rule.platform == "aws"}
    beyond = {id for each in whole.openings if each.tenant != tenant for id in each.rules} & whole.rules.keys()
    return Network(
        machines=tuple(each for each in whole.machines if each.tenant == tenant),
        openings=openings,
        rules={id: rule for id, rule in whole.rules.items() if id in ids or rule.container in groups},
        readings=tuple(
            replace(each, path=f"export {number}", examples=(), notes=(), reasons={})
            for number, each in enumerate(whole.readings, start=1)
        ),
        bearers=dict.fromkeys({whole.rules[id].container for id in beyond} | whole.bearers.keys(), (OTHERS,)),
        amended=whole.amended,
    )


def _advice(each: Recommendation) -> Advice:
    """As the ledger keeps it; that an exception begins or ends to hold is another verdict, and so is news."""
    return Advice(
        id=each.id,
        tenant=each.tenant,
        machine=each.machine,
        port=each.port,
        protocol=each.protocol,
        verdict=f"{each.verdict}, accepted" if each.excepted else str(each.verdict),
        score=each.score,
        told=dumps(recommendation_object(each)),
    )


def _of_wide(each: Privilege) -> Advice:
    """What would do instead of the openings that leave a machine wide open: of all its ports."""
    told = least_object(each)
    verdict = f"{told['verdict']}, accepted" if each.excepted else str(told["verdict"])
    return Advice(each.id, each.tenant, each.machine, told["port"], told["protocol"], verdict, 0.0, dumps(told))
