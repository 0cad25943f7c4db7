"""A Sigma rule → the queries that other systems run, each target with the fields and the log its process starts are in.

pySigma and its backends convert; they are an extra and are loaded when the first rule is converted. What a target
cannot express is a reason, not an error.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from longtail.detections.sigma_documents import pysigma

CATEGORY = "process_creation"
SYSMON = {
    "windows": {"source": "WinEventLog:Microsoft-Windows-Sysmon/Operational", "EventCode": 1},
    "linux": {"source": "Syslog:Linux-Sysmon/Operational", "EventCode": 1},
}
"""Where Splunk's add-ons for Sysmon put process starts."""
ECS_START = {"event.category": "process", "event.type": "start"}
ECS_LINUX = {
    "Image": "process.executable",
    "CommandLine": "process.command_line",
    "ParentImage": "process.parent.executable",
    "ParentCommandLine": "process.parent.command_line",
    "User": "user.name",
    "CurrentDirectory": "process.working_directory",
    "ProcessId": "process.pid",
    "ParentProcessId": "process.parent.pid",
}


@dataclass(frozen=True, slots=True)
class Target:
    """A system that rules are converted for: its files' suffix, pySigma's backend, what it calls its logs."""

    title: str
    suffix: str
    backend: tuple[str, str]
    pipeline: Callable[[], Any]
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Converted:
    """A rule as a query, or the reason why it cannot be one."""

    query: str | None
    reason: str = ""


def _splunk() -> Any:
    return _pipeline(*(_condition(product, said) for product, said in SYSMON.items()))


def _defender() -> Any:
    return pysigma("sigma.pipelines.microsoftxdr").microsoft_xdr_pipeline()


def _ecs() -> Any:
    renamed = pysigma("sigma.processing.transformations").FieldMappingTransformation(ECS_LINUX)
    windows = pysigma("sigma.pipelines.elasticsearch").ecs_windows()
    return windows + _pipeline(_condition(None, ECS_START), _item("linux", renamed))


def _as_they_are() -> Any:
    return _pipeline()


TARGETS = {
    "splunk": Target("Splunk, with Sysmon", "spl", ("splunk", "SplunkBackend"), _splunk),
    "kusto": Target("Microsoft Defender XDR and Sentinel", "kql", ("kusto", "KustoBackend"), _defender),
    "lucene": Target("Elasticsearch, query strings", "lucene", ("elasticsearch", "LuceneBackend"), _ecs),
    "eql": Target("Elasticsearch, event queries", "eql", ("elasticsearch", "EqlBackend"), _ecs),
    "esql": Target("Elasticsearch, piped queries", "esql", ("elasticsearch", "ESQLBackend"), _ecs),
    "sqlite": Target("SQLite, columns named as Sigma's fields", "sql", ("sqlite", "sqliteBackend"), _as_they_are,
                     {"collate_nocase": True, "table": CATEGORY}),
}  # fmt: skip
"""The name a person gives to ``--convert`` → what it means. SQLite compares case unless told not to."""


class Converter:
    """Converts rules for one target; made once, because pySigma's backends are slow to make.

    Raises:
        LongtailError: the extra is not installed.
    """

    def __init__(self, name: str) -> None:
        self.target = TARGETS[name]
        package, backend = self.target.backend
        made = getattr(pysigma(f"sigma.backends.{package}"), backend)
        self.backend = made(self.target.pipeline(), **self.target.options)

    def converted(self, text: str) -> Converted:
        """The query of a rule file that holds one rule."""
        try:
            queries = self.backend.convert(pysigma("sigma.collection").SigmaCollection.from_yaml(text))
        except Exception as error:  # backends raise what they like on what their language cannot say
            return Converted(None, " ".join(str(error).split())[:300] or type(error).__name__)
        return Converted("\n".join(str(each) for each in queries) + "\n")


def _pipeline(*items: Any) -> Any:
    return pysigma("sigma.processing.pipeline").ProcessingPipeline(items=list(items))


def _condition(product: str | None, said: Mapping[str, Any]) -> Any:
    """Asks for ``said`` beside what a rule asks for, in process starts of this system (of any, where it is None)."""
    return _item(product, pysigma("sigma.processing.transformations").AddConditionTransformation(dict(said)))


def _item(product: str | None, transformation: Any) -> Any:
    where = pysigma("sigma.processing.conditions").LogsourceCondition(category=CATEGORY, product=product)
    item = pysigma("sigma.processing.pipeline").ProcessingItem
    return item(transformation=transformation, rule_conditions=[where])
