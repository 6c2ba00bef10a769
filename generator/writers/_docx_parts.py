"""The fixed parts of the Word file: styles, fonts, settings, header and footer, as XML.

The body comes from the Document; these are only the page's clothes.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from generator.model import PageStyle

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = f'xmlns:w="{W}" xmlns:r="{R}"'
CONTROL = {c: None for c in range(32) if c not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


def clean(text: str) -> str:
    """Text that XML can hold."""
    return escape(text.translate(CONTROL).replace("\ufffe", "").replace("\uffff", ""))


def fonts(east: str, latin: str) -> str:
    return (
        f"<w:rFonts w:ascii={quoteattr(latin)} w:hAnsi={quoteattr(latin)} w:cs={quoteattr(latin)} "
        f'w:eastAsia={quoteattr(east)} w:hint="eastAsia"/>'
    )


def run_props(east: str, latin: str, half_points: int, *, bold: bool = False) -> str:
    weight = "<w:b/><w:bCs/>" if bold else '<w:b w:val="0"/><w:bCs w:val="0"/>'
    return (
        f'<w:rPr>{fonts(east, latin)}{weight}<w:i w:val="0"/><w:color w:val="000000"/>'
        f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr>'
    )


PLAIN_PARAGRAPH = (
    '<w:kinsoku w:val="1"/><w:overflowPunct w:val="1"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
)


def paragraph_props(
    pitch: int,
    *,
    before: int = 0,
    after: int = 0,
    align: str = "both",
    indent: int = 0,
    keep: bool = False,
    outline: int = -1,
    extra: str = "",
) -> str:
    keep_next = "<w:keepNext/><w:keepLines/>" if keep else '<w:keepNext w:val="0"/><w:keepLines w:val="0"/>'
    level = f'<w:outlineLvl w:val="{outline}"/>' if outline >= 0 else ""
    first = f'<w:ind w:firstLine="{indent}"/>' if indent else '<w:ind w:left="0" w:firstLine="0"/>'
    return (
        f'<w:pPr>{keep_next}<w:widowControl/>{extra}{PLAIN_PARAGRAPH}<w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="{before}" w:after="{after}" w:line="{pitch}" w:lineRule="exact"/>'
        f'{first}<w:jc w:val="{align}"/>{level}</w:pPr>'
    )


def style(style_id: str, name: str, props: str, run: str, *, based: str = "Normal", quick: bool = True) -> str:
    parent = f'<w:basedOn w:val="{based}"/>' if based else ""
    default = ' w:default="1"' if style_id == "Normal" else ""
    shown = "<w:qFormat/>" if quick else ""
    return f'<w:style w:type="paragraph"{default} w:styleId="{style_id}"><w:name w:val="{name}"/>{parent}{shown}{props}{run}</w:style>'


def styles_xml(page: PageStyle, tab: int) -> str:
    """All styles of the document."""
    f = page.fonts
    latin, pitch, half = f.latin[0], page.pitch, page.size // 10
    tabs = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{tab}"/></w:tabs>'
    title_half = page.title_size // 10
    parts = [
        f"<w:styles {NAMESPACES}>",
        f'<w:docDefaults><w:rPrDefault>{run_props(f.body[0], latin, half)}</w:rPrDefault><w:pPrDefault><w:pPr><w:kinsoku w:val="1"/><w:overflowPunct w:val="1"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/></w:pPr></w:pPrDefault></w:docDefaults>',
        style("Normal", "Normal", paragraph_props(pitch), run_props(f.body[0], latin, half), based=""),
        style("BodyText", "Body Text", paragraph_props(pitch, indent=2 * page.size), run_props(f.body[0], latin, half)),
        style(
            "Title",
            "Title",
            paragraph_props(pitch * 2, after=pitch, align="center"),
            run_props(f.title[0], latin, title_half + 8),
        ),
        style(
            "Heading1",
            "heading 1",
            paragraph_props(pitch, after=pitch, align="center", keep=True, outline=0),
            run_props(f.title[0], latin, title_half),
        ),
        style(
            "Heading2",
            "heading 2",
            paragraph_props(pitch, indent=2 * page.size, keep=True, outline=1),
            run_props(f.hei[0], latin, half),
        ),
        style(
            "Heading3",
            "heading 3",
            paragraph_props(pitch, indent=2 * page.size, keep=True, outline=2),
            run_props(f.kai[0], latin, half),
        ),
        style(
            "TableTitle",
            "报表标题",
            paragraph_props(480, align="center", keep=True, outline=1),
            run_props(f.hei[0], latin, 32),
            based="Heading2",
        ),
        style("TableLine", "报表标注", paragraph_props(250, align="left"), run_props(f.song[0], latin, 18)),
        style("TableText", "报表文字", paragraph_props(220, align="left"), run_props(f.song[0], latin, 18)),
        style(
            "TOCHeading",
            "TOC Heading",
            paragraph_props(pitch, after=pitch, align="center"),
            run_props(f.title[0], latin, title_half),
        ),
        style(
            "TOC1",
            "toc 1",
            paragraph_props(520, align="left", extra=tabs),
            run_props(f.hei[0], latin, half),
            quick=False,
        ),
        style(
            "TOC2",
            "toc 2",
            paragraph_props(520, align="left", indent=2 * page.size, extra=tabs),
            run_props(f.body[0], latin, half),
            quick=False,
        ),
        style("Header", "header", paragraph_props(280, align="center"), run_props(f.song[0], latin, 18), quick=False),
        style("Footer", "footer", paragraph_props(320, align="center"), run_props(f.song[0], latin, 28), quick=False),
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>',
        "</w:styles>",
    ]
    return "".join(parts)


STAND_INS = {
    "仿宋_GB2312": ("仿宋", "FangSong", "方正仿宋_GBK", "华文仿宋", "STFangsong"),
    "楷体_GB2312": ("楷体", "KaiTi", "方正楷体_GBK", "华文楷体", "STKaiti"),
    "黑体": ("SimHei", "方正黑体_GBK", "华文黑体", "STHeiti"),
    "宋体": ("SimSun", "方正书宋_GBK", "华文宋体", "STSong"),
    "方正小标宋简体": ("方正小标宋_GBK", "华文中宋", "STZhongsong", "宋体"),
}
"""What a machine without the official font has in its place, the nearest first: stock Windows (仿宋、楷体), the fonts
that come with 麒麟 and 统信 (方正…_GBK), and those of Office (华文…)."""


def font_table_xml(page: PageStyle) -> str:
    """Each official font with those that may stand in for it."""
    out = [f"<w:fonts {NAMESPACES}>"]
    for stack in (page.fonts.body, page.fonts.kai, page.fonts.hei, page.fonts.song, page.fonts.title):
        other = ",".join(dict.fromkeys((*STAND_INS.get(stack[0], ()), *stack[1:])))
        out.append(
            f"<w:font w:name={quoteattr(stack[0])}><w:altName w:val={quoteattr(other)}/>"
            '<w:charset w:val="86"/><w:family w:val="modern"/></w:font>'
        )
    latin = page.fonts.latin
    out.append(
        f'<w:font w:name={quoteattr(latin[0])}><w:altName w:val={quoteattr(latin[-1])}/><w:charset w:val="00"/></w:font>'
    )
    out.append("</w:fonts>")
    return "".join(out)


def settings_xml() -> str:
    """No compression, no hanging, no automatic spaces: lines break as they were counted."""
    return (
        f'<w:settings {NAMESPACES}><w:zoom w:percent="100"/>'
        "<w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/>"
        '<w:defaultTabStop w:val="420"/><w:characterSpacingControl w:val="doNotCompress"/>'
        '<w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth w:val="0"/><w:doNotLeaveBackslashAlone/>'
        "<w:ulTrailSpace/><w:doNotExpandShiftReturn/>"
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def footer_xml() -> str:
    """The page number in the middle."""
    return (
        f'<w:ftr {NAMESPACES}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>'
        '<w:r><w:t xml:space="preserve">— </w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
        '<w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>'
    )


def header_xml(text: str) -> str:
    """A running line over each page (drafts)."""
    inner = f"<w:r><w:t>{clean(text)}</w:t></w:r>" if text else ""
    return f'<w:hdr {NAMESPACES}><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>{inner}</w:p></w:hdr>'
