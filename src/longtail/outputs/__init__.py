"""One file an output: findings in, characters out.

To add one: a module with ``write(hunt, stream)``, one line in this table, one golden file.
"""

OUTPUTS = {
    "table": "longtail.outputs.table",
    "json": "longtail.outputs.json",
    "jsonl": "longtail.outputs.jsonl",
    "csv": "longtail.outputs.csv",
    "html": "longtail.outputs.html",
    "ocsf": "longtail.outputs.ocsf",
}
"""The name a person gives to ``--format`` → the module that writes it, imported only when asked for."""
