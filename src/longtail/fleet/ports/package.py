r"""What a package is: executables that come together, each with how often a machine of theirs runs it.

A line is ``chance path``. ``{ver}`` is one of the package's versions, the same for all of a machine's executables; a
path has no drive: the machine's is put before it. ``LONG_FOLDERS`` have short names.
"""

from dataclasses import dataclass

LONG_FOLDERS = {
    "{stack}": "amd64_microsoft-windows-servicingstack_31bf3856ad364e35_6.3.{ver}_none_fa5a5e83c9b1b5b4",
    "{mma}": "Microsoft.EnterpriseCloud.Monitoring.MicrosoftMonitoringAgent\\{ver}",
}


@dataclass(frozen=True, slots=True)
class Package:
    """Executables that come together, in some ``versions`` and on some ``drives``."""

    name: str
    text: str
    versions: tuple[str, ...] = ("1.0.0",)
    drives: tuple[str, ...] = ("C:",)

    @property
    def executables(self) -> tuple[tuple[float, str], ...]:
        """The chance and the path of each."""
        text = self.text
        for short, folder in LONG_FOLDERS.items():
            text = text.replace(short, folder)
        lines = (line.split(maxsplit=1) for line in text.splitlines() if line)
        return tuple((float(chance), path) for chance, path in lines)
