"""English: what a prompt asks for, and the forms of it that are certain. Rules on the text, no tagger.

A rule that is unsure says nothing: the prompt is then taken as it stands, with fewer rewordings and no bad ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pytest_refusal.paraphrase.indirect import indirect, noun_asked_for, whether
from pytest_refusal.paraphrase.passages import ends_in_quotation, is_question, without_mark
from pytest_refusal.paraphrase.values import Act
from pytest_refusal.paraphrase.words import Language, lower_first

LONGEST = 240
"""A sentence of more characters is taken as it stands."""

_TELL = r"(?:tell me|let me know)"
_ASK = (
    rf"(?:please {_TELL}|{_TELL},?(?: please)?|(?:can|could|would|will) you (?:please |kindly )?{_TELL}"
    rf"|would you mind telling me|do you (?:happen to )?know|(?:i'd|i would) (?:like|love) to know|i want to know"
    rf"|i(?:'m| am| was) wondering)"
)
_EXPLAIN = r"(?:(?:please |(?:can|could|would|will) you (?:please )?)?explain(?: to me)?)"
_HOW_TO = re.compile(
    r"how (?:(?:do|can|could|should|would|might|may) (?P<i>[Ii])|(?:does|can|could|should|would|might) one)"
    r" (?:(?P<best>best) |(?P<neg>not) )?(?P<vp>[a-z].*)"
)
_GO_ABOUT = re.compile(r"how (?:do|can|could|should|would|might) I go about (?P<ger>[a-z]+ing\b.*)")
_WAY = re.compile(
    r"(?:what is|what's|what would be|what are|what're) (?P<way>(?:(?P<the>the|a|an|some|any) )?"
    r"(?:(?P<adj>[a-z]+(?:,? [a-z]+)?) )?(?P<noun>ways?)) (?:to (?P<vp>[a-z].*)|of (?P<ger>[a-z]+ing\b.*))"
)
_ASKED_HOW = re.compile(
    rf"(?:{_ASK}|{_EXPLAIN}) how (?:(?P<neg>not )?to|(?P<i>I) (?:can|could|should|would|might)"
    rf"|one (?:can|could|should)) (?P<vp>[a-z].*)",
    re.IGNORECASE,
)
_ASKED_WAY = re.compile(
    rf"{_ASK} (?P<way>(?P<the>the|a) (?:(?P<adj>[a-z]+) )?(?P<noun>way)) "
    rf"(?:to (?P<vp>[a-z].*)|of (?P<ger>[a-z]+ing\b.*))",
    re.IGNORECASE,
)
_ASKED = re.compile(rf"{_ASK} (?P<ind>(?:how|what|when|where|which|who|whose|why|whether) .+)", re.IGNORECASE)
_BARE_HOW = re.compile(r"how (?P<neg>not )?to (?P<vp>[a-z].*)")
_REQUEST = re.compile(
    r"(?:(?:please|kindly),? |(?:can|could|would|will) you (?:please |kindly )?"
    r"|i(?:'d| would) like you to (?:please )?|i (?:want|need) you to )?(?P<vp>[a-z].*)",
    re.IGNORECASE,
)
_PLEASE = re.compile(r",? please$", re.IGNORECASE)
_WH_START = re.compile(r"(?:how|what|what's|when|where|which|who|who's|whom|whose|why)\b", re.IGNORECASE)
_ASKS_WITHOUT_MARK = re.compile(
    r"(?:how (?:do|can|could|should|to)|what (?:is|are|was|were|does|do|did)|why (?:is|are|do|does|did)|"
    r"wh(?:ere|en|o) (?:is|are|was|were|do|does|did|can|should)) ",
    re.IGNORECASE,
)

# a second question or request in the same sentence
_TWO = re.compile(
    r"(?:\b(?:and|or|but|then)|[,;]) (?:then |also |please )?(?:how|what|what's|why|when|where|who|which|do|does|did|"
    r"is|are|should|can|could|will|would|please|tell me|explain)\b|[;?!]",
    re.IGNORECASE,
)
# asks for a form of the answer, which a question would lose or misplace
_FORM = re.compile(
    r"\b(?:in (?:your|my) own|own words|in (?:simple|plain|detail|depth|short|brief|layman'?s?|full|\w+ (?:words?|"
    r"sentences?|steps|paragraphs?|lines?|terms|language))|step[- ]by[- ]step|briefly|simply|concisely|sentences?"
    r"|paragraphs?|bullet|as (?:if|though) |like i(?:'m| am)|to (?:a|an|my|someone|somebody) [\w-]+(?: [\w-]+)?$"
    r"|using\b.*\b(?:words?|examples?|metaphors?|analog\w+)|with (?:an? )?(?:examples?|analog\w+))",
    re.IGNORECASE,
)
_MINE = re.compile(r"\b(?:I|I'm|I've|I'd|I'll|me|my|mine|myself|we|us|our|ours)\b", re.IGNORECASE)
_YOURS = re.compile(r"\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
_ONES = re.compile(r"\b(?:one's|oneself)\b", re.IGNORECASE)
_JOINED = re.compile(r"\b(?:and|or|then|but)\b|[,;]", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\b(?:what|who|why|how|where|when|which|that|whose|if|whether|it|this|they|you|i|because|while|as|where|there)\b",
    re.I,
)
_DETERMINERS = ("the", "a", "an", "my", "your", "his", "her", "our", "their", "this", "that", "these", "those")
_NO_OBJECT = frozenset(
    ("is", "are", "was", "were", "of", "and", "or", "has", "had", "will", "can", "could", "would", "be")
)


@dataclass(frozen=True, slots=True)
class Read:
    """One sentence, read."""

    act: Act
    forms: dict[str, str]


def read(sentence: str, words: Language) -> Read | None:
    """Return what one sentence asks for; None if it is neither a question nor a request.

    Args:
        sentence: With its final mark, if any. A request that ends in a colon comes without it.
        words: The words of English.
    """
    if ends_in_quotation(sentence):
        return Read(Act.QUESTION, _verbatim(sentence, words)) if is_question(sentence) else None
    asks = is_question(sentence) or (sentence[-1:] not in (".", "!") and _ASKS_WITHOUT_MARK.match(sentence) is not None)
    plain = _PLEASE.sub("", without_mark(sentence).replace("’", "'"))
    if len(plain) > LONGEST or "\n" in plain or plain.isupper():
        return Read(Act.QUESTION, _verbatim(sentence, words)) if asks else None
    found = None if _TWO.search(plain) else _howto(plain) or _wh(plain, asks, words)
    found = found or _do(plain, asks, words)
    if found is None:
        if not asks:
            return None
        said = None if _TWO.search(plain) else whether(plain, words)
        found = Read(Act.QUESTION, {"ind": said, "clause": said} if said else {})
    if "’" in sentence and "'" not in sentence:
        found = Read(found.act, {form: text.replace("'", "’") for form, text in found.forms.items()})
    if asks and not _BARE_HOW.match(plain.lower()):
        found.forms.update(_verbatim(sentence, words))
    if found.act in (Act.HOWTO, Act.DO):
        _add_gerund(found.forms, words)
    return found


def _verbatim(sentence: str, words: Language) -> dict[str, str]:
    asked = without_mark(sentence)
    lowered = lower_first(asked, words)
    return {"Q": asked, **({"q": lowered} if lowered else {})}


def _howto(plain: str) -> Read | None:
    lowered = f"{plain[:1].lower()}{plain[1:]}"
    if found := _GO_ABOUT.fullmatch(lowered):
        ger = found["ger"]
        return Read(Act.HOWTO, {"ger": ger, "ind": f"how to go about {ger}", "clause": f"how to go about {ger}"})
    if found := _HOW_TO.fullmatch(lowered):
        return _way_to(found["vp"], "best" if found["best"] else "", bool(found["neg"]), mine=found["i"] is not None)
    if found := _BARE_HOW.fullmatch(lowered):
        return _way_to(found["vp"], "", found["neg"] is not None)
    if found := _ASKED_HOW.fullmatch(plain):
        if _FORM.search(found["vp"]) or not found["vp"][0].islower():
            return None
        return _way_to(found["vp"], "", found["neg"] is not None, mine=found["i"] is not None)
    found = _WAY.fullmatch(lowered) or _ASKED_WAY.fullmatch(plain)
    return _a_way(found) if found else None


def _way_to(vp: str, adj: str, neg: bool, mine: bool | None = None) -> Read | None:
    """The forms of "how to VP"; ``mine``: "I" does it (or "one"), None: not said."""
    first = vp.split()[0]
    if first in _STATIVE or first in ("not", "been", "to"):
        return Read(Act.QUESTION, {})
    if neg:
        return Read(Act.HOWTO, {"ind": f"how not to {vp}", "clause": f"how not to {vp}"})
    if adj:
        ind = f"how best to {vp}"
        return Read(Act.HOWTO, {"ind": ind, "clause": ind, "way": f"the best way to {vp}", **_doer("best", vp, mine)})
    forms = {"ind": f"how to {vp}", "clause": f"how to {vp}", "inf": f"to {vp}", **_doer("vp", vp, mine)}
    if not _MINE.search(vp) and not _YOURS.search(vp):
        forms["one"] = vp
    return Read(Act.HOWTO, forms)


def _doer(form: str, vp: str, mine: bool | None) -> dict[str, str]:
    """The form that "I" is put before, unless the sentence speaks of "you" or "one" and did not say "I"."""
    if _ONES.search(vp) or (mine is not True and _YOURS.search(vp)):
        return {}
    return {form: vp}


def _a_way(found: re.Match[str]) -> Read | None:
    adj, vp, ger = found["adj"] or "", found["vp"], found["ger"]
    if vp and vp.split()[0] in ("not", "be", *_DETERMINERS):
        return None  # "What is the way to the station?"
    if adj in ("only", "other", "right", "first", "last", "one", "same"):
        return None  # "What is the only way …": no way among others
    plural = found["noun"] == "ways"
    if found["the"] in (("a", "an") if plural else (None, "some", "any")):
        return None
    noun = f"{found['way']} to {vp}" if vp else f"{found['way']} of {ger}"
    forms = {"ind": noun, "ways" if plural else "way": noun}
    if plural or not vp:
        return Read(Act.HOWTO, forms)
    if adj == "best":
        return Read(Act.HOWTO, {**forms, **_doer("best", vp, None)})
    return Read(Act.HOWTO, forms)


def _wh(plain: str, asks: bool, words: Language) -> Read | None:
    if found := _ASKED.fullmatch(plain):
        clause = found["ind"]
        if _FORM.search(clause) or _inverted(clause):
            return None
        return Read(Act.WH, {"ind": clause, "clause": clause})
    if not asks or not _WH_START.match(plain):
        return None
    forms = {}
    if clause := indirect(plain, words):
        forms = {"ind": clause, "clause": clause}
    if noun := noun_asked_for(plain):
        forms["obj"] = noun
        if not clause:
            forms["ind"] = noun
    return Read(Act.WH, forms) if forms else None


def _inverted(clause: str) -> bool:
    """Return whether an indirect question has the order of a direct one, as in "tell me what is the time"."""
    return (
        re.match(
            r"(?:how|when|where|why|what|who)(?: \w+)?? (?:do|does|did|is|are|was|were|can|could|should|would|will) ",
            clause,
            re.IGNORECASE,
        )
        is not None
    )


def _do(plain: str, asks: bool, words: Language) -> Read | None:
    found = _REQUEST.fullmatch(plain)
    if found is None:
        return None
    vp = found["vp"]
    vp = f"{vp[0].lower()}{vp[1:]}"
    parts = vp.split()
    asked_for = found.start("vp") > 0
    if not words.imperative(parts[0]) or len(parts) < 3 or (asks and not asked_for):
        return None
    finite = re.search(r" (?:is|are|was|were|has) ", vp)
    if finite and not asked_for and not _CLAUSE.search(vp[: finite.start()]):
        return None  # "Check engine light is on"
    if parts[1].lower().strip(",") in _NO_OBJECT or parts[1].startswith("-") or vp.endswith(":"):
        return None
    if re.search(r"[;?!]|\b(?:can|could|will|would) you\b", vp):
        return None
    return Read(Act.DO, {"vp": vp})


def _add_gerund(forms: dict[str, str], words: Language) -> None:
    vp = forms.get("vp", "")
    verb, space, rest = vp.partition(" ")
    if not vp or "ger" in forms or _JOINED.search(vp):
        return
    if gerund := words.gerund(verb):
        forms["ger"] = f"{gerund}{space}{rest}"


_STATIVE = frozenset(
    ("appear", "compare", "come", "differ", "fare", "have", "look", "relate", "seem", "smell", "sound")
)
