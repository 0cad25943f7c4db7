"""The attack recipes, by name: to add some, write a module beside these and add its tuple here."""

from longtail.fleet.attack import Attack
from longtail.fleet.attacks.article import RECIPES as ARTICLE

ATTACKS: tuple[Attack, ...] = (*ARTICLE,)
