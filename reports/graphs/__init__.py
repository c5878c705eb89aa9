"""The dependence graph as text for Graphviz and for Mermaid (``docs/formats.md``)."""

from twill.reports.graphs.dot import dot
from twill.reports.graphs.mermaid import mermaid

__all__ = ["dot", "mermaid"]
