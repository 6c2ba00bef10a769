"""What is found in a published document of anybody (SH): its tables, its sentences against them, its form."""

from __future__ import annotations

from generator.model.catalogue.entry import Entry
from generator.model.findings import Severity

FORM = "《地方预决算公开操作规程》（财预〔2016〕143号）；部门预算、决算公开文本格式"
TABLES = "部门决算报表、部门预算报表编制说明"
LOOK = "请核对原文和报表，改正后重新公开。"
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

ENTRIES = (
    # ------------------------------------------------------------------ tables
    Entry(
        "SH-101", ERROR, "报表里的合计与分项不符", "《{table}》{what}：印的是 {actual}，按分项应为 {expected}，差 {difference}{unit}。",
        "报表里的合计要等于它的各个分项之和，允许的误差由印出的位数决定。", LOOK, TABLES,
        cases={"sides": "《{table}》{what}：一边是 {actual}，另一边是 {expected}，差 {difference}{unit}。"},
    ),
    Entry(
        "SH-102", ERROR, "报表里有一个数使几个关系不成立",
        "《{table}》{what}印的是 {actual}，按与它有关的{count}个关系应为 {expected}，差 {difference}{unit}：{sums}。",
        "几个不成立的关系都要求同一个数作同样的改动，先指出这个数。", LOOK, TABLES,
        cases={"several": "《{table}》下列各数中有一个差 {difference}{unit}，使{count}个关系不成立：{what}；{sums}。"},
    ),
    Entry(
        "SH-103", ERROR, "报表里的一段金额错了行",
        "《{table}》“{column}”从“{first}”到“{last}”共{count}行，与{other}逐行比较，都{way}了{by}行。",
        "一列金额整段上移或下移，逐行看每个数都错，其实只错了一处。", "请把这一段金额移回原来的行。", TABLES,
    ),
    Entry(
        "SH-104", INFO, "四舍五入形成的尾差", "《{table}》有{count}处合计与分项差在最后一位（最大 {difference}{unit}），在四舍五入允许的范围内。",
        "金额换算成万元后，合计与分项可以差最后一位。", "不影响公开。", TABLES,
    ),
    Entry(
        "SH-105", ERROR, "两张表里同一个数不一致",
        "{name}：《{table}》是 {actual}{unit}，《{other}》是 {expected}{other_unit}，差 {difference}{unit}。",
        "同一个数在几张表里都出现时，应当相同。", LOOK, TABLES,
    ),
    Entry(
        "SH-106", WARNING, "同一张表里科目编码重复", "《{table}》的科目编码{code}出现了{count}次。",
        "同一张表里，一个科目只应占一行。", LOOK, TABLES,
    ),
    Entry(
        "SH-107", WARNING, "科目编码与名称对不上", "《{table}》{code}印作“{actual}”，科目库里是“{expected}”。",
        "编码和名称各说一个科目，有一个错了。", LOOK, "《政府收支分类科目》",
    ),
    Entry(
        "SH-108", ERROR, "金额单位标错了",
        "《{table}》标的单位是{unit}，而它的{name}“{actual}”与《{other}》（{other_unit}）的“{expected}”数字相同，单位却不同。",
        "同一个数按元和按万元印出来相差一万倍；数字相同而单位不同，有一张表的单位标错了。", "请改正表头的金额单位。", TABLES,
    ),
    Entry(
        "SH-109", WARNING, "报表没有写明金额单位", "《{table}》没有写金额单位，没有核对它的金额。",
        "每张有金额的表都要写明单位是元还是万元。", "请在表头写明金额单位。", FORM,
    ),
    Entry(
        "SH-110", WARNING, "报表里有读不准的数", "《{table}》{what}印作“{actual}”，读不准是什么数，有关的关系没有核对。",
        "一格里有两个数、数字中间断开等，不能判断它是多少。", "请看一下这一格。", TABLES,
    ),
    # ------------------------------------------------------------------ amounts in the text
    Entry(
        "SH-201", ERROR, "正文里的金额与报表不符", "“{said}”：{name}写的是 {actual}，《{table}》“{cell}”是 {expected}，差 {difference}万元。",
        "正文里的每个金额都要等于报表里的那一格（按印出的位数四舍五入）。", LOOK, FORM,
        cases={
            "none": "“{said}”：{name}写的是 {actual}，《{table}》里这一格是空白。",
            "zero": "“{said}”：{name}写的是 {actual}，而《{table}》“{cell}”是 {expected}。",
        },
    ),
    Entry(
        "SH-202", WARNING, "正文里的金额与报表差最后一位", "正文有{count}个金额与报表差最后一位：{what}。",
        "报表按元印的，正文应为四舍五入的结果；为了使分项相加等于合计而调整的，可以不改。",
        "请核对是否有意调整尾数。", FORM,
    ),
    Entry(
        "SH-203", WARNING, "正文里的科目在报表里没有", "“{said}”：报表里没有“{actual}”这个科目{near}。",
        "正文说到的科目，编码和名称都应当在报表里。", LOOK, FORM,
    ),
    Entry(
        "SH-204", WARNING, "报表里的科目正文没有说到", "《{table}》有{count}个项级科目正文没有说到：{what}。",
        "逐项说明支出的，报表里的每个项级科目都应当说到。", LOOK, FORM,
    ),
    Entry(
        "SH-205", ERROR, "同一个数前后不一致", "{name}前面写的是 {expected}（“{before}”），这里写的是 {actual}（“{said}”）。",
        "同一个数在一份文本里只能有一个值。", LOOK, FORM,
        cases={"doubt": "{name}前面写的是 {expected}（“{before}”），这里写的是 {actual}（“{said}”），请核对是不是同一个数。"},
        severities={"doubt": WARNING},
    ),
    # ------------------------------------------------------------------ arithmetic in the text
    Entry(
        "SH-211", ERROR, "增减率算得不对", "“{said}”：{sum}，应为 {expected}，写的是 {actual}。",
        "增减率等于增减额除以上年数（或预算数）；按印出的数算，允许的误差由印出的位数决定。", LOOK, FORM,
        cases={"missing": "“{said}”：增减率没有写数。"},
    ),
    Entry(
        "SH-212", ERROR, "增减的说法与数字相反", "“{said}”：{sum}，却写成“{actual}”。",
        "增加、减少、持平要与前后两个数的大小一致。", LOOK, FORM,
    ),
    Entry(
        "SH-213", ERROR, "占比算得不对", "“{said}”：{sum}，应为 {expected}，写的是 {actual}。",
        "占比等于这一项除以总数；按印出的数算，允许的误差由印出的位数决定。", LOOK, FORM,
        cases={"over": "“{said}”：写的占比是 {actual}，超过了 100%。"},
    ),
    Entry(
        "SH-214", ERROR, "完成率、差异率算得不对", "“{said}”：{sum}，应为 {expected}，写的是 {actual}。",
        "完成率等于决算数除以预算数，差异率等于两者之差除以预算数。", LOOK, FORM,
        cases={"way": "“{said}”：{sum}，却说决算数{actual}预算数。"},
    ),
    Entry(
        "SH-215", ERROR, "一句话里的分项与总数不符", "“{said}”：{name}是 {expected}，分项相加是 {actual}，差 {difference}{unit}。",
        "“其中”“包括”后面列全了的分项，相加要等于前面的总数。", LOOK, FORM,
        cases={"list": "{name}是 {expected}，正文逐项列的{count}项相加是 {actual}，差 {difference}万元。"},
    ),
    Entry(
        "SH-216", ERROR, "个数与列出的不符", "“{said}”：写的是{expected}，列出来的是{actual}。",
        "正文里的个数，要与后面列出来的名单或分项一致。", LOOK, FORM,
        cases={"doubt": "“{said}”：写的是{expected}，列出来的是{actual}，请核对。"},
        severities={"doubt": WARNING},
    ),
    Entry(
        "SH-217", ERROR, "增加额比现在的数还大", "“{said}”：现在是 {expected}，却说比以前增加了 {actual}。",
        "增加额不会大于现在的数，除非以前是负数。", LOOK, FORM,
    ),
    Entry(
        "SH-218", WARNING, "表里没有数而正文有，或相反", "“{said}”：{sum}。",
        "说“没有”“无”的，报表里不应有数；报表里有数的，不能说没有。", LOOK, FORM,
    ),
    # ------------------------------------------------------------------ who and when
    Entry(
        "SH-221", ERROR, "年度写错", "“{said}”：这份文本是{expected}年度的，这里写的是{actual}年。",
        "封面、标题、表头和正文说的应当是同一个年度。", LOOK, FORM,
        cases={
            "base": "“{said}”：应当与{expected}年相比，写的是{actual}年。",
            "doubt": "“{said}”：这份文本是{expected}年度的，这里写的是{actual}年，请核对。",
        },
        severities={"doubt": WARNING},
    ),
    Entry(
        "SH-222", ERROR, "出现别的部门的名称", "“{said}”：这份文本是“{expected}”的，这里写的是“{actual}”。",
        "套用别的部门的文本，名称没有改全。", LOOK, FORM,
        cases={"doubt": "“{said}”：这份文本是“{expected}”的，这里写的是“{actual}”，请核对。"},
        severities={"doubt": WARNING},
    ),
    Entry(
        "SH-223", WARNING, "部门、单位的说法不一致", "“{said}”：这份文本是{expected}的，这里写作“{actual}”。",
        "部门公开的写“本部门”，单位公开的写“本单位”，全文一致。", LOOK, FORM,
    ),
    Entry(
        "SH-224", ERROR, "决算写成预算，或预算写成决算", "“{said}”：这份文本是{expected}，这里写作“{actual}”。",
        "套用预算（决算）的文本，说法没有改全。", LOOK, FORM,
        cases={"doubt": "“{said}”：这份文本是{expected}，这里写作“{actual}”，请核对。"},
        severities={"doubt": WARNING},
    ),
    Entry(
        "SH-225", WARNING, "用了已经停用的科目名称", "“{said}”：“{actual}”现在叫“{expected}”。",
        "政府收支分类科目改了名称的，应当用当年的名称。", LOOK, "《政府收支分类科目》当年版",
    ),
    # ------------------------------------------------------------------ parts of the document
    Entry(
        "SH-231", WARNING, "目录与正文的标题不一致", "目录写“{actual}”，正文的标题是“{expected}”。",
        "目录里的每一条都应当是正文的一个标题，文字相同。", "请更新目录。", FORM,
        cases={
            "none": "目录里有“{actual}”，正文没有这个标题。",
            "missing": "正文有标题“{actual}”，目录里没有。",
            "page": "目录说“{name}”在第{actual}页，实际在第{expected}页。",
            "field": "目录里有没有更新的域代码“{actual}”。",
        },
    ),
    Entry(
        "SH-232", WARNING, "标题的序号不连续", "“{said}”前面的序号应为“{expected}”，写的是“{actual}”。",
        "同一级标题的序号应当从一开始，不重复、不跳号。", LOOK, FORM,
    ),
    Entry(
        "SH-233", ERROR, "缺少应当公开的内容", "没有找到{what}。",
        "公开的内容由规程规定，没有数据的也要说明。", "请补上这一部分。", FORM,
    ),
    Entry(
        "SH-234", ERROR, "缺少应当公开的报表", "没有找到{what}。",
        "九张表（预算是规定的各表）都要公开，没有数据的公开空表并说明。", "请补上这张表。", FORM,
    ),
    Entry(
        "SH-235", WARNING, "空表没有说明", "《{table}》没有数据，表下没有说明为什么是空表。",
        "空表应当保留，并在表下写明没有这类收支。", "请在表下写明。", FORM,
        cases={
            "wrong": "《{table}》下面的说明讲的是“{actual}”：“{said}”。",
            "full": "《{table}》有数据，表下却说“{said}”。",
        },
        severities={"wrong": ERROR, "full": ERROR},
    ),
    Entry(
        "SH-236", WARNING, "有一部分印了两遍", "“{said}”等{count}段与前面（第{page}页）的完全相同。",
        "整段重复，多半是粘贴了两次。", "请删去重复的部分。", FORM,
    ),
    Entry(
        "SH-237", INFO, "有空白页", "第{pages}页是空白页。", "空白页多半是分页符多了。", "请删去空白页。", FORM,
        cases={"pictures": "第{pages}页只有图片，没有文字，没有核对。"},
        severities={"pictures": WARNING},
    ),
    # ------------------------------------------------------------------ words
    Entry(
        "SH-241", WARNING, "句末或原因前缺少标点", "“{said}”：{what}。", "句末没有句号，或者“主要原因”前面没有标点。", LOOK, FORM,
    ),
    Entry(
        "SH-243", ERROR, "句子没有写完", "“{said}”：{what}。", "该写的内容没有写，或者句子断在中间。", "请补写完整。", FORM,
    ),
    Entry(
        "SH-245", ERROR, "有个人信息", "“{said}”里有{what}。", "公开文本不得出现身份证号、个人电话等个人信息。", "请删除。", "《个人信息保护法》",
        cases={"phone": "“{said}”里像有{what}。"}, severities={"phone": WARNING},
    ),
    # ------------------------------------------------------------------ reasons, glossary
    Entry(
        "SH-251", WARNING, "原因与增减方向不一致", "“{said}”：数字是{expected}，原因说的是“{actual}”。",
        "增加的原因不应当是减少，反过来也一样；持平的不必说明增减的原因。", LOOK, FORM,
    ),
    Entry(
        "SH-253", INFO, "名词解释与正文不一致", "{what}。", "名词解释应当包括正文用到的科目，不用的不列。", LOOK, FORM,
    ),
    # ------------------------------------------------------------------ against other papers
    Entry(
        "SH-301", ERROR, "与批复的报表不一致", "《{table}》“{cell}”公开的是 {actual}，批复的是 {expected}，差 {difference}{unit}。",
        "公开的数要与批复的相同。", LOOK, "《预算法》第十四条",
        cases={"none": "批复的《{table}》“{cell}”是 {expected}，公开的文件里没有。"},
    ),
    Entry(
        "SH-302", ERROR, "与填报表生成的文本不一致", "应为“{expected}”，公开的是“{actual}”。",
        "公开的文本与填报表生成的不同。", LOOK, FORM,
        cases={"none": "填报表生成的“{expected}”，公开的文件里没有。"}, severities={"none": WARNING},
    ),
    Entry(
        "SH-303", WARNING, "没有找到用来比较的文件", "没有找到这个部门{what}，没有与它比较。",
        "比较用的是一个文件夹时，按部门名称在里面找。", "请把文件或文件夹用部门的全称命名。", FORM,
    ),
    Entry(
        "SH-311", ERROR, "上年数与上年公开的不一致", "“{said}”：这里的上年数是 {actual}，上年公开的《{table}》“{cell}”是 {expected}。",
        "今年用来比较的上年数，应当就是上年公开的数。", LOOK, FORM,
        cases={"implied": "“{said}”：由这句话推出的上年数是 {actual}，上年公开的《{table}》“{cell}”是 {expected}。"},
    ),
    Entry(
        "SH-312", WARNING, "文字照抄上年，年度没有改", "“{said}”与上年公开的完全相同，里面的年度没有改。",
        "照抄上年的文本，年度没有改。", LOOK, FORM,
    ),
)  # fmt: skip
