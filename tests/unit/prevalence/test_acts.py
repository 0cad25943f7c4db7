"""What is one act: however many processes, copies and helpers it takes."""

import pytest
from prevalence_tables import anomaly

from longtail.prevalence.acts import acts
from longtail.prevalence.incidents import score
from longtail.prevalence.likeness import Likeness

NT = "\\windows\\system32\\"
SETUP = r"\windows\ccmcache\{rand}\setup.exe"
UNPACKED = r"\windows\temp\{guid}\.cr\setup.exe"
PACKAGE = r"\windows\softwaredistribution\download\install\sqlserver{n}-kb{n}-x64.exe"
RUNNER = r"\windows\deploy\runner.exe"


def numbers(*story: tuple[str, str]) -> list[int]:
    """Of how many anomalies each act of a story of (program, its parent) is."""
    return sorted(len(act) for act in acts([anomaly(program, parent=parent) for program, parent in story]))


@pytest.mark.parametrize(
    "story",
    [
        ((SETUP, NT + "services.exe"), (UNPACKED, SETUP)),
        ((SETUP, NT + "services.exe"), (r"\users\{user}\appdata\local\temp\is-{rand}.tmp\setup.tmp", SETUP)),
        ((RUNNER, NT + "services.exe"), (r"\windows\deploy\exec\vc_redist.exe", RUNNER)),
        ((NT + "net.exe", NT + "cmd.exe"), (NT + "net1.exe", NT + "net.exe")),
        ((NT + "ping.exe", NT + "cmd.exe"), (NT + "conhost.exe", NT + "ping.exe")),
        ((r"{drive}:\{hex}\setup.exe", PACKAGE), (NT + "lodctr.exe", r"{drive}:\{hex}\setup.exe")),
        ((SETUP, NT + "services.exe"), (NT + r"wbem\mofcomp.exe", SETUP)),
        (
            (r"{drive}:\{hex}\setup.exe", PACKAGE),
            (r"{drive}:\{hex}\x64\scenarioengine.exe", r"{drive}:\{hex}\setup.exe"),
        ),
        ((NT + "msiexec.exe", r"\windows\ccm\ccmexec.exe"), (r"\windows\installer\msi{hex}.tmp", NT + "msiexec.exe")),
        ((PACKAGE, NT + "svchost.exe"), (r"{drive}:\{hex}\setup.exe", PACKAGE)),
    ],
)
def test_a_program_with_its_copies_its_installation_and_its_helpers_is_one_act(
    story: tuple[tuple[str, str], tuple[str, str]],
) -> None:
    assert numbers(*story) == [2]


@pytest.mark.parametrize(
    "story",
    [
        ((NT + "cmd.exe", NT + "svchost.exe"), (NT + "whoami.exe", NT + "cmd.exe")),  # everything lies there
        ((r"\windows\explorer.exe", NT + "winlogon.exe"), (r"\windows\ccm\x.exe", r"\windows\explorer.exe")),
        ((r"\program files\a.exe", NT + "cmd.exe"), (r"\program files\b\b.exe", r"\program files\a.exe")),
        ((NT + "net1.exe", NT + "cmd.exe"), (NT + "net.exe", NT + "cmd.exe")),
        ((r"\app\a.exe", ""), (r"\app\b.exe", "")),
        ((SETUP, NT + "services.exe"), (NT + "whoami.exe", SETUP)),  # a name alone excuses nothing
        ((r"\users\public\a.exe", NT + "cmd.exe"), (NT + "mofcomp.exe", r"\users\public\a.exe")),
        ((NT + "cmd.exe", NT + "services.exe"), (r"{drive}:\{hex}\setup.exe", NT + "cmd.exe")),
    ],
)
def test_what_merely_lies_in_one_directory_is_several(story: tuple[tuple[str, str], tuple[str, str]]) -> None:
    assert numbers(*story) == [1, 1]


def test_copies_of_one_name_are_one_act_each_by_who_started_it() -> None:
    bundle = (SETUP, UNPACKED, UNPACKED.replace(".cr", ".be"))
    assert numbers((bundle[0], NT + "services.exe"), (bundle[1], bundle[0]), (bundle[2], bundle[1])) == [3]


def test_where_anybody_may_write_neighbours_are_several_acts() -> None:
    first, second = r"\users\public\a.exe", r"\users\public\b.exe"
    story = [anomaly(first, zone="public"), anomaly(second, zone="public", parent=first)]
    assert len(acts(story)) == 2


def test_the_consoles_of_two_programs_do_not_make_them_one() -> None:
    both = [(NT + name, NT + "services.exe") for name in ("ping.exe", "ftp.exe")]
    assert numbers(*both, *((NT + "conhost.exe", program) for program, _ in both)) == [2, 2]


def test_unpacking_is_less_alarming_than_as_many_strangers() -> None:
    def worth(name: str, parent: str) -> float:
        second = anomaly(UNPACKED.replace("setup.exe", name), zone="system-writable", parent=parent)
        story = [anomaly(SETUP, parent=NT + "services.exe"), second]
        alike = Likeness(SETUP, "it has the name of a program of the system")
        return score(story, {row["behaviour"]: alike if row is second else Likeness(None, None) for row in story})

    assert worth("setup.exe", SETUP) + 20 < worth("setup.exe", NT + "svchost.exe")
    assert worth("svchost.exe", NT + "svchost.exe") > worth("setup.exe", SETUP) + 20
