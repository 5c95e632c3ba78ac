"""Ways to make a ticket, by name.

A new way is a file beside this one and one line here (docs/architecture.md has a worked example).
"""

from .base import Method
from .distinct import Distinct
from .greedy import Greedy
from .independent import Independent

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Independent(),
        Distinct(),
        Greedy(),
    )
}
"""Every way, by its name; the order of tables and legends."""

__all__ = ["METHODS", "Method"]
