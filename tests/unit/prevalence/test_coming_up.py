"""What came up with its machine is nobody's act, and what somebody did then is."""

import pytest
from prevalence_tables import DAYS, Ran, hosts, life, placed, seen

from longtail.prevalence.behaviours import behaviours
from longtail.prevalence.coming_up import CROWD, came_up
from longtail.prevalence.judgement import judged
from longtail.settings import Settings

MANAGER = r"C:\Windows\System32\services.exe"
SYSTEMD = "/usr/lib/systemd/systemd"
MAIL = r"C:\Program Files\Microsoft\Exchange Server\V15\Bin\MSExchange{}.exe"
SERVICES = ("Transport", "Delivery", "Submission", "Throttling", "Store", "Assistants")


def up(*services: str, host: str = "db00", parent: str = MANAGER) -> list[Ran]:
    """Services that a manager starts on the sixth day, a few seconds apart."""
    return [Ran(host, image, (6,), parent=parent, minute=30 + at / 20) for at, image in enumerate(services)]


MAILS = [MAIL.format(name) for name in SERVICES]


def risen(ran: list[Ran]) -> set[str]:
    """The programs of behaviours that came up with their machine."""
    each = behaviours(placed(ran))
    return set(each.filter(each["behaviour"].is_in(came_up(each).implode()))["name"])


def test_services_that_begin_together_came_up_with_their_machine() -> None:
    assert risen([*life(hosts(8)), *up(*MAILS)]) == {path.rpartition("\\")[2].lower() for path in MAILS}
    daemons = [f"/usr/sbin/{name}" for name in ("cron", "sshd", "rsyslogd", "nginx", "chronyd")]
    assert risen(up(*daemons, parent=SYSTEMD)) == {"cron", "sshd", "rsyslogd", "nginx", "chronyd"}


def test_what_such_a_service_starts_of_its_own_software_came_up_too() -> None:
    worker = r"C:\Program Files\Microsoft\Exchange Server\V15\Bin\Worker.exe"
    shell = r"C:\Windows\System32\cmd.exe"
    ran = [
        *up(*MAILS),
        Ran("db00", worker, (6,), parent=MAILS[0], minute=31),
        Ran("db00", shell, (6,), parent=MAILS[0]),
    ]
    assert "worker.exe" in risen(ran) and "cmd.exe" not in risen(ran)


@pytest.mark.parametrize(
    "ran",
    [
        up(*MAILS[: CROWD - 1]),  # a few services, as an update starts them
        up(*MAILS, parent=r"C:\Windows\System32\cmd.exe"),
        up(*(rf"C:\Users\Public\{name}.exe" for name in SERVICES)),  # where anybody can put a program
        [each for at, path in enumerate(MAILS) for each in up(path, host=f"db{at:02}")],  # one on each host
        [Ran("db00", path, (day,), parent=MANAGER) for day, path in enumerate(MAILS)],  # one a day
    ],
)
def test_what_begins_otherwise_did_not(ran: list[Ran]) -> None:
    assert risen([*life(hosts(8)), *ran]) == set()


def test_the_services_of_a_rare_role_make_no_alert_when_their_machine_starts() -> None:
    account = r"NT AUTHORITY\NETWORK SERVICE"
    usual = [Ran(name, account=account, parent=MANAGER, days=DAYS) for name in hosts(40)]
    ran = [*usual, *(Ran("db03", path, (6,), parent=MANAGER, account=account) for path in MAILS)]
    found = judged(seen(ran), Settings(), ("all",)).alerts
    assert not [each for each in found if each.host == "db03"]
    alone = [*usual, *(Ran("db03", path, (6,), parent=MANAGER, account=account) for path in MAILS[:2])]
    assert [each for each in judged(seen(alone), Settings(), ("all",)).alerts if each.host == "db03"]
