"""The price of poisoning: what the judgement itself would say, had others shown the same, or this host before."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from prevalence_tables import DAYS, TOOL, Ran, hosts, life, placed

from longtail.prevalence import price
from longtail.prevalence.anomalies import weighed
from longtail.prevalence.behaviours import aspects, behaviours
from longtail.prevalence.price import priced
from longtail.prevalence.surprise import exposures, surprises, units

FLEET = hosts(40)
BITS = 6.0


def prices(ran: list[Ran], anomaly_bits: float = BITS) -> pl.DataFrame:
    located = placed(ran)
    each = behaviours(located)
    found = aspects(each)
    shown = units(found, exposures(located))
    return priced(weighed(each, found, surprises(shown)), shown, anomaly_bits)


def of_tool(ran: list[Ran], anomaly_bits: float = BITS) -> tuple[int, int]:
    row = prices(ran, anomaly_bits).filter(pl.col("executable").str.ends_with("syncagent.exe"), host=FLEET[-1])
    return row["normal_hosts"][0], row["normal_days"][0]


def attacked(*more: Ran) -> list[Ran]:
    return [*life(FLEET), Ran(FLEET[-1], TOOL, (9,), "syncagent.exe --once"), *more]


def test_what_is_normal_already_has_no_price() -> None:
    usual = prices(attacked()).filter(pl.col("name") == "conhost.exe")
    assert usual.select("normal_hosts", "normal_days").unique().rows() == [(None, None)]
    assert prices(attacked(), 100.0)["normal_hosts"].null_count() == prices(attacked()).height


def test_what_is_normal_sooner_costs_less() -> None:
    falling = [of_tool(attacked(), bits) for bits in (3.0, 4.5, 6.0)]
    costs = [hosts_ * days for hosts_, days in falling]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > costs[-1]


def test_paying_less_leaves_it_an_anomaly() -> None:
    ran = attacked()
    many, days = of_tool(ran, 3.0)
    for number in range(1, many * days):
        earlier = tuple(range(9 - number, 9))
        assert is_anomaly([*life(FLEET), Ran(FLEET[-1], TOOL, (*earlier, 9), "syncagent.exe --once")])
        assert is_anomaly(attacked(*(Ran(name, TOOL, tuple(DAYS), "syncagent.exe --once") for name in FLEET[:number])))


def is_anomaly(ran: list[Ran]) -> bool:
    rows = prices(ran, 3.0).filter(pl.col("executable").str.ends_with("syncagent.exe"), host=FLEET[-1])
    return float(rows["bits"].max()) >= 3.0  # type: ignore[arg-type]


def test_every_anomaly_has_a_price() -> None:
    found = prices(attacked()).filter(pl.col("bits") >= BITS)
    assert found.height
    assert found["normal_hosts"].null_count() == found["normal_days"].null_count() == 0
    assert (found["normal_hosts"] >= 1).all() and (found["normal_days"] >= 1).all()


def test_asked_one_by_one_the_prices_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    together = prices(attacked(), 3.0)
    assert (together["normal_hosts"] * together["normal_days"]).max() > 1  # type: ignore[operator]
    monkeypatch.setattr(price, "TOGETHER", 1)
    assert_frame_equal(prices(attacked(), 3.0), together)
