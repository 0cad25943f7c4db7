"""What is recommended to one tenant, where its machines and another's stand behind the same rules."""

import json
from pathlib import Path

import pytest
from exported import aws, findings, permission

from longtail.network import network
from longtail.pipelines.recommending import of_tenant
from longtail.ports.advice import advised
from longtail.ports.exceptions import Exceptions
from longtail.ports.findings import Recommendation
from longtail.ports.openings import Network


@pytest.fixture
def whole(tmp_path: Path) -> Network:
    """Two instances that bear one group, each of an account of its own; one finding closes a port of both."""
    aws(tmp_path, [permission("tcp", 1433, 1433), permission("tcp", 22, 22), permission("icmp")], ("i-4", "i-5"))
    nics = json.loads((tmp_path / "nics.json").read_text())
    nics["NetworkInterfaces"][1]["OwnerId"] = "2"
    (tmp_path / "nics.json").write_text(json.dumps(nics))
    return network([str(tmp_path)])


def _advised(held: Network) -> list[Recommendation]:
    return list(advised(findings(held, 1433), held, Exceptions()))


def test_a_rule_that_machines_of_another_tenant_bear_is_not_closed_for_one(whole: Network) -> None:
    assert {remedy.scope for each in _advised(whole) for remedy in each.remedies} == {"machine", "rule"}
    (found,) = _advised(of_tenant(whole, "1"))
    assert [each.scope for each in found.remedies] == ["machine"]
    assert "i-5" not in str(found) and "eni-5" not in str(found)


def test_a_copy_for_one_tenant_has_all_that_its_group_has(whole: Network) -> None:
    (found,) = _advised(of_tenant(whole, "1"))
    assert '"icmp"' in found.remedies[0].command and '"ToPort": 22' in found.remedies[0].command
