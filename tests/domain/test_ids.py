"""Numbers and names by which a person can be found again."""

import random
from datetime import date
from uuid import UUID

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lygte.domain.ids import (
    RETURN_WORDS,
    CprError,
    CprKind,
    CprProblem,
    ReturnCode,
    age_on,
    fold_name,
    initials,
    make_return_code,
    name_tokens,
    normalise_alias,
    normalise_phone,
    normalise_return_code,
    parse_cpr,
    suggest_return_words,
    uuid7,
)

TODAY = date(2026, 11, 20)
ARABIC_DIGITS = "٠١٠١٦٥٠٠٠٠"

# Year from, year to, digits seven, first year of the century: the table of "Personnummeret i CPR".
CENTURIES = (
    (0, 99, "0123", 1900),
    (0, 36, "49", 2000),
    (37, 99, "49", 1900),
    (0, 57, "5678", 2000),
    (58, 99, "5678", 1800),
)


def problem(text: str, **options: bool) -> CprProblem:
    with pytest.raises(CprError) as refused:
        parse_cpr(text, today=TODAY, **options)
    return refused.value.code


@given(st.sampled_from(CENTURIES), st.integers(0, 99), st.integers(0, 999), st.dates(), st.data())
def test_the_seventh_digit_tells_the_century(
    row: tuple[int, int, str, int], year: int, rest: int, day: date, data: st.DataObject
) -> None:
    low, high, sevenths, century = row
    year = low + year % (high - low + 1)
    assume((day.month, day.day) != (2, 29))
    born = date(century + year, day.month, day.day)
    text = f"{born:%d%m}{year:02}{data.draw(st.sampled_from(sevenths))}{rest:03}"
    if born > TODAY:
        assert problem(text) is CprProblem.FUTURE
    else:
        found = parse_cpr(text, today=TODAY)
        assert (found.birth_date, found.kind) == (born, CprKind.CPR)


@pytest.mark.parametrize(
    "text", ["0201609995", "0101650000", "010165-0000", " 01.01.65 0000 ", "010165–0000"]
)
def test_published_test_numbers_are_accepted_however_they_are_typed(text: str) -> None:
    assert parse_cpr(text, today=TODAY).kind is CprKind.CPR


def test_modulus_11_is_a_flag_and_never_refuses() -> None:
    assert parse_cpr("0201609995", today=TODAY).modulus11 is False
    assert parse_cpr("0707614285", today=TODAY).modulus11 is True


@given(st.integers(0, 9999), st.dates(date(1900, 1, 1), date(1999, 12, 31)))
def test_exactly_one_in_eleven_check_digits_or_none_fits(serial: int, day: date) -> None:
    stem = f"{day:%d%m%y}{serial % 4}{serial // 10 % 100:02}"
    flags = [parse_cpr(f"{stem}{last}", today=TODAY).modulus11 for last in range(10)]
    assert sum(flags) <= 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", CprProblem.EMPTY),
        (" - ", CprProblem.EMPTY),
        ("010165", CprProblem.LENGTH),
        ("01016500001", CprProblem.LENGTH),
        ("010165000A", CprProblem.CHARACTERS),
        ("0101650ÆØ1", CprProblem.CHARACTERS),
        (ARABIC_DIGITS, CprProblem.CHARACTERS),
        ("3102609995", CprProblem.DATE),
        ("0013650000", CprProblem.DATE),
        ("0113650000", CprProblem.DATE),
        ("2902010000", CprProblem.DATE),
        ("2011275000", CprProblem.FUTURE),
    ],
)
def test_a_refused_number_tells_why(text: str, code: CprProblem) -> None:
    assert problem(text) is code


@given(st.text(max_size=14))
@example("010165-0000")
def test_no_text_shows_the_number(text: str) -> None:
    try:
        found = parse_cpr(text, today=TODAY, allow_invented=True)
    except CprError as refused:
        assert str(refused) in set(CprProblem)
    else:
        assert str(found) == "******-****"
        assert f"{found!r}{found}".find(found.digits) == -1
        assert f"{found.birth_date}" not in repr(found)


