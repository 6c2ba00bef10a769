"""What rules over words, forms and the finished document find (TX, FM, DC)."""

from __future__ import annotations

from generator.model.catalogue.entry import AGAIN, Entry
from generator.model.findings import Severity

EXPLAINED = "《地方预决算公开操作规程》：应当对增减变化情况作出说明"
FORM = "部门决算公开文本规范"
SCORE = "项目支出绩效评价管理办法（财预〔2020〕10号）"
SUBJECTS = "《政府收支分类科目》当年版"

ENTRIES = (
    # forms
    Entry(
        "FM-375a", Severity.INFO, "预算执行率得分与执行率不符",
        "“{name}”的预算执行率得分填 {actual}，按执行率计算为 {expected}。",
        "执行率得分满分10分，按执行数除以全年预算数计算，超过100%的按10分。",
        "得分由系统或人工评定的，可以不改。", SCORE,
    ),
    Entry(
        "FM-355", Severity.WARNING, "绩效自评项目的执行数大于项目支出",
        "各项目执行数合计 {executed}万元，大于公开03表项目支出 {spent}万元。",
        "自评项目的执行数是项目支出的一部分，合计不应超过项目支出。", "请核对附件与公开03表的项目支出。", FORM,
    ),
    Entry(
        "FM-340", Severity.WARNING, "年末车辆总数与公务用车保有量不一致",
        "年末车辆共{expected}辆，公务用车保有量{actual}辆，相差{difference}辆。",
        "资产情况里的车辆与“三公”经费里的保有量口径不同的，要说明差异。", "确实不一致的，请写明差异原因。", FORM,
    ),
    Entry(
        "FM-322", Severity.WARNING, "科目编码缺少上级科目", "{table}的{code}{name}缺少上级科目{parents}。",
        "项级科目应当有所属的款、类两级的行。", "请补上类、款两级科目的行。", "《政府收支分类科目》",
    ),
    Entry(
        "FM-322b", Severity.INFO, "科目名称与科目库不一致", "{table}的{code}写作“{actual}”，科目库为“{expected}”。",
        "编码相同而名称不同，多半是名称写错或编码填错。", AGAIN, SUBJECTS,
    ),
    Entry(
        "FM-320", Severity.WARNING, "金额异常", "“{name}”的全年执行数超过预算的一倍半，请核对。",
        "执行数远大于预算，多半是单位或位数填错。", AGAIN, "部门决算报表编制说明",
    ),
    Entry(
        "FM-323", Severity.INFO, "同一张表里空白和0.00混用", "{table}有{zeros}处填0、{blanks}处留空。",
        "同一张表里，没有发生的金额写法应当一致。", "没有发生的金额，全表留空或全表填0。", FORM,
    ),
    # the finished document
    Entry(
        "DC-341", Severity.ERROR, "印出的数字没有来源", "段落“{text}…”里的“{actual}”没有来源。",
        "文本里印出的数字，都要取自填报表或由填报表算出。", AGAIN, "每个数字都应取自表格",
    ),
    Entry(
        "DC-377", Severity.ERROR, "文档的部分、标题或报表不全", "{table}在文档里出现{count}次，应为一次。",
        "规定的部分、标题和报表都要有，报表各出现一次。", AGAIN, FORM,
        {"heading": "部分“{part}”没有标题。"},
    ),
    Entry(
        "DC-380", Severity.ERROR, "名词解释的编号不连续或词条重复", "名词“{term}”解释了{count}次。",
        "名词解释逐条编号，每个名词解释一次。", AGAIN, FORM,
        {"numbers": "名词解释的编号不连续。"},
    ),
    Entry(
        "DC-379", Severity.ERROR, "空表没有规定的说明", "{table}是空表，下面没有说明。",
        "没有数据的表也要公开，并在表下说明没有数据。", AGAIN,
        "《地方预决算公开操作规程》：没有数据的表格应当列出空表并说明",
    ),
    Entry(
        "DC-378", Severity.ERROR, "目录与标题不一致", "目录写作“{entry}”，标题为“{title}”。",
        "目录里的文字应当与正文的标题相同，可以缩短，不能另写。", AGAIN, FORM,
    ),
    # what people typed
    Entry(
        "TX-300", Severity.ERROR, "文档里还有待填的内容", "“{label}”还没有填写。",
        "文档里有一处要由填报表给出内容，现在还空着。", "请按提示填写完整。", FORM,
    ),
    Entry(
        "TX-363", Severity.ERROR, "分科目说明缺少用途或差异原因", "{subject}的“{label}”没有填写。",
        "逐个科目说明支出时，要写主要用途，与年初预算不同的要写原因。",
        "请在分科目说明的清单里为这个科目填写。", EXPLAINED,
        {"none": "{subject}没有填写{label}。"},
    ),
    Entry(
        "TX-364", Severity.ERROR, "决算数与年初预算数不一致而没有写原因",
        "{subject}的决算数与年初预算数不一致，请填写原因。",
        "决算数大于或小于年初预算数的，要说明原因。", AGAIN, EXPLAINED,
    ),
    Entry(
        "TX-365", Severity.ERROR, "需要说明的事项没有填写", "“{label}”没有填写。",
        "按填报的数，这一项与上年或年初预算不同，文本里要说明原因。",
        "请在“原因说明”表填写，只写原因本身，句末不加标点。", EXPLAINED,
    ),
    Entry(
        "TX-366", Severity.WARNING, "原因与增减方向不一致", "“{label}”：数字是{went}，原因的说法相反：“{text}”。",
        "数是增加的，原因只说了减少；或者相反。", "请核对原因和数字；确实如此的，可以写明理由后保留。", EXPLAINED,
    ),
    Entry(
        "TX-367", Severity.WARNING, "变动幅度大而原因过于笼统",
        "“{label}”：变动 {rate}%（超过 {limit}%），原因只写了“{text}”。",
        "变动很大时，“正常变动”“据实列支”一类的话不能说明问题。", "请写明具体的人员、项目或政策因素。", EXPLAINED,
    ),
    Entry(
        "TX-382", Severity.ERROR, "按填报情况应当填写的内容没有填写", "“{label}”没有填写。",
        "按别处填报的情况，这一项有内容，不能空着。", AGAIN, FORM,
    ),
    Entry(
        "TX-383", Severity.WARNING, "几处原因的文字完全相同", "{labels}的文字完全相同。",
        "几处不同的变动用了同一句原因，多半是复制后没有改。",
        "请分别说明各自的原因；确实相同的，可以写明理由后保留。", EXPLAINED,
    ),
    Entry(
        "TX-385", Severity.WARNING, "公开日期晚于批复后二十日",
        "批复日期 {approved}，公开日期 {published}，相隔{actual}日。",
        "部门应当在财政部门批复后二十日内公开。", AGAIN, "《预算法》第十四条",
    ),
    Entry(
        "TX-386", Severity.ERROR, "文字里有占位符", "“{label}”里有占位符“{actual}”。",
        "“XX”“待填”“……”一类的文字是留着以后填的，不能公开。", "请换成实际内容。", FORM,
    ),
    Entry(
        "TX-387", Severity.WARNING, "标点重复或括号引号不配对", "“{label}”里有重复的标点“{actual}”。",
        "两个标点连在一起，或者括号、引号只有一半。", AGAIN, FORM,
        {"pair": "“{label}”里的“{actual}”没有配对。"},
    ),
    Entry(
        "TX-388", Severity.WARNING, "没有回答的问题按没有写", "填报表里没有“{label}”这一项，成文按“{answer}”写。",
        "较早的填报表没有这个问题，或者金额留空没有填0；不填不等于没有，请核对成文的说法。",
        "请核对；与实际不同的，请换用新的填报表（juesuan new --from 原来的填报表）填写。确实没有的金额请填0。", FORM,
        {"amount": "{subject}的“{label}”留空，成文按没有写；确实没有的请填0。"},
    ),
    Entry(
        "TX-390", Severity.INFO, "原因里提到的年度不是本年或上年", "“{label}”里提到{actual}年。",
        "说明里提到较早的年度，多半是沿用了以前的文字。", "请核对是否沿用了以前年度的文字。", FORM,
    ),
    Entry(
        "TX-391", Severity.WARNING, "金额的数量级像是填错了",
        "“{label}”和应当相近的数相差约{ratio}倍，请核对单位和位数。",
        "本年与上年、决算与预算、清单与报表，应当相近的两个数差了十倍、百倍、万倍，多半是元和万元填混，或者多填、少填了一位。",
        "请核对表头的金额单位和这些数的位数；确实如此的，写明理由。", FORM,
        {
            "sheet": "“{sheet}”有{count}个数比应当相近的数{way}约{ratio}倍，整张表的金额单位像是填错了。",
            "total": "“{label}”和应当相近的数相差约{ratio}倍，单位或位数填错了。",
            "beyond": "“{label}”约是全部门总计的{ratio}倍，单位或位数填错了。",
            "large": "“{label}”约是全部门总计的{ratio}倍，请核对单位和位数。",
            "huge": "{label}超过十万亿元，请核对金额单位。",
            "several": "全部门总计约{amount}亿元，请核对金额单位是元还是万元。",
        },
        {"sheet": Severity.ERROR, "total": Severity.ERROR, "beyond": Severity.ERROR},
        explained=True,
    ),
    Entry(
        "TX-392", Severity.WARNING, "用了已经停用的科目名称", "“{label}”里的“{actual}”现在叫“{expected}”。",
        "科目改过名称，应当用当年的名称。", AGAIN, SUBJECTS,
        {"row": "{code}的名称“{actual}”现在叫“{expected}”。"},
    ),
    Entry(
        "TX-393", Severity.WARNING, "文字里有重复的字词", "“{label}”里有重复的字词“{actual}”。",
        "同一个字连写了两次，多半是多打了一个。", AGAIN, FORM,
    ),
    Entry(
        "TX-398", Severity.ERROR, "文字里有个人信息", "“{label}”里有身份证号 {number}。",
        "身份证号、个人电话不得公开。", "公开文本不得出现身份证号和个人电话，请删除。",
        "《个人信息保护法》；公开前应当删除个人信息",
        {"phone": "“{label}”里像有手机号 {number}。"},
        {"phone": Severity.WARNING},
    ),
)  # fmt: skip
