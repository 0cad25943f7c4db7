"""What means harm: it surprises by itself, whoever runs the program for other reasons, and in a tenant of any size."""

import polars as pl
import pytest
from prevalence_tables import DAYS, Ran, hosts, life, placed

from longtail.prevalence.anomalies import weighed
from longtail.prevalence.behaviours import BROKEN_UP, aspects, behaviours
from longtail.prevalence.grounds import notable
from longtail.prevalence.price import priced
from longtail.prevalence.surprise import exposures, surprises, units
from longtail.settings import Settings

FEW, MANY = hosts(9, "few"), hosts(60, "many")
LAST = FEW[-1]
REG = r"C:\Windows\System32\reg.exe"
HARMFUL = r"reg save HKLM\SAM C:\ProgramData\a.hiv"
HARMLESS = r"reg save HKLM\SOFTWARE\Contoso C:\ProgramData\a.hiv"
LAWFUL = (
    r"reg query HKLM\SOFTWARE\Contoso /v Port",
    r"reg add HKCU\Software\Contoso /v a /t REG_DWORD /d 1 /f",
    r"reg export HKLM\SYSTEM\CurrentControlSet\Services\x D:\a.reg /y",
    r"reg delete HKCU\Software\Contoso /va /f",
    r"reg copy HKCU\Software\Contoso HKCU\Software\Old /s",
    r"reg compare HKLM\SOFTWARE\A HKLM\SOFTWARE\B /od",
)
BAR = Settings().anomaly_bits


def told(line: str, *more: Ran) -> list[Ran]:
    """A small tenant beside a large one: hosts of it know the program, others of it are restless, the last runs it."""
    known = [Ran(name, REG, (4,), line, tenant="small") for name, line in zip(FEW, LAWFUL, strict=False)]
    restless = [
        Ran(name, rf"C:\ProgramData\{name}\{name}-{day}.exe", (day,), tenant="small")
        for name in FEW[:4]
        for day in (3, 5, 7, 8)
    ]
    ran = Ran(LAST, REG, (9,), line, tenant="small")
    return [*life(FEW, tenant="small"), *life(MANY, tenant="large"), *known, *restless, *more, ran]


def judged(ran: list[Ran]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What the last host ran on its last day, weighed, and what is notable about it."""
    located = placed(ran)
    each = behaviours(located)
    found = aspects(each)
    shown = units(found, exposures(located))
    rated = surprises(shown)
    full = priced(weighed(each, found, rated), shown, BAR)
    mine = full.filter(pl.col("name") == "reg.exe", host=LAST).sort("first_day").tail(1)
    return mine, notable(found, rated).join(mine.select("behaviour"), on="behaviour", how="semi")


def test_harm_is_an_anomaly_where_the_same_without_harm_is_none() -> None:
    (harm, _), (none, _) = judged(told(HARMFUL)), judged(told(HARMLESS))
    assert harm["bits"].item() >= BAR > none["bits"].item()
    assert harm.select("told_kind", "told_by").row(0) == ("trait", "takes credentials")


def test_what_a_population_does_every_day_is_no_harm_of_its() -> None:
    usual = [Ran(name, REG, tuple(DAYS), HARMFUL, tenant="small") for name in FEW[:-1]]
    assert judged(told(HARMFUL, *usual))[0]["bits"].item() < BAR


def test_where_nothing_but_the_meaning_is_new_it_rests_on_what_was_told() -> None:
    line = r"""reg query HKLM\SOFT""WARE\Con""toso /v Port"""
    usual = [Ran(name, REG, DAYS, LAWFUL[0], tenant="small") for name in FEW[:-1]]
    harm, grounds = judged(told(line, *usual, Ran(LAST, REG, (1,), LAWFUL[1], tenant="small")))
    assert harm["bits"].item() >= BAR
    assert harm.select("told_kind", "told_by").row(0) == ("trait", BROKEN_UP)
    assert grounds["kind"].to_list() == ["told"]


@pytest.mark.parametrize("others", range(4))
def test_harm_costs_at_least_its_printed_price(others: int) -> None:
    least = judged(told(HARMFUL))[0].select(pl.col("normal_hosts") * pl.col("normal_days")).item()
    repeated = [Ran(name, REG, tuple(DAYS), HARMFUL, tenant="small") for name in FEW[4 : 4 + others]]
    assert others >= least or judged(told(HARMFUL, *repeated))[0]["bits"].item() >= BAR
