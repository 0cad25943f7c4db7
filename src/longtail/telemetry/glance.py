"""The text of a JSON record → whether it may be one that its format wants, told without decoding it.

Only for JSON as the EVTX parser writes it: without blanks, names never escaped. What is not plainly another event is
looked at in full.
"""

import re
from collections.abc import Callable

from longtail.telemetry.format import Format

WHOLE = r"\d+[,}]"
QUALIFIED = r'(?:\{"#attributes":\{"Qualifiers":\d+\},"#text":)?'
EXAMPLES = (  # of a format that wants 1 and 4688
    ('{"Event":{"System":{"EventID":1,"Level":4}}}', True),
    ('{"Event":{"System":{"EventID":4688}}}', True),
    ('{"Event":{"System":{"EventID":11,"Level":4}}}', False),
    ('{"Event":{"System":{"EventID":46880}}}', False),
    ('{"Event":{"System":{"EventID":{"#attributes":{"Qualifiers":16384},"#text":7036},"Level":4}}}', False),
    ('{"Event":{"System":{"EventID":{"#attributes":{"Qualifiers":0},"#text":1},"Level":4}}}', True),
    ('{"Event":{"System":{"EventID":{"#attributes":{"Other":0},"#text":7036},"Level":4}}}', True),
    ('{"Event":{"System":{"EventID":"4624"}}}', True),
    ('{"Event":{"System":{"EventID":4624},"EventData":{"EventID":1}}}', True),
    ('{"Event":{"System":{"EventID":4624},"EventData":{"Text":"\\"EventID\\":1"}}}', False),
    ('{"Event":{"System":{"Level":4}}}', False),
)


def may_be_wanted(format: Format) -> Callable[[str], object] | None:
    """What finds, in the text of a record that the format's ``only`` lets through, the place; None if all are let."""
    if format.only is None:
        return None
    name, values = format.only
    wanted = "|".join(sorted(str(value) for value in values if isinstance(value, int)))
    key = re.escape(format.fields[name].keys[-1])
    return re.compile(rf'"{key}":(?!{QUALIFIED}(?!(?:{wanted})[,}}]){WHOLE})').search
