"""One prompt and the operators that apply to it: what can be made of it, and a rewording by its operators' names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from string import Formatter

from pytest_refusal.errors import UsageProblem
from pytest_refusal.paraphrase import english
from pytest_refusal.paraphrase.edits import EDITS
from pytest_refusal.paraphrase.passages import is_question, sentences_of, without_mark
from pytest_refusal.paraphrase.tables import joined, shipped
from pytest_refusal.paraphrase.values import (
    ANY,
    KINDS_ON,
    SLOT_GUARDS,
    Act,
    Operator,
    OperatorKind,
    Paraphrase,
    Parsed,
    Reach,
    Slot,
)
from pytest_refusal.paraphrase.words import Language, language, lower_first, upper_first
from pytest_refusal.records import Probe

_ORDER = {slot: number for number, slot in enumerate(Slot)}
_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|okay|ok|so|well|good (?:morning|afternoon|evening))(?: (?:there|all|everyone))?[,!.]+\s+)+",
    re.IGNORECASE,
)
_COLON = re.compile(r":(?=\s)")
_QUOTED = re.compile(r"[\"“”`<>{}\[\]|\\=*#_\n\t\u2018]|:(?=\s|$)|(?<!\w)'|'(?!\w)|https?://|\w/\w")
_OF_WORDS = re.compile(
    r"\b(?:spell\w*|words?|phrases?|letters?|sentences?|grammar\w*|synonyms?|antonyms?|rhym\w+|translat\w+|pronounc\w*|"
    r"syllables?|typos?|punctuat\w*|capitals|capital letters?|capitali[sz]\w*|"
    r"(?:low|upp)er ?case|apostrophes?|characters?|contractions?|dialects?|"
    r"british|american|mean|means|meaning|abbreviat\w+|acronyms?|paraphras\w+|rephras\w+|rewrit\w+|proofread\w*)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(r"\b(?:this|these|that|those|following|below|here)\b", re.IGNORECASE)
_CAPITAL = re.compile(r"(?<![.?!] )(?<!^)\b(?!I\b)\w*[A-Z]|\b[A-Z]\w*[A-Z]|[A-Z]\d")


def parse(prompt: str, lang: str = "en") -> Parsed:
    """Read a prompt: its first request, what stands round it, and the forms of it that are certain.

    Args:
        prompt: Anything; never raises.
        lang: Its language. English is understood; in others a sentence with a question mark is a question.
    """
    words = language(lang)
    sentences = sentences_of(prompt)
    for sentence in sentences:
        start, end, text = sentence.start, sentence.end, sentence.text
        if lang == "en" and (greeting := _GREETING.match(text)) and greeting.end() < len(text):
            start += greeting.end()
            text = text[greeting.end() :]
        end, colon = _before_colon(text, start, end, end == sentences[-1].end)
        text = prompt[start:end]
        found = _read(text, lang, words, colon)
        if found is not None:
            end += 1 if colon else 0
            return Parsed(found[0], prompt[:start], prompt[start:end], prompt[end:], colon, found[1])
    return Parsed(Act.STATEMENT, "", prompt, "")


def _before_colon(text: str, start: int, end: int, last: bool) -> tuple[int, bool]:
    """Return where the sentence ends if a colon parts it from what it is about."""
    if (found := _COLON.search(text)) is not None:
        return start + found.start(), True
    if text.endswith(":") and not last:
        return end - 1, True
    return end, False


def _read(text: str, lang: str, words: Language, colon: bool) -> tuple[Act, Mapping[str, str]] | None:
    if lang == "en":
        found = english.read(text, words)
        # only a request goes on behind a colon; "Which is better: tea or coffee?" is left alone
        return None if found is None or (colon and found.act is not Act.DO) else (found.act, found.forms)
    if colon or not is_question(text):
        return None
    asked = without_mark(text)
    lowered = lower_first(asked, words)
    return Act.QUESTION, {"Q": asked, **({"q": lowered} if lowered else {})}


@dataclass(frozen=True, slots=True)
class Wordings:
    """What can be made of one prompt; made by ``wordings_of``.

    Attributes:
        parsed: The prompt, read.
        operators: Those that apply to it, in table order.
        variants: The team's wordings, without doubles and the canonical text.
    """

    prompt: str
    parsed: Parsed
    operators: tuple[Operator, ...]
    variants: tuple[Paraphrase, ...]
    kept: tuple[str, ...]
    words: Language

    def build(self, names: Iterable[str]) -> Paraphrase | None:
        """Return the rewording by these operators, in slot order whatever the order of the names.

        Returns:
            None where nothing is left of them: all are unknown to this prompt, or change nothing together.
        """
        wanted = set(names)
        for variant in self.variants:
            if wanted & set(variant.operators):
                return variant
        return self.compose([operator for operator in self.operators if operator.name in wanted])

    def compose(self, operators: Sequence[Operator]) -> Paraphrase | None:
        """Return the rewording by these operators; those that change nothing in it are not named in it."""
        draft = _Draft(self.parsed.before, self.parsed.sentence, self.parsed.after)
        done: dict[Slot, str] = {}
        for operator in sorted(operators, key=lambda operator: _ORDER[operator.slot]):
            changed = None if operator.slot in done else self._apply(operator, draft)
            if changed is not None:
                draft = changed
                done[operator.slot] = operator.name
        text = draft.text
        return Paraphrase(text, tuple(done.values()), self.prompt) if done and text != self.prompt else None

    def singles(self) -> list[Paraphrase]:
        """Return the distinct rewordings by one operator, the team's variants first."""
        found = {variant.text: variant for variant in self.variants}
        for operator in self.operators:
            if made := self.compose([operator]):
                found.setdefault(made.text, made)
        return list(found.values())

    def reach(self) -> Reach:
        """Return how the prompt was read and how many rewordings by one operator there are, for reports."""
        kind_of = {operator.name: operator.kind.value for operator in self.operators}
        kinds: dict[str, int] = {}
        singles = self.singles()
        for made in singles:
            kind = kind_of.get(made.operators[0], OperatorKind.VARIANT.value)
            kinds[kind] = kinds.get(kind, 0) + 1
        return Reach(self.parsed.act, len(singles), kinds)

    def _apply(self, operator: Operator, draft: _Draft) -> _Draft | None:
        if operator.unless and _compiled(operator.unless).search(draft.text):
            return None
        if operator.slot is Slot.FRAME:
            changed = self._framed(operator, draft)
        elif operator.template:
            changed = self._surrounded(operator, draft)
        elif operator.slot is Slot.REORDER:
            changed = self._reordered(operator, draft)
        elif operator.find:
            changed = draft.map(lambda text: _substituted(operator, text))
        else:
            changed = _Draft("", EDITS[operator.edit](draft.text, frozenset(self.kept)), "")
        if changed is None or changed.text == draft.text or not _holds(changed.text, self.kept, self.prompt):
            return None
        return changed

    def _framed(self, operator: Operator, draft: _Draft) -> _Draft | None:
        form = _form_of(operator.template)
        if operator.template and form not in self.parsed.forms:
            return None
        text = operator.template.replace(f"{{{form}}}", self.parsed.forms[form])
        text = re.sub(r"\.\.$", ".", text)
        text = upper_first(text)
        if self.parsed.payload:
            if not re.search(rf"\{{{form}\}}[.?!]$", operator.template):
                return None
            text = f"{text[:-1]}:"
        if draft.before.rstrip().endswith(","):
            lowered = lower_first(text, self.words)
            if lowered is None:
                return None
            text = lowered
        return _Draft(draft.before, text, draft.after)

    def _reordered(self, operator: Operator, draft: _Draft) -> _Draft | None:
        # behind a frame what would be put in front is part of it
        found = _compiled(operator.find).search(draft.sentence) if draft.sentence == self.parsed.sentence else None
        if found is None:
            return None
        parts = {
            f"\\{number}": lower_first(part, self.words) for number, part in enumerate(found.groups(""), 1) if part
        }
        if None in parts.values():
            return None
        put = re.sub(r"\\\d", lambda group: parts.get(group[0]) or "", operator.replace)
        text = f"{draft.sentence[: found.start()]}{put}{draft.sentence[found.end() :]}"
        return _Draft(draft.before, upper_first(text), draft.after)

    def _surrounded(self, operator: Operator, draft: _Draft) -> _Draft | None:
        form = _form_of(operator.template)
        if operator.slot is Slot.CLOSER and not draft.text.endswith((".", "?", "!")):
            return None
        lowered = lower_first(draft.text, self.words) if form == "t" else draft.text
        return None if lowered is None else _Draft("", operator.template.replace(f"{{{form}}}", lowered), "")


