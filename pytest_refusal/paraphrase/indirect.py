"""English: direct questions put indirectly ("Why is the sky blue?" → "why the sky is blue"), where that is certain.

The subject's end has to be certain, for the verb moves behind it: a pronoun, a run of capitalised words before a word
that begins a predicate, a short noun phrase before a verb that is no noun. With "do" nothing moves. Else: None.
"""

from __future__ import annotations

import re

from pytest_refusal.paraphrase.words import Language

_PRONOUN = r"(?:I|you|he|she|it|we|they|there)"
_BE = r"(?:is|are|was|were|am)"
_MODAL = r"(?:can|could|should|would|will|might|may|must|shall)"
_HAVE = r"(?:have|has|had)"
_DEGREE = (
    r"(?:many|much|long|far|often|old|tall|big|fast|deep|high|heavy|hot|cold|soon|likely|common|large|small|wide|hard|"
    r"difficult|easy|safe|expensive|important|quickly|late|early)"
)
_WH = re.compile(
    rf"(?P<wh>(?:what|which)(?: (?!(?:{_BE}|{_MODAL}|{_HAVE}|do|does|did|if|about)\b)[a-z-]+){{0,2}}"
    rf"|how {_DEGREE}(?: (?!(?:{_BE}|{_MODAL}|{_HAVE}|do|does|did)\b)[a-z-]+){{0,2}}|how|why|where|when|who|whom|whose)"
    rf" (?P<aux>{_BE}|{_MODAL}|{_HAVE}|do|does|did) (?P<rest>.+)",
    re.IGNORECASE,
)
_DETERMINED = r"(?:the|a|an|my|your|his|her|our|their)"
_NOUN = r"[a-z][a-z-]*"
_CAPITALS = r"[A-Z0-9][\w.&-]*(?: [A-Z0-9][\w.&-]*)*"
_NAMES = r"[A-Z][\w.-]*(?: [A-Z][\w.-]*)*"
_NO_SUBJECT_WORD = r"(?!(?:of|that|which|who|whose|and|or|to|in|on|at|for|from|with|by|than|as|not|never)\b)"
_BEGINS_PREDICATE = r"(?:a|an|the|so|such|too|very|not|still|called|considered|known|named|famous|important|popular)"
_ENDS_PREDICATE = r"(?:located|situated|held|built|founded|born|made|invented|discovered|written|published|released)"
_LOOSE_END = re.compile(
    r"(?:\b(?:of|in|on|at|for|from|with|by|to|about|into|like|as|than|up|out|off|over|down|now|today|tomorrow|here|"
    r"there|tonight|taken|given|written|broken|chosen|driven|eaten|fallen|frozen|hidden|seen|shown|spoken|stolen|worn|been|made|known|used|called|named|meant|said|done|gone|found|true|wrong|right|good|bad|best|better|worse)|"
    r"(?!(?:bed|red|seed|speed|breed|weed|feed|shed|hundred)$)\w{2,}ed)$",
    re.IGNORECASE,
)
_ING = re.compile(r"\b(?!(?:meaning|morning|evening|building|thing|king|ring|spring|string|wedding|ceiling)\b)\w+ing\b")
_THING = re.compile(r"\w{2,}(?:tion|sis|ism|ity|ment|ness|logy|graphy|ics|ance|ence|ure)s?")
_PREDICATE_OF_WHAT = re.compile(
    r"(?:happening|causing|making|going on|wrong with|different (?:about|between)|special about|unusual about|"
    r"interesting about|new in)\b"
)
_NEGATED = re.compile(r"\b(?:not|never|no|nobody|nothing|nor)\b|n't\b", re.IGNORECASE)


def indirect(question: str, words: Language) -> str | None:
    """Return a direct question as a clause.

    Args:
        question: One sentence without its final mark, straight apostrophes.
        words: The language's words.

    Returns:
        The clause, with a small first letter, or None where it is not certain.
    """
    if re.search(r"[,;:()\"“”]", question) or re.search(
        r"n't\b", question.split(" ", 4)[1:2][0] if " " in question else ""
    ):
        return None
    if question.lower().startswith("what's the "):
        question = "What is" + question[6:]
    found = _WH.fullmatch(question)
    if found is None:
        return _subject_asked_for(question, words)
    wh, aux, rest = found["wh"].lower(), found["aux"].lower(), found["rest"]
    if wh in ("who", "what") and aux in ("is", "are") and (said := _predicate_of_what(wh, aux, rest)):
        return said
    if aux == "do":
        # "Where do I start?" asks where to start
        advice = rest.lower().startswith("i ") and wh != "why" and not wh.startswith("how ")
        return None if advice or _NEGATED.search(rest) else f"{wh} {rest}"
    if aux in ("does", "did"):
        return _with_verb(wh, aux, rest, words)
    return _behind_subject(wh, aux, rest, words)


