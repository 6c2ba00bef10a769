"""``python -m tools.proof.bench_batch``: many departments, beside what a user would pick instead.

One run: throughput of both PDF engines and of the other ways on the same documents of the usual size
(rounds by turns, medians), 40 and 400 departments of realistic spread, a large one, growth with rows,
memory, a second run with nothing changed, one template sentence changed.  ``--quick``: small counts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

from generator.batch import Plan, Step
from generator.batch import run_batch as run
from generator.batch.job import Outcome
from generator.batch.plan import Done
from generator.department import examine
from generator.packs import TEMPLATES
from generator.writers import paginate
from tools.made.departments import LARGE, USUAL, packs, write, write_many
from tools.made.departments_money import Size
from tools.proof import bench_others

ROOT = Path(__file__).resolve().parent.parent.parent
WORKERS = 2
LIMITS = {"typst": 1.8, "weasyprint": 0.4}


class Counts:
    """How much is measured."""

    def __init__(self, *, quick: bool) -> None:
        self.rounds = 1 if quick else 3
        self.typst, self.weasyprint, self.others = (6, 2, 2) if quick else (40, 10, 10)
        self.few, self.many = (4, 12) if quick else (40, 400)
        self.rows = (14, 60) if quick else (14, 60, 240, 520)


def flow(plan: Plan) -> tuple[Done, list[Outcome], float]:
    """A run; its outcomes in order; departments a second once the processes have started.

    The first outcomes of each process carry its start, so they are left out of the rate.
    """
    moments: list[tuple[float, Outcome]] = []

    def watch(step: Step) -> None:
        if step.outcome is not None:
            moments.append((step.seconds, step.outcome))

    done = run(plan, watch)
    first = min(plan.workers, len(moments) - 1)
    span = moments[-1][0] - moments[first - 1][0] if first > 0 else done.seconds
    return done, [o for _, o in moments], (len(moments) - first) / span if span > 0 else 0.0


def checked(done: Done) -> Done:
    bad = [o for o in done.outcomes.values() if o.state != "published"]
    if bad:
        raise RuntimeError(f"{len(bad)} departments: {bad[0].message or bad[0].findings[:1]}")
    return done


def copies(folder: Path, count: int, size: Size = USUAL) -> Path:
    """Departments of the usual size, of the pack with the largest documents."""
    write_many(folder, ["liaoning"], count, 1000, size, WORKERS)
    return folder


def throughput(home: Path, counts: Counts, say: Callable[[str], None]) -> dict[str, Any]:
    """Both engines and the other ways by turns, on documents of the usual size."""
    source = copies(home / "usual", max(counts.typst, counts.others))
    documents = []
    for folder in sorted(source.iterdir())[: counts.others]:
        document = examine(folder).document
        assert document is not None
        documents.append(document)
    pages = [paginate(d).total for d in documents]
    few = home / "usual-few"
    for folder in sorted(source.iterdir())[: counts.weasyprint]:
        shutil.copytree(folder, few / folder.name)
    rates: dict[str, list[float]] = {"typst": [], "weasyprint": []}
    others = list(bench_others.WAYS) if bench_others.available() else []
    if others:
        bench_others.prepare(documents, home / "others", WORKERS)
    for number in range(counts.rounds):
        say(f"第 {number + 1} 轮，共 {counts.rounds} 轮")
        for engine, folder in (("typst", source), ("weasyprint", few)):
            plan = Plan(folder, home / f"out-{engine}-{number}", pdf_engine=engine, workers=WORKERS)
            done, _, rate = flow(plan)
            checked(done)
            rates[engine].append(rate)
            shutil.rmtree(plan.output)
        for name in others:
            rates.setdefault(name, []).append(bench_others.rate(name, documents, home / "others", WORKERS))
    return {
        "pages": statistics.median(pages),
        "rates": {k: statistics.median(v) for k, v in rates.items()},
        "all": rates,
    }


def spread(home: Path, counts: Counts, say: Callable[[str], None]) -> dict[str, Any]:
    """Few and many departments of realistic spread; then nothing changed; then one sentence changed.

    The few are spread evenly over the many, and run before and after them: neither a lucky choice nor
    a machine that gets slower meanwhile shall look like growth.
    """
    templates = home / "templates"
    shutil.copytree(TEMPLATES, templates)
    say(f"{counts.many} 个部门：生成填报表")
    every, some = home / "spread-many", home / "spread-few"
    write_many(every, packs(), counts.many, 0, None, WORKERS)
    folders, step = sorted(every.iterdir()), counts.many // counts.few
    for number in range(counts.few):
        folder = folders[number * step + number % step]
        shutil.copytree(folder, some / folder.name)
    out: dict[str, Any] = {}
    for count, folder, name in ((counts.few, some, "first"), (counts.many, every, "many"), (counts.few, some, "last")):
        say(f"{count} 个部门：批量生成")
        plan = Plan(folder, home / f"out-{name}", packs=templates, workers=WORKERS)
        done, outcomes, rate = flow(plan)
        checked(done)
        if name == "last":
            out[str(count)]["rates"].append(rate)
            continue
        peak = [o.megabytes for o in outcomes]
        out[str(count)] = {
            "seconds": done.seconds,
            "each": done.seconds / count,
            "rates": [rate],
            "peak_mb": max(peak),
            "first_half_mb": max(peak[: count // 2]),
            "second_half_mb": max(peak[count // 2 :]),
        }
        start = perf_counter()
        again = run(plan)
        out[str(count)]["again"] = (perf_counter() - start) / count
        if again.ran:
            raise RuntimeError("something was done twice")
    out["sentence"] = sentence(Plan(every, home / "out-many", packs=templates, workers=WORKERS), templates)
    return out


def sentence(plan: Plan, templates: Path) -> dict[str, Any]:
    """One sentence of one pack changed: how many are looked at, how many are rendered."""
    file = templates / "liaoning" / "narrative" / "2-部门决算情况说明.j2"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("@@ fund.none\n", "@@ fund.none\n经核对，", 1), encoding="utf-8")
    done = checked(run(plan))
    rendered = sum(done.outcomes[k].fresh for k in done.ran)
    return {
        "seconds": done.seconds,
        "looked_at": len(done.ran),
        "rendered": rendered,
        "departments": len(done.outcomes),
    }


def growth(home: Path, counts: Counts) -> list[dict[str, Any]]:
    """One document with ever more rows, in one process."""
    out = []
    for items in counts.rows:
        folder = write(home / f"rows-{items}", "liaoning", 2000, replace(USUAL, items=items))
        document = examine(folder).document
        assert document is not None
        plan = Plan(folder.parent, home / f"out-rows-{items}", workers=1)
        done = checked(run(plan))
        outcome = next(iter(done.outcomes.values()))
        rows = sum(len(t.body) for t in document.tables())
        out.append(
            {"rows": rows, "pages": paginate(document).total, "seconds": outcome.seconds, "mb": outcome.megabytes}
        )
    return out


def large(home: Path) -> dict[str, Any]:
    """The department of 60 units and 600 rows by subject."""
    folder = write(home / "large", "liaoning", 3000, LARGE)
    done = checked(run(Plan(folder.parent, home / "out-large", workers=1)))
    outcome = next(iter(done.outcomes.values()))
    document = examine(folder).document
    assert document is not None
    rows = max(len(t.body) for t in document.tables())
    return {
        "units": LARGE.units,
        "rows": rows,
        "pages": paginate(document).total,
        "seconds": outcome.seconds,
        "mb": outcome.megabytes,
    }


def cold(home: Path) -> dict[str, float]:
    """The whole command for one department, in a process of its own."""
    folder = write(home / "cold", "liaoning", 1000, USUAL)
    out = {}
    for engine in ("typst", "weasyprint"):
        seconds = []
        for number in range(3):
            command = [sys.executable, "-m", "generator", "build", str(folder), "--format", "docx,pdf,xlsx"]
            command += ["--pdf-engine", engine, "--out", str(home / f"cold-{engine}-{number}")]
            start = perf_counter()
            subprocess.run(
                command, cwd=ROOT, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
            )
            seconds.append(perf_counter() - start)
        out[engine] = statistics.median(seconds)
    return out


def table(result: dict[str, Any]) -> list[str]:
    """The result as lines."""
    rates = result["throughput"]["rates"]
    lines = [
        f"每秒几个部门（{WORKERS} 个进程，读取、检查、Word、PDF、Excel；约 {result['throughput']['pages']:.0f} 页；各轮的中位数）"
    ]
    for engine, name in (("typst", "juesuan，Typst"), ("weasyprint", "juesuan，WeasyPrint")):
        lines.append(f"  {name:<34}{rates[engine]:8.2f}   （要求 ≥ {LIMITS[engine]}）")
    for name in bench_others.WAYS:
        if name in rates:
            lines.append(
                f"  {name:<34}{rates[name]:8.2f}   （Typst 是它的 {rates['typst'] / rates[name]:.1f} 倍；它只有 Word 和 PDF）"
            )
    counts = [k for k in result["spread"] if k != "sentence"]
    lines.append("大小不一的部门（全部决算模板包，Typst）")
    for count in counts:
        s = result["spread"][count]
        lines.append(
            f"  {count:>4} 个  {s['seconds']:8.1f} 秒，每个 {s['each']:.3f} 秒；进程内存最高 {s['peak_mb']} MB（前一半 {s['first_half_mb']}，后一半 {s['second_half_mb']}）；"
            f"没有变化时再运行，每个 {s['again'] * 1000:.1f} 毫秒"
        )
    few, many = (result["spread"][c] for c in counts)
    before, after = few["rates"]
    ratio = statistics.harmonic_mean([before, after]) / many["rates"][0]
    lines.append(
        f"  启动之后每秒：{counts[0]} 个 {before:.2f}，{counts[1]} 个 {many['rates'][0]:.2f}，再 {counts[0]} 个 {after:.2f}；每个用时之比 {ratio:.3f}（要求 0.9–1.1）"
    )
    s = result["spread"]["sentence"]
    lines.append(
        f"改一句模板：看了 {s['looked_at']} 个，重新生成 {s['rendered']} 个（共 {s['departments']} 个），{s['seconds']:.1f} 秒"
    )
    lines.append("一个部门，行数增加（Typst，一个进程）")
    lines += [
        f"  {g['rows']:>5} 行，{g['pages']:>4} 页  {g['seconds']:6.2f} 秒，{g['mb']} MB" for g in result["growth"]
    ]
    g = result["large"]
    lines.append(
        f"  {g['units']} 个单位，最长的表 {g['rows']} 行，{g['pages']} 页  {g['seconds']:.2f} 秒，{g['mb']} MB"
    )
    lines.append("整条命令（新进程）：" + "，".join(f"{k} {v:.2f} 秒" for k, v in result["cold"].items()))
    return lines


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="批量生成测速")
    parser.add_argument("--quick", action="store_true", help="少量部门，两分钟以内")
    parser.add_argument("--rounds", type=int, default=0, help="每种做法轮几遍（默认 3，--quick 时 1）")
    options = parser.parse_args(arguments)
    os.environ["JUESUAN_CACHE"] = ""  # no parts of the PDF kept from an earlier round
    counts = Counts(quick=options.quick)
    counts.rounds = options.rounds or counts.rounds

    def say(text: str) -> None:
        print(f"… {text}", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="juesuan-bench-") as folder:
        home = Path(folder)
        result: dict[str, Any] = {
            "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]}
        }
        result["throughput"] = throughput(home, counts, say)
        result["spread"] = spread(home, counts, say)
        say("行数增加、大部门、新进程")
        result["growth"] = growth(home, counts)
        result["large"] = large(home)
        result["cold"] = cold(home)
    for line in table(result):
        print(line)
    out = ROOT / "output" / ("bench-batch-quick.json" if options.quick else "bench-batch.json")
    out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"结果存入 {out.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
