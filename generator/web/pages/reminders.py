"""Who has not published yet: a text to paste, and the last days as a calendar (RFC 5545)."""

from __future__ import annotations

from datetime import date, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from generator.web.pages.base import Bench, Who, Workbench, attachment, render, whole
from generator.web.state.accounts import User
from generator.web.state.departments import Department

router = APIRouter(include_in_schema=False)
SOON = 10  # days


def waiting(bench: Workbench, user: User, year: int) -> list[Department]:
    """Departments that have a last day and have not published, the most overdue first."""
    found = [
        d for d in bench.departments.visible(user, year=year) if d.stage != "published" and d.days_left is not None
    ]
    return sorted(found, key=lambda d: (d.deadline, d.name))


def line(d: Department) -> str:
    """One department in words that can be sent."""
    left = d.days_left or 0
    when = f"已过 {-left} 天" if left < 0 else "今天到期" if not left else f"还有 {left} 天"
    return f"{d.name}：{d.year}年度部门{d.kind}应当在 {d.deadline} 以前公开，{when}，现在是“{d.state}”。"


def calendar(departments: list[Department], today: date) -> bytes:
    """A day for each deadline, with a reminder three days before."""
    out = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//juesuan//reminders//ZH", "CALSCALE:GREGORIAN"]
    for d in departments:
        day = date.fromisoformat(d.deadline)
        out += [
            "BEGIN:VEVENT",
            f"UID:juesuan-{d.id}-{d.deadline}",
            f"DTSTAMP:{today:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(f'{d.name}{d.year}年度部门{d.kind}公开截止')}",
            f"DESCRIPTION:{_escaped(line(d))}",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "TRIGGER:-P3D",
            f"DESCRIPTION:{_escaped(f'{d.name}公开截止')}",
            "END:VALARM",
            "END:VEVENT",
        ]
    out.append("END:VCALENDAR")
    return "".join(_folded(words) + "\r\n" for words in out).encode()


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(text.split())


def _folded(words: str) -> str:
    """A line of at most 75 bytes; what follows goes on below behind a blank."""
    parts, size = [""], 0
    for letter in words:
        wide = len(letter.encode())
        if size + wide > 74:
            parts.append("")
            size = 1
        parts[-1] += letter
        size += wide
    return "\r\n ".join(parts)


@router.get("/reminders")
def reminders(request: Request, bench: Bench, user: Who) -> Response:
    rows = waiting(bench, user, whole(request.query_params.get("year", "")))
    late = [line(d) for d in rows if (d.days_left or 0) < 0]
    soon = [line(d) for d in rows if 0 <= (d.days_left or 0) <= SOON]
    return render(request, "reminders.html", late=late, soon=soon, later=len(rows) - len(late) - len(soon), days=SOON)


@router.get("/reminders.ics")
def reminders_calendar(request: Request, bench: Bench, user: Who) -> Response:
    rows = waiting(bench, user, whole(request.query_params.get("year", "")))
    return attachment(calendar(rows, date.today()), "公开截止日期.ics", "text/calendar; charset=utf-8")
