"""How the index is doing, how good its searches are against the exact answer, and the models there are."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import Query as Parameters
from fastapi import Request

from core.api.http import refuse_foreign
from core.api.v1.index.replies import IndexStatus, ModelOffer, Recall
from core.api.v1.index.requests import RecallBody, RecallParams
from core.embedding.offers.offer import plain as plain_offer
from core.errors import InvalidQuery
from core.index.filters import Filter
from core.search.language.parser import parse
from core.search.language.url import from_params
from core.search.query import Picture, Query, Search
from core.search.recall.report import Report, plain
from core.search.recall.verdict import verdict
from core.services import Services
from core.status.overview import overview
from core.status.overview import plain as plain_overview


class Index:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def recall(self, asked: RecallBody) -> Recall:
        """Compares each picture with each query, and searches for it with each effort, for half a minute at most."""
        lens, where = self._services().recall, _conditions(asked.where)
        if asked.vectors:
            return _reply(lens.of_vectors(asked.vectors, asked.k, where))
        if not (asked.texts or asked.images):
            return _reply(lens.of_sample(asked.k, where, asked.sample))
        searches = [_within(_typed(text), where) for text in asked.texts]
        searches += [Search(Query(pictures=(Picture(image),)), where) for image in asked.images]
        return _reply(lens.of_searches(searches, asked.k))

    def recall_by_url(self, params: Annotated[RecallParams, Parameters()], request: Request) -> Recall:
        """As with POST, for one search or a sample."""
        refuse_foreign(request)  # it takes the machine for a while
        given, lens = request.query_params, self._services().recall
        search = from_params({name: given.getlist(name) for name in given})
        if search.query.empty:
            return _reply(lens.of_sample(params.k, search.where, params.sample))
        return _reply(lens.of_searches([search], params.k))

    def status(self) -> IndexStatus:
        """Answers, too, where the index does not: `health` is `unreachable` then."""
        return IndexStatus(**plain_overview(overview(self._services())))

    def models(self) -> list[ModelOffer]:
        """Which of them can be had is found out within seconds."""
        return [ModelOffer(**plain_offer(offer)) for offer in self._services().models()]


def _typed(text: str) -> Search:
    words, where = parse(text)
    return Search(Query(words), where)


def _within(search: Search, where: Filter) -> Search:
    return replace(search, where=Filter((*search.where.conditions, *where.conditions)))


def _conditions(text: str) -> Filter:
    """
    Raises:
        InvalidQuery: there are words beside conditions.
    """
    words, where = parse(text)
    if words:
        raise InvalidQuery("where takes conditions, such as label:dog.", "Put words into texts.")
    return where


def _reply(report: Report) -> Recall:
    return Recall(**plain(report, verdict(report)))
