"""What is found while a form is read, cell by cell (WB-030 to WB-059)."""

from __future__ import annotations

from generator.model.catalogue.entry import Entry
from generator.model.findings import Severity

ENTRIES = (
    Entry(
        "WB-030", Severity.ERROR, "缺少报表或工作表", "缺少{title}。",
        "公开的报表和填报的工作表应当齐全；没有数据的，也保留空表。", "请补上这张表；没有数据的表也要保留空表。",
        cases={
            "sheet": "缺少工作表“{title}”。",
            "exported": "导出的文件里没有这些表：{title}。",
            "nothing": "文件里没有认出一张公开报表；里面的工作表是 {names}。",
            "last": "上年的文件里没有这些表：{title}。",
        },
        severities={"exported": Severity.INFO, "last": Severity.INFO},
    ),
    Entry(
        "WB-031", Severity.INFO, "工作表改了名称", "工作表“{sheet}”按标题认作{title}。",
        "工作表的名称与原来的不同，按标题或内容认出。", "已按标题找到；建议改回原名。",
        cases={"content": "工作表“{sheet}”按内容认作“{title}”。"},
    ),
    Entry(
        "WB-032", Severity.ERROR, "报表的表头对不上", "“{sheet}”里找不到{title}的表头。",
        "列按表头的文字认，表头改了就认不出来。", "请使用填报表原来的表头，不要改动列名。",
    ),
    Entry(
        "WB-033", Severity.ERROR, "报表缺少列", "“{sheet}”缺少列：{names}。",
        "表头里少了应有的列，那几列的数读不到。", "请恢复缺少的列，或把列名改成应有的名称。",
        cases={"more": "“{sheet}”缺少列：{names}；表里认不出的列有：{unknown}。"},
    ),
    Entry(
        "WB-034", Severity.WARNING, "报表里有不认识的行", "{table}没有“{name}”这一行，未读入。",
        "这张表的行是规定好的，名称对不上的行没有读入。", "请核对这一行的名称；没有读入这一行的金额。",
    ),
    Entry(
        "WB-035", Severity.ERROR, "有金额的行没有科目编码", "{table}第{row}行有金额，没有科目编码。",
        "按科目填列的表，靠科目编码认行。", "请填写这一行的科目编码。",
    ),
    Entry(
        "WB-036", Severity.ERROR, "科目编码重复", "{table}的科目编码{code}重复。",
        "一张表里同一个科目只能有一行。", "请合并或删去重复的行；只读入了第一行。",
        cases={"totals": "{table}有两行合计，数不一样：{first}和{second}。"},
    ),
    Entry(
        "WB-037", Severity.ERROR, "科目编码不在科目库中", "{table}的科目编码{code}{name}不在科目库中。",
        "编码与当年《政府收支分类科目》对不上。", "请核对编码；确有此科目的，请填写名称，并由财政部门补入科目库。",
        "《政府收支分类科目》当年版",
        {"digits": "{table}的科目编码“{code}”位数不对。", "codes": "这些科目编码不在科目库中：{codes}。"},
        {"codes": Severity.INFO},
    ),
    Entry(
        "WB-038", Severity.INFO, "金额单位没有写明", "“{sheet}”没有写明金额单位，按{unit}读取。",
        "表头右上方没有写明元或万元，按这张表规定的单位读取。", "请在表头右上方选择元或万元。",
    ),
    Entry(
        "WB-040", Severity.ERROR, "必填的内容没有填写", "“{label}”没有填写。",
        "文本要用到这一项；空着不等于零，也不等于没有。", "请填写这一格。",
        cases={"cell": "{label}没有填写。", "rows": "“{label}”至少填写{count}行。"},
    ),
    Entry(
        "WB-041", Severity.ERROR, "找不到填写项", "“{sheet}”里找不到“{label}”。",
        "填写项按名称认，名称改了或删了就找不到。", "请使用原来的填报表，不要删改项目名称。",
        cases={"list": "“{sheet}”里找不到清单“{label}”。"},
    ),
    Entry(
        "WB-042", Severity.WARNING, "不在可选的范围内", "“{label}”填的是“{actual}”，可选：{options}。",
        "这一格只能从下拉列表里选。", "请从下拉列表中选择。",
    ),
    Entry(
        "WB-051", Severity.ERROR, "不是数字", "{label}{why}。",
        "要填数的格子里是别的内容，没有读入。", "请只填数字。",
    ),
    Entry(
        "WB-052", Severity.ERROR, "公式出错", "{label}{why}。",
        "公式的结果是错误值，没有数可读。", "请改正公式，或直接填写数字。",
    ),
    Entry(
        "WB-053", Severity.ERROR, "金额单位不一致", "{label}{why}。",
        "格子里写的单位与这张表的单位不同，不猜是哪一个。", "请按本表的金额单位填写，不要在数字后写单位。",
    ),
    Entry(
        "WB-054", Severity.ERROR, "公式没有计算", "{label}是没有计算过的公式，读不到数。",
        "文件由别的程序写成，公式的结果没有存在文件里。", "请在 Excel 或 WPS 中打开文件，重新计算并保存。",
        cases={"text": "{label}是没有计算过的公式，读不到内容。"},
    ),
    Entry(
        "WB-055", Severity.WARNING, "金额是负数", "{label}是负数 {actual}。",
        "这一格一般不会是负数。", "请核对；确为负数的，可以写明理由后保留。",
    ),
    Entry(
        "WB-056", Severity.ERROR, "应为整数", "{label}填的是 {actual}，应为不小于0的整数。",
        "数量、人数、辆数只能是整数。", "请填写不小于零的整数。",
    ),
    Entry(
        "WB-058", Severity.WARNING, "文件是草稿", "{file} 是草稿，不是公开的文件，里面的数可能还会改。",
        "页眉上写着草稿，不是最后公开的文件。", "请用公开的文件，或上年的填报表。",
    ),
    Entry(
        "WB-057", Severity.ERROR, "不是文字，是公式或图片的字样", "{label}{why}。",
        "公式没有算出文字，或者是嵌入单元格的图片（WPS 的 DISPIMG），原样公开出去没有意义。", "请直接写文字，或删去图片。",
    ),
    Entry(
        "WB-059", Severity.ERROR, "显示的与存的不一样", "{label}{why}。",
        "单元格格式（如 0!.0000、#,##0,、;;;）让看到的数和存着的数不是一个，不猜是哪一个。",
        "请把单元格格式改成“数值”，再核对这个数和金额单位。",
    ),
    Entry(
        "WB-060", Severity.INFO, "按显示的金额读取", "“{sheet}”的 {cells} 显示的是换算后的金额，如{said}。",
        "格子里存的是元，格式显示成万元，表上写的也是万元：按看到的读取。", "请核对；无误的不用处理。",
    ),
    Entry(
        "WB-061", Severity.INFO, "去掉了看不见的字符", "“{sheet}”的 {cells} 里有看不见的字符：{said}，已去掉。",
        "从网页、PDF、聊天软件复制的文字常带有零宽空格一类的字符，看不见，却会让查找和比较失败。", "不用处理。",
    ),
    Entry(
        "WB-062", Severity.INFO, "换掉了形近的字符", "“{sheet}”的 {cells} 里，{said}。",
        "从 PDF 复制出来的有些字是部首（如 ⻩、⾦），看着一样，查找不到，有的字体也没有。", "请核对；无误的不用处理。",
    ),
    Entry(
        "WB-063", Severity.ERROR, "有字体里没有的字", "{chars}{count}，字体里没有，印出来是方框或空白。",
        "自己造的字只在造字的那台计算机上看得见；极少见的字，字体里也可能没有。",
        "请换成通用的字；姓名、地名确实要用这个字的，请改用国家标准里有的写法。",
    ),
    Entry(
        "WB-064", Severity.INFO, "横线一类的符号按空白读取", "“{sheet}”的 {cells} 填的是“—”“/”“无”一类的符号，按没有发生（空白）读取。",
        "空白和零不是一回事；确实是零的，填 0。", "确实是零的请填 0。",
    ),
    Entry(
        "WB-066", Severity.ERROR, "金额单位认不出来", "“{sheet}”写的是“{words}”，认不出是哪一种金额单位，没有读入。",
        "单位错了，所有的数都会错；写了而认不出的，不按通常的单位猜。", "请写成“单位：元”或“单位：万元”。",
        cases={"two": "“{sheet}”有两种金额单位：“{words}”，没有读入。"},
    ),
    Entry(
        "WB-068", Severity.WARNING, "几张工作表都像同一张表", "{title}有几张工作表都像：{names}；读的是“{taken}”（{why}）。",
        "复制、改名后留下的旧表会和新表混在一起，两张表里的数可能不同。", "请删去不用的那张，或改掉它的名称和标题，再检查一次。",
        cases={
            "same": "{title}有几张工作表都像：{names}，内容相同；读的是“{taken}”。",
            "doubt": "工作表“{sheet}”的表头像{first}，也像{second}，认不出是哪一张，没有读入。",
        },
        severities={"same": Severity.INFO, "doubt": Severity.ERROR},
    ),
    Entry(
        "WB-069", Severity.WARNING, "有隐藏的行、列或工作表", "“{sheet}”{what}被隐藏，里面的数照样读入。",
        "隐藏和筛选掉的内容看不见，数却在；多半是忘了取消。", "请取消隐藏、取消筛选，核对以后再保存。",
    ),
)  # fmt: skip
