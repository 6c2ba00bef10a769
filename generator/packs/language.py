"""The one restricted language of packs: expressions and sentences that know their sources.

Jinja2 in its sandbox, with strict undefined names.  What a template prints is never loose text:
figures, typed words and names come out as spans with their cells.  During rendering a value is
replaced by a mark, and the marks are read back into spans afterwards.  Packs cannot run Python.
"""

from __future__ import annotations

import marshal
import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import replace
from decimal import Decimal
from types import CodeType
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, TemplateSyntaxError, Undefined, nodes, pass_context
from jinja2.exceptions import TemplateError
from jinja2.parser import Parser
from jinja2.runtime import Context as JinjaContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from generator.model import Figure, Format, Span, SpanKind, Spans, Text, plain, show

MARK = re.compile("\ue000(\\d+)\ue001")
CHINESE_QUOTES = re.compile(r"\{[{%][^{}“”‘’]*+[“”‘’][^{}]*+\}")
_marks: ContextVar[list[Span] | None] = ContextVar("marks", default=None)

RESULT = "result"
FORMATS = "_formats"  # the formats of the moment, where a department chose its own
OPEN = "【待填：{}】"
DRAFT = ("【草稿建议：", "】")


class LanguageError(Exception):
    """A template or expression that cannot be compiled or rendered; the message is Chinese."""


class Word:
    """Rich text inside templates: some spans that print themselves with their sources.

    Words that a person left blank leave a span without text, which knows the cell that was to fill it.
    """

    __slots__ = ("spans",)

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self.spans: Spans = tuple(s for s in spans if s.text or (s.kind == "typed" and s.cells))

    @property
    def plain(self) -> str:
        return plain(self.spans)

    @property
    def open(self) -> bool:
        """Still to be filled in."""
        return any(s.kind == "open" for s in self.spans)

    def __str__(self) -> str:
        marks = _marks.get()
        if marks is None:
            return self.plain
        out = []
        for span in self.spans:
            marks.append(span)
            out.append(f"\ue000{len(marks) - 1}\ue001")
        return "".join(out)

    def __bool__(self) -> bool:
        return any(s.text for s in self.spans)

    def __len__(self) -> int:
        return len(self.plain)

    def __contains__(self, part: object) -> bool:
        return isinstance(part, str | Word) and str_of(part) in self.plain

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str | Word) and self.plain == str_of(other)

    def __hash__(self) -> int:
        return hash(self.plain)

    def __add__(self, other: object) -> Word:
        return Word((*self.spans, *spans_of(other)))

    def __radd__(self, other: object) -> Word:
        return Word((*spans_of(other), *self.spans))


def str_of(value: object) -> str:
    """Plain text of a word or string."""
    return value.plain if isinstance(value, Word) else str(value)


def spans_of(value: object) -> Spans:
    """What a value prints."""
    match value:
        case None:
            return ()
        case Undefined() if value._undefined_name is None and value._undefined_hint:
            return ()  # {{ a if b }} where b does not hold
        case Undefined():
            raise LanguageError(f"用了不存在的名称“{value._undefined_name}”")
        case Word():
            return value.spans
        case Text():
            return typed(value).spans
        case str():
            marks = _marks.get()
            if marks is not None and MARK.search(value):  # joined with ~ inside a template
                return read_marks(value, marks)
            return (Span(value),) if value else ()
        case bool():
            raise LanguageError("“是/否”的判断不能直接印出来")
        case int():
            return (Span(str(value), "ordinal"),)
        case Figure():
            raise LanguageError(f"数字“{value.label}”没有写明格式，请写成 {{{{ …|money }}}} 这样的形式")
        case _:
            raise LanguageError(f"不能印出这种内容：{type(value).__name__}")


def word(text: str, kind: SpanKind = "literal", **source: Any) -> Word:
    """A word of one span."""
    return Word((Span(text, kind, **source),)) if text else Word()


def open_place(label: str) -> Word:
    """A visible place that is still to be filled in."""
    return word(OPEN.format(label), "open")


FINAL_MARKS = "。．.；;，,、：: \t\r\n\u3000"


def clause(text: str) -> str:
    """Part of a sentence: without the final punctuation that the sentence brings itself."""
    return text.strip().rstrip(FINAL_MARKS)


def typed(text: Text, *, as_clause: bool = False) -> Word:
    """A person's words; an open place where they are still missing."""
    if text.pieces:
        return suggested(text)
    value = clause(text.value) if as_clause else text.value.strip()
    if not value:
        return open_place(text.missing) if text.missing else Word((Span("", "typed", cells=text.cells),))
    return word(re.sub(r"[\r\n]+\s*", "", value), "typed", cells=text.cells)


def without_stop(value: Word) -> Word:
    """Words without the 。 that the sentence around them brings itself."""
    if not value.spans:
        return value
    *head, last = value.spans
    return Word((*head, replace(last, text=last.text.rstrip("。"))))


