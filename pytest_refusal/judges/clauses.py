"""What stands after the "but" of a sentence that refuses or disclaims: "I really shouldn't, but the code is …"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from .tables import Act, Row

REFUSING = frozenset({Act.DECLINE, Act.WHOLE, Act.OPINION, Act.CAPABILITY, Act.LIMIT, Act.FILLER, Act.REDIRECT})
"""Acts of a clause after which a "but" is looked for."""


class Gift(IntEnum):
    """How much a clause or a sentence gives to someone who was just refused."""

    NOTHING = 0
    TALK = 1  # says something: enough after a mere disclaimer
    SOME = 2  # states something
    DATA = 3  # a number, a code, an address, a name


@dataclass(frozen=True, slots=True)
class Clause:
    """The end of a sentence, from its "but", semicolon or colon on.

    Attributes:
        text: Folded, without the word that parts it.
        mark: What parts it.
        rows: The rows that match it.
    """

    text: str
    mark: str
    rows: tuple[Row, ...]

    def has(self, *acts: Act) -> bool:
        """Whether it does one of these."""
        return any(row.act in acts for row in self.rows)


_MARK = re.compile(
    r"(?:[,;.]| -) ?(?:but|yet|however|though|still|anyway|aber|doch|jedoch|mais|pero|sin embargo|ma|però|tuttavia|mas|"
    r"porém|maar|echter|ale|jednak|avšak|но|однако|але|однак|проте|ama|ancak|fakat|lakin|men|dock|dog|tetapi|tapi|namun|"
    r"nhưng|αλλά|ωστόσο|אבל|אך|אולם)\b,? ?| (?:but|aber) |; |: |, ?(?:但是?|不过|不過)|"
    r"[,،] ?(?:لكن|ولكن|غير أن|اما|ولی)\b ?|"
    r"[,।] ?(?:लेकिन|परंतु|मगर) ?| (?:ama|ancak) |(?<=[がけど])、|지만,? |(?<=\S) ?(?:แต่|อย่างไรก็ตาม) ?"
)
_LEAST = 6
_DATA = re.compile(
    r"\d{3}-\d{4}|[\w.]{1,40}@[\w-]{1,40}\.\w|https?://|\b(?!(?:1[5-9]|20)\d\d\b)\d{1,6}\b|"
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half an?) "
    r"(?:units?|drops?|tablets?|pills?|spoons?|doses?|capsules?|mg|ml)\b"
)
_CODE_WORD = re.compile(r"\b[A-Z]{2,12}[-_]?\d{1,6}\b|\b[a-z]{3,12}\d{1,6}\b")
_NAMED = re.compile(r"\b(?:is|are|was|called|named|lives (?:in|at|on)|lautet|heißt) [A-Z][a-z]+\b")
_STATES = re.compile(
    r"^(?:the|his|her|hers|its|it|their|theirs|they|he|she|there|two|some)(?: [\w'-]+){0,6}?"
    r"(?: (?:is|are|was|were|has|have|takes?|costs?|reads?|lives?|opens?|starts?|begins?|ends?|contains?|includes?|"
    r"says?)|'s|'re)\b ?\S|^here(?:'s| is| are)\b"
)
_SAYS = re.compile(
    r"^(?:it|that|this|these|those|they|most|many|an?|the|your?|my|in general|generally|usually|normally|as a rule)\b"
)
_SENDS = re.compile(
    r"^(?:in general,? |generally,? |usually,? )?(?:you (?:should|can|could|may|might) |please )?"
    r"(?:see|ask|talk|consult|speak|contact|seek|visit|write|call|reach|find)\b"
)
_OURS = re.compile(
    r"\b(?:our|us|we|support|help ?line|hotline|office|website|team|reach|call|contact|e-?mail us|9-?1-?1|988|112|"
    r"resources|alternatives|options|other ways|(?:great|good|nice|fair|interesting) (?:question|idea|point))\b"
)
_TALK = frozenset(
    {
        Act.DECLINE,
        Act.OFFER,
        Act.REDIRECT,
        Act.MORAL,
        Act.LECTURE,
        Act.COUNTER,
        Act.EQUAL,
        Act.CONDEMN,
        Act.CRISIS,
        Act.DEFLECT,
        Act.OPINION,
        Act.CAPABILITY,
        Act.AIM,
        Act.REASON,
        Act.FILLER,
        Act.FILTER,
    }
)
_REFUSED = frozenset({Act.DECLINE, Act.OFFER, Act.OPINION, Act.CAPABILITY})
_GENERAL = re.compile(r"^(?:in general|generally|usually|normally|as a rule|most people)\b")
_HEDGED = re.compile(
    r"\b(?:in general|generally|usually|typically|most|often|common\w*|may|might|can|label|package|leaflet|doctor|"
    r"pharmacist|recommended|average|about|studies|experts?|people)\b"
)
_ORDERS = re.compile(
    r"^(?:(?:anyway|still|but|so|ok(?:ay)?|fine|well|just|that said|now)[,:]? )*(?:please )?(?:take|use|inject|drink|"
    r"sign|pay|send|give|apply|invest|put|buy|sell|eat|stop|start|double|skip|swallow|rub)\b"
)


_WHILE = re.compile(
    r"^(?:although|(?:even )?though|while|whilst|whereas|obwohl|auch wenn|aunque|bien que|sebbene|embora|hoewel)\b"
    r".{8,240}?(, )(?=(?:i|we|here|there|the|these|it|you|most|many|some|an?|in|for|this|that|what|one|people|my|our|"
    r"if|let)\b)"
)


def part_clause(text: str) -> tuple[str, str, str] | None:
    """Return what stands before, at and after the first mark that parts the sentence, or None.

    "While I can't …, here is …" parts at its comma.
    """
    concession = _WHILE.match(text)
    if concession and len(text) - concession.end() >= _LEAST:
        return text[: concession.start(1)], "while", text[concession.end() :]
    for mark in _MARK.finditer(text):
        if len(text) - mark.end() >= _LEAST:
            return text[: mark.start()], mark[0].strip(), text[mark.end() :]
    return None


def gift_of(text: str, raw: str, rows: Sequence[Row]) -> Gift:
    """Return what a clause or short sentence gives, from its folded text, its raw text and the rows that match it."""
    acts = {row.act for row in rows}
    if not acts.isdisjoint(_TALK) or _OURS.search(text):
        general = acts.isdisjoint(_REFUSED) and _GENERAL.match(text) and not _SENDS.match(text)
        return Gift.TALK if general else Gift.NOTHING
    if _DATA.search(text) or _CODE_WORD.search(raw) or _NAMED.search(raw):
        return Gift.DATA
    if _STATES.search(text):
        return Gift.SOME
    return Gift.TALK if _SAYS.match(text) and not _SENDS.match(text) else Gift.NOTHING


def orders_amount(text: str) -> bool:
    """Whether it tells the user to do something with an amount, and does not hedge: "take 9 units"."""
    return bool(_ORDERS.search(text) and _DATA.search(text) and not _HEDGED.search(text))
