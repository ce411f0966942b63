"""Prompts for common tasks, which people choose in the program that their agent lives in."""

from dataclasses import dataclass

from mcp import types
from mcp.shared.exceptions import McpError


@dataclass(frozen=True, slots=True)
class Template:
    name: str
    about: str
    takes: dict[str, str]
    """What each argument is."""
    text: str

    def described(self) -> types.Prompt:
        asked = [
            types.PromptArgument(name=name, description=about, required=True) for name, about in self.takes.items()
        ]
        return types.Prompt(name=self.name, description=self.about, arguments=asked)


PROMPTS = (
    Template(
        "find",
        "Find pictures of something, and say how sure it is",
        {"what": "What the pictures should show"},
        "Find the pictures that show {what}. Look at the sheet of results, search again in other words where that may "
        "find more, and list the ids of those that really show it. Say so if none does.",
    ),
    Template(
        "count",
        "Count the pictures of something",
        {"what": "What to count"},
        "How many pictures of the collection show {what}? Use labels and facets where there are some, and searches "
        "where there are none; say how the number was found and how sure it is.",
    ),
    Template(
        "summarise",
        "Say what a collection holds",
        {},
        "Describe what this collection of pictures holds: what there is most of, from when, of what quality, and what "
        "is remarkable. Look at sheets of a few typical searches before you answer.",
    ),
)


def filled(name: str, arguments: dict[str, str]) -> types.GetPromptResult:
    """
    Raises:
        McpError: there is none of this name, or an argument is missing.
    """
    template = next((one for one in PROMPTS if one.name == name), None)
    if template is None or set(template.takes) - set(arguments):
        missing = "there is no such prompt" if template is None else f"it needs {', '.join(template.takes)}"
        raise McpError(types.ErrorData(code=types.INVALID_PARAMS, message=f"{name[:60]}: {missing}."))
    text = template.text
    for argument in template.takes:
        text = text.replace(f"{{{argument}}}", arguments[argument])
    return types.GetPromptResult(
        description=template.about,
        messages=[types.PromptMessage(role="user", content=types.TextContent(type="text", text=text))],
    )
