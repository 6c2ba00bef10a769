"""Wording that people changed in the Word file (ED)."""

from __future__ import annotations

from generator.model.catalogue.entry import Entry
from generator.model.findings import Severity

ENTRIES = (
    Entry(
        "ED-101", Severity.ERROR, "改写与新生成的文字冲突",
        "{who}改写的文字与现在生成的文字有冲突。改写：{person}；现在生成：{now}{others}；当时生成：{base}",
        "改写以后，同一处文字又因为填报表改变而重新生成，两种说法不能同时用。",
        "请用 juesuan edits 部门 --decide 编号 person（采用改写）或 generated（采用生成）确定，编号由 juesuan edits 部门 列出。",
    ),
    Entry(
        "ED-102", Severity.ERROR, "文表不符：文本里的数被手工改动",
        "文表不符{where}：{who}在文本里把 {generated} 改成了 {actual}，按填报表应为 {expected}；公开的是填报表的 {expected}。",
        "文本里的数都取自填报表，只在文本里改会使文字与报表不一致。",
        "数对的是文本，请改填报表；数对的是填报表，请用 juesuan edits 部门 --decide 编号 person 确认，编号由 juesuan edits 部门 列出。",
    ),
    Entry(
        "ED-103", Severity.WARNING, "改写的段落不再生成",
        "{who}改写过的一段现在不再生成，没有放进文本：{text}",
        "填报表改变后，这一段不再出现。", "文字仍保存在 edits 里；如仍需要，请写到别的段落。",
        cases={"place": "{who}移动过的一段找不到原来跟着的段落，放在原处：{text}"},
    ),
    Entry(
        "ED-104", Severity.WARNING, "改写的文字里有没有出处的数", "{who}改写的文字里有没有出处的数：{numbers}。",
        "手工写进文字的数不在填报表里，填报表改变时不会跟着变。",
        "这些数不会随填报表变动，请核对；正式公开（--final）不能有没有出处的数。",
    ),
    Entry(
        "ED-105", Severity.WARNING, "有段落被删去", "{who}删去了这一段：{text}",
        "在 Word 里删去的段落不再公开。", "请确认按规定可以不公开这一段。",
    ),
    Entry(
        "ED-106", Severity.INFO, "有段落被改写", "{who}改写了这一段：{text}",
        "在 Word 里改写的文字取代了生成的文字。", "数字仍随填报表变动，文字以改写的为准。",
        cases={"added": "{who}增加了一段：{text}"},
    ),
    Entry(
        "ED-107", Severity.ERROR, "改写文件已损坏", "改写的文字 {file} 读不出来：{why}",
        "保存改写的文件被改坏了，里面的文字没有放进文本。",
        "请从“旧稿”或版本记录中恢复这个文件；不要的，请移走。",
    ),
    Entry(
        "ED-108", Severity.WARNING, "表里的文字被手工改动",
        "{who}在表里把“{generated}”改成了“{typed}”{where}，没有采用。",
        "文档里的表由填报表生成。", "表里的内容来自填报表，请在填报表的这一格修改。",
    ),
    Entry(
        "ED-109", Severity.WARNING, "文本的结构被手工改动", "{who}{typed}{where}，没有采用。",
        "报表、标题、封面、目录不从 Word 里取。", "报表、标题和封面由填报表和模板包决定，请在填报表里修改。",
    ),
)  # fmt: skip
