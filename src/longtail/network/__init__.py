"""SOURCE: network exports → machines, rules and what is open."""
