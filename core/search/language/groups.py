"""Conditions joined by OR, in the one form in which they are kept and written."""

from collections.abc import Sequence
from dataclasses import replace

from core.index.filters import AnyOf, Condition, Either, Filter

type Conditions = tuple[Condition, ...]
"""What must all hold."""


def either(alternatives: Sequence[Conditions]) -> Conditions:
    """What holds where one of these does: of values of one field, the condition that names them all."""
    flat = list(dict.fromkeys(one for alternative in alternatives for one in _flat(alternative)))
    if len(flat) == 1:
        return flat[0]
    if merged := _merged(flat):
        return (merged,)
    return (Either(tuple(map(Filter, flat))),)


def opposite(conditions: Conditions) -> Conditions:
    match conditions:
        case (Either(filters, excluded=True),):
            return either([where.conditions for where in filters])
    if len(conditions) == 1:
        return (replace(conditions[0], excluded=not conditions[0].excluded),)
    return (Either((Filter(conditions),), excluded=True),) if conditions else ()


def _flat(alternative: Conditions) -> Sequence[Conditions]:
    """What an alternative consists of, if it is one of several itself."""
    match alternative:
        case (Either(filters, excluded=False),):
            return [where.conditions for where in filters]
    return [alternative]


def _merged(alternatives: Sequence[Conditions]) -> AnyOf | None:
    found = [one[0] for one in alternatives if len(one) == 1 and isinstance(one[0], AnyOf) and not one[0].excluded]
    if len(found) < len(alternatives) or len({one.field for one in found}) > 1:
        return None
    return AnyOf(found[0].field, tuple(dict.fromkeys(value for one in found for value in one.values)))
