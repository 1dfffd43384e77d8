import pytest

from lygte.apps.plans.calls import CallLine, call_lines


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Mia, 22 33 44 55, kl. 16-22", CallLine("Mia", "22 33 44 55", "+4522334455", "kl. 16-22")),
        ("Mia 22334455", CallLine("Mia", "22334455", "+4522334455")),
        ("+46 70 123 45 67 min bror", CallLine("", "+46 70 123 45 67", "+46701234567", "min bror")),
        ("Akuttilbuddet: 00 00 00 00 – altid", CallLine("Akuttilbuddet", "00 00 00 00", "00000000", "altid")),
        ("Lægevagten 1813", CallLine("Lægevagten", "1813", "1813")),
        ("Livslinien, 116 123, hele døgnet", CallLine("Livslinien", "116 123", "116123", "hele døgnet")),
        ("Naboen, bank på efter kl. 16.30", CallLine("Naboen, bank på efter kl. 16.30")),
    ],
)
def test_a_line_is_who_number_and_when(line: str, expected: CallLine) -> None:
    assert call_lines(line) == (expected,)


def test_blank_lines_are_left_out_and_the_order_is_kept() -> None:
    assert [line.who for line in call_lines("Mia\n\n  \r\nBo\n")] == ["Mia", "Bo"]
