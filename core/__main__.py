"""`python -m core`"""

from core.imports import be_brief

be_brief()

from core.cli import app  # noqa: E402

app(prog_name="python -m core")
