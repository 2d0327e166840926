"""What is shown: headings, sentences, proofs and tables; plain lines where the output is no terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich import box
from rich.console import Console
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
        self.console.print(Text(text, style="bold cyan"))
        self._wrapped(Text(below), 0)

    def step(self, number: int, text: str) -> None:
        """A new step of the story."""
        self.console.print()
        self.console.print(Text.assemble((f"{number}  ", "bold cyan"), (text, "bold")))

    def say(self, text: str) -> None:
        """A sentence or two, wrapped."""
        self._wrapped(Text(text), INDENT)

    def proof(self, text: str) -> None:
        """Something that was checked just now and is so."""
        grid = Table.grid(padding=(0, 1))
        grid.add_row(Text("✓", style="bold green"), Text(text))
        self.console.print(Padding(grid, (0, 0, 0, INDENT)), width=min(self.width, TEXT_WIDTH))

    def fail(self, text: str) -> None:
        """Why the demonstration ends here."""
        self.console.print()
        self.console.print(Text.assemble(("Not as told: ", "bold red"), text))

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Names and values in two columns."""
        grid = Table.grid(padding=(0, 2))
        for name, value in rows:
            grid.add_row(Text(name, style="cyan"), Text(value, overflow="fold"))
        self.console.print(Padding(grid, (0, 0, 0, INDENT)))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A small table: the first column is text, the others are numbers."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for number, name in enumerate(columns):
            table.add_column(name, justify="right" if number else "left")
        for row in rows:
            table.add_row(*row)
        self.console.print(Padding(table, (0, 0, 0, INDENT)))

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

    def _wrapped(self, text: Text, indent: int) -> None:
        self.console.print(Padding(text, (0, 0, 0, indent)), width=min(self.width, TEXT_WIDTH))
