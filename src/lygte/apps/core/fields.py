from enum import StrEnum


def choices(codes: type[StrEnum]) -> list[tuple[str, str]]:
    """Return a closed list as field choices; the words live in the catalogues."""
    return [(code.value, code.value) for code in codes]
