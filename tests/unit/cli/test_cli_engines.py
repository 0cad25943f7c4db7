"""Where the work is done is named as Spark names it, and what an engine cannot do is said before it starts."""

import pytest
from cli_calls import Run


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("hunt", "logs/", "--engine", "flink"), "'flink' is no engine"),
        (("hunt", "logs/", "--engine", "local[0]"), "'local[0]' is no engine"),
        (("hunt", "logs/", "--engine", "spark", "--rules", "rules/"), "--rules run on this machine"),
        (("hunt", "--engine", "spark"), "Missing argument 'PATH...'"),
        (("hunt", "--table", "soc.starts"), "add --engine spark"),
        (("hunt", "logs/", "--map", "image=exe"), "add --table NAME"),
        (("hunt", "--table", "soc.starts", "--map", "image"), "'image' maps nothing"),
        (("hunt", "-", "--engine", "local[2]"), "standard input"),
        (("ingest", "--store", "lake"), "Missing argument 'PATH...'"),
        (("ingest", "--store", "lake", "--table", "soc.starts"), "add --engine spark"),
        (("ingest", "logs/", "--store", "lake", "--table", "soc.starts", "--engine", "spark"), "one after the other"),
        (("ingest", "s3://soc/logs", "--store", "lake", "--engine", "spark"), "files that this machine sees"),
        (("ports", "--network", "nsgs/", "--engine", "spark"), "--telemetry PATH is missing"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(run: Run, words: tuple[str, ...], said: str) -> None:
    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
