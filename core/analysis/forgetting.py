"""What people decided about the pictures of an index, in whatever analysis, is forgotten in one place: so that a
collection of the same name begins with nothing."""

from collections.abc import Sequence

from sqlalchemy import Engine, Table, delete, select

from core.analysis.classes.tables import decisions as class_decisions
from core.analysis.classes.tables import lists as class_lists
from core.analysis.duplicates.decisions.tables import actions, distinct, merges
from core.analysis.duplicates.decisions.tables import decisions as duplicate_decisions
from core.analysis.labels.tables import decisions as label_decisions
from core.analysis.map.tables import cluster_names, selections
from core.database import transaction

ABOUT_PICTURES: Sequence[Table] = (actions, duplicate_decisions, distinct, merges, selections, label_decisions)
"""What means nothing without the pictures."""

LASTING: Sequence[Table] = (class_lists, cluster_names)
"""What people wrote, which is kept for the next pictures of the same collection, as saved searches are."""


def forget(engine: Engine, scope: str, *, lasting: bool) -> None:
    """
    Args:
        scope: Which index, as its rows have it.
        lasting: Whether the collection is gone for good.
    """
    with transaction(engine) as connection:
        if lasting:
            own = select(class_lists.c.id).where(class_lists.c.index_name == scope)
            connection.execute(delete(class_decisions).where(class_decisions.c.list_id.in_(own)))
        for table in (*ABOUT_PICTURES, *(LASTING if lasting else ())):
            connection.execute(delete(table).where(table.c.index_name == scope))
