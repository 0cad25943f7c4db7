"""What the verbs over a store share: which store, which ledger, which tenant; and windows told as ages."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from longtail.cli.options import Moment

LEAST = timedelta(seconds=1)
"""That a moment to come lies ahead: ``0d`` is over at once."""


class Since(Moment):
    """A moment, or ``LAST``: since it was judged last."""

    name = "LAST|WHEN"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The moment; None for ``LAST``."""
        return None if value == "LAST" else super().convert(value, param, ctx)


class Days(click.ParamType[int]):
    """A span of whole days: ``30d``, ``4w``, or a plain number of days."""

    name = "DAYS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """How many days."""
        text = str(value)
        number = text.removesuffix("d").removesuffix("w")
        if not number.isdecimal() or len(number) > 4 or not int(number):
            self.fail(f"{value!r} is no number of days: write 30d or 4w", param, ctx)
        return int(number) * (7 if text.endswith("w") else 1)


class Until(Moment):
    """A moment to come: a day, RFC 3339, or how long from now, such as ``90d``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment in UTC."""
        moment = super().convert(value, param, ctx)
        now = datetime.now(UTC)
        aged = isinstance(value, str) and value[:-1].isdecimal()
        until = now + (now - moment) if aged else moment
        return until if until - now >= LEAST else self.fail(f"{value!r} has passed by now", param, ctx)


class Words(click.ParamType[str]):
    """A text that says something: an empty reason is none."""

    name = "TEXT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text as it was given."""
        return str(value) if str(value).strip() else self.fail("it is empty: say why, in a few words", param, ctx)


def store_options(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which store, which ledger and whose part of it."""
    for option in reversed(
        (
            click.option("--store", "place", required=True, metavar="DIR", help="The store that `ingest` fills."),
            click.option("--ledger", "url", metavar="URL",
                         help="postgresql+psycopg://… or sqlite:///FILE.  [default: ledger.sqlite in the store]"),
            click.option("--tenant", metavar="NAME", help="Only this tenant: nothing of others is read or told."),
        )
    ):  # fmt: skip
        verb = option(verb)
    return verb


def kept(given: dict[str, Any]) -> Any:
    """The store that the options of ``store_options`` name, taken out of ``given``."""
    from longtail.pipelines.learning import Kept

    return Kept(*(given.pop(name) for name in ("place", "url", "tenant")))
