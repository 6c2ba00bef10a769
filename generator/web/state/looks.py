"""Who looked at what: one line of the log for each person, department, page and day; every download that was the first of its day."""

from __future__ import annotations

import threading

from generator.web.state.accounts import User
from generator.web.state.database import Database, now

PAGES = {
    "": "概况",
    "fill": "填报",
    "findings": "问题",
    "reasons": "原因",
    "pictures": "图",
    "preview": "预览",
    "versions": "版本",
    "compare": "对照",
    "review": "审核",
}
FILES = {
    "workbook.xlsx": "填报表",
    "workbook": "填报表",
    "marked.xlsx": "标注的填报表",
    "files/{name}": "公开文本",
    "drafts/{name}": "草稿",
    "documents/{form}": "生成的文件",
    "versions/{version}.xlsx": "以前的填报表",
    "bundle.zip": "封存的文件",
    "redline.docx": "修订对照",
    "notice.docx": "更正说明",
}


class Looks:
    """What has been noted today, so that a page that is opened often makes one line."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._lock = threading.Lock()
        self._day, self._noted = "", set[tuple[str, int, str]]()

    def note(self, user: User, department: int, path: str) -> None:
        """``path``: the address as its route has it."""
        _, _, rest = path.partition("{number}")
        what = rest.strip("/")
        word = FILES.get(what) or PAGES.get(what)
        if word is None:
            return
        key, today = (user.name, department, what), now()[:10]
        with self._lock:
            if self._day != today:
                self._day, self._noted = today, set()
            if key in self._noted:
                return
            self._noted.add(key)
        self.database.log(user.name, "下载" if what in FILES else "查看", word, department)
