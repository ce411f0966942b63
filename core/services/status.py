"""What an index says of itself in short."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """The index in short."""

    engine: str
    index: str
    model_id: str
    dims: int
    count: int