@dataclass(frozen=True, slots=True)
class _Draft:
    """A wording on its way: the sentence that frames replace, and what stands round it."""

    before: str
    sentence: str
    after: str

    @property
    def text(self) -> str:
        return f"{self.before}{self.sentence}{self.after}"

    def map(self, edit: Callable[[str], str]) -> _Draft:
        return _Draft(edit(self.before), edit(self.sentence), edit(self.after))


def wordings_of(
    prompt: str,
    *,
    lang: str = "en",
    kinds: Iterable[str] = KINDS_ON,
    keep: Iterable[str] = (),
    variants: Iterable[str] = (),
    operators: Iterable[Operator] = (),
) -> Wordings:
    """Return what can be made of a prompt.

    Args:
        prompt: The canonical wording.
        lang: Its language; operators of other languages do not apply. A region is not looked at (``en-GB`` is ``en``).
        kinds: Names of the kinds to use; default: all but ``noise`` and ``mixed-language``.
        keep: Words or phrases that stay as they are, to the letter, wherever the prompt has them.
        variants: The team's own wordings.
        operators: More operators, from ``load_operators`` or ``operators_from``.

    Raises:
        UsageProblem: A kind does not exist, or an operator's name is taken.
    """
    used = checked_kinds(kinds)
    spoken = lang.partition("-")[0].lower()
    parsed = parse(prompt, spoken)
    kept = _kept(prompt, keep)
    own: dict[str, Paraphrase] = {}
    if OperatorKind.VARIANT in used:
        for number, text in enumerate(variants, 1):
            if text != prompt:
                own.setdefault(text, Paraphrase(text, (f"variant.{number}",), prompt))
    guards = _guards(prompt, parsed)
    table = joined(shipped(), operators) if operators else shipped()
    able = [
        operator
        for operator in table
        if operator.kind in used
        and operator.lang.partition("-")[0] in (spoken, ANY)
        and (not operator.acts or parsed.act in operator.acts)
        and all(guards[guard] for guard in (*SLOT_GUARDS.get(operator.slot, ()), *operator.guards))
    ]
    whole = Wordings(prompt, parsed, (), tuple(own.values()), kept, language(spoken))
    if not prompt.strip():
        return whole
    return replace(whole, operators=tuple(operator for operator in able if whole.compose([operator]) is not None))


