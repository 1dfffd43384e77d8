"""How many text messages a text becomes. Source: 3GPP TS 23.038 (GSM 7-bit default alphabet) and TS
23.040.
"""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
GSM_SINGLE, GSM_PART = 160, 153
UCS2_SINGLE, UCS2_PART = 70, 67


def fits_gsm(text: str) -> bool:
    """Tell whether every sign is in the GSM alphabet; Danish letters are."""
    return all(sign in _BASIC or sign in _EXTENDED for sign in text)


def units(text: str) -> int:
    """Return the length as a gateway counts it: septets of GSM text, else UTF-16 code units."""
    if fits_gsm(text):
        return sum(2 if sign in _EXTENDED else 1 for sign in text)
    return len(text.encode("utf-16-be")) // 2


def parts(text: str) -> int:
    """Return how many messages the text is sent as; none for an empty text.

    Counted in units: a sign of two units is not split over two parts by any gateway, so a text at the very
    edge of several parts can take one more.
    """
    single, part = (GSM_SINGLE, GSM_PART) if fits_gsm(text) else (UCS2_SINGLE, UCS2_PART)
    length = units(text)
    if length <= single:
        return min(1, length)
    return -(-length // part)
