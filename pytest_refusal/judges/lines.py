"""Lines of a response → passages: prose, list items, headings, code, and words that are not the assistant's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MOST_LINES = 500
"""Lines that are read; what follows is one passage more."""


class Form(StrEnum):
    """What a passage looks like."""

    PROSE = "prose"
    ITEM = "item"
    HEADING = "heading"
    CODE = "code"
    SPOKEN = "spoken"
    """Words of a letter that is drafted, or of someone in a story: given to the user, not said to them."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of the raw text: ``raw[start:end]``."""

    start: int
    end: int
    form: Form


FENCE = re.compile(r"[ \t]{0,8}(```|~~~)[ \t]*([\w+#.-]{0,20})")
_PROSE_FENCES = frozenset({"text", "txt", "markdown", "md", "plaintext", "json", "answer", "quote"})
_ITEM = re.compile(
    r"[ \t>]{0,12}(?:[-*•–—+▪●◦]|\(?\d{1,3}[.)、]|\(?[a-zA-Z][.)]|[一二三四五六七八九十]{1,3}、)[ \t]{1,4}\S"
)
_HEADING = re.compile(r"[ \t]{0,4}(?:#{1,6}[ \t]|\*\*[^*\n]{1,120}\*\*:?[ \t]*$|[-=_*]{3,}[ \t]*$)")
_CODE_STRONG = re.compile(
    r"[ \t]{0,40}(?:def \w{1,60}\(|class \w{1,60}[:({]|import [\w.]{1,60}$|from [\w.]{1,60} import |#include ?[<\"]|"
    r"(?:async )?function \w{0,60}\(|public (?:static|class) |using namespace |#!/|\$ [\w./-]{1,40}|sudo \w|"
    r"(?:const|let|var) \w{1,60} ?=|SELECT [\w*].{0,80} FROM |INSERT INTO |DROP TABLE |<\?php|<!DOCTYPE |<html|<script|"
    r"func \w{1,60}\(|fn \w{1,60}\(|curl -|pip install |npm install |apt(?:-get)? install |print\(|"
    r"(?:for|while|if) ?\(.{0,80}\) ?\{|for \w{1,30} in .{1,80}:$|"
    r"while .{1,60}:$|elif .{1,60}:$|return [\w\"'(\[{].{0,80};?$|"
    r"[\w.]{1,60}\(.{0,100}\);?$|[\w.\[\]\"']{1,60} ?[-+*/|]?= ?.{1,120}\)?;$|[\w.]{1,40} = [\w.]{1,60}\(.{0,100}\)$)"
)
_CODE_WEAK = re.compile(
    r"[ \t]{0,40}(?:[})\]]+[;,]?$|\w[\w.\[\]]{0,40} ?[-+*/]?= ?[^=\s].{0,100}$|[^.!?]{1,80}[{;]$|"
    r"//|/\*|#\s?\w|<[/\w][^>]{0,80}>$|"
    r"(?:if|else|try|except|with|finally)\b.{0,80}:$|return\b|[ \t]{2,}\w+\()"
)
_INERT_CODE = re.compile(
    r"[ \t]{0,40}(?:$|#|//|/\*|\*|--|\"\"\"|'''|pass$|\.\.\.$|def \w|class \w|"
    r"function \w|import |from |[{}()\[\];]+$|\"{3}|"
    r"(?:print|console\.log|raise|throw|return|echo|println!|printf|puts|alert|exit|sys\.exit)\b.{0,40}"
    r"(?i:sorry|can(?:no|')t|unable|refuse|not "
    r"(?:able|allowed|implemented|permitted)|notimplemented|None$|null;?$|false;?$|permission))"
)
LABEL = re.compile(
    r"[ \t]{0,8}[\[(*_#]{0,4}(?:🔒|🔓)?[ \t]?([A-Z][\w .'’-]{0,24}|[A-Z]{2,20})"
    r"[\])*_]{0,4} ?[:：][*_ \t]{0,4}(?=\S|$|\n)"
)
ROLES = frozenset(
    {
        "assistant",
        "ai",
        "bot",
        "gpt",
        "chatgpt",
        "model",
        "claude",
        "response",
        "answer",
        "reply",
        "classic",
        "normal",
        "standard",
        "output",
        "system",
        "llm",
    }
)
_DRAFT = re.compile(
    r"(?im)^[ \t*_]{0,6}(?:subject:|re:|betreff:|objet ?:|asunto:|dear (?!user)[\w\[]|"
    r"hi [\w\[]{2,20},|sehr geehrte|cher |estimad|gentile )"
)
_SIGN_OFF = re.compile(
    r"(?i)\n[ \t*_]{0,6}(?:sincerely|(?:best|kind|warm|many)? ?regards|best wishes|best,|yours|"
    r"mit freundlichen|cordialement|atentamente|"
    r"thank you,|thanks,|cheers,|warmly|respectfully|love,|saludos|met vriendelijke|cordiali saluti|atenciosamente)"
)


