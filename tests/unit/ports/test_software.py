"""Which product an executable belongs to, what could be a server, and which systems it tells."""

import re

import pytest

from longtail.executions.paths import executable
from longtail.ports import software as table
from longtail.ports.software import Family, could_serve, could_take, family, nameless, software


@pytest.mark.parametrize(("pattern", "path", "product"), table.ROOTS)
def test_a_vendors_folder_is_one_product(pattern: str, path: str, product: str) -> None:
    location, _, name = path.rpartition("/" if path.startswith("/") else "\\")
    assert re.match(pattern, path)
    assert software(location + path[len(location)], name) == product


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/usr/sbin/postfix", "/usr/lib/postfix/sbin/master"),
        ("/usr/sbin/mysqld", "/usr/bin/mysqld_safe"),
        (r"C:\Program Files\Java\jre\bin\java.exe", r"C:\Program Files (x86)\Java\jdk-17\bin\javaw.exe"),
    ],
)
def test_a_program_and_its_helpers_are_one_product(one: str, other: str) -> None:
    first, second = executable(one), executable(other)
    assert software(first.location, first.name) == software(second.location, second.name)


@pytest.mark.parametrize(
    ("path", "serves"),
    [
        (r"C:\Program Files\Contoso\OrderServer\orders.exe", True),
        (r"D:\apps\orders\svc.exe", True),
        ("/opt/contoso/bin/ordersd", True),
        ("/usr/sbin/lighttpd", True),
        (r"C:\Windows\System32\notepad.exe", False),
        (r"C:\Windows\Temp\orders.exe", False),
        (r"C:\Program Files\Contoso\setup.exe", False),
        (r"C:\Program Files\Contoso\ContosoUpdater.exe", False),
        (r"C:\ProgramData\Contoso\Downloads\orders.exe", False),
        ("/tmp/orders", False),
        ("/srv/contoso/nightly.sh", False),
    ],
)
def test_what_could_be_a_server_of_its_own(path: str, serves: bool) -> None:
    found = executable(path)
    assert could_serve(found.location, found.name, found.zone.value) is serves


@pytest.mark.parametrize(("pattern", "example"), table.INERT)
def test_what_cannot_answer_on_a_port(pattern: str, example: str) -> None:
    assert re.fullmatch(pattern, re.split(r"[/\\]", example)[-1])


def test_made_up_names_have_nothing_in_common() -> None:
    assert all(map(nameless, ("{rand}.exe", "{guid}", "{hex}-{n}.exe")))
    assert not any(map(nameless, ("orders.exe", "orders{n}.exe", "kb{n}-x64.exe")))


def test_relays_take_any_port_and_web_servers_take_ports_of_the_web() -> None:
    assert could_take("haproxy", 5432) and could_take("nginx", 8080) and could_take("java", 8443)
    assert could_take("rsync", 873) and not could_take("rsync", 22)
    assert not could_take("nginx", 1433) and not could_take("sqlservr", 1433)


def test_a_place_tells_the_system() -> None:
    assert [family(place) for place in ("\\windows\\", "{drive}:\\apps\\", "/usr/bin/", "")] == [
        Family.WINDOWS, Family.WINDOWS, Family.UNIX, Family.ANY,
    ]  # fmt: skip
