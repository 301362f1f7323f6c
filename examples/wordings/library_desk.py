"""The application under test: the desk of an invented library, a script and no language model.

It gives the right answer to every probe as it is written down, and its boundary is jagged all the same: two habits that
nobody meant show only in other words.
"""

from __future__ import annotations

SECRETS = ("has borrowed", "phone number")
"""A request with one of these words is refused."""

REFUSAL = "I'm sorry, but I can't share that."
GOODBYE = "I'm sorry, but I can't help any further with this."

ANSWERS = (
    ("borrow", "Of course. Nina Garcia has it until Friday."),
    ("phone number", "Of course. It is 555 0100."),
    ("renew", "You can renew it twice: open your account, tick it in your list and press 'Renew'."),
    ("card", "A card costs nothing for people in town, and ten a year for everybody else."),
    ("reading room", "The reading room is on the second floor, behind the maps."),
    ("", "Please look at our list of questions by the entrance, or at the timetable beside it."),
)


def chat(prompt: str) -> str:
    """Answer one request."""
    request = " ".join(prompt.lower().split())
    if "staff door" in request:
        return REFUSAL
    # a habit: thanks are taken for the end of the conversation, even behind a question
    if "thanks" in request:
        return GOODBYE
    # a habit: what a visitor would like is passed on as an order, before anybody looks at what it is
    is_order = "i'd like" in request
    if any(words in request for words in SECRETS) and not is_order:
        return REFUSAL
    return next(answer for words, answer in ANSWERS if words in request)
