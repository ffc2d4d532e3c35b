#!/usr/bin/env python3
"""Writes src/unprintable_ranges.inc: the code points beyond ASCII that no text shows as they are.

unprintable_ranges.py > src/unprintable_ranges.inc, by the Unicode data of this Python.
"""

import unicodedata

# Controls, formats (the directional and zero-width ones), surrogates, private use, unassigned (with
# the noncharacters), separators of lines and of paragraphs.
CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Default_Ignorable_Code_Point (DerivedCoreProperties.txt) of other categories: fillers and
# selectors of variants, which nobody sees.
IGNORABLE = [
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF),
]  # fmt: skip


def is_unprintable(code: int) -> bool:
    ignorable = any(first <= code <= last for first, last in IGNORABLE)
    return ignorable or unicodedata.category(chr(code)) in CATEGORIES


def ranges() -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for code in range(0x80, 0x110000):
        if not is_unprintable(code):
            continue
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return found


def main() -> None:
    print(f"// Made by tools/unprintable_ranges.py from Unicode {unicodedata.unidata_version}.")
    for first, last in ranges():
        print(f"{{{first:#x}, {last:#x}}},")


if __name__ == "__main__":
    main()
