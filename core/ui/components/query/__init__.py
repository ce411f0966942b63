"""The search bar."""

from core.ui.components.query.query import FilterTerm, Less, More, QueryPart, QueryPicture, QueryWords, query_bar

__all__ = ["FilterTerm", "Less", "More", "QueryPart", "QueryPicture", "QueryWords", "query_bar"]