def suggested(text: Text) -> Word:
    """A draft with its figures: marked as one until a person has taken it."""
    if text.pending:
        inside = (Span(p.text, "draft", p.figure, p.cells) for p in text.pieces)
        return Word((Span(DRAFT[0], "draft"), *inside, Span(DRAFT[1], "draft")))
    return Word(Span(p.text, "figure" if p.figure else "typed", p.figure, p.cells or text.cells) for p in text.pieces)


def printed(figure: Figure, form: Format) -> Word:
    """A printed number with its figure; an open place where it is missing."""
    if figure.missing and figure.value is None:
        return open_place(figure.missing)
    if figure.missing:
        return open_place(figure.missing)
    return Word((Span(show(figure, form), "figure", figure=figure),))


def joined(items: Iterable[object], separator: str = "、", last: str = "") -> Word:
    """A list of words; empty members are dropped.  ``last`` stands before the last one (和)."""
    written = [s for s in (spans_of(item) for item in items) if any(span.text for span in s)]
    out: list[Span] = []
    for number, spans in enumerate(written):
        if number:
            out.append(Span(last if last and number == len(written) - 1 else separator))
        out.extend(spans)
    return Word(out)


DIGITS = "零一二三四五六七八九"


def chinese_number(value: int) -> Word:
    """An ordinal in Chinese: 1 一, 10 十, 23 二十三 (up to 99)."""
    tens, ones = divmod(int(value), 10)
    head = ("" if tens == 1 else DIGITS[tens]) + "十" if tens else ""
    return Word((Span(head + (DIGITS[ones] if ones or not tens else ""), "ordinal"),))


def read_marks(text: str, marks: list[Span]) -> Spans:
    """Rendered text with marks, as spans."""
    out: list[Span] = []
    at = 0
    for match in MARK.finditer(text):
        if match.start() > at:
            out.append(Span(text[at : match.start()]))
        out.append(marks[int(match[1])])
        at = match.end()
    if at < len(text):
        out.append(Span(text[at:]))
    return tuple(out)


def plain_of(value: object) -> str:
    """Plain text of a value inside a template, marks read back."""
    if isinstance(value, Word):
        return value.plain
    marks = _marks.get()
    return plain(read_marks(str(value), marks)) if marks is not None else str(value)


def _names(context: Mapping[str, object], template: Template) -> Any:
    """The names that a template sees: those of the moment over those of the language, without copying either."""
    maps = context.maps if isinstance(context, ChainMap) else (context,)
    return ChainMap(*maps, template.globals)


class Code:
    """Jinja's code for one text; it becomes a template with its first use (half of a pack's texts have none)."""

    __slots__ = ("_code", "_env", "_template")

    def __init__(self, env: Environment, code: CodeType | bytes) -> None:
        self._env, self._code = env, code
        self._template: Template | None = None

    @property
    def template(self) -> Template:
        if self._template is None:
            code = self._code if isinstance(self._code, CodeType) else marshal.loads(self._code)  # noqa: S302 - our own, see generator.cache
            self._template = Template.from_code(self._env, code, self._env.make_globals(None))
        return self._template

    def __reduce__(self) -> tuple[object, ...]:
        code = self._code if isinstance(self._code, bytes) else marshal.dumps(self._code)
        return Code, (self._env, code)


class Sentence:
    """A compiled text of a pack."""

    __slots__ = ("_code", "place", "source")

    def __init__(self, code: Code, source: str, place: str) -> None:
        self._code, self.source, self.place = code, source, place

    def marked(self, context: Mapping[str, object]) -> tuple[str, list[Span]]:
        """The rendered text with marks, and the spans behind the marks."""
        marks: list[Span] = []
        token = _marks.set(marks)
        template = self._code.template
        try:
            names = template.new_context(_names(context, template), shared=True)
            return "".join(template.root_render_func(names)), marks
        except (TemplateError, TypeError, ArithmeticError, LanguageError) as error:
            raise LanguageError(f"{self.place}：{error}") from error
        finally:
            _marks.reset(token)

    def spans(self, context: Mapping[str, object]) -> Spans:
        """The rendered text as spans."""
        text, marks = self.marked(context)
        return read_marks(text.strip(), marks)

    def word(self, context: Mapping[str, object]) -> Word:
        return Word(self.spans(context))

    def text(self, context: Mapping[str, object]) -> str:
        """The rendered text as plain text."""
        return plain(self.spans(context))


class Expression:
    """A compiled expression of a pack."""

    __slots__ = ("_code", "place", "source")

    def __init__(self, code: Code, source: str, place: str) -> None:
        self._code, self.source, self.place = code, source, place

    def __call__(self, context: Mapping[str, object]) -> Any:
        template = self._code.template
        names = template.new_context(_names(context, template), shared=True)
        try:
            for _ in template.root_render_func(names):
                pass
            return names.vars[RESULT]
        except (TemplateError, TypeError, ArithmeticError) as error:
            raise LanguageError(f"{self.place}：{error}") from error


