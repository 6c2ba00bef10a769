"""What is wrong in the finished text, read as its readers read it (DC-4xx)."""

from __future__ import annotations

from generator.model.catalogue.entry import Entry
from generator.model.findings import Severity

READ = "公开的文字应当完整、通顺；逐句核对成文，不论文字从哪里来"
ADDS = "公开的数字应当前后一致、合计与分项相符"
FILL = "请把缺少的内容填到列出的单元格；没有这项内容的，请按实际情况选择或写明。"
SOURCE = "请在列出的单元格里改正；没有列出单元格的，是模板的文字，请告诉维护人员。"
SCORE = "项目支出绩效评价管理办法（财预〔2020〕10号）"

ENTRIES = (
    Entry(
        "DC-401", Severity.ERROR, "句子缺少内容", "“{where}”：“{quote}”，这里{what}。",
        "句子里“是”“为”“包括”“用于”“其中”一类的话后面没有内容，或者缺少金额、比例、数量。", FILL, READ,
        {
            "zero": "“{where}”：“{quote}”，这里{what}。",
            "end": "“{where}”：“{quote}”，这句话没有写完。",
        },
    ),
    Entry(
        "DC-402", Severity.ERROR, "连接的话重复", "“{where}”：“{quote}”，“{said}”{what}。",
        "模板已经写了“主要原因是”“等”一类的话，填写的文字里又写了一遍，或者连得不通。",
        "请只写内容本身，不写“主要原因是”“主要是”“等”这些模板已有的话。", READ,
        {"first": "“{where}”：“{quote}”，{what}。"},
    ),
    Entry(
        "DC-403", Severity.ERROR, "标点重复或位置不对", "“{where}”：“{quote}”，{what}。",
        "两个标点连在一起，或者标点出现在句首、括号里的开头和结尾。", SOURCE, READ,
        {"stop": "“{where}”：“{quote}”，{what}。"},
        {"stop": Severity.INFO},
    ),
    Entry(
        "DC-404", Severity.ERROR, "括号或引号不配对", "“{where}”：“{quote}”，{said}{what}。",
        "括号、引号、书名号只有一半，或者重复。", SOURCE, READ,
    ),
    Entry(
        "DC-405", Severity.ERROR, "表样的说明或占位的文字没有删去", "“{where}”：“{quote}”，“{said}”{what}。",
        "表样里提示填写的话、柱状图的位置、XX、待填、目录代码等，不能公开。", "请换成实际内容，或者删去。", READ,
    ),
    Entry(
        "DC-406", Severity.ERROR, "备选的说法没有选定", "“{where}”：“{quote}”，{what}。",
        "“增加（减少）”一类备选的话要选定一种；一句话里不能既写增减又写持平。", SOURCE, READ,
        {"both": "“{where}”：“{quote}”，{what}。"},
    ),
    Entry(
        "DC-407", Severity.WARNING, "字词重复", "“{where}”：“{quote}”，“{said}”{what}。",
        "同一个字词连写了两次，多半是多打了一遍。", SOURCE, READ,
    ),
    Entry(
        "DC-411", Severity.ERROR, "合计与分项不符",
        "“{where}”：“{label}”写的是 {whole}，各分项 {parts} 相加为 {sum}，差 {gap}。",
        "“其中”“包括”“共计”和逐条列出的分项，相加应当等于合计（四舍五入以内）。",
        "请核对合计与分项；只列出一部分的，请写明“主要包括”或在末尾写“等”。", ADDS,
        {"over": "“{where}”：其中的 {parts} 大于“{label}”{whole}。"},
    ),
    Entry(
        "DC-412", Severity.ERROR, "写明的个数与列出的不符", "“{where}”：“{quote}”，写的是{count}个，列出的有{found}个。",
        "写明的个数应当与列出的名称、段落的个数相同。", "请核对个数和列出的名称。", ADDS,
        {"below": "“{where}”：“{quote}”，写的是{count}个，下面列出的有{found}个。"},
    ),
    Entry(
        "DC-413", Severity.ERROR, "比例与金额不符",
        "“{where}”：“{quote}”，按 {part} 和 {whole} 计算应为 {expected}，写的是 {actual}。",
        "增减率、完成率、占比应当由同一句话里的金额算出（四舍五入以内）。", "请核对金额和比例。", ADDS,
        dict.fromkeys(("growth", "completion", "difference", "share"), "“{where}”：“{quote}”，按 {part} 和 {whole} 计算应为 {expected}，写的是 {actual}。"),
    ),
    Entry(
        "DC-414", Severity.WARNING, "自评表的分值、得分不符", "“{where}”：{what}写的是 {actual}，按各项计算为 {expected}。",
        "自评表各项分值合计为100分，得分小计、总得分等于各项之和，每项得分不大于分值。", "请核对自评表的分值和得分。", SCORE,
        {
            "above": "“{where}”：得分 {actual} 大于分值 {points}。",
            "points": "“{where}”：{what}合计为 {actual}，应为 {expected}。",
        },
    ),
    Entry(
        "DC-415", Severity.WARNING, "自评表不完整", "“{where}”没有一条有分值和得分的指标。",
        "公开的自评表应当有目标、完成情况和绩效指标，只有表头的不完整。", "请把这张自评表填写完整。", SCORE,
        {"goal": "“{where}”的“{head}”是空的。"},
    ),
)  # fmt: skip
