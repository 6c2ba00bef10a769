"""What a 填报表 says of itself: names of sheets, heads, the word of assent.  Read and written by the same words."""

from __future__ import annotations

STAMP = "_juesuan"
LISTS = "_科目"
REASONS = "原因说明"
GUIDE = "填报说明"
LIVE = "勾稽"
ERRORS = "错误清单"
UNIT_SHEET = "基本信息"
FORM_UNIT = "金额单位（全表）"
UNIT_LABEL = "金额单位"
SUBJECT_ROWS = 80
FIELD_HEAD = ("项目", "填写内容", "单位", "说明")
REASON_HEAD = ("序号", "需要说明的事项", "计算结果", "说明文字（填写）", "填写要求", "草稿（程序起草）", "采用草稿")
ACCEPT = "采用"
NUMBER_TYPES = ("amount", "count", "number", "percent")
