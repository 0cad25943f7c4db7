"""The tables of a ledger: everything is about one store, known by the identity of its table."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, SmallInteger, String, Table

from longtail.ledger.columns import Exact, Moment

VERSION = 1

METADATA = MetaData()

about = Table("longtail", METADATA, Column("key", String(40), primary_key=True), Column("value", String(200)))
"""The version of these tables."""

alerts = Table(
    "alerts",
    METADATA,
    Column("store", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("tenant", Exact, nullable=False),
    Column("account_class", String(40), nullable=False),
    Column("account", Exact, nullable=False),
    Column("host", Exact, nullable=False),
    Column("hosts", Integer, nullable=False),  # that a card about several concerns; 0 for an incident
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("last_shown", Moment, nullable=False),  # when anything it rests on was seen last, new or not
    Column("score", Float, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("title", Exact, nullable=False),
    Column("told", Exact, nullable=False),  # the alert as one line of JSON, as last told
    Column("first_told", Moment, nullable=False),  # when it was recorded: what was not told yet is in ``untold``
    Column("last_told", Moment, nullable=False),
)
"""Each incident once, however often it was judged."""

grounds = Table(
    "grounds",
    METADATA,
    Column("store", String(64), primary_key=True),
    Column("alert", String(32), primary_key=True),
    Column("ground", String(64), primary_key=True),  # a hash of what follows
    Column("tenant", Exact),
    Column("account_class", Exact),
    Column("host", Exact),
    Column("account", Exact),
    Column("executable", Exact),
    Column("location", Exact),
    Column("name", Exact),
    Column("zone", Exact),
    Column("hosted_by", Exact),
    Column("shape", Exact),
    Column("parent", Exact),
    Column("kind", Exact),
    Column("what", Exact),
    Column("since", Moment, nullable=False),  # when it was told first: a verdict is about what was known then
)
"""What each alert rests on."""

verdicts = Table(
    "verdicts",
    METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("store", String(64), nullable=False),
    Column("alert", String(32), nullable=False),
    Column("verdict", String(20), nullable=False),  # true-positive | benign
    Column("scope", String(10), nullable=False),  # host | account | tenant | all
    Column("reason", Exact, nullable=False),
    Column("at", Moment, nullable=False),
    Column("expires", Moment),
    Column("revoked", Moment),
    Index("verdicts_of", "store", "alert"),
)
"""What people said of alerts: nothing is ever deleted, a later verdict revokes the earlier."""

unlearned = Table(
    "unlearned",
    METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("store", String(64), nullable=False),
    Column("alert", String(32)),
    Column("tenant", Exact),
    Column("host", Exact),
    Column("before", Moment),
    Column("reason", Exact, nullable=False),
    Column("at", Moment, nullable=False),
)
"""What is no longer learnt from: an alert's grounds whatever was said of it, a host, or all before a day."""

untold = Table(
    "untold",
    METADATA,
    Column("store", String(64), primary_key=True),
    Column("kind", String(20), primary_key=True),  # alert | recommendation
    Column("id", String(64), primary_key=True),
    Column("tenant", Exact, nullable=False),
    Column("state", String(20), nullable=False),  # as what it is news
    Column("by", Exact, nullable=False),  # the machine and the process that is about to tell it
    Column("since", Moment, nullable=False),
)
"""What was recorded as news and is not known to have been told."""

marks = Table(
    "marks",
    METADATA,
    Column("store", String(64), primary_key=True),
    Column("about", Exact, primary_key=True),  # the tenant that was judged alone; empty for all
    Column("version", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
)
"""Up to which version of the store everything was judged."""

recommendations = Table(
    "recommendations",
    METADATA,
    Column("store", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("tenant", Exact, nullable=False),
    Column("machine", Exact, nullable=False),
    Column("port", Integer, nullable=False),
    Column("protocol", String(20), nullable=False),
    Column("verdict", String(40), nullable=False),
    Column("score", Float, nullable=False),
    Column("told", Exact, nullable=False),
    Column("first_told", Moment, nullable=False),
    Column("last_told", Moment, nullable=False),
    Column("gone", Moment),  # since when it is no longer found
)
"""Openings and what was said of them when they were looked at last."""
