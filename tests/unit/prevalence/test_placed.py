"""What was learnt says of new sightings whose they are: of a machine's own account only by what runs above them."""

import polars as pl
from prevalence_tables import Ran, hosts, seen

from longtail.prevalence.habits import habits
from longtail.prevalence.judgement import model
from longtail.prevalence.placed import Classes, known

SYSTEM = r"NT AUTHORITY\SYSTEM"
NT = "C:\\Windows\\System32\\"
WORKER, SERVICES = NT + r"inetsrv\w3wp.exe", NT + "services.exe"


def learnt(*ran: Ran) -> Classes:
    placed, where = model(
        habits([seen(ran)]).with_columns(pl.col("account_class").alias("named_class"), judged=pl.lit(False))
    )
    return known(placed, where.mapping).classes


def classes(said: Classes, *ran: Ran) -> list[str]:
    return said.of(seen(ran)).sort("host", "name")["account_class"].to_list()


def system(host: str, image: str, parent: str) -> Ran:
    return Ran(host, NT + image, (8,), parent=parent, account=SYSTEM)


def test_one_application_pool_as_the_machine_makes_no_machine_a_web_server() -> None:
    mail, other = hosts(2)
    said = learnt(system(mail, "cmd.exe", WORKER), system(mail, "defrag.exe", SERVICES))
    new = (system(mail, "whoami.exe", WORKER), system(mail, "sc.exe", SERVICES), system(other, "sc.exe", SERVICES))
    assert classes(said, *new) == ["system", "iis-apppool", "system"]


def test_below_a_shell_that_only_a_service_starts_the_rest_is_the_services_too() -> None:
    mail, other = hosts(2)
    shell = NT + "cmd.exe"
    said = learnt(system(mail, "cmd.exe", WORKER), system(mail, "ping.exe", shell))
    assert classes(said, system(mail, "whoami.exe", shell), system(other, "whoami.exe", shell)) == [
        "iis-apppool",
        "system",
    ]
