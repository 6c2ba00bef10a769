"""Characters that nobody sees, and those that only look like others.

Copied from a PDF, a web page or a chat, words carry zero-width spaces, and radicals (⻩, ⾦) in place of characters
(黄, 金).  Searches miss them, fonts lack them.  What can only mean one thing is put right, and said.
Sources: Unicode categories Cf and Cc, EquivalentUnifiedIdeograph.txt (CJK radicals).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

NAMES = {
    0x00AD: "软连字符", 0x200B: "零宽空格", 0x200C: "零宽不连字", 0x200D: "零宽连字", 0x2060: "字连接符",
    0xFEFF: "字节顺序标记", 0x200E: "方向标记", 0x200F: "方向标记", 0x2028: "行分隔符", 0x2029: "段分隔符",
}  # fmt: skip
FILLERS = (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0)
SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
KEPT = "\t\n\r"
# radicals (U+2E80 …) without a decomposition of their own, each with the character it stands for
RADICALS = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺖忄⺗㣺⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺠民⺡氵⺢氺⺣灬⺤爫⺥爫"
    "⺦丬⺧牛⺨犭⺩王⺪疋⺫目⺬示⺭礻⺮竹⺯糹⺰纟⺱罓⺲罒⺳㓁⺶羊⺷羊⺹耂⺺肀⺻聿⺼肉⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角"
    "⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒镸⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟飠⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟"
    "⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龟⻲亀"
)
STROKES = dict(zip("エロカタニトハㄧ〡", "工口力夕二卜八一丨", strict=True))  # kana between Chinese characters


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Words put right: what was taken out, and what was put in place of what."""

    text: str
    unseen: tuple[str, ...] = ()
    replaced: tuple[tuple[str, str], ...] = ()


def _tables() -> tuple[dict[int, None], dict[int, str]]:
    unseen = {
        c: None
        for c in (
            *range(0x110),
            *range(0x600, 0x2100),
            *range(0xFE00, 0x10000),
            *range(0x1D000, 0x1D200),
            *range(0xE0000, 0xE0200),
        )
        if unicodedata.category(chr(c)) in ("Cf", "Cc", "Zl", "Zp") and chr(c) not in KEPT
    }
    unseen |= dict.fromkeys((*FILLERS, *SELECTORS))
    same = {ord(a): b for a, b in zip(RADICALS[::2], RADICALS[1::2], strict=True)}
    for block in (range(0x2E80, 0x2FE0), range(0xF900, 0xFB00), range(0x2F800, 0x2FA20)):
        for c in block:
            plain = unicodedata.normalize("NFKC", chr(c))
            if plain != chr(c) and len(plain) == 1:
                same[c] = plain
    return unseen, same


UNSEEN, SAME = _tables()
_ANY = frozenset(map(chr, (*UNSEEN, *SAME))) | frozenset(STROKES)


def name_of(char: str) -> str:
    """What a character that nobody sees is called."""
    return NAMES.get(ord(char), "看不见的字符") + f"（U+{ord(char):04X}）"


@lru_cache(maxsize=16384)
def cleaned(words: str) -> Cleaned:
    """Words without characters that nobody sees, with the characters that look-alikes stand for."""
    if (words.isascii() and words.isprintable()) or _ANY.isdisjoint(words):
        return Cleaned(words)
    unseen = tuple(dict.fromkeys(name_of(c) for c in words if ord(c) in UNSEEN))
    text = words.translate(UNSEEN)
    replaced = {c: SAME[ord(c)] for c in text if ord(c) in SAME}
    text = text.translate(SAME)
    for at in [k for k, c in enumerate(text) if c in STROKES and _among_chinese(text, k)]:
        replaced[text[at]] = STROKES[text[at]]
        text = text[:at] + STROKES[text[at]] + text[at + 1 :]
    return Cleaned(text, unseen, tuple(replaced.items()))


def plain(words: str) -> str:
    """Words as they compare: without what nobody sees, look-alikes as what they stand for."""
    return cleaned(words).text


def _among_chinese(text: str, at: int) -> bool:
    """Whether a letter stands between Chinese characters, and no word of another script is around."""
    around = [text[k] for k in (at - 1, at + 1) if 0 <= k < len(text)]
    return any("一" <= c <= "鿿" for c in around) and not any("\u3040" <= c <= "\u30ff" for c in around)
