"""Finished runs of ``ports`` to draw: a small one for the golden files, a large one made of it."""

from dataclasses import replace
from datetime import UTC, datetime

from output_hostile import with_text

from longtail.ports.findings import (
    Companion,
    Grant,
    Learning,
    Need,
    PortProfile,
    Ports,
    Privilege,
    Proof,
    Recommendation,
    Remedy,
    Unjoined,
    Verdict,
)
from longtail.ports.openings import Machine, Network, Opening, Rule, Scope
from longtail.readings import Quarantined, Reading

LAST = datetime(2026, 11, 17, 4, 55, 12, tzinfo=UTC)
BINN = "\\program files\\microsoft sql server\\mssql{ver}.{instance}\\mssql\\binn\\"
GROUP = "/subscriptions/contoso/resourceGroups/prod/providers/Microsoft.Network/networkSecurityGroups/nsg-sql"
RULE = f"{GROUP}/securityRules/allow-sql"


def companion(executable: str, importance: float, backed: int, others: int) -> Companion:
    """An executable among 84 open and 216 other machines."""
    return Companion(executable, importance, backed / 84, others / 216, backed, 84, others, 216)


COMPANIONS = (
    companion(BINN + "sqlagent.exe", 0.412, 79, 0),
    companion(BINN + "sqlservr.exe", 0.412, 79, 1),
    companion("\\program files\\microsoft sql server iaas agent\\bin\\ma\\agentcore.exe", 0.187, 61, 2),
    companion(BINN + "databasemail.exe", 0.093, 44, 0),
    companion(BINN + "fdhost.exe", 0.044, 38, 0),
    companion("\\windows\\microsoft.net\\framework\\v{ver}\\ngen.exe", 0.021, 80, 150),
)
SQL = PortProfile(
    port=1433,
    protocol="tcp",
    label="1433/tcp",
    machines_open=84,
    machines=300,
    executables=412,
    min_machines=3,
    learnable=True,
    reason="98% of the held-out open machines run a companion, 0.5% of the others do",
    learning=(
        Learning("random", 300, 0.0095, 0.0222, 0.2778, 0.96, 0.96, 0.9731),
        Learning("tenant", 300, 0.0118, 0.0341, 0.2611, 0.957, 0.913, 0.9512),
    ),
    companions=COMPANIONS,
)
RDP = PortProfile(
    port=3389,
    protocol="tcp",
    label="3389/tcp",
    machines_open=12,
    machines=300,
    executables=412,
    min_machines=3,
    learnable=False,
    reason="no signature: Windows serves it from svchost.exe, which runs on every machine (nothing is left)",
    learning=(),
    companions=(),
)
NETWORK = Network(
    machines=tuple(
        Machine("contoso", name, "azure") for name in ("vm-web-07", "vm-sql-01", "vm-app-2", "vm-rdp", "vm-dark")
    ),
    openings=(
        Opening("contoso", "vm-web-07", "tcp", 1433, 1433, Scope.INTERNET, ("0.0.0.0/0",), (RULE,)),
        Opening("contoso", "vm-app-2", "tcp", 1433, 1433, Scope.PARTLY_INTERNET, ("198.51.100.0/24",), (RULE,),
                unresolved=("the service tag Contoso.Unknown is not known here",),
                notes=("the machine has no public address",)),
        Opening("contoso", "vm-sql-01", "tcp", 1433, 1433, Scope.PRIVATE, ("10.0.0.0/8",), (RULE,)),
        Opening("contoso", "vm-rdp", "tcp", 3389, 3389, Scope.GROUP, ("asg-admins",), ()),
        Opening("contoso", "vm-dark", "tcp", 1433, 1433, Scope.PRIVATE, ("10.0.0.0/8",), (RULE,)),
    ),
    rules={RULE: Rule(RULE, "allow-sql", "azure", GROUP, allows=True, priority=310)},
    orphans=("/subscriptions/contoso/resourceGroups/prod/providers/Microsoft.Network/networkSecurityGroups/nsg-old",),
)  # fmt: skip
DENY = (
    "az network nsg rule create --resource-group prod --nsg-name nsg-sql --name longtail-deny-1433-vm-web-07"
    " --priority 309 --direction Inbound --access Deny --protocol Tcp --source-address-prefixes '*'"
    " --destination-address-prefixes 10.1.0.7 --destination-port-ranges 1433"
)


