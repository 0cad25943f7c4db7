"""Programs that do the same by several names, and the names their makers gave them."""

FAMILIES = (
    ("net", ("net.exe", "net1.exe")),
    ("powershell", ("powershell.exe", "pwsh.exe", "powershell_ise.exe", "sqlps.exe", "sqltoolsps.exe")),
    ("ntsd", ("ntsd.exe", "cdb.exe")),
    ("cscript", ("cscript.exe", "wscript.exe")),
    ("sh", ("sh", "bash", "dash")),
    ("regasm", ("regasm.exe", "regsvcs.exe")),
    ("7z", ("7z.exe", "7za.exe")),
    ("procdump", ("procdump.exe", "procdump64.exe")),
)
"""A name for each family, and its members' file names."""

ORIGINAL_NAMES = {
    "bitsadmin.exe": "bitsadmin.exe",
    "certutil.exe": "CertUtil.exe",
    "cmd.exe": "Cmd.Exe",
    "cmdkey.exe": "cmdkey.exe",
    "cscript.exe": "cscript.exe",
    "wscript.exe": "wscript.exe",
    "csc.exe": "csc.exe",
    "curl.exe": "curl.exe",
    "esentutl.exe": "esentutl.exe",
    "expand.exe": "expand.exe",
    "extrac32.exe": "extrac32.exe",
    "finger.exe": "finger.exe",
    "icacls.exe": "iCACLS.EXE",
    "installutil.exe": "InstallUtil.exe",
    "makecab.exe": "makecab.exe",
    "mofcomp.exe": "mofcomp.exe",
    "msbuild.exe": "MSBuild.exe",
    "mshta.exe": "MSHTA.EXE",
    "msiexec.exe": "msiexec.exe",
    "net.exe": "net.exe",
    "net1.exe": "net1.exe",
    "netsh.exe": "netsh.exe",
    "nltest.exe": "nltestrk.exe",
    "powershell.exe": "PowerShell.EXE",
    "pwsh.exe": "pwsh.dll",
    "reg.exe": "reg.exe",
    "regasm.exe": "RegAsm.exe",
    "regsvcs.exe": "RegSvcs.exe",
    "regsvr32.exe": "REGSVR32.EXE",
    "rundll32.exe": "RUNDLL32.EXE",
    "sc.exe": "sc.exe",
    "schtasks.exe": "schtasks.exe",
    "taskkill.exe": "taskkill.exe",
    "vssadmin.exe": "VSSADMIN.EXE",
    "wbadmin.exe": "WBADMIN.EXE",
    "wevtutil.exe": "wevtutil.exe",
    "whoami.exe": "whoami.exe",
    "wmic.exe": "wmic.exe",
}
"""File name → the original file name in the program's version resource, which a copy under another name keeps."""

EVERYDAY = frozenset((
    "attrib", "bash", "bitsadmin", "cacls", "certutil", "chmod", "cmd", "cscript", "curl", "expand", "find", "ftp",
    "icacls", "java", "makecab", "mshta", "msiexec", "net", "netsh", "node", "perl", "php", "pkill", "powershell",
    "python", "python3", "reg", "regsvr32", "robocopy", "ruby", "rundll32", "sc", "schtasks", "sh", "sqlcmd", "ssh",
    "svchost.exe", "tar", "taskkill", "vssadmin", "wevtutil", "wget", "wmic", "xcopy", "7z",
))  # fmt: skip
"""Families of programs that administrators, installers and scheduled jobs use for all sorts of things."""
EVERYDAY_USE, RARE_USE = 0.02, 0.002
"""The share of its days on which a host is expected to use such a program lawfully, and any other."""

_FAMILY_OF = {name: family for family, members in FAMILIES for name in members}
_MEMBERS = dict(FAMILIES)


def family(name: str) -> str:
    """The family of a file name in lower case, or the name without ``.exe``: ``net1.exe`` → ``net``."""
    return _FAMILY_OF.get(name) or name.removesuffix(".exe")


def file_names(of: str, posix: bool) -> tuple[str, ...]:
    """The file names of a family."""
    return _MEMBERS.get(of) or ((of,) if posix or "." in of else (f"{of}.exe",))


def original_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """The original names that are known of some file names."""
    return tuple(ORIGINAL_NAMES[name] for name in names if name in ORIGINAL_NAMES)


def usual_use(of: str) -> float:
    """The share of its days on which a host is expected to use a family of programs, before a fleet was asked."""
    return EVERYDAY_USE if of in EVERYDAY else RARE_USE
