"""The word list of return codes: enough words, easily told apart, and none that could hurt."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from lygte.domain.ids import fold_name
from lygte.domain.return_words import RETURN_WORDS

ENOUGH_WORDS = 1024

# What a silent, doubled or soft sound makes alike on a bad line.
SOUNDS = (
    (r"^h(?=[vj])", ""),
    (r"ej|aj|eg(?=[nl])", "aj"),
    (r"(?<=[nlr])d", ""),
    ("c", "k"),
    ("z", "s"),
    ("x", "ks"),
    ("[wq]", "v"),
    ("y", "ø"),
    ("æ", "e"),
    ("å", "o"),
    (r"(.)\1+", r"\1"),
    ("b", "p"),
    ("d", "t"),
    ("g", "k"),
    ("er$|re$|r$", "a"),
    (r"(.)\1+", r"\1"),
)

FORBIDDEN = """
død lig grav kiste sorg mord drab blod sår syg smerte feber kræft pille medicin læge hospital angst kniv
pistol gevær bombe våben krig slag vold tæsk tyv røver politi fængsel dom straf hash hamp øl vin snaps rus
narko sprøjte nål gift gud kirke præst engel djævel bibel moske jesus fed tyk grim dum tosse idiot skør gal
mave bryst numse røv lort pis ensom reb løkke bro tog
"""


def deletions(word: str) -> Iterator[str]:
    yield word
    for position in range(len(word)):
        yield word[:position] + word[position + 1 :]


def one_apart(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) <= 1
    long, short = (one, other) if len(one) > len(other) else (other, one)
    return short in set(deletions(long))


def too_near(spelling: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return the pairs that one letter separates; only words that share a shortened form can be such."""
    by_short: dict[str, list[str]] = {}
    for word in RETURN_WORDS:
        for short in set(deletions(spelling(word))):
            by_short.setdefault(short, []).append(word)
    return [
        (one, other)
        for words in by_short.values()
        for i, one in enumerate(words)
        for other in words[i + 1 :]
        if one_apart(spelling(one), spelling(other))
    ]


def sound(word: str) -> str:
    for pattern, heard in SOUNDS:
        word = re.sub(pattern, heard, word)
    return word


def test_there_are_enough_words_and_none_twice() -> None:
    assert len(RETURN_WORDS) >= ENOUGH_WORDS
    assert len(set(RETURN_WORDS)) == len(RETURN_WORDS)


def test_a_word_is_two_to_nine_danish_letters_in_lower_case() -> None:
    assert [word for word in RETURN_WORDS if not re.fullmatch("[a-zæøå]{2,9}", word)] == []


def test_no_two_words_differ_by_one_letter() -> None:
    assert too_near(str) == []


def test_no_two_words_differ_by_one_letter_when_danish_letters_are_written_out() -> None:
    assert too_near(fold_name) == []


def test_no_two_words_sound_alike() -> None:
    heard = Counter(map(sound, RETURN_WORDS))
    assert [word for word in RETURN_WORDS if heard[sound(word)] > 1] == []


def test_no_word_is_about_what_could_hurt() -> None:
    assert sorted(set(FORBIDDEN.split()) & set(RETURN_WORDS)) == []


def test_a_pair_that_one_letter_separates_would_be_found() -> None:
    assert one_apart("måge", "låge")
    assert one_apart("skov", "skovl")
    assert not one_apart("måge", "lygte")
    assert sound("hjul") == sound("jul")
