"""The pages there are: who may open each, and where the navigation has it."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.access.roles import Role

EXPLORE = "Explore"
"""The heading of the pages that show what a collection holds."""


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    """Of its file in `pages`, and at the end of its address."""
    title: str
    icon: str
    role: Role = Role.VIEWER
    """What it takes to open it."""
    heading: str = ""
    """Under which the navigation has it; empty: beside the headings."""
    look: str = ""
    """The name of its style sheet in this folder; empty where it has none of its own."""
    components: Sequence[str] = ("frame",)
    """What is on it, whose modules are loaded with the document."""
    signs_in: bool = False
    """Whether it is there only where people sign in."""

    @property
    def path(self) -> str:
        return f"/{self.name.replace('_', '-')}"


SEARCH = Page(
    "search", "Search", ":material/search:", look="search", components=("query", "gallery", "facets", "view", "frame")
)

PAGES = (
    SEARCH,
    Page("ask", "Ask", ":material/forum:", Role.EDITOR, look="ask", components=("ask", "frame")),
    Page(
        "overview",
        "Overview",
        ":material/insights:",
        heading=EXPLORE,
        look="overview",
        components=("overview", "comparison", "frame"),
    ),
    Page("map", "Map", ":material/scatter_plot:", heading=EXPLORE, look="map", components=("map", "frame")),
    Page("duplicates", "Duplicates", ":material/difference:", heading=EXPLORE, components=("duplicates", "frame")),
    Page("check", "Check", ":material/fact_check:", heading=EXPLORE, components=("check", "frame")),
    Page("quality", "Quality", ":material/photo_filter:", heading=EXPLORE, components=("quality", "frame")),
    Page("labels", "Labels", ":material/label:", heading=EXPLORE, components=("labels", "frame")),
    Page(
        "ingest", "Ingest", ":material/add_photo_alternate:", Role.ADMIN, look="ingest", components=("uploads", "frame")
    ),
    Page("index", "Index", ":material/monitoring:", Role.ADMIN, look="index", components=("recall", "frame")),
    Page("collections", "Collections", ":material/photo_library:", Role.ADMIN),
    Page("access", "Access", ":material/key:", signs_in=True),
    Page("sign_out", "Sign out", ":material/logout:", signs_in=True),
)
"""In the order of the navigation. The first is what is shown without a path."""
