"""What notebooks show of schedules, problems, loops and machines: tables and pictures."""

from twill.display import register
from twill.loop import Loop
from twill.machine import Machine
from twill.problem import Problem
from twill.reports.content import Content
from twill.reports.notebook.loop import loop_html, loop_svg
from twill.reports.notebook.machine import machine_html, machine_svg
from twill.reports.notebook.problem import problem_html, problem_svg
from twill.reports.notebook.schedule import schedule_html, schedule_svg
from twill.reports.notebook.solved import content_html, content_svg, view_html, view_svg
from twill.reports.view import View
from twill.schedule import Schedule

__all__: list[str] = []

register(Schedule, schedule_html, schedule_svg)
register(Problem, problem_html, problem_svg)
register(Loop, loop_html, loop_svg)
register(Machine, machine_html, machine_svg)
register(View, view_html, view_svg)
register(Content, content_html, content_svg)
