"""What is said of words that do not do what they seem to."""

import pytest

from core.search.language.english import foreign
from core.search.language.parser import parse
from core.search.language.remarks import remarks


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lable:cat", "Did you mean label:?"),
        ("a beach folders:raw", "Did you mean folder:?"),
        ("filename:x", "Did you mean name:?"),
        ("ext:jpg", "Did you mean format:?"),
        ("foo:bar", "Conditions begin with label:, tag:"),
        ("-foo:bar label:cat", "“foo:bar” was read as words."),
        ("cat OR dog", "OR joins conditions, as in label:cat OR label:dog."),
        ("- people", "Only what to leave out is given"),
        ("собака на пляже", "The model reads English."),
        ("ein Hund am Strand", "seems to be German"),
    ],
)
def test_what_is_said(text, said):
    assert said in " ".join(remarks(parse(text)[0]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a dog on a beach",
        "16:9 poster",
        "2:30 pm",
        "see http://x",
        "note: buy",
        "Portland OR",
        "beach − people",
        "https://a.example/cat.jpg",  # of which `pasted` tells
        "~/Pictures/a cat.jpg",
    ],
)
def test_where_nothing_is_said(text):
    assert remarks(parse(text)[0]) == []


@pytest.mark.parametrize(("text", "language"),
    [
        ("schwarze Katze auf dem Sofa", "German"), ("eine Frau mit Hut", "German"),
        ("zwei Pferde auf der Wiese", "German"), ("un chien sur la plage", "French"),
        ("une femme avec un chapeau", "French"), ("un perro en la playa", "Spanish"),
        ("dos caballos en el prado", "Spanish"), ("una donna con il cappello", "Italian"),
        ("uma mulher com chapéu", "Portuguese"), ("een hond op het strand", "Dutch"),
        ("een vrouw met een hoed", "Dutch"), ("en hund på stranden", "Swedish"),
        ("barn som leker i trädgården", "Swedish"), ("собака", "Cyrillic letters"),
        ("ένας σκύλος", "Greek letters"), ("كلب على الشاطئ", "Arabic letters"),
        ("כלב", "Hebrew letters"), ("猫", "Chinese"),
        ("ねこ", "Japanese"), ("개", "Korean"),
        ("หมา", "Thai"), ("कुत्ता", "Devanagari"),
        ("photo of 猫", "Chinese"),
    ],
)  # fmt: skip
def test_another_language_is_named(text, language):
    assert foreign(text) == language


@pytest.mark.parametrize("text",
    """Los Angeles|Rio de Janeiro|rio de janeiro|Arc de Triomphe|Mont Saint-Michel|Notre Dame de Paris
Cirque du Soleil|Côte d'Azur|São Paulo at night|Zürich|München Oktoberfest|Champs-Élysées
Place de la Concorde|Sagrada Familia|Volkswagen Käfer|Citroën 2CV|Häagen-Dazs|Moët & Chandon|Beyoncé|Björk
Frida Kahlo|Zlatan Ibrahimović|Erdoğan|Dvořák|bokeh|trompe l'oeil|bas-relief|crème brûlée|jalapeño
tacos al pastor|spaghetti carbonara|pierogi|café au lait|naïve painting|vis-à-vis|kindergarten|giraff
zeebra|elefant|sand dune|hand|die hard|main street|Taj Mahal|Neuschwanstein|Kraków old town|Łódź
Cinque Terre|Ponte Vecchio|costa brava|la la land|déjà vu|mardi gras|tyrannosaurus rex|felis catus
IMG 1234|canon eos r5|fujifilm x-t5|lego star wars|pikachu|pokémon|oma|black-and-white|woman in a sari
latte macchiato|pinot noir|foie gras|paella valenciana|μ|π r squared|Ω resistor|BMW|red car
a man in a hat on a horse|van gogh|de niro|la boheme|el nino|no text|over the top|son et lumiere"""
    .replace("\n", "|").split("|"),
)  # fmt: skip
def test_names_and_english_are_no_other_language(text):
    assert foreign(text) is None


def test_the_detector_is_reached_by_names_that_its_package_does_not_export():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    detector = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    detector.set_languages(["en", "de", "fr"])
    assert detector.classify("der hund schläft unter dem tisch")[0] == "de"
    language, sure = detector.classify("le chien dort sous la table")
    assert language == "fr"
    assert 0.5 < sure <= 1