def formats_of(context: Mapping[str, Any] | JinjaContext, otherwise: Mapping[str, Format]) -> Mapping[str, Format]:
    """The formats that hold while a text is made: the department's, or else those given."""
    found: Mapping[str, Format] | None = context.get(FORMATS)
    return otherwise if found is None else found


def _finalize(value: object) -> object:
    """What ``{{ … }}`` prints: everything as a word, so that nothing loses its source."""
    if isinstance(value, str):
        return value
    return str(Word(spans_of(value)))


class Language:
    """The environment of one pack: its formats as filters, its functions as globals."""

    def __init__(self, formats: Mapping[str, Format], functions: Mapping[str, Callable[..., Any]]) -> None:
        env = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, finalize=_finalize, autoescape=False, trim_blocks=True, lstrip_blocks=True
        )
        for name, form in formats.items():
            env.filters[name] = self._filter(name, form)
        env.filters["joined"] = joined
        env.filters["chinese"] = chinese_number
        env.filters["clause"] = _clause_of
        env.filters["without"] = _without
        env.filters["quoted"] = lambda value: Word((Span("“"), *spans_of(value), Span("”")))
        env.globals.update(functions)
        env.globals.pop("lipsum", None)
        self.env = env
        self.formats = formats

    @staticmethod
    def _filter(name: str, form: Format) -> Callable[[JinjaContext, object], Word]:
        @pass_context
        def show_as(context: JinjaContext, value: object) -> Word:
            if isinstance(value, int) and not isinstance(value, bool):
                value = Figure(Decimal(value), "个")
            if not isinstance(value, Figure):
                raise LanguageError(f"格式 {name} 只能用于数字")
            return printed(value, formats_of(context, {name: form})[name])

        return show_as

    def _compiled(self, source: str | nodes.Template) -> Code:
        return Code(self.env, self.env.compile(source))

    def sentence(self, text: str, place: str) -> Sentence:
        """Compile a text."""
        _quotes(text, place)
        try:
            return Sentence(self._compiled(text), text, place)
        except TemplateSyntaxError as error:
            raise LanguageError(f"{place}：花括号里的写法不对（{error.message}）") from None

    def expression(self, text: str, place: str) -> Expression:
        """Compile an expression."""
        _quotes("{{" + text + "}}", place)
        try:
            parsed = Parser(self.env, text, state="variable")
            result = parsed.parse_expression()
            if not parsed.stream.eos:
                raise TemplateSyntaxError("式子后面还有多余的内容", parsed.stream.current.lineno)
            result.set_environment(self.env)
            code = self._compiled(
                nodes.Template([nodes.Assign(nodes.Name(RESULT, "store"), result, lineno=1)], lineno=1)
            )
        except TemplateSyntaxError as error:
            raise LanguageError(f"{place}：式子的写法不对（{error.message}）：{text}") from None
        return Expression(code, text, place)

    def literal_texts(self, text: str) -> Iterator[str]:
        """The wording of a text that stands outside braces."""
        for data in self.env.parse(text).find_all(nodes.TemplateData):
            yield data.data

    def paths(self, text: str, *, is_expression: bool = False) -> Iterator[tuple[str, ...]]:
        """Dotted names that a text uses, e.g. ``("summary", "r31")``; loop variables included."""
        tree = self.env.parse("{{ " + text + " }}" if is_expression else text)
        inner: set[int] = set()
        for node in tree.find_all((nodes.Getattr, nodes.Name)):
            if id(node) in inner:
                continue
            path: list[str] = []
            current: nodes.Node = node
            while isinstance(current, nodes.Getattr):
                path.insert(0, current.attr)
                current = current.node
                inner.add(id(current))
            if isinstance(current, nodes.Name) and current.ctx == "load":
                yield (current.name, *path)

    def assigned(self, text: str) -> set[str]:
        """Names that a text sets itself (loops, ``set``)."""
        return {n.name for n in self.env.parse(text).find_all(nodes.Name) if n.ctx in ("store", "param")}


def _clause_of(value: object) -> object:
    if isinstance(value, Word) and len(value.spans) == 1 and value.spans[0].kind != "open":
        span = value.spans[0]
        return Word((Span(clause(span.text), span.kind, span.figure, span.cells),))
    return clause(value) if isinstance(value, str) else value


def _without(value: object, *endings: str) -> object:
    """A person's words without an ending that the sentence brings itself (……收入等)."""
    if not isinstance(value, Word) or not value.spans or value.spans[-1].kind != "typed":
        return value
    *head, last = value.spans
    for ending in endings:
        if last.text.endswith(ending) and last.text != ending:
            return Word((*head, Span(last.text.removesuffix(ending), last.kind, last.figure, last.cells)))
    return value


def _quotes(text: str, place: str) -> None:
    """Chinese quotation marks inside braces are the usual slip of an ordinary editor."""
    match = CHINESE_QUOTES.search(text)
    if match and not re.search(r"""(['"])[^'"]*[“”‘’][^'"]*\1""", match[0]):
        raise LanguageError(f"{place}：花括号里用了中文引号，请改成英文引号：{match[0]}")