def whether(question: str, words: Language) -> str | None:
    """Return a yes-or-no question as a clause with "whether", in the same way as ``indirect``."""
    if re.search(r"[,;:()\"“”]|\bor not\b", question) or re.search(r"\bor\b", question):
        return None
    found = re.fullmatch(rf"(?P<aux>{_BE}|{_MODAL}|{_HAVE}|do|does|did) (?P<rest>.+)", question, re.IGNORECASE)
    if found is None:
        return None
    aux, rest = found["aux"].lower(), found["rest"]
    if re.match(r"you\b", rest):
        return None  # "Can you …?" asks for something to be done, "Do you know …?" for what is known
    if aux == "do":
        return None if _NEGATED.search(rest) else f"whether {rest}"
    if aux in ("does", "did"):
        return _with_verb("whether", aux, rest, words)
    if re.fullmatch(_PRONOUN, rest):
        return None
    return _behind_subject("whether", aux, rest, words)


def noun_asked_for(question: str) -> str | None:
    """Return "the capital of France" of "What is the capital of France"; None where more than a noun may follow."""
    found = re.fullmatch(
        rf"(?:[Ww]hat is|[Ww]hat's|[Ww]hat are) (?P<noun>(?:the [a-z-]+(?: [a-z-]+)? (?:of|for|between|behind) .+"
        rf"|(?:my|your) .+|{_NAMES}'s(?: [a-z-]+){{1,4}}))",
        question,
    )
    if found is None or re.search(r"[,;:()\"“”]| (?:or|if|when) ", question):
        return None
    noun = found["noun"]
    if noun.count(" and ") > noun.count(" between "):
        return None
    if (
        len(noun.split()) > 9
        or _ING.search(noun)
        or _LOOSE_END.search(noun)
        or re.search(r"\b(?:is|are|was|to)\b", noun)
    ):
        return None
    return noun


def _subject_asked_for(question: str, words: Language) -> str | None:
    """ "Who wrote Hamlet", "What causes tides", "How many people live in Paris": the order stays."""
    counted = re.fullmatch(
        rf"how (?:many|much) (?:{_NOUN} )??(?P<noun>{_NOUN}) (?P<verb>[a-z]+)(?P<rest> .+)", question, re.IGNORECASE
    )
    if (
        counted
        and words.among("certain", counted["verb"])
        and not words.among("certain", counted["noun"])
        and not re.search(rf"\b(?:do|does|did|{_BE}|{_MODAL}|{_HAVE})\b", question)
    ):
        return f"{question[0].lower()}{question[1:]}"
    found = re.fullmatch(r"(?P<wh>who|what) (?P<verb>[a-z]+)(?P<rest> .+)?", question, re.IGNORECASE)
    if found is None:
        return None
    verb = found["verb"].lower()
    known = any(
        verb in (words.third(base), words.past(base))
        for base in {verb, *_bases(verb)}
        if words.knows(base) and base != verb
    )
    known = known or any(verb == past for past, _, _ in words.irregular.values())
    if not known or (not found["rest"] and verb != "happened"):
        return None
    if found["wh"].lower() == "what" and re.search(r"\b(?:do|does|did|is|are|can|will)\b", found["rest"] or ""):
        return None  # "What kinds of … do …": the verb was a noun
    return f"{found['wh'].lower()} {found['verb']}{found['rest'] or ''}"


def _bases(verb: str) -> list[str]:
    return [verb.removesuffix(end) for end in ("s", "es", "d", "ed") if verb.endswith(end)] + (
        [f"{verb[:-3]}y"] if verb.endswith(("ies", "ied")) else []
    )


def _predicate_of_what(wh: str, aux: str, rest: str) -> str | None:
    """ "What is happening in Syria", "Who is running for president": what is asked for is the subject."""
    if wh == "what" and _PREDICATE_OF_WHAT.match(rest):
        return f"{wh} {aux} {rest}"
    if wh == "who" and re.match(r"[a-z]+ing \w+", rest) and _ING.match(rest):
        return f"{wh} {aux} {rest}"
    return None


def _with_verb(wh: str, aux: str, rest: str, words: Language) -> str | None:
    """With "does" and "did" the verb takes their ending."""
    if _NEGATED.search(rest):
        return None
    subject, verb, more = _subject_and_verb(wh, rest, words)
    if not subject:
        return None
    ended = words.past(verb) if aux == "did" else words.third(verb)
    return f"{wh} {subject} {ended}{more}" if ended else None


