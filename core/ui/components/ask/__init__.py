"""The conversation about pictures: questions, what was looked for, answers whose citations light pictures."""

from core.ui.components.ask.ask import Asked, Terms, ask_area

__all__ = ["Asked", "Terms", "ask_area"]
