"""The colors of the scales, from low to high numbers, for dark and light themes.

They are sixteen even steps of scientific color maps by Fabio Crameri (version 8.0, MIT license,
doi:10.5281/zenodo.8035877), whose lightness changes evenly, and which suit color-blind people: `managua` with
a dark middle and `vik`, reversed, with a light one, both without the last tenths, which would glare; and
`oslo`. A terminal with 256 colors would show several neighbors in the same color; there, each step is a color
of the terminal, chosen by lightness.
"""

from __future__ import annotations

from functools import cache

_MANAGUA = """
E09E57 CF874F BF7248 AD5E42 9A4C3D 853B39 702F3A 5E2941
522C52 4D3769 4C4984 505D9C 5672B0 5E87C1 669DD1 6FB6E1
"""
_VIK = """
862306 A33E0D B95D2A C57648 CF8E68 DAA78A E5C2AD EEDCD2
DFE6E9 B7D3E1 8CB9CF 609EBD 3782AA 156798 044F88 023A7A
"""
_OSLO = """
010101 0B131C 0E1F31 122D48 173C61 1F4C7B 2C5D96 4170B1
5C84C3 7494C9 89A0CA 9DADC9 B2BCCC CACED5 E5E6E7 FFFFFF
"""
_DARK_256 = """
FFD787 FFAF5F D7875F D75F00 AF5F00 875F00 870000 5F0000
00005F 000087 0000AF 005F87 0087AF 00AFD7 5FAFFF 5FD7FF
"""
_LIGHT_256 = """
5F0000 870000 875F00 AF5F00 D75F00 D7875F FFAF87 FFD7AF
D7FFFF AFD7FF 87AFD7 5F87AF 005FAF 0000AF 000087 00005F
"""
_BLUE_256 = """
000000 00005F 000087 0000AF 0000D7 005FAF 005FD7 0087AF
5F87D7 5F87FF 00AFD7 5FAFFF 87AFFF 87D7FF AFFFFF FFFFFF
"""


@cache
def scale_variables(*, dark: bool, few: bool) -> dict[str, str]:
    """The color of each level of the two scales, by the name of its role.

    Args:
        dark: whether the theme is dark.
        few: whether the terminal has only 256 colors.
    """
    middle_0 = (_DARK_256 if few else _MANAGUA) if dark else (_LIGHT_256 if few else _VIK)
    rising = (_BLUE_256 if few else _OSLO).split()
    scales = {"diverging": middle_0.split(), "sequential": rising if dark else rising[::-1]}
    return {f"{name}-{n}": f"#{color}" for name, colors in scales.items() for n, color in enumerate(colors)}