def _subject_and_verb(wh: str, rest: str, words: Language) -> tuple[str, str, str]:
    nothing = ("", "", "")
    if found := re.fullmatch(rf"(?P<subject>{_PRONOUN}) (?P<verb>[a-z]+)(?P<more> .*|)", rest):
        verb = found["verb"]
        return nothing if words.among("adverbs", verb) else (found["subject"], verb, found["more"])
    if found := re.fullmatch(rf"(?P<subject>(?!I\b){_CAPITALS}) (?P<verb>[a-z]+)(?P<more> .*|)", rest):
        # the last word has to be the verb, for the sentence has none else
        if words.among("certain", found["verb"]) or not found["more"]:
            return found["subject"], found["verb"], found["more"]
        return nothing
    if wh in ("what", "how") and (
        found := re.fullmatch(
            rf"(?P<subject>(?:{_NO_SUBJECT_WORD}\S+ ?){{1,5}}) (?P<verb>mean|work|look)(?P<more> like|)", rest
        )
    ):
        if (found["verb"] == "look") == bool(found["more"]):
            return found["subject"], found["verb"], found["more"]
        return nothing
    if wh in ("why", "how", "when", "where") and (
        found := re.fullmatch(
            rf"(?P<subject>(?!(?:{_DETERMINED}|this|that|these|those|some|all)\b){_NOUN}) (?P<verb>[a-z]+)", rest
        )
    ):
        return found["subject"], found["verb"], ""
    if found := re.fullmatch(
        rf"(?P<subject>{_DETERMINED} {_NO_SUBJECT_WORD}{_NOUN}) (?P<verb>[a-z]+)(?P<more> .*|)", rest
    ):
        noun = found["subject"].split()[-1]
        if not found["more"] or (words.among("certain", found["verb"]) and not words.among("certain", noun)):
            return found["subject"], found["verb"], found["more"]
    return nothing


def _behind_subject(wh: str, aux: str, rest: str, words: Language) -> str | None:
    """With all other auxiliaries the verb moves behind the subject as it is."""
    if found := re.fullmatch(rf"(?P<subject>{_PRONOUN})(?P<more> .+|)", rest):
        if re.match(r" (?:all|both|guys|two|folks)\b", found["more"]) or (wh == "how" and not found["more"]):
            return None
        return f"{wh} {found['subject']} {aux}{found['more']}"
    if re.fullmatch(_MODAL, aux) and (
        found := re.fullmatch(
            rf"(?P<subject>(?:{_NO_SUBJECT_WORD}[\w'-]+ ){{1,4}})(?P<more>(?:not|never|be|have) .+)", rest
        )
    ):
        if aux == "can" and found["more"].startswith("not "):
            return f"{wh} {found['subject']}cannot {found['more'][4:]}"
        return f"{wh} {found['subject']}{aux} {found['more']}"
    if re.fullmatch(_MODAL, aux) and (
        found := re.fullmatch(r"(?P<subject>[a-z]+s) (?P<verb>[a-z]+)(?P<more> .*|)", rest)
    ):
        certain = words.among("certain", found["verb"]) and not found["subject"].endswith(("ss", "us", "is"))
        return f"{wh} {found['subject']} {aux} {found['verb']}{found['more']}" if certain else None
    if not re.fullmatch(_BE, aux):
        return None
    if found := re.fullmatch(rf"(?P<subject>(?!I\b){_CAPITALS})(?P<more> {_BEGINS_PREDICATE} .+|)", rest):
        if found["subject"].endswith(("'s", ".")):
            return None
        return f"{wh} {found['subject']} {aux}{found['more']}"
    if wh in ("why", "whether") and (
        found := re.fullmatch(
            rf"(?P<subject>{_DETERMINED} {_NOUN}|(?!(?:{_DETERMINED}|this|that|these|those|some|all)\b){_NOUN}) "
            rf"(?P<more>{_NOUN})",
            rest,
        )
    ):
        return f"{wh} {found['subject']} {aux} {found['more']}"
    if wh in ("where", "when") and (
        found := re.fullmatch(rf"(?P<subject>(?:{_NO_SUBJECT_WORD}[\w'-]+ ){{1,5}})(?P<more>{_ENDS_PREDICATE})", rest)
    ):
        return f"{wh} {found['subject']}{aux} {found['more']}"
    return _behind_noun(wh, aux, rest)


def _behind_noun(wh: str, aux: str, rest: str) -> str | None:
    """The rest is nothing but a noun phrase: short, with an article or a noun's ending, and no participle in it."""
    asked = wh in ("what", "who", "where", "when") or re.fullmatch(rf"how {_DEGREE}", wh)
    if not asked or _ING.search(rest) or _LOOSE_END.search(rest) or re.search(r"'s$|\b(?:that|which|who|to)\b", rest):
        return None
    size = len(rest.split())
    if (2 <= size <= 4 and re.match(rf"{_DETERMINED} |{_NAMES}'s [a-z]", rest)) or (
        wh == "what" and _THING.fullmatch(rest)
    ):
        return f"{wh} {rest} {aux}"
    return None
