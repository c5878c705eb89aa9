"""``twill report``: everything about a result as a page, a document or a trace."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from twill.cli.choices import Choices, model_options
from twill.cli.exits import EPILOG, exit_of
from twill.cli.options import Choice, color_option
from twill.cli.scheduled import Wanted, schedule_options, scheduled
from twill.diagnostics import Diagnostic, InputError
from twill.solver.options import SolveOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twill.cli.inputs import Model
    from twill.comparison import Comparison
    from twill.explanation import Explanation
    from twill.reports.content import Content
    from twill.reports.context import Context
    from twill.schedule import Outcome

FORMATS = ("text", "html", "markdown", "json", "trace", "dot", "mermaid")
SUFFIXES = {
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
    ".json": "json",
    ".txt": "text",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
}


@click.command("report", short_help="Report a result, as a page or a trace.", epilog=EPILOG)
@click.argument("spec", metavar="SPEC|BUNDLE|PROBLEM")
@model_options
@schedule_options
@click.option(
    "--format",
    "form",
    type=Choice(FORMATS),
    help="What to write; by default what the name of the output ends in, else text.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to this file, whole or not at all, instead of to stdout.",
)
@click.option(
    "--sensitivity",
    is_flag=True,
    help="Also say what forbids a smaller II, and what faster units would bring ('twill explain').",
)
@click.option(
    "--experts/--no-experts",
    default=False,
    show_default=True,
    help="Also compare with every expert's kernel that is paired with SPEC ('twill compare').",
)
@color_option
def report_command(
    spec: str,
    choices: Choices,
    wanted: Wanted,
    form: str | None,
    output: Path | None,
    sensitivity: bool,
    experts: bool,
    no_color: bool,
) -> int:
    """Report what is known of SPEC: the verdict and its proof, the schedule, what it rests on.

    SPEC is a loop with its --machine, a problem.json, or a BUNDLE that 'twill solve -o' wrote:
    its schedule is verified again and its proof is checked. Names and sources of the machine's
    numbers are known only where a loop is elaborated with its machine.

    \b
    twill report flash_attention_forward --machine h100 -o report.html
    twill report out --format markdown
    twill report gemm -m h100 --schedule out/schedule.json -o gemm.html
    """  # fmt: skip
    form = form or format_of(output)
    check_place(output)
    found = _found(spec, choices, wanted, no_color)
    if experts and found.model.elaboration is None:
        raise _no_experts(spec)
    explanation = None
    if sensitivity:
        explanation = _explained(found.model, spec, choices, wanted, no_color)
    comparisons = _compared(spec, choices, wanted, no_color) if experts else []
    content = found.content(explanation, comparisons)
    if form == "trace" and content.schedule is None:
        return _nothing(found)
    _write(content, form, output, no_color, wanted.quiet)
    return exit_of(found.outcome, found.interrupted)


def format_of(file: Path | None) -> str:
    """The format that a file's name ends in; text without one. Raises InputError."""
    if file is None:
        return "text"
    form = SUFFIXES.get(file.suffix.lower())
    if form is None:
        known = ", ".join(SUFFIXES)
        message = f"what to write to {file} is not clear from its name"
        raise InputError([Diagnostic(message, help=f"end it in one of {known}, or add --format")])
    return form


def check_place(file: Path | None) -> None:
    """Refuse a place that cannot be written to before anything is searched for."""
    if file is None:
        return
    folder = file.parent
    if not folder.is_dir():
        message = f"cannot write {file}: there is no folder {folder}"
        raise InputError([Diagnostic(message, help="make the folder, or choose another with -o")])
    if file.is_dir():
        message = f"cannot write {file}: it is a folder"
        raise InputError([Diagnostic(message, help=f"name the file too, as in {file}/report.html")])


