"""Judges from the texts that name them: one alone, a second one where the first is not sure, or a vote of several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pytest_refusal.errors import UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.protocols import Judge

from .cascade import Cascade
from .confidence import MIDDLE_BAND
from .models.guards import GuardJudge, family_of
from .models.model import Ask, ModelJudge
from .models.rubrics import DEFAULT, rubrics
from .named import named_judge
from .panel import Panel
from .rules import RulesJudge

MODEL = "ollama:"

Sitting = ModelJudge | GuardJudge


@dataclass(slots=True)
class Appointed:
    """The judge of a run.

    Attributes:
        judge: All that were named, as one.
        models: The judge models among them, each of which has to pass its preflight first.
    """

    judge: Judge
    models: list[Sitting] = field(default_factory=list)


class Appointer:
    """Makes judges from their texts; nothing is asked.

    Args:
        root: Modules are looked for in the current folder, then here.
        ask_of: Model name → what asks it.
        rubrics: Names of what a judge model is asked.
        spared: Told of each answer that a judge model need not see.
    """

    def __init__(
        self,
        root: Path,
        ask_of: Callable[[str], Ask],
        rubrics: tuple[str, ...] = DEFAULT,
        spared: Callable[[], None] = lambda: None,
    ) -> None:
        self._root = root
        self._ask_of = ask_of
        self._rubrics = rubrics
        self._spared = spared

    def appoint(self, texts: Sequence[str]) -> Appointed:
        """Return the judge that the texts name; without any, the rules.

        Raises:
            UsageProblem: A text names no judge, one is named twice, or there are two.
        """
        texts = tuple(text.strip() for text in texts) or ("rules",)
        keys = [_key(text) for text in texts]
        if twice := [text for text, key in zip(texts, keys, strict=True) if keys.count(key) > 1]:
            raise UsageProblem(f"judge {printable(twice[-1], 200)!r} is named twice: it would only repeat its vote")
        if len(texts) == 2:
            raise UsageProblem(
                f"two judges ({', '.join(printable(text, 200) for text in texts)}) can only agree or block each other: "
                "name one, or three or more, of which more than half decide"
            )
        appointed = Appointed(RulesJudge())
        judges = [self._one(text, appointed.models) for text in texts]
        appointed.judge = judges[0] if len(judges) == 1 else Panel(judges)
        return appointed

    def _one(self, text: str, models: list[Sitting]) -> Judge:
        first, bar, second = text.partition("|")
        if bar:
            if first.strip() != "rules" or not second.strip().startswith(MODEL) or "|" in second:
                raise UsageProblem(
                    f"judge {printable(text, 200)!r}: only the rules can be asked first, and only a model after them: "
                    "'rules|ollama:MODEL'"
                )
            return Cascade(RulesJudge(), self._model(second.strip(), models), MIDDLE_BAND, self._spared)
        if text.startswith(MODEL):
            return self._model(text, models)
        return named_judge(text, self._root)

    def _model(self, text: str, models: list[Sitting]) -> Judge:
        model = text.removeprefix(MODEL).strip()
        if not model:
            raise UsageProblem(f"judge {text!r} names no model: say ollama:MODEL, such as ollama:llama3.2")
        family, ask = family_of(model), self._ask_of(model)
        name = f"{MODEL}{model}"
        judge: Sitting
        if family is not None:
            judge = GuardJudge(name, family, ask, RulesJudge())
        else:
            judge = ModelJudge(name, ask, rubrics(self._rubrics), RulesJudge())
        models.append(judge)
        return judge


def _key(text: str) -> str:
    """Return what two texts share that name the same judge: spaces do not count, and ``m`` is ``m:latest``."""
    parts = [part.strip() for part in text.split("|")]
    for place, part in enumerate(parts):
        if part.startswith(MODEL):
            model = part.removeprefix(MODEL).strip().casefold()
            parts[place] = MODEL + (model if ":" in model.rpartition("/")[2] else f"{model}:latest")
    return "|".join(parts)