@pytest.mark.parametrize(
    ("text", "kind", "born"),
    [
        ("0201601AB5", CprKind.REPLACEMENT_X, date(1960, 1, 2)),
        ("0201107ab5", CprKind.REPLACEMENT_X, date(2010, 1, 2)),
        ("6201601234", CprKind.REPLACEMENT_X, date(1960, 1, 2)),
        ("0201600AB5", CprKind.REPLACEMENT_D, date(1960, 1, 2)),
        ("020160-ABC5", CprKind.REPLACEMENT_D, None),
        ("290200ABC5", CprKind.REPLACEMENT_D, None),
    ],
)
def test_replacement_numbers_are_accepted_as_what_they_are(
    text: str, kind: CprKind, born: date | None
) -> None:
    found = parse_cpr(text, today=TODAY)
    assert (found.kind, found.birth_date, found.kind is CprKind.CPR) == (kind, born, False)


def test_a_replacement_number_still_needs_a_day_that_exists() -> None:
    assert problem("320160ABC5") is CprProblem.DATE


def test_invented_numbers_are_accepted_only_when_allowed() -> None:
    assert problem("0215601234") is CprProblem.DATE
    found = parse_cpr("0215601234", today=TODAY, allow_invented=True)
    assert (found.kind, found.birth_date) == (CprKind.INVENTED, date(1960, 3, 2))
    assert problem("3114601234", allow_invented=True) is CprProblem.DATE
    assert problem("0120601234", allow_invented=True) is CprProblem.DATE


def test_an_age_grows_on_the_birthday() -> None:
    cpr = parse_cpr("2113602000", today=TODAY, allow_invented=True)
    ages = [age_on(cpr, day) for day in (date(2026, 1, 20), date(2026, 1, 21), date(1960, 1, 20))]
    assert ages == [65, 66, None]


def test_someone_born_on_a_leap_day_grows_older_on_the_first_of_march() -> None:
    cpr = parse_cpr("2914084000", today=TODAY, allow_invented=True)
    assert [age_on(cpr, date(2026, 2, 28)), age_on(cpr, date(2026, 3, 1))] == [17, 18]


def test_the_age_of_an_unknown_birth_date_is_not_known() -> None:
    assert age_on(parse_cpr("020160ABC5", today=TODAY), TODAY) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("20304050", "+4520304050"),
        ("20 30 40 50", "+4520304050"),
        ("20-30-40-50", "+4520304050"),
        ("(+45) 2030.4050", "+4520304050"),
        ("0045 20304050", "+4520304050"),
        ("4520304050", "+4520304050"),
        ("45 20 30 40", "+4545203040"),
        ("+46 70 123 45 67", "+46701234567"),
        ("0049 30 1234567", "+49301234567"),
        ("２０３０４０５０", "+4520304050"),
        ("112", None),
        ("10304050", None),
        ("+45 2030405", None),
        ("+45 12345678", None),
        ("2030405", None),
        ("+0012345678", None),
        ("tlf. 20304050", None),
        ("", None),
        ("+4670123456789012", None),
    ],
)
def test_a_telephone_number_is_read_as_it_is_typed(text: str, number: str | None) -> None:
    assert normalise_phone(text) == number


@given(st.text(alphabet="0123456789 +-().", max_size=20))
def test_a_telephone_number_that_is_read_again_stays_the_same(text: str) -> None:
    number = normalise_phone(text)
    if number is not None:
        assert normalise_phone(number) == number
        assert number.startswith("+")
        assert number[1:].isdigit()


