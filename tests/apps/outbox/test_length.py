import pytest
from hypothesis import given
from hypothesis import strategies as st

from lygte.apps.outbox.length import fits_gsm, parts, units


@pytest.mark.parametrize(
    ("text", "expected_units", "expected_parts"),
    [
        ("", 0, 0),
        ("a", 1, 1),
        ("æøåÆØÅ", 6, 1),
        ("€", 2, 1),
        ("x" * 160, 160, 1),
        ("x" * 161, 161, 2),
        ("x" * 306, 306, 2),
        ("x" * 307, 307, 3),
        ("x" * 158 + "€", 160, 1),
        ("x" * 159 + "€", 161, 2),
        ("„" * 70, 70, 1),
        ("„" * 71, 71, 2),
        ("🕯" * 35, 70, 1),
        ("🕯" * 36, 72, 2),
    ],
)
def test_a_text_is_counted_as_a_gateway_counts_it(text, expected_units, expected_parts) -> None:
    assert (units(text), parts(text)) == (expected_units, expected_parts)


def test_danish_letters_do_not_make_a_message_longer_but_accents_from_elsewhere_do() -> None:
    assert fits_gsm("Blåbærgrød på Ærø, kl. 20.30: 112!")
    assert not fits_gsm("”")


@given(st.text(max_size=400), st.text(max_size=10))
def test_a_longer_text_never_takes_fewer_messages(text, more) -> None:
    assert parts(text) <= parts(text + more)
