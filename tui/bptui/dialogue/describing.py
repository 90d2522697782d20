"""The commands that describe the run, and say what it predicts."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine import DataError, findings
from bptui.commands.grammar import RefusedError, must, named
from bptui.commands.naming import spoken
from bptui.dialogue.changing import wanted
from bptui.dialogue.dialogue import Dialogue
from bptui.dialogue.training import described_run
from bptui.experiments.beside import MAX_WORK
from bptui.formatting import figures_text
from bptui.session import commands
from bptui.session.description import SECTIONS, describe_progress, sections
from bptui.session.description.cloud import describe_cloud
from bptui.session.description.whole_run import describe_plane
from bptui.session.plane import plane_named
from bptui.session.snapshot import AFTER_ANSWER
from bpwords import Sentence, as_sentence, either, headed, joined, listed, word
from bpwords.numbers import number, percent

MAX_CLASSES = 12
"""The most classes whose confusions are listed one by one."""


def status(dialogue: Dialogue, _text: str) -> str:
    """The state of the run, and which modes such as what-if are on."""
    snapshot = described_run(dialogue)
    seed, labels = snapshot.run.config.seed, sorted(pin.label for pin in snapshot.comparison.pins)
    return joined(
        Sentence("{task}, seed {seed}.")(task=word(dialogue.opened, "tab").capitalize(), seed=seed),
        describe_progress(snapshot),
        word("What if is on.") if snapshot.comparison.what_if else "",
        Sentence("Pinned: {labels}.")(labels=listed(labels)) if labels else "",
        snapshot.status.advice,
    )


def tell(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Yield the sections of the description, or the one that is asked for."""
    wanted, rest = named(text, {section: (section,) for section in SECTIONS})
    if text and (len(wanted) != 1 or rest):
        raise must(word("what to describe"), either([*map(spoken, SECTIONS)]), text)
    dialogue.finish_cloud()
    every = sections(described_run(dialogue, measures=MAX_WORK))
    if not text:
        yield from (headed(section.heading, section.text) for section in every)
        return
    texts = [section.text for section in every if section.name in wanted]
    if not texts and dialogue.snapshot.status.hides_verdicts:
        texts = [AFTER_ANSWER]
    yield texts[0] if texts else _NOTHING_TO_TELL.get(wanted[0], _NOTHING)()


def plane(dialogue: Dialogue, text: str) -> str:
    """Describe the answers over any two columns; without a text, over those that matter most."""
    snapshot = described_run(dialogue)
    try:
        chosen = plane_named(text, snapshot.run.dataset)
    except DataError as error:
        raise RefusedError(str(error)) from None
    return AFTER_ANSWER if snapshot.status.hides_verdicts else joined(*describe_plane(snapshot, chosen))


_NOTHING = Sentence("There is nothing to tell.")
_NOTHING_TO_TELL = {
    "problem": Sentence("No problem was found."),
    "places": Sentence("Nothing is known about where the outputs are right and wrong."),
    "error": Sentence("There is no epoch error yet."),
    "trend": Sentence("The epoch error has no trend yet."),
    "test": Sentence("There are no test samples, or no epoch has ended."),
    "cloud": Sentence("The cloud is off: {toggle_cloud} turns it on."),
    "pins": Sentence("No run is pinned; {toggle_pin} pins this one."),
    "diagnosis": Sentence("The network is not trained yet, or too large to be measured."),
}
"""What is said in place of a section that has nothing to say."""


def cloud(dialogue: Dialogue, text: str) -> str:
    """Turn the cloud on, train its starts and say where the run stands among them; or turn it off."""
    is_on = dialogue.session.cloud.is_on
    if (turns_on := wanted(text, is_on=is_on)) != is_on:
        dialogue.session.do(commands.toggle_cloud)
    elif not is_on:
        return word("The cloud is off already.")
    if not turns_on:
        return dialogue.session.notice
    dialogue.finish_cloud()
    # While the user looks at an earlier epoch, there is no cloud to describe; the notice says so.
    return joined(*describe_cloud(dialogue.snapshot)) or dialogue.session.notice


def metrics(dialogue: Dialogue, _text: str) -> Iterator[str]:
    """Yield the metrics of the training samples and of the test samples."""
    run = dialogue.snapshot.run
    on_training = Sentence("On the training samples ({n}): {figures}.")
    figures = figures_text(run.metrics, run.dataset)
    yield on_training(n=len(run.dataset), figures=figures.replace("R2", "R²"))
    if run.test_metrics is not None and (test := run.dataset.test) is not None:
        on_test = Sentence("On the test samples ({n}): {figures}.")
        figures = figures_text(run.test_metrics, test, is_test=True)
        yield on_test(n=len(test), figures=figures.replace("R2", "R²"))
    if run.metrics.confusion is None:
        return
    for actual, row in enumerate(run.metrics.confusion[:MAX_CLASSES]):
        counts = [
            Sentence("{n} as {name}")(n=count, name=name)
            for name, count in zip(run.dataset.classes, row.tolist(), strict=True)
            if count
        ]
        of_class = Sentence("Samples of {name}: predicted {counts}.")
        yield of_class(name=run.dataset.classes[actual], counts=listed(counts) or 0)
    if len(run.dataset.classes) > MAX_CLASSES:
        yield Sentence("And {n} more classes.")(n=len(run.dataset.classes) - MAX_CLASSES)


def diagnosis(dialogue: Dialogue, _text: str) -> Iterator[str]:
    """Yield the diagnosis of the layers."""
    snapshot = dialogue.session.snapshot(measures=MAX_WORK)
    diagnostics = snapshot.network.diagnostics
    if snapshot.status.hides_verdicts:
        raise RefusedError(AFTER_ANSWER)
    if diagnostics is None:
        yield word("The network is too large to be measured.")
        return
    yield joined(*(finding.sentence for finding in findings(diagnostics)))
    for layer in diagnostics.layers:
        figures = [Sentence("gradient {norm}")(norm=number(layer.gradient_norm))]
        if layer.update_ratio is not None:
            figures.append(Sentence("an update is {n} of the weights")(n=number(layer.update_ratio)))
        if layer.number < len(diagnostics.layers):
            figures.append(Sentence("{n} of the outputs saturated")(n=percent(layer.saturation)))
            figures.append(Sentence("{n} of {units} units off")(n=len(layer.off), units=layer.units))
        name = Sentence("{unit}, {activation}")(unit=layer.name.capitalize(), activation=layer.activation)
        yield as_sentence(headed(name, word(", ", "list").join(figures)))