@dataclass(frozen=True, slots=True)
class _Found:
    """What the report is about; ``context`` where a bundle says more than its problem."""

    model: Model
    outcome: Outcome
    interrupted: bool = False
    context: Context | None = None

    def content(
        self, explanation: Explanation | None, comparisons: Sequence[Comparison]
    ) -> Content:
        """The content of the report."""
        from twill.cli.content import content_of

        content = content_of(self.model, self.outcome, self.interrupted, explanation, comparisons)
        return content if self.context is None else replace(content, context=self.context)


def _found(spec: str, choices: Choices, wanted: Wanted, no_color: bool) -> _Found:
    """The outcome: of a bundle, of the schedule given, or of a search."""
    from twill.cli.bundled import is_bundle, outcome_of, read_bundle
    from twill.cli.inputs import load_model

    if is_bundle(spec):
        _refuse_choices(spec, choices, wanted)
        bundled = read_bundle(Path(spec))
        return _Found(bundled.model, bundled.outcome, context=bundled.context)
    model = load_model(spec, choices)
    found = scheduled(model, wanted, no_color)
    if found.outcome is None:
        assert found.schedule is not None
        return _Found(model, outcome_of(model, found.schedule))
    return _Found(model, found.outcome, found.interrupted)


def _refuse_choices(folder: str, choices: Choices, wanted: Wanted) -> None:
    given = list(choices.of_a_spec)
    given += ["--schedule"] if wanted.file is not None else []
    given += ["limits on top of it"] if choices.knobs != Choices().knobs else []
    if given:
        message = f"{' and '.join(given)} cannot be used with a bundle"
        help_ = f"{folder} already holds a problem and its schedule; report the spec instead"
        raise InputError([Diagnostic(message, help=help_)])


def _explained(
    model: Model, spec: str, choices: Choices, wanted: Wanted, no_color: bool
) -> Explanation:
    """What forbids a smaller II, and what would lift it."""
    from twill.cli.questions import question_of
    from twill.cli.searching import searching
    from twill.solver.explain import explain

    question = question_of(model, spec, choices, None)
    options = SolveOptions(wanted.time_limit)
    found, _ = searching(
        lambda on_progress, stop: explain(model.problem, question, options, on_progress, stop),
        wanted.quiet,
        no_color,
    )
    return found


def _compared(spec: str, choices: Choices, wanted: Wanted, no_color: bool) -> list[Comparison]:
    """What 'twill compare --all' finds; nothing where no kernel is paired."""
    from twill.cli.compare import Shown
    from twill.cli.content import cases_for
    from twill.cli.experts import compared
    from twill.cli.output import complain

    shown = Shown(wanted.time_limit, wanted.no_cache, wanted.quiet, no_color)
    cases = cases_for(spec, choices)
    if not cases and not wanted.quiet:
        complain(f"note: no shipped kernel is paired with {spec} on {choices.machine}")
    found = []
    for case in cases:
        comparison, interrupted = compared(case, shown)
        found.append(comparison)
        if interrupted:
            break
    return found


def _no_experts(spec: str) -> InputError:
    message = f"--experts needs a loop and its machine, {spec} is a problem"
    help_ = "report the spec instead, as in flash_attention_forward --machine h100"
    return InputError([Diagnostic(message, help=help_)])


def _nothing(found: _Found) -> int:
    from twill.cli.output import complain

    reason = getattr(found.outcome, "reason", None)
    complain(f"error: there is no schedule to trace: {reason.summary if reason else ''}")
    return exit_of(found.outcome, found.interrupted)


def _write(content: Content, form: str, file: Path | None, no_color: bool, quiet: bool) -> None:
    from twill.cli.output import complain, emit, page_for
    from twill.cli.writers import written
    from twill.files import write_whole
    from twill.reports.terminal import Page

    if file is None:
        emit(written(content, form, page_for(sys.stdout, no_color)))
        return
    write_whole(file, written(content, form, Page()))
    if not quiet:
        complain(f"wrote {file}")
