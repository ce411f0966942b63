"""Small pages that say one thing, for whoever has nothing else to look at: they load nothing."""

from collections.abc import Sequence
from html import escape

from starlette.responses import HTMLResponse

_DOCUMENT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>
:root {{ --text: #16181d; --ground: #fff; --link: #2f54eb; --button: #2f54eb; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --text: #eceef2; --ground: #121318; --link: #8ba6ff; --button: #4069f4; }}
}}
body {{ display: grid; place-content: center; gap: 1rem; margin: 0; padding: 1.5rem; }}
body > * {{ margin-inline: auto; }}
body {{ min-height: calc(100vh - 3rem); text-align: center; color: var(--text); background: var(--ground); }}
body {{ font: 1.0625rem/1.5 system-ui, sans-serif; }}
h1 {{ margin-block: 0; font-size: 1.75rem; line-height: 1.25; }}
p {{ margin-block: 0; max-width: 30rem; overflow-wrap: anywhere; }}
a {{ color: var(--link); }}
nav {{ display: grid; gap: 0.75rem; margin-top: 0.5rem; }}
nav a {{ padding: 0.625rem 2rem; border-radius: 999px; color: #fff; background: var(--button); text-decoration: none; }}
nav a {{ font-weight: 600; }}
nav a:hover {{ filter: brightness(1.1); }}
:focus-visible {{ outline: 3px solid var(--link); outline-offset: 3px; }}
</style>
</head>
<body>
<h1>{heading}</h1>
{body}
</body>
</html>
"""


class Link:
    """A link, or a button of that look.

    Args:
        url: Within the app.
    """

    def __init__(self, label: str, url: str) -> None:
        self.html = f'<a href="{escape(url)}">{escape(label)}</a>'


def document(
    heading: str,
    sentences: Sequence[str | Link],
    status: int,
    *,
    buttons: Sequence[Link] = (),
    title: str = "",
) -> HTMLResponse:
    """
    Args:
        sentences: Each a paragraph.
        title: Of the tab; by default the heading.
    """
    paragraphs = [f"<p>{one.html if isinstance(one, Link) else escape(one)}</p>" for one in sentences]
    below = [f"<nav>{''.join(button.html for button in buttons)}</nav>"] if buttons else []
    html = _DOCUMENT.format(
        title=escape(title or heading), heading=escape(heading), body="\n".join([*paragraphs, *below])
    )
    return HTMLResponse(html, status)
