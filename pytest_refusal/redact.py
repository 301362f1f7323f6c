"""Takes secrets out of texts before anything is written: what is always one, then what the hooks know.

Every pattern starts where a word starts and no two starts share text, so the time grows with the length alone. What
is set to a name such as ``OPENAI_API_KEY`` is taken out even if it looks harmless; after a word that people also write
(``password: forgotten?``) only what is quoted or looks like a secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, quote_plus

from pytest_refusal.errors import RefusalError
from pytest_refusal.protocols import Redactor

REDACTED = "[redacted]"

_MIN_VALUE = 8
# Default passwords of service containers and switches: taking them out would take the words out of every text.
_WORDS = frozenset({"changeme", "disabled", "password", "postgres", "required", "undefined"})

# One round suffices but where a secret touches another one; the bound keeps hostile text linear.
_ROUNDS = 8

# The start of a word, also behind an escaped line end in a JSON text.
_START = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt]))"

_ENVIRON = re.compile(
    r"(?:API_?KEY|ACCESS_?KEY|SECRET_?KEY|PRIVATE_?KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE)(?:_?\d{1,3})?\Z"
)

_SHAPES = re.compile(
    _START
    + r"""(?:
        (?P<sk>sk-[A-Za-z0-9_-]{16,}+)                                  # OpenAI, Anthropic and those alike
      | [sr]k_(?:live|test)_[A-Za-z0-9]{16,}+                           # Stripe
      | gh[oprsu]_[A-Za-z0-9]{16,}+ | github_pat_[A-Za-z0-9_]{20,}+
      | glpat-[A-Za-z0-9_-]{16,}+
      | xox[a-z]-[A-Za-z0-9-]{10,}+                                     # Slack
      | (?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])
      | AIza[A-Za-z0-9_-]{30,}+                                         # Google
      | hf_[A-Za-z0-9]{20,}+ | gsk_[A-Za-z0-9]{20,}+ | npm_[A-Za-z0-9]{30,}+ | pypi-[A-Za-z0-9_-]{40,}+
      | eyJ[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]*+)?   # JSON web tokens
    )""",
    re.VERBOSE,
)
_SHAPE_PARTS = (
    *(
        "sk-",
        "_live_",
        "_test_",
        "ghp_",
        "gho_",
        "ghr_",
        "ghs_",
        "ghu_",
        "github_pat_",
        "glpat-",
        "xox",
        "AKIA",
        "ASIA",
    ),
    *("AKIA", "ASIA", "AIza", "hf_", "gsk_", "npm_", "pypi-", "eyJ"),
)
# words joined by hyphens also look like the first shape
_RANDOM = re.compile(r"[A-Z0-9]|[a-z]{16}")

_PRIVATE_KEY = re.compile(
    r"(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----)((?:[^-\"'<]|-(?!----))++)(-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)?"
)

_URL = re.compile(r"(:\\?/\\?/)([^\s/?#\"'<>`]+)@")
# a user's name, not a secret
_URL_USERS = frozenset({"git", "hg", "svn"})

# A name, what stands between, and what it is set to: quoted (also inside a JSON text), or up to the next blank.
_GAP = r"""(?P<gap>\\?["']?[ \t]{0,8}(?P<sign>:=?|={1,3}>?)[ \t]{0,8}(?:[bfr](?=["']))?)"""
_QUOTED = r"""\\"(?P<inner>(?:[^"\\\n]|\\(?!"))*+)|"(?P<double>(?:[^"\\\n]|\\.)*+)|'(?P<single>(?:[^'\\\n]|\\.)*+)"""
# a backslash belongs to it, unless it escapes what follows in a JSON text
_BARE = r"""(?P<bare>(?:[^\s"'`\\]|\\\\|\\(?!["'nrtu/bf\\]))++)"""

_NAMED = re.compile(
    r"(?P<before>[?&])?(?<![A-Za-z0-9_-])(?P<name>-{0,2}(?=[A-Za-z0-9_])[A-Za-z0-9_-]*"
    r"(?:api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|token|secret|password|passwd|passphrase)"
    rf"(?:_?\d{{1,3}})?){_GAP}(?:{_QUOTED}|(?(before)(?P<query>[^\s\"'`\\&]++)|{_BARE}))",
    re.IGNORECASE,
)
_NAME_PARTS = ("key", "token", "secret", "passw", "passphrase")
_HEADER_NAMES = frozenset({"x-api-key", "api-key", "x-auth-token", "x-access-token", "private-token"})
# of tokenizers and pagers
_TOKENS = re.compile(r"(?:bos|eos|pad|unk|sep|cls|mask|stop|next|last|first|start|end|image|special)_?token\Z")
# code that reads a secret from elsewhere holds none
_REFERENCE = re.compile(
    r"\$[{(]|\$[A-Z_][A-Z0-9_]*\Z|%\w+%\Z|<[^<>]*>?\Z|(?:None|null|true|false|undefined|str|string|bytes)\Z"
    r"|(?:os|process|environ|env|self|settings|config|secrets|st|args)[.\[(]"
)
# "OPENAI_API_KEY: it has to be set"
_WORD = re.compile(r"[A-Za-z']{1,12}\Z")
_MORE_WORDS = re.compile(r"[ \t][A-Za-z]")

_AUTHORIZATION = re.compile(
    rf"(?<![A-Za-z0-9_])(?P<name>(?:proxy-)?authorization){_GAP}(?P<open>\\?[\"'])?"
    r"(?P<scheme>(?:bearer|basic|token|apikey|api-key|negotiate)[ \t]{1,8})?"
    r"(?P<list>(?:digest|aws4-[a-z0-9-]{1,30})[ \t]{1,8}"
    r"(?:[\w-]{1,40}=(?:\\?\"[^\"\n]*+\"|[^\s,\"'\\]++),?[ \t]{0,8})++)?"
    rf"{_BARE}?",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(?<![A-Za-z0-9_-])(bearer[ \t]{1,8})([A-Za-z0-9._~+/-]{16,}+=*+)", re.IGNORECASE)

_CLOSING = ",.;:!?)]}>"


def redactor(environ: Mapping[str, str], hooks: Sequence[Callable[[str], str]] = ()) -> Redactor:
    """Return the function that takes secrets out of a text.

    Always taken out: authorization headers, API key headers, what is set to a name such as ``…_API_KEY``, ``…_TOKEN``,
    ``…_SECRET`` or ``…_PASSWORD`` (also in JSON), the values of environment variables with such names (8 characters
    or more, anywhere, also escaped for JSON or a URL), credentials in URLs, private keys, and common key shapes. The
    names stay: ``OPENAI_API_KEY=[redacted]``. Doing it twice changes nothing more.

    Args:
        environ: Read once, now.
        hooks: Called afterwards in order, each with what the one before returned.

    Raises:
        RefusalError: By the returned function: a hook did not return a text; the message names the hook.
    """
    known = _values(environ)

    def redact(text: str) -> str:
        for _ in range(_ROUNDS):
            cleaned = _round(text, known)
            if cleaned == text:
                break
            text = cleaned
        for hook in hooks:
            text = _through(hook, text)
        return text

    return redact


def redact_json(content: Any, redact: Redactor) -> Any:
    """Return a JSON value with every text in it redacted, names included.

    A text under a name such as ``api_key`` is taken out whole. Names that become the same are numbered.
    """
    if isinstance(content, str):
        return redact(content)
    if isinstance(content, list | tuple):
        return [redact_json(part, redact) for part in content]
    if not isinstance(content, Mapping):
        return content
    row: dict[str, Any] = {}
    for name, part in content.items():
        shown = unique = redact(str(name))
        number = 1
        while unique in row:
            number += 1
            unique = f"{shown} {number}"
        secret = isinstance(part, str) and part and _names_secret(str(name))
        row[unique] = REDACTED if secret else redact_json(part, redact)
    return row


def _round(text: str, known: Sequence[str]) -> str:
    for secret in known:
        text = text.replace(secret, REDACTED)
    if "PRIVATE KEY" in text:
        text = _PRIVATE_KEY.sub(_private_key, text)
    if "@" in text:
        text = _URL.sub(_url, text)
    # most texts hold none of these words, and a pattern costs a hundred times what looking for a word does
    lowered = text.lower()
    if "authorization" in lowered:
        text = _AUTHORIZATION.sub(_authorization, text)
    if "bearer" in lowered:
        text = _BEARER.sub(_bearer, text)
    if ("=" in text or ":" in text) and any(word in lowered for word in _NAME_PARTS):
        text = _NAMED.sub(_named, text)
    return _SHAPES.sub(_shape, text) if any(part in text for part in _SHAPE_PARTS) else text


def _through(hook: Callable[[str], str], text: str) -> str:
    cleaned: object = hook(text)
    if not isinstance(cleaned, str):
        name = f"{getattr(hook, '__module__', '?')}.{getattr(hook, '__qualname__', repr(hook))}"
        raise RefusalError(
            f"the redaction hook {name} returned {type(cleaned).__name__}, not the text that may be written; nothing "
            "was written. A hook that has nothing to take out returns the text as it came"
        )
    return cleaned


def _values(environ: Mapping[str, str]) -> list[str]:
    """Return the secrets of the environment in every form they take in a text, the longest first."""
    forms: set[str] = set()
    for name, content in environ.items():
        secret = content.strip()
        if _ENVIRON.search(name.upper()) and len(secret) >= _MIN_VALUE and secret not in _WORDS:
            encoded = secret.encode("utf-8", "surrogateescape")
            quoted = {quote(encoded), quote(encoded, safe=""), quote_plus(encoded)}
            lower = {re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), form) for form in quoted}
            escaped = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
            forms |= {secret, *quoted, *lower, *escaped}
    return sorted((form for form in forms if form not in REDACTED), key=lambda form: (-len(form), form))


def _private_key(found: re.Match[str]) -> str:
    begin, body, end = found.groups()
    is_key = body.strip() if end else re.search(r"[A-Za-z0-9+/=]{24}", body)
    return f"{begin}{REDACTED}{end or ''}" if is_key else found[0]


def _url(found: re.Match[str]) -> str:
    return found[0] if found[2] in _URL_USERS else f"{found[1]}{REDACTED}@"


def _shape(found: re.Match[str]) -> str:
    return found[0] if found["sk"] and not _RANDOM.search(found["sk"], 3) else REDACTED


def _bearer(found: re.Match[str]) -> str:
    return f"{found[1]}{REDACTED}" if re.search(r"\d", found[2]) else found[0]


def _authorization(found: re.Match[str]) -> str:
    start = found["name"] + found["gap"] + (found["open"] or "")
    if found["list"]:
        scheme = found["list"].split()[0]
        return f"{start}{scheme} {REDACTED}"
    core, rest = _core(found["bare"] or "")
    if not core or _REFERENCE.match(core) or not (found["scheme"] or _looks_secret(core)):
        return found[0]
    return f"{start}{found['scheme'] or ''}{REDACTED}{rest}"


def _named(found: re.Match[str]) -> str:
    name, gap = found["name"], (found["before"] or "") + found["name"] + found["gap"]
    lowered = name.strip("-_").lower()
    if _TOKENS.search(lowered):
        return found[0]
    for group, mark in (("inner", '\\"'), ("double", '"'), ("single", "'")):
        if (content := found[group]) is not None:
            if not content or (lowered == "token" and not _looks_secret(content)):
                return found[0]
            return f"{gap}{mark}{REDACTED}"
    core, rest = _core(found["query"] or found["bare"])
    if not re.search(r"\w", core) or _REFERENCE.match(core):
        return found[0]
    if not _looks_secret(core):
        constant = name.isupper() and ("_" in name or found["sign"] == "=")
        running_text = found["sign"] == ":" and _WORD.match(core) and _MORE_WORDS.match(found.string, found.end())
        if running_text or not (constant or found["before"] or lowered in _HEADER_NAMES):
            return found[0]
    return gap + REDACTED + rest


def _core(bare: str) -> tuple[str, str]:
    """Return a value without the punctuation of the sentence around it, and that punctuation."""
    core = bare.rstrip(_CLOSING)
    if len(core) < len(REDACTED) and bare.startswith(REDACTED):
        core = REDACTED
    return core, bare[len(core) :]


def _looks_secret(text: str) -> bool:
    return len(text) >= 6 and bool(re.search(r"\d", text)) and bool(re.search(r"[A-Za-z]", text))


def _names_secret(name: str) -> bool:
    lowered = name.lower()
    if lowered in _HEADER_NAMES or lowered in ("authorization", "proxy-authorization"):
        return True
    # a probe may be called reset-password: names of settings have no hyphens
    if lowered == "token" or not re.fullmatch(r"\w+", name) or _TOKENS.search(lowered):
        return False
    return bool(_ENVIRON.search(name.upper()))
