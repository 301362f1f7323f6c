"""Raw text → passages: what is judged of a response, each with its place in the raw text.

Thinking, role labels and quotations are taken out here; code, list items and headings are told from prose. Nothing is
copied out of the text, so that a sentence found later is a slice of the raw response.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass

from .lines import FENCE, LABEL, ROLES, Form, Passage, passages_of
from .voices import kind_of_voice, voices_of

LONGEST = 24_000
"""Characters that are read from the start of a response; a longer one is judged by that much."""


@dataclass(frozen=True, slots=True)
class Page:
    """A response made ready to be read.

    Attributes:
        raw: The response as it came, at most ``LONGEST`` characters.
        masked: The same length; what is quoted or spoken by someone in a story is blanked out with U+FFFC.
        passages: In order; empty if nothing but thinking was said.
        unfinished_thinking: A thinking block was opened and never closed.
        refused_field: A JSON reply whose own fields say that it refuses.
        voices: Where the voices of a double answer begin; empty in an answer of one voice.
    """

    raw: str
    masked: str
    passages: tuple[Passage, ...]
    unfinished_thinking: bool = False
    refused_field: bool = False
    voices: tuple[int, ...] = ()


_BLANK = "\ufffc"
_DELETED = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2061\u2062\u2063*`~#|>"
_FOLDED = {
    **dict.fromkeys(_DELETED, ""),
    **dict.fromkeys("‘’‛′ʼ´＇", "'"),
    **dict.fromkeys("“”„‟″«»＂", '"'),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    "，": ",",
    "、": ",",
    "：": ":",
    "；": ";",
    "！": "!",
    "？": "?",
    "。": ".",
    "．": ".",
    "（": "(",
    "）": ")",
    "…": "...",
    "ﬁ": "fi",
    "ﬂ": "fl",
    _BLANK: " ",
}
_FOLDED_ALL = tuple(_FOLDED.items())
_FOLDED_ASCII = tuple([(sign, instead) for sign, instead in _FOLDED_ALL if sign.isascii()])
_FOLD_TABLE = str.maketrans(_FOLDED)
_FOLD_PLAIN_TABLE = str.maketrans({old: new for old, new in _FOLDED.items() if not old.isascii()})
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,60}>")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_MARKS = re.compile(r"[\u0307\u0640\u064b-\u0652]")
"""The dot above, the Arabic stretcher and vowel signs: written or not, the word is the same."""

_EMPHASIS = re.compile(r"(?<!\w)_{1,3}|_{1,3}(?!\w)")
_ESCAPES = re.compile(r'\\(u[0-9a-fA-F]{4}|[nrtbf"\\/])')


def fold(piece: str) -> str:
    """Return ``piece`` in lower case with plain quotes, dashes and single spaces, without markdown and hidden signs."""
    if "<" in piece:
        piece = _TAG.sub(" ", piece)
    plain = piece
    for sign, instead in _FOLDED_ASCII if piece.isascii() else _FOLDED_ALL:
        if sign in plain:
            plain = plain.replace(sign, instead)
    if "\\" in plain:
        plain = _ESCAPES.sub(_unescape, plain)
    if "_" in plain:
        plain = _EMPHASIS.sub("", plain)
    if not plain.replace("\n", " ").isprintable():
        plain = _CONTROL.sub("", plain)
    if plain.isascii():
        return " ".join(plain.lower().split())
    # some keyboards write an accent as a sign of its own, and the small letter of a Turkish İ keeps its dot as one
    composed = unicodedata.normalize("NFC", plain).lower()
    return " ".join(_MARKS.sub("", composed).split())


def fold_plain(piece: str) -> str:
    """Return ``piece`` case-folded, with plain quotes, dashes and single spaces and without hidden characters.

    Unlike ``fold`` it keeps what may be meant: markdown characters, backslashes, underscores.
    """
    return " ".join(_CONTROL.sub("", piece.translate(_FOLD_PLAIN_TABLE)).casefold().split())


def _unescape(match: re.Match[str]) -> str:
    escape = match[1]
    if escape[0] == "u":
        return chr(int(escape[1:], 16)).translate(_FOLD_TABLE)
    return {'"': '"', "\\": "\\", "/": "/"}.get(escape, " ")


_THINK_MARK = re.compile(
    r"(?i)<(/?)(think|thinking|thought|reasoning|scratchpad|analysis)>|\[(/?)(think)\]|"
    r"(<\|channel\|>analysis<\|message\|>)|(<\|channel\|>final<\|message\|>)"
)


def outside_thinking(raw: str) -> tuple[list[tuple[int, int]], bool]:
    """Return the spans of ``raw`` that are not thinking, and whether a thinking block was left open.

    A closing mark without an opening one ends thinking that began at the start: some chat templates swallow the opener.
    """
    if "<" not in raw and "[" not in raw:
        return [(0, len(raw))], False
    spans: list[tuple[int, int]] = []
    begin, depth = 0, 0
    for mark in _THINK_MARK.finditer(raw):
        closes = bool(mark[1] or mark[3] or mark[6])
        if closes:
            if depth == 0:
                spans.clear()
            begin, depth = mark.end(), 0
        elif depth == 0:
            spans.append((begin, mark.start()))
            begin, depth = mark.end(), 1
    if depth == 0:
        spans.append((begin, len(raw)))
    return [span for span in spans if raw[span[0] : span[1]].strip()], depth > 0


_QUOTED = re.compile(
    r'"[^"\n]{1,1500}"|`[^`\n]{1,400}`|“[^“”]{1,1500}”|«[^«»]{1,1500}»|„[^„“”]{1,1500}[“”]|「[^「」]{1,1500}」|『[^『』]{1,1500}』|《[^《》]{1,300}》'
)
_SINGLE_QUOTED = re.compile(
    r"(?<![\w'])'(?=\w)(?:[^'\n]|(?<=\w)'(?=\w)){10,400}'(?!\w)|‘(?:[^‘’\n]|(?<=\w)’(?=\w)){10,400}’(?!\w)"
)


_LANGUAGE = re.compile(
    r"(?i)\b(?:german|french|spanish|italian|portuguese|dutch|russian|chinese|mandarin|japanese|korean|arabic|hindi|turkish|"
    r"polish|swedish|latin|greek|translation|translated(?: \w{1,12})?|translates (?:to|as))[*_ ]{0,3}$"
)
_MOST_COLONS = 200


def _without_translations(raw: str) -> str:
    """Blank out what stands on a line behind the name of a language and a colon: it is translated, not said."""
    masked, at = raw, -1
    for _ in range(_MOST_COLONS):
        at = raw.find(":", at + 1)
        if at < 0:
            break
        if raw[at - 1 : at].isalpha() and _LANGUAGE.search(raw, max(0, at - 30), at):
            end = raw.find("\n", at)
            end = end if end >= 0 else len(raw)
            masked = masked[: at + 1] + _BLANK * (end - at - 1) + masked[end:]
    return masked


def read(text: str) -> Page:
    """Return what is to be judged of ``text``."""
    raw = text[:LONGEST]
    spans, unfinished = outside_thinking(raw)
    if len(spans) == 1:
        reply = _read_json(raw, *spans[0])
        if reply is not None:
            return reply
    masked = _mask(raw)
    passages: list[Passage] = []
    voices: list[int] = []
    for start, end in spans:
        marks = voices_of(raw, start, end)
        if not marks:
            passages += passages_of(raw, *_without_labels(raw, start, end))
            continue
        passages += passages_of(raw, start, marks[0][0])
        for (_, begin), (stop, _) in zip(marks, [*marks[1:], (end, end)], strict=True):
            voices.append(begin)
            passages += passages_of(raw, begin, stop)
    return Page(raw, masked, tuple(passages), unfinished, voices=tuple(voices))


def _mask(raw: str) -> str:
    """Blank out quotations (not a response that is one quotation) and the lines of a dialogue between others."""
    masked = _without_translations(raw)
    body = raw.strip()
    double, single = any(mark in raw for mark in '"`“«„「『《'), " '" in raw or "‘" in raw
    if double or single:

        def blank(match: re.Match[str]) -> str:
            inner = match[0]
            whole = len(inner) + 2 >= len(body)
            is_sentence = (len(inner) > 5 and " " in inner) or (len(inner) > 10 and not inner.isascii())
            return _BLANK * len(inner) if is_sentence and not whole else inner

        if double:
            masked = _QUOTED.sub(blank, masked)
        if single:
            masked = _SINGLE_QUOTED.sub(blank, masked)
    return masked


def _without_labels(raw: str, start: int, end: int) -> tuple[int, int]:
    """Skip a role label at the start ("Assistant:") and cut at a turn that the model made up for the user."""
    while start < end and raw[start].isspace():
        start += 1
    label = LABEL.match(raw, start, end)
    if label and (label[1].strip().lower() in ROLES or kind_of_voice(label[1])):
        start = label.end()
        made_up = re.compile(r"\n[ \t*]{0,4}(?:User|Human)[* ]{0,3}:").search(raw, start, end)
        if made_up:
            end = made_up.start()
    return start, end


_JSON_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(:?)')
_REFUSED_FIELD = re.compile(
    r'(?i)"(?:refus\w{0,8}|is_refusal|declined|blocked|denied)"\s*:\s*true|'
    r'"(?:status|decision|action|result|type|label|outcome|verdict)"\s*:\s*"(?:refus\w{0,4}|declined?|denied|deny|blocked?|rejected)"|'
    r'"(?:allowed|can_help|permitted|complied)"\s*:\s*false'
)
_FIELD_NAMES = re.compile(
    r"(?i)^(?:id|type|role|model|object|status|lang\w{0,6}|finish_reason|decision|action|label|code|tier|category)$"
)


def _read_json(raw: str, start: int, end: int) -> Page | None:
    """Return the page of a reply that is one JSON object or a list of them, or None; its texts are what is read."""
    while start < end and raw[start].isspace():
        start += 1
    fence = FENCE.match(raw, start, end)
    if fence and fence[2].lower() in ("json", ""):
        start = fence.end()
        close = raw.rfind(fence[1], start, end)
        end = close if close > start else end
    body = raw[start:end].strip()
    if (body[:1], body[-1:]) not in (("{", "}"), ("[", "]")):
        return None
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(parsed, dict) and not (isinstance(parsed, list) and any(isinstance(p, dict) for p in parsed)):
        return None
    passages: list[Passage] = []
    key = ""
    for string in _JSON_STRING.finditer(raw, start, end):
        if string[2]:
            key = string[1]
            continue
        if string[1].strip() and not _FIELD_NAMES.match(key):
            form = Form.PROSE if " " in string[1] or not string[1].isascii() else Form.ITEM
            passages.append(Passage(string.start(1), string.end(1), form))
    if not passages:
        return None
    return Page(raw, raw, tuple(passages), False, bool(_REFUSED_FIELD.search(raw, start, end)))
