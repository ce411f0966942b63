"""Whether words are in another language than English, the one that the models read: rather silent than wrong.

Names, dishes and places are foreign words in English texts: a language is named only where several words speak for it
and none for English.
"""

import re
import unicodedata
from functools import cache
from typing import Any

_LANGUAGES = {
    "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch",
    "pl": "Polish", "tr": "Turkish", "sv": "Swedish",
}  # fmt: skip
_SCRIPTS = {
    "CYRILLIC": "Cyrillic", "GREEK": "Greek", "ARABIC": "Arabic", "HEBREW": "Hebrew", "THAI": "Thai",
    "DEVANAGARI": "Devanagari", "BENGALI": "Bengali", "TAMIL": "Tamil", "GEORGIAN": "Georgian",
    "ARMENIAN": "Armenian", "HANGUL": "Korean", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "CJK": "Chinese",
}  # fmt: skip
_ONE_IS_A_WORD = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA")
_WORD = re.compile(r"[^\W\d_]+")
_SHORT = frozenset(
    {
        *[
            "a",
            "an",
            "as",
            "at",
            "be",
            "by",
            "do",
            "go",
            "he",
            "if",
            "in",
            "is",
            "it",
            "me",
            "my",
            "no",
            "of",
            "on",
            "or",
            "so",
            "to",
            "up",
            "us",
            "we",
        ]
    }
)
_MAX_LETTERS = 500  # of what is looked at
_FEWEST = 4  # words: many names are made of three
# How sure the detector must be where several of the words are such as only hold others together, and where one is.
_SURE, _SURE_OF_ONE = 0.6, 0.95


def foreign(text: str) -> str | None:
    """The language or script of a text that is not English, as it is called there; None where it may be."""
    text = unicodedata.normalize("NFC", text[:_MAX_LETTERS])
    words = _WORD.findall(text)
    if script := next(filter(None, map(_script, text.split())), None):
        return f"{script} letters" if script in ("Cyrillic", "Greek", "Arabic", "Hebrew") else script
    return _language(words) if len(words) >= _FEWEST else None


def _script(word: str) -> str | None:
    letters = list(filter(str.isalpha, word))
    found = unicodedata.name(letters[0], "").partition(" ")[0] if letters else ""
    return _SCRIPTS.get(found) if len(letters) > 1 or found in _ONE_IS_A_WORD else None


def _language(words: list[str]) -> str | None:
    small = [word for word in words if word.islower()]
    common = {word: _languages_of(word) for word in small}
    if not any(common.values()):
        return None  # without loading the detector
    language, sure = _detector().classify(" ".join(words).lower())
    if language == "en" or (language != "de" and not all(map(str.islower, words[1:]))):  # nouns, not names
        return None
    if any(_is_common_english(word) and word not in _common(language) for word in small):
        return None
    holding = sum(language in common[word] for word in common)
    return _LANGUAGES[language] if holding and sure >= (_SURE if holding > 1 else _SURE_OF_ONE) else None


def _languages_of(word: str) -> set[str]:
    """In which it is one of the words that hold others together, if not in English."""
    if _is_common_english(word):
        return set()
    return {language for language in _LANGUAGES if word in _common(language)}


def _is_common_english(word: str) -> bool:
    return word in _common("en") and (len(word) > 2 or word in _SHORT)


@cache
def _common(language: str) -> frozenset[str]:
    from stopwordsiso import stopwords  # lazily, as the next: few searches need them

    return frozenset(stopwords(language))


@cache
def _detector() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    detector = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    detector.set_languages(["en", *_LANGUAGES])
    return detector
