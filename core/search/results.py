"""What a search answers."""

from dataclasses import dataclass

from core.index.records import Hit


@dataclass(frozen=True, slots=True)
class Timings:
    """Where the time of a search went, in seconds."""

    embedding: float
    index: float

    @property
    def total(self) -> float:
        return self.embedding + self.index


@dataclass(frozen=True, slots=True)
class Results:
    hits: list[Hit]
    """Best first. A hit's score is the cosine of query and picture, as a share of what the query can reach."""
    searched: int
    """How many records were searched: all that match the filter."""
    timings: Timings
    read_text: str | None = None
    """As much of the query's text as the model read, where it was too long; None where all of it was."""