def remedies() -> tuple[Remedy, ...]:
    """Closing it for one machine, and striking the rule for all of them."""
    return (
        Remedy(
            platform="azure",
            scope="machine",
            command=DENY,
            undo="az network nsg rule delete --resource-group prod --nsg-name nsg-sql"
            " --name longtail-deny-1433-vm-web-07",
            rehearse="az network watcher test-ip-flow --direction Inbound --protocol TCP"
            " --local 10.1.0.7:1433 --remote 203.0.113.9:60000 --vm vm-web-07 --resource-group prod",
            note="established connections stay up",
        ),
        Remedy(
            platform="azure",
            scope="rule",
            command="az network nsg rule show --ids "
            f"{RULE} > allow-sql.json\naz network nsg rule update --ids {RULE} --access Deny",
            undo=f"az network nsg rule update --ids {RULE} --access Allow",
            rehearse="",
            note="closes it for 3 other machines too",
        ),
    )


def forgotten() -> Recommendation:
    """The opening of the article: the SQL Server is gone, the rule is there, and it was attacked on six days."""
    return Recommendation(
        id="5f0c9ad1b2e34c77",
        tenant="contoso",
        machine="vm-web-07",
        port=1433,
        protocol="tcp",
        verdict=Verdict.UNBACKED,
        score=0.9412,
        reason="none of the 5 executables that accompany 1433/tcp runs here: it looks like a machine that has it"
        " closed. Nothing listens on it",
        openings=NETWORK.openings[:1],
        expected=COMPANIONS,
        runs_instead={
            "\\windows\\system32\\": ("cmd.exe", "conhost.exe", "svchost.exe", "taskhostex.exe"),
            "\\windows\\system32\\inetsrv\\": ("w3wp.exe",),
            "\\windows\\microsoft.net\\framework\\v{ver}\\": ("ngen.exe", "ngentask.exe"),
        },
        proof=Proof(last_process_seen=LAST, listening=(), brute_force_days=6),
        also_governed=("vm-sql-01", "vm-app-2", "vm-dark"),
        remedies=remedies(),
    )


def loopback() -> Recommendation:
    """A server that only its own machine can reach."""
    return replace(
        forgotten(),
        id="81b6a0ffde120944",
        machine="vm-app-2",
        verdict=Verdict.LOOPBACK_ONLY,
        score=0.71,
        reason="what listens on 1433/tcp is bound to 127.0.0.1 only: nobody else can reach it",
        openings=NETWORK.openings[1:2],
        runs_instead={BINN: ("sqlservr.exe",)},
        proof=Proof(LAST, ("127.0.0.1",), "C:\\Program Files\\Microsoft SQL Server\\sqlservr.exe", 1204, 0),
        also_governed=(),
        remedies=remedies()[1:],
    )


def other(machine: str, port: int, verdict: Verdict, reason: str) -> Recommendation:
    """One that is no finding."""
    opening = next(each for each in NETWORK.openings if each.machine == machine)
    return Recommendation(
        id=f"{machine}-{port}",
        tenant="contoso",
        machine=machine,
        port=port,
        protocol="tcp",
        verdict=verdict,
        score=0.0,
        reason=reason,
        openings=(opening,),
    )


