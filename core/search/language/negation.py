"""What a sentence says not to show, as a term of its own: the model takes "a beach without people" for people too.

English only, and rather silent than wrong: it is offered, not done.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from core.errors import InvalidQuery
from core.search.language.parser import format_, parse
from core.search.language.quotes import MARKS
from core.search.query import MIN_WEIGHT, Words

_MAX_CUES = 4  # of one term
_MAX_WORDS = 3  # of a thing: longer ones are likely misread

_NOBODY = re.compile(r"\b(no|any)(?:body|(?<=no)[- ]?one|one)\b")
_PLACES = r"on|in|at|near|under|inside|outside|behind|beside|by|with"
_CUE = re.compile(  # small letters: Dr No is a name, NO ENTRY a sign
    r"(?P<joint>^|\s*,\s*|\s+)(?P<but>(?:but|and)\s+)?(?P<cue>without|w/o|excluding|"
    rf"(?:(?:that|which|who|where)\s+)?(?:with|has|have|having|there\s+(?:is|are))\s+no|no|not(?:\s+(?P<place>{_PLACES}))?)\s+"
)
_END = re.compile(
    rf",(?!\s*(?:no|and|or|nor)\s)|[.;:!?()]|(?<![\w-])(?:{_PLACES}|over|above|below|from|during|before|after|while|when|"
    r"against|around|between|but|not|without|that|which|who|where|to|for|is|are)(?![\w-])"
)
_BETWEEN = re.compile(r"\s*,\s*(?:(?:and|or|nor)\s)?|\s+(?:and|or|nor)(?:\s+|$)")
_ARTICLES = re.compile(r"(?:(?:no|any|a|an|the|some|other|visible)\s+)+")
_HERE = re.compile(
    r"\s*(?:(?:in|on|inside|around|near|at)\s+(?:it|them|sight|(?:the\s+)?(?:picture|photo|image|frame|scene|view|shot|"
    r"background|foreground))|around|inside)(?![\w-])"
)
_JOINT = re.compile(r"[\s,.;:!?]*(?:(?:but|and)\s+)?")

# What looks as if something were left out, and is a saying, a title or a sign.
_SAYINGS = re.compile(
    r"\b(?:bounds|limits?|borders?|end|doubt|cause|matter|way|longer|more|less|sense|worries|strings|rules|fear|it|them|"
    r"him|her|me|us|this|that|anything|everything|nothing)\b|[\d'’]",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r"^(?:entry|exit|access|\w+ing)\b|\b(?:signs?|allowed|permitted|welcome)$")
_SIGNS = re.compile(
    r"\b(?:signs?|notice|warning|sticker|symbol|poster|text|sa(?:y|ys|ying)|read(?:s|ing)|called|named)\b"
)
_VERBS = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|shall|shalt|must|may|might|need|or|if|"
    r"whether|why|me|am|be|who|which|than|better|['’]s|['’]re|['’]m|['’]ve)$"
)
_HEDGES = re.compile(
    r"^(?:only|just|so|very|too|quite|really|even|yet|all|every|many|much|always|often|sure|bad|found|available|safe|"
    r"responding|working|guilty|included|applicable|enough|your|my|our|an?\s+problem)\b"
)
_TITLES = re.compile(r"^(?:time|country|man|woman|place|one|name|problem|idea|thanks|fun|filter|mercy|pain|gain)\b")
_CAPITAL = re.compile(r"\A(?:No|Not|Without)(?=\s[^A-Z]*\Z)|\bNOT\b")  # as phones begin sentences; an operator
_UNCOUNTED = ("people", "text", "snow", "water", "grass", "sky", "traffic", "furniture", "hair", "rain", "fog")


def suggest_rewrite(text: str) -> str | None:
    """The typed text with what is not to be shown as excluded terms: `a beach without people` as `a beach − people`.

    None where there is nothing of the kind, where words are in quotes, and where the text cannot be read.
    """
    if any(mark in text for mark in MARKS):
        return None
    try:
        words, where = parse(text)
    except InvalidQuery:
        return None
    terms = tuple(term for part in words for term in _terms(part))
    return format_(terms, where) if terms != words else None


def _terms(part: Words) -> Iterator[Words]:
    text = _NOBODY.sub(r"\1 people", part.text)
    excluded: list[str] = []
    while part.weight > 0 and len(excluded) < _MAX_CUES and (split := _split(text)):
        text = split[0]
        excluded += split[1]
    yield replace(part, text=text) if excluded else part
    yield from (Words(thing, MIN_WEIGHT) for thing in dict.fromkeys(excluded))


def _split(text: str) -> tuple[str, list[str]] | None:
    """What remains without the first things that are not to be shown, and these; None where there are none."""
    cue = _CUE.search(_CAPITAL.sub(lambda found: found[0].lower(), text))
    if not cue:
        return None
    wanted = text[: cue.start()]
    end = _END.search(text, cue.end())
    listed, rest = (text[cue.end() : end.start()], text[end.start() :]) if end else (text[cue.end() :], "")
    things = [_ARTICLES.sub("", thing, count=1).strip() for thing in _BETWEEN.split(listed) if thing.strip()]
    if not things or not all(_is_meant(wanted, cue, thing) for thing in things):
        return None
    rest = _JOINT.sub("", _HERE.sub("", rest, count=1), count=1)
    return f"{wanted} {rest}".strip(), things


def _is_meant(wanted: str, cue: re.Match[str], thing: str) -> bool:
    if not 1 <= len(thing.split()) <= _MAX_WORDS or _SAYINGS.search(thing):
        return False
    alone = not cue["joint"].strip() and not cue["but"]
    if cue["cue"].startswith("not"):
        return not alone or not (_VERBS.search(wanted) or _HEDGES.search(thing))
    if not cue["cue"].endswith("no"):
        return True
    if _FORBIDDEN.search(thing) or _SIGNS.search(wanted):
        return False
    if not wanted:  # a title, or a saying, rather than one thing or a kind
        return len(thing.split()) < _MAX_WORDS and not _TITLES.search(thing)
    return cue["cue"] != "no" or not alone or thing.endswith(("s", *_UNCOUNTED))
