"""Words are read as CLIP's own tokenizer reads them, which is loaded by its path: its package brings torch."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.embedding.tokens import encode, tokenize, vocabulary
from core.search.relevance.concepts import CONCEPTS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def reference() -> Any:
    package = importlib.util.find_spec("clip")
    if package is None or package.origin is None:
        pytest.skip("the package clip is not installed")
    spec = importlib.util.spec_from_file_location("reference", Path(package.origin).with_name("simple_tokenizer.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.SimpleTokenizer()


def test_the_vocabulary_is_clip_s(reference: Any) -> None:
    assert vocabulary().ids == reference.encoder
    assert [tuple(pair.split(" ")) for pair in vocabulary().ranks] == list(reference.bpe_ranks)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "A PHOTO of a DOG",
            "cat's, it'll",
            "IT'S 10:30",
            "&amp;&lt;b&gt; &",
            "<|startoftext|> a <|endoftext|>",
        ),
        *(
            "naïve café",
            "e\u0301te\u0301",
            "\ufeffbom",
            "“quotes” — dashes…",
            "大象",
            "слон",
            "ﬁne ﬂags",
            "½ cup",
            "İstanbul",
        ),
        *(
            "a\tb\r\nc",
            "a\x00b\x1b[31mred",
            "👩\u200d🚀",
            "ï»¿broken Ã©",
            "~!@#$%^*()_+{}|:\"<>?`-=[]\\;',./",
            "x" * 300,
        ),
    ],
)
def test_odd_texts(reference: Any, text: str) -> None:
    assert encode(text) == reference.encode(text)


def test_everyday_concepts(reference: Any) -> None:
    assert [encode(text) for text in CONCEPTS] == [reference.encode(text) for text in CONCEPTS]


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(max_codepoint=126)) | st.text())
def test_any_text(reference: Any, text: str) -> None:
    try:
        expected = reference.encode(text)
    except UnicodeEncodeError:  # half a character
        with pytest.raises(UnicodeEncodeError):
            encode(text)
    else:
        assert encode(text) == expected


def test_rows_begin_and_end_as_clip_s() -> None:
    rows = tokenize(["a dog", ""])
    assert rows.shape == (2, 77)
    assert rows[0, :5].tolist() == [49406, 320, 1929, 49407, 0]
    assert rows[1, :3].tolist() == [49406, 49407, 0]


def test_plain_words_need_no_library() -> None:
    code = (
        "import sys; before = {*sys.modules}\n"  # by what measures coverage
        "from core.embedding.tokens import tokenize; tokenize(['a photo of 2 cats'])\n"
        "print({'ftfy', 'regex', 'html', 'torch'} & (sys.modules.keys() - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "set()"
