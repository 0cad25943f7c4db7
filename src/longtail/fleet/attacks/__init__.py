"""The attack recipes, by name: to add some, write a module beside these and add its tuple here."""

from collections.abc import Mapping

from longtail.fleet.attack import Attack
from longtail.fleet.attacks import article, download, elsewhere, further, hands, malware, web

ATTACKS: tuple[Attack, ...] = (
    *article.RECIPES,
    *download.RECIPES,
    *hands.RECIPES,
    *malware.RECIPES,
    *web.RECIPES,
)

SETS: Mapping[str, tuple[Attack, ...]] = {
    "standard": ATTACKS,
    "further": further.RECIPES,
    "elsewhere": elsewhere.RECIPES,
}
"""What a plan may name instead of single recipes. The further ones are held back from tuning; those elsewhere are by
other accounts than services', which a rule is to find and the model does not judge."""
