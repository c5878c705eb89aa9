from __future__ import annotations

from twill.diagnostics import (
    Diagnostic,
    InputError,
    Span,
    did_you_mean,
    nearest,
    render,
    unknown,
)


def test_render_shows_place_message_source_caret_and_help() -> None:
    """One diagnostic takes four lines that an editor and a reader both understand."""
    span = Span("loop.yaml", 3, 5, 6, "    latncy: 3")
    text = render([Diagnostic("unknown key 'latncy'", span, "see the manual")])
    assert text.splitlines() == [
        "loop.yaml:3:5: error: unknown key 'latncy'",
        "    latncy: 3",
        "    ^^^^^^",
        "  help: see the manual",
    ]


def test_render_without_a_place() -> None:
    """A whole file that cannot be read has no line to show."""
    assert render([Diagnostic("there is no file x")]) == "error: there is no file x"


def test_render_keeps_the_order_and_shows_all() -> None:
    """All errors come at once."""
    text = render([Diagnostic("first"), Diagnostic("second")])
    assert text.splitlines() == ["error: first", "error: second"]


def test_render_cuts_a_long_line_around_the_place() -> None:
    """A JSON file of one line must not fill the screen."""
    source = "x" * 5000 + "BAD" + "y" * 5000
    lines = render([Diagnostic("wrong", Span("p.json", 1, 5001, 3, source))]).splitlines()
    assert max(map(len, lines)) < 120
    caret = lines[2].index("^^^")
    assert lines[1][caret : caret + 3] == "BAD"


def test_render_places_the_caret_below_wide_characters() -> None:
    """A terminal shows some characters two columns wide."""
    lines = render([Diagnostic("wrong", Span("a", 1, 4, 1, "日本 x"))]).splitlines()
    assert lines[2] == "    " + " " * 5 + "^"


def test_render_shows_no_control_characters() -> None:
    """A file must not be able to drive the reader's terminal."""
    text = render([Diagnostic("wrong", Span("a", 1, 1, 1, "x\x1b[31mred"))])
    assert "\x1b" not in text


def test_caret_stays_on_the_line() -> None:
    """A span longer than its line is marked to the end of the line."""
    lines = render([Diagnostic("wrong", Span("a", 1, 3, 99, "abcd"))]).splitlines()
    assert lines[2] == "      ^^"


def test_nearest_ignores_case_and_dashes() -> None:
    """Names differ most often by case and by '-' for '_'."""
    assert nearest("Tensor-Core", ["exp", "tensor_core"]) == "tensor_core"
    assert nearest("latncy", ["latency", "length"]) == "latency"
    assert nearest("zzz", ["latency"]) is None


def test_did_you_mean_lists_few_choices_and_no_long_list() -> None:
    """Where nothing is close, a short list helps and a long one does not."""
    assert did_you_mean("latncy", ["latency"]) == "did you mean 'latency'?"
    assert did_you_mean("zzz", ["a", "b"]) == "known here: a, b"
    assert did_you_mean("zzz", [f"name{i}" for i in range(30)]) is None
    assert did_you_mean("zzz", []) is None


def test_unknown_is_one_sentence() -> None:
    """The message for a wrong name carries the right one."""
    assert unknown("unit", "tensr", ["tensor"]) == "unknown unit 'tensr'; did you mean 'tensor'?"
    assert unknown("unit", "tensr", []) == "unknown unit 'tensr'"


def test_input_error_holds_everything_and_reads_as_text() -> None:
    """The exception's own text is what the command line prints."""
    error = InputError(Diagnostic(str(i)) for i in range(3))
    assert [d.message for d in error.diagnostics] == ["0", "1", "2"]
    assert str(error) == "error: 0\nerror: 1\nerror: 2"
    assert error.exit_code == 2
