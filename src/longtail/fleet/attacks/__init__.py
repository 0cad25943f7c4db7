"""The attack recipes, by name: to add some, write a module beside these and add its tuple here."""

from longtail.fleet.attack import Attack
from longtail.fleet.attacks import article, download, hands, malware, web

ATTACKS: tuple[Attack, ...] = (
    *article.RECIPES,
    *download.RECIPES,
    *hands.RECIPES,
    *malware.RECIPES,
    *web.RECIPES,
)
