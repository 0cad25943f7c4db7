"""Process starts of a machine that was seen to start → what has run since: as good as a list of all that runs.

Whatever serves a port without anybody's doing starts with its machine. From then on process starts tell of everything
that runs, and what did not start with the machine comes and goes: jobs, tools, what somebody ran by hand.
"""

import polars as pl

WINDOWS = r"^\\windows\\system32\\(?:wininit|services|lsass)\.exe$"
"""What Windows starts once, when it starts, and never again."""

GETTY = r"^/(?:usr/)?(?:s?bin/(?:agetty|mingetty|getty)|lib/systemd/systemd-logind)$"
"""What Unix starts with itself and no update starts again; a console that somebody left does, alone."""

UNIX = (
    r"^/(?:usr/)?(?:s?bin|lib(?:exec)?(?:/(?:systemd|polkit-1))?)/(?:acpid|agetty|atd|auditd|chronyd|crond?|dbus-broker"
    r"-launch|dbus-daemon|firewalld|irqbalance|mcelog|multipathd|networkd-dispatcher|networkmanager|ntpd|polkitd|rngd"
    r"|rsyslogd|sssd|syslog-ng|systemd-(?:logind|networkd|resolved|timesyncd|udevd|journald|machined)|tuned|udisksd)$"
)
COMPANY = 2  # others of them that start with it: then the machine did
BEFORE, AFTER = "-15m", "30m"  # of what starts with a machine, around the start of what tells it
CROWD = 8  # programs that start with it: a machine whose telemetry shows fewer is not seen whole
WATCHED = pl.duration(hours=1)  # how long a machine must have been watched since

OFTEN = 4  # times as many days as the machine started: what is started so often by anything but services is a job
SELDOM = 2  # days: what the system's own services started no oftener since may have been installed since

MANAGERS = (
    r"(?i)(?:^|[\\/])(?:services\.exe|systemd|init|launchd|runsv|runit|s6-supervise|supervisord|svscan|supervise|tini"
    r"|dumb-init|conmon|containerd-shim[\w.-]*|dockerd|docker-init|nssm\.exe|winsw[\w.-]*\.exe|prunsrv\.exe|srvany\.exe"
    r"|srvstart\.exe|pm2)$"
)
"""Parents that keep what they start running."""


def day_bit(day: pl.Expr) -> pl.Expr:
    """A set of days with this one in it (``UInt64``): the 64 days are counted round, so that days can fall together."""
    number = day.cast(pl.Date).cast(pl.Int32).cast(pl.Int64) % 64
    return pl.lit(2.0).pow(number).cast(pl.UInt64)


def booted(rows: pl.DataFrame, programs: pl.DataFrame) -> pl.DataFrame:
    """``rows`` with ``listed`` set on what has run since its machine started, and what is ``passing`` there told.

    ``rows`` are findings by ``machine`` and ``program``; those of starts have the ``days`` on which it started, as a
    set, and whether it was ``managed``: started by what keeps services running. Both are dropped. A machine that was
    not seen to start, or hardly watched since, keeps its rows as they are.
    """
    told = rows.join(_boots(rows, programs), on="machine", how="left", maintain_order="left")
    started = pl.col("days").is_not_null() & pl.col("began").is_not_null()
    runs = started & _runs()
    return told.with_columns(
        pl.when(runs).then("began").otherwise("listed").alias("listed"), (started & ~_runs()).alias("passing")
    ).drop("began", "starts", "days", "managed")


def _runs() -> pl.Expr:
    """Whether a program that started may run still: it started with its machine, or its service has begun since."""
    first, last = pl.col("began").dt.offset_by(BEFORE), pl.col("began").dt.offset_by(AFTER)
    on_the_day = (pl.col("days") & (day_bit(first) | day_bit(last))) > 0
    with_it = on_the_day & (pl.col("first_seen") <= last)
    days = pl.col("days").bitwise_count_ones()
    job = ~pl.col("managed") & (days >= OFTEN * pl.col("starts"))
    begun_since = pl.col("managed") & (days <= SELDOM)
    return ((pl.col("last_seen") >= first) & ((with_it & ~job) | begun_since)).fill_null(True)


def _boots(rows: pl.DataFrame, programs: pl.DataFrame) -> pl.DataFrame:
    """By machine, when it last ``began``, and on how many days it was seen to (``starts``)."""
    path = pl.concat_str("location", "name")
    kinds = programs.select(
        "program",
        path.str.contains(WINDOWS).alias("windows"),
        path.str.contains(GETTY).alias("getty"),
        path.str.contains(UNIX).alias("unix"),
    ).filter(pl.any_horizontal("windows", "getty", "unix"))
    known = rows.filter(pl.col("days").is_not_null()).join(kinds, on="program")
    told = (
        pl.concat([known.filter("windows"), _together(known)])
        .group_by("machine")
        .agg(pl.col("last_seen").max().alias("began"), pl.col("days").bitwise_count_ones().max().alias("starts"))
    )
    with_it = pl.col("last_seen").is_between(pl.col("began").dt.offset_by(BEFORE), pl.col("began").dt.offset_by(AFTER))
    seen = (
        rows.filter(pl.col("days").is_not_null())
        .join(told, on="machine")
        .group_by("machine")
        .agg((pl.col("last_seen").max() - pl.col("began").first()).alias("since"), with_it.sum().alias("crowd"))
        .filter(pl.col("since") >= WATCHED, pl.col("crowd") >= CROWD)
    )
    return told.join(seen.select("machine"), on="machine", how="semi")


def _together(known: pl.DataFrame) -> pl.DataFrame:
    """The consoles of Unix with which others of the system's own started."""
    others = known.filter("unix").select("machine", pl.col("program").alias("other"), pl.col("last_seen").alias("then"))
    near = (pl.col("then") - pl.col("last_seen")).abs() <= pl.duration(minutes=15)
    beside = known.filter("getty").join(others, on="machine").filter(pl.col("program") != pl.col("other"), near)
    enough = beside.group_by("machine", "program").len().filter(pl.col("len") >= COMPANY)
    return known.join(enough.select("machine", "program"), on=["machine", "program"], how="semi")
