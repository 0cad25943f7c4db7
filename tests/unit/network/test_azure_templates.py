"""ARM templates, as the portal exports them: names in expressions, children beside their parents."""

from pathlib import Path
from typing import Any

import pytest
from network_kit import evaluated, passing, rule

from longtail.network.sources.azure_template import EXAMPLES, Values, resolved

PUBLIC = "203.0.113.7"
VALUES = Values({"name": "web"}, {"where": "west"})


@pytest.mark.parametrize(("written", "meant"), EXAMPLES.items())
def test_expressions_that_name_things(written: str, meant: str) -> None:
    assert resolved(written, VALUES) == meant


@pytest.mark.parametrize(
    "hostile", ["[" * 5000 + "]", "[concat(" * 3000 + "]", "[concat('" + "a" * 10**6 + "')]", "[)]", "[]"]
)
def test_an_expression_never_hangs_or_raises(hostile: str) -> None:
    assert isinstance(resolved(hostile, VALUES), str)


def test_a_parameter_that_names_itself_ends() -> None:
    assert resolved("[parameters('a')]", Values({"a": "[parameters('a')]"})) == "[parameters('a')]"


def template(*resources: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {
            "groups_db_name": {"defaultValue": "db-nsg", "type": "String"},
            "vm_name": {"defaultValue": "db1", "type": "String"},
        },
        "resources": list(resources),
    }


GROUP = {
    "type": "Microsoft.Network/networkSecurityGroups",
    "name": "[parameters('groups_db_name')]",
    "properties": {"securityRules": [rule("sql")]},
}
CHILD = {
    "type": "Microsoft.Network/networkSecurityGroups/securityRules",
    "name": "[concat(parameters('groups_db_name'), '/ssh')]",
    "properties": rule(destinationPortRange="22")["properties"],
}
NETWORK = {
    "type": "Microsoft.Network/virtualNetworks",
    "name": "net",
    "properties": {
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
        "subnets": [{"name": "s", "properties": {"addressPrefix": "10.0.0.0/24"}}],
    },
}
NIC = {
    "type": "Microsoft.Network/networkInterfaces",
    "name": "db1-nic",
    "properties": {
        "networkSecurityGroup": {
            "id": "[resourceId('Microsoft.Network/networkSecurityGroups', parameters('groups_db_name'))]"
        },
        "ipConfigurations": [
            {
                "name": "one",
                "properties": {
                    "privateIPAddress": "10.0.0.4",
                    "subnet": {"id": "[concat(resourceId('Microsoft.Network/virtualNetworks', 'net'), '/subnets/s')]"},
                },
            }
        ],
    },
}
MACHINE = {
    "type": "Microsoft.Compute/virtualMachines",
    "name": "[parameters('vm_name')]",
    "properties": {
        "networkProfile": {
            "networkInterfaces": [{"id": "[resourceId('Microsoft.Network/networkInterfaces', 'db1-nic')]"}]
        }
    },
}


@pytest.mark.parametrize("order", [1, -1])
def test_a_template_is_evaluated_like_an_export(tmp_path: Path, order: int) -> None:
    found = evaluated(tmp_path, template(*[GROUP, CHILD, NETWORK, NIC, MACHINE][::order]))
    assert [each.name for each in found.machines] == ["db1"]
    assert passing(found, "db1", 1433, PUBLIC) and passing(found, "db1", 22, PUBLIC), "inside the group and beside it"
    assert not passing(found, "db1", 80, PUBLIC) and not any(each.unresolved for each in found.openings)


def test_a_group_whose_name_is_beyond_us_is_open_and_told(tmp_path: Path) -> None:
    strange = {**GROUP, "name": "[uniqueString(resourceGroup().id)]"}
    found = evaluated(tmp_path, template(strange, NETWORK, NIC, MACHINE))
    openings = passing(found, "db1", 80, PUBLIC)
    assert openings and all("db-nsg" in each.unresolved[0] for each in openings)