@given(st.text(max_size=30))
@example("ẞ ﬃ Å Å ö Ǽ ™ ㎏")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_name(fold_name(text)) == fold_name(text)
    assert normalise_alias(normalise_alias(text)) == normalise_alias(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Åse", "Aase"),
        ("Søren", "SOEREN"),
        ("Kjær", "kjaer"),
        ("André", "Andre"),
        ("A\u030ase", "åse"),
        ("Björn", "Bjørn"),
        ("Guðrún", "Gudrun"),
    ],
)
def test_spellings_of_one_name_fold_alike(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


def test_a_name_is_compared_word_by_word() -> None:
    assert name_tokens("  Anne-Marie  O'Hára, Ågård ") == ("anne", "marie", "ohara", "aagaard")


def test_an_alias_is_compared_without_spacing_and_punctuation() -> None:
    assert normalise_alias(" Den  Blå_Cykel! ") == "den blaa cykel"
    assert normalise_alias(" ... ") == ""


@pytest.mark.parametrize(
    ("name", "short"), [("Anna Kirstine", "A.K."), ("anne-marie Øst", "A.M.Ø."), ("O'Hara", "O."), (" ", "")]
)
def test_initials_have_a_full_stop_each(name: str, short: str) -> None:
    assert initials(name) == short


# Return codes


def spelled(word: str, style: int) -> str:
    folded = word.replace("å", "aa").replace("ø", "oe").replace("æ", "ae")
    return (word, word.upper(), folded, folded.title())[style]


codes = st.integers(0).map(lambda seed: make_return_code(random.Random(seed).choice))


@given(codes, st.tuples(*[st.integers(0, 3)] * 3), st.sampled_from([" ", ", ", "-", " - ", " og ", ".\n"]))
def test_a_return_code_is_understood_however_it_is_spelled(
    code: ReturnCode, styles: tuple[int, int, int], between: str
) -> None:
    text = between.join(spelled(word, style) for word, style in zip(code.words, styles, strict=True))
    assert normalise_return_code(f" {text} ") == code
    assert normalise_return_code(str(code)) == code


@given(codes)
def test_a_return_code_has_three_different_words_and_an_order(code: ReturnCode) -> None:
    assert len(set(code.words)) == 3
    assert set(code.words) <= set(RETURN_WORDS)
    backwards = ReturnCode((code.words[2], code.words[1], code.words[0]))
    assert normalise_return_code(str(backwards)) != code


def test_a_chooser_that_always_takes_the_first_word_still_makes_a_code() -> None:
    assert make_return_code(lambda words: words[0]).words == RETURN_WORDS[:3]


@pytest.mark.parametrize(
    "text",
    ["", "måge", "måge lanterne", "måge lanterne ni ost", "måge måge ni", "måge lanterne xyzzy", "1 2 3"],
)
def test_a_text_that_is_no_code_is_not_understood(text: str) -> None:
    assert normalise_return_code(text) is None


def test_a_number_word_may_be_typed_as_digits() -> None:
    assert normalise_return_code("Maage, lanterne 9") == ReturnCode(("måge", "lanterne", "ni"))


def test_a_misheard_word_is_answered_with_the_nearest_words() -> None:
    assert suggest_return_words("lantærne")[0] == "lanterne"
    assert suggest_return_words("Maage")[0] == "måge"
    assert suggest_return_words("qqqqqq") == ()
    assert suggest_return_words("") == ()
    assert len(suggest_return_words("skovbunt", limit=1)) == 1


@given(st.sampled_from(RETURN_WORDS), st.integers(0, 20))
def test_a_word_with_one_letter_lost_leads_back_to_it(word: str, position: int) -> None:
    assume(len(word) >= 5)
    position %= len(word)
    assert word in suggest_return_words(word[:position] + word[position + 1 :], limit=20)


# Identifiers of rows


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_an_identifier_holds_its_time_version_and_variant(milliseconds: int, randomness: bytes) -> None:
    made = uuid7(milliseconds=milliseconds, randomness=randomness)
    assert isinstance(made, UUID)
    assert (made.int >> 80, made.version, made.variant) == (milliseconds, 7, "specified in RFC 4122")
    assert made.int & (1 << 62) - 1 == int.from_bytes(randomness, "big") & (1 << 62) - 1


@given(st.integers(0, 2**48 - 2), st.binary(min_size=20, max_size=20))
def test_a_later_identifier_sorts_later(milliseconds: int, randomness: bytes) -> None:
    earlier = uuid7(milliseconds=milliseconds, randomness=randomness[:10])
    assert earlier < uuid7(milliseconds=milliseconds + 1, randomness=randomness[10:])
    assert str(earlier) < str(uuid7(milliseconds=milliseconds + 1, randomness=randomness[10:]))


@pytest.mark.parametrize(("milliseconds", "size"), [(-1, 10), (2**48, 10), (0, 9), (0, 11)])
def test_an_identifier_needs_its_time_and_ten_bytes(milliseconds: int, size: int) -> None:
    with pytest.raises(ValueError, match="ten random bytes"):
        uuid7(milliseconds=milliseconds, randomness=bytes(size))
