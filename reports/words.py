"""Numbers and sizes as reports write them."""

from __future__ import annotations


def percent(part: int, whole: int) -> str:
    """A share to a whole percent, rounded down so that only a full one reads 100 %."""
    return f"{100 * part // whole}%" if whole else "-"


def number(value: int) -> str:
    """An integer with blanks between thousands from five digits on."""
    return f"{value:,}".replace(",", " ") if abs(value) >= 10_000 else str(value)


def quantity(value: int, unit: str) -> str:
    """A size with its unit; bytes in KiB where that is exact to a tenth."""
    if unit == "bytes" and value >= 1024:
        kib = f"{value / 1024:.1f}".removesuffix(".0")
        return f"{kib} KiB"
    return f"{number(value)} {'B' if unit == 'bytes' else unit}"