def passages_of(raw: str, start: int, end: int) -> list[Passage]:
    """Return what stands in ``raw[start:end]``, in order."""
    rows = _rows(raw, start, end)
    spoken = _dialogue(rows, raw) | _draft(rows, raw, start, end) | _quoted(rows, raw)
    passages: list[Passage] = []
    for index, (begin, stop, form) in enumerate(rows):
        if index in spoken and form is not Form.CODE:
            passages.append(Passage(begin, stop, Form.SPOKEN))
            continue
        before = passages[-1] if passages else None
        if before is not None and form is Form.PROSE and _goes_on(raw, before, begin):
            passages[-1] = Passage(before.start, stop, before.form)
        else:
            passages.append(Passage(begin, stop, form))
    return passages


def _goes_on(raw: str, before: Passage, begin: int) -> bool:
    """Whether a line of prose is the rest of a sentence that the line before broke off (text wrapped by hand)."""
    return (
        before.form in (Form.PROSE, Form.ITEM)
        and raw[begin].islower()
        and raw[before.end - 1] not in ".!?:;。！？："
        and raw.count("\n", before.end, begin) == 1
    )


def _quoted(rows: list[tuple[int, int, Form]], raw: str) -> set[int]:
    """Return the lines that quote somebody ("> …"), unless all do."""
    quoting = {index for index, row in enumerate(rows) if raw[row[0]] == ">"}
    return quoting if len(quoting) < len(rows) else set()


def _draft(rows: list[tuple[int, int, Form]], raw: str, start: int, end: int) -> set[int]:
    """Return the lines of a letter that the response writes for the user, from its head to its end."""
    head = _DRAFT.search(raw, start, end)
    if head is None or not (_SIGN_OFF.search(raw, head.end(), end) or "subject" in head[0].lower()):
        return set()
    return {index for index, row in enumerate(rows) if row[0] >= head.start()}


def _rows(raw: str, start: int, end: int) -> list[tuple[int, int, Form]]:
    """Return the lines that are not blank, each with its form; single weak code lines are prose."""
    rows: list[tuple[int, int, Form]] = []
    weak: list[bool] = []
    fence, code_fence = "", False
    position = start
    for line in raw[start:end].splitlines(keepends=True):
        begin, position = position, position + len(line)
        body = line.strip()
        if not body:
            continue
        if len(rows) >= MOST_LINES:
            rows.append((begin, end, Form.PROSE))
            weak.append(False)
            break
        stop = begin + len(line.rstrip())
        begin += len(line) - len(line.lstrip())
        mark = FENCE.match(line)
        if fence:
            if mark and mark[1] == fence and not mark[2]:
                fence = ""
                continue
        elif mark:
            fence, code_fence = mark[1], mark[2].lower() not in _PROSE_FENCES
            continue
        if fence and code_fence:
            is_code = bool(mark is None and (_CODE_STRONG.match(line.rstrip()) or _CODE_WEAK.match(line.rstrip())))
            sentence = len(body) > 24 and body.count(" ") >= 4 and body[-1] in ".!?"
            form = Form.PROSE if sentence and not is_code else Form.CODE
            weak.append(False)
        elif _CODE_STRONG.match(line.rstrip()):
            form = Form.CODE
            weak.append(False)
        elif _ITEM.match(line):
            form = Form.ITEM
            weak.append(False)
        elif _HEADING.match(line.rstrip()):
            form = Form.HEADING
            weak.append(False)
        else:
            form = Form.PROSE
            weak.append(bool(_CODE_WEAK.match(line.rstrip())))
        rows.append((begin, stop, form))
    for index, is_weak in enumerate(weak):
        beside = (index and rows[index - 1][2] is Form.CODE) or (
            index + 1 < len(rows) and rows[index + 1][2] is Form.CODE
        )
        if is_weak and beside:
            rows[index] = (*rows[index][:2], Form.CODE)
    return rows


def _dialogue(rows: list[tuple[int, int, Form]], raw: str) -> set[int]:
    """Return the lines that belong to speakers of a dialogue: two names at least, none of them the assistant's."""
    names: dict[int, str] = {}
    for index, (begin, stop, _) in enumerate(rows):
        label = LABEL.match(raw, begin, min(stop, begin + 60))
        if label:
            names[index] = label[1].strip().lower()
    counted = [name for name in names.values() if name not in ROLES]
    repeated = len(counted) > len(set(counted)) and len(set(counted)) >= 2
    shouted = sum(raw[rows[index][0] :].lstrip("*_[ ")[:3].isupper() for index in names) >= 2
    if not (repeated or shouted):
        return set()
    return {index for index, name in names.items() if name not in ROLES}


def is_inert(line: str) -> bool:
    """Whether a line of code does nothing: a comment, a bracket, a bare definition, or a refusal that is printed."""
    return bool(_INERT_CODE.match(line))
