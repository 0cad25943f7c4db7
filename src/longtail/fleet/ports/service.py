"""What a service is: software that listens on ports, what is seen of it, and what it leaves when it goes."""

from dataclasses import dataclass

from longtail.fleet.rhythm import Rhythm


@dataclass(frozen=True, slots=True)
class Service:
    """Software that listens.

    ``start``, ``leftovers`` and ``clients`` are process trees (see ``script.py``) separated by blank lines, and
    ``companions`` such trees with their rhythm: what runs beside the daemon as long as it is installed. ``listener`` is
    the image that holds the socket, ``System`` and ``svchost.exe`` included; where it is empty, the long-lived process
    of the seat named ``seat`` holds it. ``loopback`` is how often it listens on the machine itself only, ``opened`` how
    often a rule lets others reach it. ``shared`` says that the listener serves many kinds of software.
    """

    name: str
    system: str  # "linux" | "windows"
    ports: tuple[int, ...]
    listener: str = ""
    seat: str = ""
    account: str = "root"
    start: str = ""
    companions: tuple[tuple[Rhythm, str], ...] = ()
    leftovers: str = ""
    clients: str = ""
    loopback: float = 0.0
    opened: float = 0.85
    shared: bool = False
