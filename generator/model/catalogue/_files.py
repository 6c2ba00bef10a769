"""Files from outside that are not read, and why (WB-001 to WB-029)."""

from __future__ import annotations

from generator.model.catalogue.entry import Entry
from generator.model.findings import Severity

SAVE_AGAIN = "请用 Excel 或 WPS 重新另存为 .xlsx。"
OWN_FORM = "请使用本地区、本年度、本部门的填报表。"

ENTRIES = (
    Entry(
        "WB-001", Severity.ERROR, "文件过大", "文件有 {size} MB，超过 {limit} MB。",
        "过大的文件多半混入了图片或多余的内容，不打开。", "请删去图片等无关内容。",
        cases={"over": "文件超过 {limit} MB。"},
    ),
    Entry(
        "WB-002", Severity.ERROR, "文件加了密码", "文件加了打开密码，无法读取。",
        "设了打开密码的文件，程序读不到里面的内容。", "请去掉密码后另存为 .xlsx。",
        cases={"zip": "压缩包加了密码，无法读取。"},
    ),
    Entry(
        "WB-003", Severity.ERROR, "不是这种文件", "这个文件不是 Excel 工作簿。",
        "文件的内容与要求的类型不同；只改扩展名不能改变文件的类型。", "请用 Excel 或 WPS 另存为 .xlsx。",
        cases={
            "word": "不是 Word 文件（.docx），或文件已损坏；.doc 和 .wps 请先另存为 .docx。",
            "old": "这是旧格式的 Word 文件（.doc、.wps），请另存为 .docx 后再用。",
            "published": "不是 PDF、Word、Excel 或网页文件。",
            "lock": "这是 Excel、WPS 打开文件时留下的临时文件（名称以“~$”开头），不是工作簿。",
            "xlsb": "这是二进制工作簿（.xlsb），读不了。",
            "pdf": "这个文件是 PDF，不是工作簿。",
            "picture": "这个文件是图片，不是工作簿；图片里的数读不出来。",
            "ofd": "这个文件是 OFD 版式文件，不是工作簿。",
            "uof": "这个文件是 UOF 格式，读不了。",
            "numbers": "这个文件是 Numbers 表格，读不了。",
            "pptx": "这个文件是演示文稿，不是工作簿。",
            "sylk": "这个文件是 SYLK 格式，读不了。",
            "xml": "这个文件是别的程序的 XML 数据，不是工作簿。",
            "doc": "这个文件是文字文档（Word、WPS 文字），不是工作簿。",
            "zip": "这个文件是压缩包。",
            "text": "这个文件是纯文本，里面没有表格。",
            "web": "这个文件是网页格式，里面没有表格。",
            "named": "“{name}”不是 Excel 工作簿（应为 .xlsx）。",
            "xlsx": "填报表应为 .xlsx。",
        },
    ),
    Entry(
        "WB-004", Severity.ERROR, "文件打不开", "文件不完整或已损坏，无法打开。",
        "文件在保存、传送中受损，或者正被别的程序占用。", "请用 Excel 或 WPS 打开后重新保存，或重新发送文件。",
        cases={
            "system": "文件打不开：{why}。",
            "part": "文件的 {part} 已损坏。",
            "pdf": "PDF 不完整或已损坏，无法打开。",
            "half": "PDF 不完整或已损坏，没有读完。",
            "page": "网页文件已损坏，读不出来。",
            "empty": "文件是空的。",
            "encoding": "文字的编码认不出来。",
            "zip": "压缩包不完整或已损坏，无法打开。",
        },
    ),
    Entry(
        "WB-005", Severity.ERROR, "文件的内容不正常地多", "文件解压后过大，不正常。",
        "压缩包里的内容远大于文件本身，可能是恶意文件。", SAVE_AGAIN,
        cases={
            "parts": "文件里有 {count} 个部件，不正常。",
            "sheet": "工作表“{sheet}”过大。",
            "zip": "压缩包里的文件太多或解压后过大。",
        },
    ),
    Entry(
        "WB-006", Severity.ERROR, "文件里有不正常的路径", "文件里有不正常的路径“{path}”。",
        "部件的名称指向文件以外，可能是恶意文件。", SAVE_AGAIN,
    ),
    Entry(
        "WB-007", Severity.ERROR, "文件里有宏", "文件里有宏，不能使用。",
        "含宏的文件打开时会自己运行程序，不接收。", "请另存为不含宏的 .xlsx。",
    ),
    Entry(
        "WB-008", Severity.ERROR, "文件里有文档类型声明", "文件的 {path} 里有文档类型声明，不能使用。",
        "正常的 Office 文件没有这种声明，它可以用来读取别的文件。", SAVE_AGAIN,
        cases={"plain": "文件里有文档类型声明，不能使用。"},
    ),
    Entry(
        "WB-009", Severity.ERROR, "内容超出能读的范围",
        "工作表“{sheet}”的 {cell} 里有内容，离表格太远（最多读 {rows} 行、{columns} 列）。",
        "离表格很远的地方留有内容，多半是误填。", "请按 Ctrl+G 转到那一格，删去多余的行和列，再保存。",
        cases={"pages": "文件有 {pages} 页，超过 {limit} 页。"},
    ),
    Entry(
        "WB-010", Severity.ERROR, "文件里有指向外部的链接", "文件里有链接到其他文件的公式。",
        "链接到其他文件的数会随那个文件改变，别人打开时也读不到。",
        "请在 Excel 的“数据－编辑链接”里断开链接，另存后再使用。",
        cases={"part": "文件的 {part} 指向外部。"},
    ),
    Entry(
        "WB-011", Severity.ERROR, "文件里有嵌入的对象或外部数据连接", "文件里有嵌入的对象或外部数据连接（{part}）。",
        "嵌入的对象、控件和数据连接会自己取数或运行，不接收。", "请删去后另存为 .xlsx。",
    ),
    Entry(
        "WB-012", Severity.ERROR, "文字读不出来", "PDF 里的字体没有文字对照表，文字读不出来。",
        "文件里的字看得见，复制出来却是乱码。", "请用 Word、WPS 重新生成 PDF，或改用 Word 文件。",
    ),
    Entry(
        "WB-013", Severity.ERROR, "文件里没有文字", "文件里没有文字。",
        "扫描件和图片里的字程序读不到，不能核对。", "请提供由 Word、WPS 直接生成的文件。",
        cases={
            "page": "网页里没有文字。",
            "pictures": "这个 Word 文件里只有图片，没有文字，不能核对。",
            "scan": "这个 PDF 只有图片（扫描件），没有文字，不能核对。请提供由 Word、WPS 直接生成的 PDF。",
            "pdf": "PDF 里没有文字。",
        },
    ),
    Entry(
        "WB-020", Severity.ERROR, "不是本程序的填报表",
        "这个工作簿没有写明所用的模板包，请用 --pack 指明，或用 juesuan new 生成的填报表填写。",
        "填报表里带有地区、年度和部门的标记；没有标记的工作簿，不知道按哪个地区读取。",
        "请用 juesuan new 生成的填报表填写，或指明模板包。",
        cases={
            "told": "工作簿里没有填报表的标记，按指定的模板包读取。",
            "neither": "这个文件不是本部门的填报表，也没有认出公开各表。",
        },
        severities={"told": Severity.INFO},
    ),
    Entry(
        "WB-021", Severity.ERROR, "填报表的地区或年度不符",
        "这份填报表是“{found}”模板包的，现在使用的是“{wanted}”（{title}）。",
        "填报表上的地区、年度标记与现在要用的不同，各表的行次、栏目可能不一样，不能读取。", OWN_FORM,
        cases={
            "department": "这份填报表是“{found}”模板包的，本部门用的是“{wanted}”。",
            "year": "这份填报表是{found}年度的，不是{wanted}年度的。",
            "last": "这份填报表是{found}年度的，不是上年（{wanted}年度）的。",
        },
    ),
    Entry(
        "WB-022", Severity.ERROR, "填报表是别的部门的", "这份填报表是“{found}”的，不是“{wanted}”的。",
        "填报表上写的部门名称与这个部门不同。", "请上传本部门的填报表。",
        cases={"about": "{wrong}。"},
    ),
)  # fmt: skip
