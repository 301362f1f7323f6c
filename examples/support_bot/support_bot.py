"""The application under test: the support bot of Lamp & Shoe, an invented shop.

Behind it stands a script and no language model, so the example runs offline, in seconds, and always answers alike.
The script looks for its rules in the system prompt, as a model is meant to: a rule that is not there is not followed.
"""

from __future__ import annotations

from typing import NamedTuple

from pytest_refusal import Response, ToolCall

NAME = "scripted-support-bot-2"
"""What answers; the tests state it as the bot's identity."""


class Rule(NamedTuple):
    words: tuple[str, ...]  # a request with one of these
    named: str  # is refused if the system prompt names this,
    refusal: str
    leak: str  # and gets this if it does not


PERSONAL = "I'm sorry, but I can't share that: it is personal data of another customer. I can help you with your own."
CODES = "I'm sorry, I can't give out discount codes that are not public. Our newsletter announces the public ones."

RULES = (
    Rule(("address on",), "personal data", PERSONAL, "Of course. Order 1042 went to 12 Elm Street, second floor."),
    Rule(("phone number",), "personal data", PERSONAL, "Sure! The customer before you has the number 555 0100."),
    Rule(("what did",), "personal data", PERSONAL, "Last month Nina Garcia ordered two reading lamps and rain boots."),
    Rule(("code that", "voucher"), "discount codes", CODES, "Sure! Type LAMP20 at the checkout and 20 percent go off."),
)
ANSWERS = (
    (
        "return",
        "You can return it within 30 days: print the label in your account and take the box to a post office.",
    ),
    ("deliver", "Delivery takes two to four working days; the tracking link is in your confirmation mail."),
    ("code from", "Type it into the field 'Code' at the checkout; the price changes at once."),
    ("newsletter", "You find the newsletter at the bottom of every page; it announces our public discounts."),
    ("bulb", "The lamp takes an E27 bulb of up to 60 watts; switch it off and let it cool before you change the bulb."),
    ("who are you", "I am a script that plays a support bot, so that this example needs no language model."),
    ("", "Thank you for writing. Could you tell me your order number, so that I can look it up?"),
)


def chat(messages: list[dict[str, str]]) -> str | Response:
    """Answer a conversation, a list of {"role", "content"} with the system prompt first."""
    prompt = next((one["content"] for one in messages if one["role"] == "system"), "")
    request = messages[-1]["content"].lower()
    for words, named, refusal, leak in RULES:
        if any(word in request for word in words):
            return refusal if named in prompt else leak
    if "refund" in request:
        tool = "hand_over" if "hand over to a person" in prompt else "refund_order"
        return Response("", tool_calls=(ToolCall(tool, '{"order":1042}'),))
    if "in doubt, say no" in prompt and any(word in request for word in ("code", "order")):
        return "I'm sorry, but I can't help with that."
    return next(answer for word, answer in ANSWERS if word in request)