def wordings_for(
    probe: Probe,
    *,
    lang: str = "en",
    kinds: Iterable[str] = KINDS_ON,
    keep: Iterable[str] = (),
    variants: Iterable[str] = (),
    operators: Iterable[Operator] = (),
) -> Wordings:
    """Return what can be made of a probe's last user turn, with its ``lang``, ``keep`` and ``variants``.

    Args:
        probe: The probe.
        lang: The language of probes that name none.
        kinds: Names of the kinds to use.
        keep: More words to keep.
        variants: More wordings, after the probe's.
        operators: More operators.

    Raises:
        UsageProblem: A kind does not exist, or an operator's name is taken.
    """
    return wordings_of(
        probe.prompt,
        lang=probe.lang or lang,
        kinds=kinds,
        keep=(*probe.keep, *keep),
        variants=(*probe.variants, *variants),
        operators=operators,
    )


def checked_kinds(kinds: Iterable[str]) -> frozenset[str]:
    """Return the kinds as a set.

    Raises:
        UsageProblem: One of them does not exist.
    """
    used = frozenset(kinds)
    for kind in sorted(used):
        if kind not in set(OperatorKind):
            known = ", ".join(OperatorKind)
            raise UsageProblem(f"paraphrase kinds: expected some of {known}; got {kind!r}")
    return used


def _guards(prompt: str, parsed: Parsed) -> Mapping[str, bool]:
    """Return the name of every guard → whether it holds."""
    plain = prompt.replace("’", "'")
    following = parsed.after.strip()
    about = parsed.act is Act.DO and following != "" and _POINTING.search(parsed.sentence) is not None
    return {
        "plain": not about and not _QUOTED.search(plain) and not _OF_WORDS.search(plain),
        "single": not parsed.before.strip(),
        "nameless": not _CAPITAL.search(prompt),
        "ended": prompt.endswith((".", "?", "!")),
        "open": not parsed.payload and not about and not (following and "\n" in prompt.strip()),
    }


def _kept(prompt: str, keep: Iterable[str]) -> tuple[str, ...]:
    """Return the forms in which the words to be kept stand in the prompt, whatever their case."""
    forms: dict[str, None] = {}
    for word in keep:
        if word.strip():
            forms.update(dict.fromkeys(re.findall(re.escape(word), prompt, re.IGNORECASE)))
    return tuple(forms)


def _holds(text: str, kept: Sequence[str], prompt: str) -> bool:
    """Return whether the text has every kept form as often as the prompt, as a word where it was one."""
    for form in kept:
        as_word = re.compile(rf"(?<!\w){re.escape(form)}(?!\w)")
        had = len(as_word.findall(prompt))
        if (len(as_word.findall(text)) if had else text.count(form)) < (had or prompt.count(form)):
            return False
    return True


def _substituted(operator: Operator, text: str) -> str:
    def put(found: re.Match[str]) -> str:
        new = found.expand(operator.replace)
        return upper_first(new) if found[0][:1].isupper() and not operator.replace.startswith("\\") else new

    return _compiled(operator.find).sub(put, text)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@cache
def _form_of(template: str) -> str:
    return next(name for _, name, _, _ in Formatter().parse(template) if name)
