"""Behaviours → those of a person who took over a service's account: ``sudo -iu postgres``, and then a look around.

Who may become the account needs none of what it may do: an intruder comes by way of the service, and the service starts
his shells. What a person's shell starts is rare on a service's account, and is not the service's doing.
"""

import polars as pl

PERSON = ["tenant", "host", "account"]
SHELL = r"(?:^|/)(?:ba|da|z|k|a|tc|fi)?sh$"
TAKES_OVER = r"(?:^|/)(?:sudo|su|runuser|doas|machinectl|sshd|login|tmux|screen)$"
TOLD = r" -\w*c(?: |$)"  # a shell that is told what to run: nobody sits before it
LOGIN = r"^-(?:ba|da|z|k|a|tc|fi)?sh\b"  # how a shell is called that somebody logged on to
LASTS = pl.duration(hours=24)  # a session, at most: numbers of processes are used again


def in_session(each: pl.DataFrame) -> pl.Series:
    """The behaviours (``behaviours.behaviours``) below a shell that a person opened as the account, by number.

    They are known by how their parent was called (``-bash``) or by its number; by its program too, where nobody else
    starts that: not the service,
    and not to run one command.
    """
    named = each.select("behaviour", *PERSON, "onset", "example_pid", "example_parent_pid",
                        pl.col("executable", "parent", "shape").cast(pl.String))  # fmt: skip
    shells = named.filter(pl.col("executable").str.contains(SHELL))
    logged_on = each.filter(pl.col("example_parent_command_line").str.contains(LOGIN))["behaviour"]
    if shells.is_empty():
        return logged_on
    told = pl.col("shape").str.contains(TOLD)
    opened = pl.col("parent").str.contains(TAKES_OVER) & ~told
    otherwise = told | ~(opened | (pl.col("parent") == pl.col("executable")))
    own = (
        shells.group_by(*PERSON, "executable")
        .agg(opened.any().alias("opened"), otherwise.any().alias("otherwise"))
        .filter(pl.col("opened") & ~pl.col("otherwise"))
    )
    begun = shells.filter(opened)
    below = named.join(own, left_on=[*PERSON, "parent"], right_on=[*PERSON, "executable"], how="semi")
    return pl.concat([logged_on, begun["behaviour"], _children(named, begun)["behaviour"], below["behaviour"]]).unique()


def _children(named: pl.DataFrame, begun: pl.DataFrame) -> pl.DataFrame:
    """What shells started, by the numbers of processes."""
    shells = begun.select(*PERSON, pl.col("example_pid").alias("example_parent_pid"), pl.col("onset").alias("opened"))
    since = pl.col("onset") - pl.col("opened")
    return named.join(shells, on=[*PERSON, "example_parent_pid"]).filter(since.is_between(pl.duration(), LASTS))