OTHERS = (
    other("vm-sql-01", 1433, Verdict.BACKED, f"{BINN}sqlservr.exe runs here, as on machines that serve 1433/tcp"),
    other("vm-dark", 1433, Verdict.NOT_ENOUGH_EVIDENCE, "no telemetry of this machine"),
    other("vm-rdp", 3389, Verdict.UNLEARNABLE, f"nothing can be said of 3389/tcp from what machines run: {RDP.reason}"),
)
WIDE = Opening("contoso", "vm-app-2", "tcp", 0, 65_535, Scope.PRIVATE, ("10.0.0.0/8",), (f"{GROUP}/any",))
PRIVILEGE = Privilege(
    tenant="contoso",
    machine="vm-app-2",
    openings=(WIDE, replace(WIDE, first=1024, last=9000, protocol="udp")),
    needed=(Need(443, "tcp", "nginx listens on it"),),
    certain=True,
    advice="instead of everything from 10.0.0.0/8, let in 443/tcp only",
    id="1ea5",
    grants=(Grant("tcp", ((443, 443),), Scope.PRIVATE, ("10.0.0.0/8",), (f"{GROUP}/any",)),),
    remedies=(
        Remedy(
            "azure",
            "rule",
            "az network nsg rule update --nsg-name nsg-app --name any --protocol Tcp --destination-port-ranges 443",
            "az rest --method put --uri https://management.azure.com/any",
            "az network watcher test-ip-flow --local 10.0.0.6:1",
            "Established sessions stay up until they end.",
        ),
    ),
)
READINGS = (
    Reading("network/nsg.json", "azure", 0, 3, 1, {"a rule without a direction": 1},
            (Quarantined("value[4].securityRules[2]", "a rule without a direction"),)),
    Reading("logs/starts.jsonl", "plain", 91_204, 0, 0),
)  # fmt: skip


def small_ports() -> Ports:
    """One opening to close, one that only its own machine reaches, one excepted, and the rest of a small network."""
    excepted = replace(
        forgotten(), id="0d11", machine="vm-web-08", score=0.5, excepted="kept until the migration ends (db-team)"
    )
    return Ports(
        profiles=(SQL, RDP),
        recommendations=(forgotten(), loopback(), *OTHERS, excepted),
        network=NETWORK,
        unjoined=(
            Unjoined("contoso", "vm-dark", "network", "no telemetry of this machine"),
            Unjoined("contoso", "build-9.contoso.example", "telemetry",
                     "the network export knows no machine of this name, id or address"),
        ),
        readings=READINGS,
        machines=300,
        notes=("an exception matches nothing: rule allow-ftp (owner web-team)",),
        privileges=(PRIVILEGE,),
    )  # fmt: skip


def many_ports(findings: int, profiles: int) -> Ports:
    """The same with very many findings and profiles."""
    found = tuple(
        replace(forgotten(), id=f"{at:06}", machine=f"vm-{at:06}", score=round(0.9 - at / 10**7, 7))
        for at in range(findings)
    )
    drawn = tuple(replace(SQL, port=1433 + at, label=f"{1433 + at}/tcp") for at in range(profiles))
    return replace(small_ports(), recommendations=(*found, *OTHERS), profiles=drawn)


NOTHING = Ports((), (), Network((), (), {}), (), (), 0)


def hostile_ports(texts: tuple[str, ...]) -> Ports:
    """The small run with a finding, a profile, a wide opening and the rest for each of ``texts``, in all their fields.

    Those texts are what machines, rules, programs and files are called. Only commands are left as they are.
    """
    ports = small_ports()
    return replace(
        ports,
        profiles=tuple(with_text(SQL, text) for text in texts),
        recommendations=tuple(each for text in texts for each in _hostile(text)),
        network=replace(
            NETWORK,
            rules={text: Rule(text, text, text, text, allows=True) for text in texts},
            orphans=texts,
        ),
        unjoined=tuple(with_text(each, text) for text in texts for each in ports.unjoined),
        readings=tuple(with_text(READINGS[0], text) for text in texts),
        notes=texts,
        privileges=tuple(
            replace(with_text(PRIVILEGE, text), remedies=tuple(replace(each, note=text) for each in PRIVILEGE.remedies))
            for text in texts
        ),
    )


def _hostile(text: str) -> tuple[Recommendation, ...]:
    found = replace(
        with_text(forgotten(), text),
        excepted="",
        runs_instead={text: (text, text), "x" + text: (text,)},
        proof=Proof(LAST, (text,), text, 3, 6),
        openings=tuple(with_text(each, text) for each in NETWORK.openings[1:2]),
        also_governed=(text, text),
        remedies=tuple(replace(each, note=text) for each in remedies()),
    )
    silenced = replace(found, excepted=text, score=0.1)
    return (found, silenced, replace(with_text(OTHERS[1], text), openings=found.openings, excepted=""))
