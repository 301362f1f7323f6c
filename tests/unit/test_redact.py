"""Secrets leave a text, ordinary words stay, and what is left is the same after a second time."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_refusal.errors import RefusalError
from pytest_refusal.redact import redact_json, redactor

redact = redactor({})

# made of pieces, so that no scanner of repositories takes them for real ones
JWT = "eyJhbGciOiJIUzI1NiJ9" + "." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0" + "." + "dozjgNryP4J3jVmNHl0w5N"
OPENAI = "sk-" + "proj-abcDEF1234567890abcd"
GITHUB = "ghp" + "_abcdefghijklmnopqrst1234"
SLACK = "xoxb" + "-1234567890-abcdefghij"
AMAZON = "AKIA" + "IOSFODNN7EXAMPLE"
BEGIN, END = "-----BEGIN RSA PRIVATE " + "KEY-----", "-----END RSA PRIVATE " + "KEY-----"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Authorization: Bearer x", "Authorization: Bearer [redacted]"),
        ("authorization: Basic dXNlcjpwYXNz", "authorization: Basic [redacted]"),
        ("Proxy-Authorization: Token abc", "Proxy-Authorization: Token [redacted]"),
        ("Authorization: abcdef123456", "Authorization: [redacted]"),
        ('{"authorization": "Bearer x", "a": 1}', '{"authorization": "Bearer [redacted]", "a": 1}'),
        (r"{\"authorization\": \"Bearer x\"}", r"{\"authorization\": \"Bearer [redacted]\"}"),
        ("{'Authorization': 'Bearer x'}", "{'Authorization': 'Bearer [redacted]'}"),
        ("('authorization', 'Bearer abcdefgh12345678')", "('authorization', 'Bearer [redacted]')"),
        ('Authorization: Digest username="M", response="66"\nHost: a', "Authorization: Digest [redacted]\nHost: a"),
        (r'{"authorization": "Digest username=\"M\", r=1", "b": 1}', '{"authorization": "Digest [redacted]", "b": 1}'),
        ("x-api-key: abc", "x-api-key: [redacted]"),
        ("-H 'X-Api-Key: abc' -v", "-H 'X-Api-Key: [redacted]' -v"),
        ('{"x-api-key": "abc"}', '{"x-api-key": "[redacted]"}'),
        ("OPENAI_API_KEY=value", "OPENAI_API_KEY=[redacted]"),
        ("export HF_TOKEN=abc && run", "export HF_TOKEN=[redacted] && run"),
        ("OPENAI_API_KEY: value", "OPENAI_API_KEY: [redacted]"),
        ('"OPENAI_API_KEY": "value"', '"OPENAI_API_KEY": "[redacted]"'),
        ("OPENAI_API_KEY='va lue'", "OPENAI_API_KEY='[redacted]'"),
        ('AWS_SECRET_ACCESS_KEY="a', 'AWS_SECRET_ACCESS_KEY="[redacted]'),
        ("(DB_PASSWORD=pa,ss;wd)", "(DB_PASSWORD=[redacted])"),
        ("APP_SECRET=abc.", "APP_SECRET=[redacted]."),
        ("APP_TOKEN_2=abc", "APP_TOKEN_2=[redacted]"),
        ("password: hunter2, thanks", "password: [redacted], thanks"),
        ('client_secret = "hunter"', 'client_secret = "[redacted]"'),
        ('{"accessToken":"abc"}', '{"accessToken":"[redacted]"}'),
        (r'{"note":"A_TOKEN=abc\"q\"\nnext"}', r'{"note":"A_TOKEN=[redacted]\"q\"\nnext"}'),
        ("/v1?api_key=abc&page=2", "/v1?api_key=[redacted]&page=2"),
        ("?token=a&password=b#c d", "?token=[redacted]&password=[redacted] d"),
        ("https://user:password@host/x", "https://[redacted]@host/x"),
        ("postgres://token@host:5432/db", "postgres://[redacted]@host:5432/db"),
        ("redis://:p@ss@host", "redis://[redacted]@host"),
        (r"https:\/\/user:password@host", r"https:\/\/[redacted]@host"),
        (f"the key {OPENAI}, said the model", "the key [redacted], said the model"),
        (f"{GITHUB} {SLACK} {AMAZON} {JWT}", "[redacted] [redacted] [redacted] [redacted]"),
        (rf"line\n{OPENAI}\n", r"line\n[redacted]\n"),
        (f"{BEGIN}\nMIIabc\n{END} after", f"{BEGIN}[redacted]{END} after"),
        (f"{BEGIN}\n{'MIIabc12' * 8}", f"{BEGIN}[redacted]"),
        ("curl -H 'Authorization: bearer " + JWT + "'", "curl -H 'Authorization: bearer [redacted]'"),
    ],
)
def test_a_secret_is_taken_out_and_its_name_stays(text: str, left: str) -> None:
    """Headers, assignments, JSON in JSON, URLs, the shapes of keys."""
    assert redact(text) == left
    assert redact(left) == left


@pytest.mark.parametrize(
    "text",
    [
        "my api key is not working",
        "Authorization is required",
        "Authorization: required",
        "Send the header Authorization: Bearer <token>, or Authorization: Bearer $TOKEN.",
        "password: forgotten?",
        "PASSWORD: required",
        "OPENAI_API_KEY: it has to be set",
        "OPENAI_API_KEY=",
        "OPENAI_API_KEY=$OPENAI_API_KEY ${{ secrets.HF_TOKEN }}",
        'api_key = os.environ["OPENAI_API_KEY"]',
        "def login(user, password=None, token=''): ...",
        "client(password=password, token=get_token())",
        "How do I choose a password? Token, secret and key are words.",
        "The bearer of this letter; bearer tokens are explained below.",
        "max_tokens=256, pad_token=abc12345, next_token: abc123",
        '{"token": "cat", "logprob": -0.5, "eos_token": "</s>"}',
        "a risk-assessment-for-the-whole-project, sk-learn-based-pipelines-are-great",
        "git clone ssh://git@example.com/x, https://example.com/@user, mail me@example.com",
        "https://example.com/?mail=me@example.com",
        f"{BEGIN} is how such a file starts",
        "the secret: the soup needs salt",
        "",
    ],
)
def test_a_text_without_secrets_stays_as_it_is(text: str) -> None:
    """People and models talk about passwords and keys all day."""
    assert redact(text) == text


@pytest.mark.parametrize("name", ["HF_TOKEN", "openai_api_key", "APP_SECRET", "PGPASSWORD", "AWS_SECRET_ACCESS_KEY"])
def test_values_of_the_environment_leave_a_text_in_every_form(name: str) -> None:
    """As it is, inside a word, escaped for JSON, quoted for a URL."""
    secret = 'grün/"1 2'
    text = f"{secret}|x{secret}x|{json.dumps(secret)}|gr%C3%BCn%2F%221+2|gr%c3%bcn/%221%202|{json.dumps({'a': secret})}"
    left = redactor({name: f" {secret}\n"})(text)
    assert left == '[redacted]|x[redacted]x|"[redacted]"|[redacted]|[redacted]|{"a": "[redacted]"}'


def test_a_value_of_many_lines_leaves_a_text_and_its_json_form() -> None:
    """A key that is pasted into a variable whole."""
    secret = "first line\nsecond line"
    assert redactor({"DEPLOY_PRIVATE_KEY": secret})(f"{secret} {json.dumps(secret)}") == '[redacted] "[redacted]"'


@pytest.mark.parametrize(
    "environ",
    [
        {"HF_TOKEN": "1234567"},
        {"HOME": "/home/user"},
        {"TOKENIZERS": "abcdefgh"},
        {"PGPASSWORD": "postgres"},
        {"T": ""},
    ],
)
def test_short_values_other_names_and_default_passwords_stay(environ: dict[str, str]) -> None:
    """A password 'postgres' of a service container would take the word out of every answer."""
    (word,) = environ.values()
    assert redactor(environ)(f"a {word} b") == f"a {word} b"


def test_a_longer_value_goes_before_the_shorter_one_in_it() -> None:
    """Nothing of the longer one is left."""
    environ = {"A_TOKEN": "abcdefgh", "B_TOKEN": "abcdefghijkl"}
    assert redactor(environ)("abcdefghijkl abcdefgh") == "[redacted] [redacted]"


PIECES = st.sampled_from(
    [
        *("Authorization: ", "authorization", "Bearer ", "Basic ", "Digest a=", "x-api-key", "A_TOKEN", "password"),
        *(
            "=",
            ": ",
            '"',
            '\\"',
            "'",
            " ",
            "\n",
            "\\n",
            "&",
            "?",
            "://",
            "user:pw",
            "@",
            "host/",
            ",",
            "]",
            "[",
            "redacted",
        ),
        *(
            "[redacted]",
            OPENAI,
            GITHUB,
            JWT,
            "sk-",
            "eyJ",
            "hunter22",
            "abc",
            BEGIN,
            END,
            "grün/pass",
            "redacted]abc",
            "\\",
        ),
    ]
)


@given(st.lists(PIECES | st.text(max_size=5), max_size=25).map("".join))
def test_redacting_twice_is_redacting_once(text: str) -> None:
    """A replayed answer is redacted again and stays the same; also where a secret touches another one."""
    twice = redactor({"A_SECRET": "grün/pass", "B_SECRET": "redacted]abc", "C_SECRET": "[redacted]"})
    once = twice(text)
    assert twice(once) == once


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_json_stays_json_of_the_same_shape(content: object) -> None:
    """Names and places of everything that is no secret, and as many entries as before."""

    def shape(part: object) -> object:
        if isinstance(part, dict):
            return [shape(one) for one in part.values()]
        return [shape(one) for one in part] if isinstance(part, list) else type(part)

    cleaned = redact_json(content, redact)
    assert shape(cleaned) == shape(content)
    assert redact_json(cleaned, redact) == cleaned


def test_secrets_in_json_go_with_their_names_or_by_their_shape() -> None:
    """At any depth, in names too; two names that become one are both kept."""
    content = {
        "api_key": "abc",
        "options": [{"Authorization": "abc", "text": f"see {OPENAI}", "n": 1, "password": None}],
        OPENAI: 1,
        GITHUB: (2, True),
        "token": "cat",
        "forgot-password": "Where do I reset it?",
    }
    assert redact_json(content, redact) == {
        "api_key": "[redacted]",
        "options": [{"Authorization": "[redacted]", "text": "see [redacted]", "n": 1, "password": None}],
        "[redacted]": 1,
        "[redacted] 2": [2, True],
        "token": "cat",
        "forgot-password": "Where do I reset it?",
    }


def test_tool_arguments_are_json_after_redaction() -> None:
    """A secret at the end of a text inside JSON takes no quote and no escape with it."""
    said = {"a": 'B_TOKEN=abc"', "b": "C_TOKEN=d\\", "c": "password: hunter22\nnext", "d": 'Authorization: Bearer x"y'}
    for text in (json.dumps(said), json.dumps(said, separators=(",", ":")), json.dumps({"x": json.dumps(said)})):
        cleaned = redact(text)
        assert json.loads(cleaned).keys() == json.loads(text).keys()
        assert "hunter22" not in cleaned


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "a",
            "token",
            "://",
            "://@",
            "password=",
            "?token=a&",
            "sk-",
            "eyJ",
            "eyJaaaaaaaa.",
            BEGIN,
            "authorization: ",
        ),
        *(
            "bearer ",
            'api_key="',
            "api_key=\\",
            " \t",
            "authorization: digest a=",
            "-",
            "_",
            "[redacted]",
            "\\n",
            "A_KEY=[",
        ),
    ],
)
def test_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    """A megabyte of any beginning of a secret: with squared time this test would not end."""
    text = piece * (1_000_000 // len(piece))
    assert redact(redact(text)) == redact(text)


def test_hooks_come_after_and_in_order() -> None:
    """Each sees what the one before left, the first one no secret any more."""
    seen: list[str] = []

    def cards(text: str) -> str:
        seen.append(text)
        return text.replace("4711", "<card>")

    def shout(text: str) -> str:
        return text.upper()

    assert redactor({}, [cards, shout])("card 4711, A_TOKEN=abc") == "CARD <CARD>, A_TOKEN=[REDACTED]"
    assert seen == ["card 4711, A_TOKEN=[redacted]"]


def test_a_hook_that_returns_no_text_is_named() -> None:
    """Nothing is written rather than something that was not redacted."""

    def forgot_to_return(text: str) -> str:
        return None  # type: ignore[return-value]

    with pytest.raises(RefusalError, match=r"test_redact\..*forgot_to_return returned NoneType, not the text"):
        redactor({}, [forgot_to_return])("card 4711")
