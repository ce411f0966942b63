"""The search bar."""

from core.ui.components.query.query import FilterTerm, Less, More, QueryImage, QueryPart, QueryWords, query_bar

__all__ = ["FilterTerm", "Less", "More", "QueryImage", "QueryPart", "QueryWords", "query_bar"]
