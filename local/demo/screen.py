"""What is shown: headings, sentences, proofs and tables; plain lines where the output is no terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

TEXT_WIDTH = 100
INDENT = 2


class Screen:
    """One output.  ``lively`` is whether it is a terminal where things may move."""

    def __init__(self, console: Console) -> None:
        self.console = console

    @property
    def lively(self) -> bool:
        return self.console.is_terminal

    @property
    def width(self) -> int:
        return self.console.width

    def title(self, text: str, below: str) -> None:
        """The first thing a person sees."""
        self._line(Text(text, style="bold cyan"))
        self._wrapped(below, "")

    def step(self, number: int, text: str) -> None:
        """A new step of the story."""
        self.console.print()
        self._line(Text.assemble((f"{number}  ", "bold cyan"), (text, "bold")))

    def say(self, text: str) -> None:
        """A sentence or two, wrapped."""
        self._wrapped(text, " " * INDENT)

    def item(self, text: str) -> None:
        """One of several things."""
        self._wrapped(text, " " * INDENT, "• ")

    def proof(self, text: str) -> None:
        """Something that was checked just now and is so."""
        self._wrapped(text, " " * INDENT, "✓ ", "bold green")

    def fail(self, text: str) -> None:
        """Why the demonstration ends here."""
        self.console.print()
        self._line(Text.assemble(("Not as told: ", "bold red"), text))

    def pasted(self, text: str) -> None:
        """Something to copy: never broken into lines."""
        self.console.print(Text(" " * INDENT + text), soft_wrap=True)

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Names and values in two columns."""
        grid = Table.grid(padding=(0, 2))
        for name, value in rows:
            grid.add_row(Text(name, style="cyan"), Text(value, overflow="fold"))
        self.show(grid)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A small table: the first column is text, the others are numbers."""
        table = plain_table()
        for number, name in enumerate(columns):
            table.add_column(name, justify="right" if number else "left", no_wrap=True)
        for row in rows:
            table.add_row(*row)
        self.console.print()
        self.show(table)

    def show(self, renderable: RenderableType) -> None:
        """A table, indented.  Without a terminal its lines end where their text ends."""
        indented = Padding(renderable, (0, 0, 0, INDENT))
        if self.lively:
            self.console.print(indented)
            return
        with self.console.capture() as captured:
            self.console.print(indented)
        for line in captured.get().splitlines():
            self._line(Text(line.rstrip()))

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        """While something takes a moment: a spinner with the time, or one line."""
        if not self.lively:
            self.say(f"… {text}")
            yield
            return
        columns = (TextColumn(" "), SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as progress:
            progress.add_task(text, total=None)
            yield

    def _wrapped(self, text: str, indent: str, mark: str = "", style: str = "") -> None:
        width = min(self.width, TEXT_WIDTH) - len(indent) - len(mark)
        for number, line in enumerate(textwrap.wrap(text, max(width, 20), break_on_hyphens=False)):
            begin = " " * len(mark) if number else mark
            self._line(Text.assemble(indent, (begin, style), line))

    def _line(self, text: Text) -> None:
        self.console.print(text, soft_wrap=True)


def plain_table() -> Table:
    """A table without lines; its head stands out."""
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
