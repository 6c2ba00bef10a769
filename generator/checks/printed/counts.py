"""A count against what it counts: 4个处室，分别是…；A、B等7个项目；7个项目 and the seven paragraphs below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.checks.printed.blocks import Remark, Said, parts_of
from generator.checks.printed.lists import items_after

HAN = "\u4e00-\u9fff"
NAMED = re.compile(
    rf"(\d{{1,3}})[个家项]([{HAN}（）]{{0,10}})[，,]?(?:分别是|分别为|包括|具体为|即)[：:]?([^。；：\n]{{2,600}})"
)
SO_MANY = re.compile(rf"等(\d{{1,3}})[个家项](?=[{HAN}])")
BELOW = re.compile(
    rf"(\d{{1,3}})[个家项][{HAN}]{{0,12}}(?:项目|单位|处室|机构|部门)[{HAN}]{{0,14}}(?:结果|如下|包括|情况|分别[是为])[。：]?$"
)
OPENING = re.compile(r"^.*?(?:反映|包括|分别是|分别为|包含|有|为|即|对)(?=.)")
LAST = re.compile(r"以及|和|及|与|，")


def counts(blocks: Sequence[Said]) -> Iterator[Remark]:
    """Every count that does not fit the names beside it or the paragraphs below it."""
    for run in parts_of(blocks):
        for at, block in enumerate(run):
            yield from _beside(block)
            below = BELOW.search(block.text)
            items = tuple(items_after(run, at)) if below else ()
            if below and items and len(items) != int(below[1]) and block.text[:1] != items[0].text[:1]:
                words = {"count": int(below[1]), "found": len(items)}
                yield Remark(block, below.start(), below.end(), "DC-412/below", words, items)


def _beside(block: Said) -> Iterator[Remark]:
    for found in NAMED.finditer(block.text):
        count, names = int(found[1]), found[3]
        if re.search(r"\d(?:万元|元|%|[个人辆])", names) or ("、" not in names and count > 2):
            continue
        fewer, most = _number(names)
        wrong = most > count if names.rstrip("，").endswith("等") else not fewer <= count <= most
        if wrong:
            words = {"count": count, "found": fewer, "names": names[:60]}
            yield Remark(block, found.start(), found.end(), "DC-412", words)
    for found in SO_MANY.finditer(block.text):
        start = max(block.text.rfind(s, 0, found.start()) for s in "，。；：") + 1
        first, *more = block.text[start : found.start()].split("、")
        names = [OPENING.sub("", first), *more]
        count = int(found[1])
        if len(names) > count:
            words = {"count": count, "found": len(names), "names": "、".join(names)[:60]}
            yield Remark(block, start, found.end(), "DC-412", words)


def _number(names: str) -> tuple[int, int]:
    """How many names: divided by 、 alone, and by 和 and its like too (which a name may hold)."""
    bare = re.sub(r"等$", "", names.strip("，"))
    fewer = len([n for n in bare.split("、") if n.strip()])
    return fewer, fewer + len(LAST.findall(bare))
