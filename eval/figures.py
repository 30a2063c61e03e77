"""`make figures`: puts the tables of the last `checker eval run` into eval/README.md, between its two marks.

    python eval/figures.py [out/eval/municipal]

The prose around them is written by people and stays as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

README = Path(__file__).resolve().parent / "README.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
WRONG = ("### Wrong verdicts", "### Pairs of")


def tables(table: str) -> str:
    """The run's own tables without the long lists of single verdicts; headings one level down."""
    parts = ["## " + p for p in table.split("\n## ", maxsplit=1)[0].removeprefix("## ").split("\n### ")]
    kept = [parts[0], *("### " + p.removeprefix("## ") for p in parts[1:])]
    return "\n".join(p.rstrip() + "\n" for p in kept if not p.startswith(WRONG)).rstrip()


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "out/eval/municipal")
    text = README.read_text("utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    README.write_text(f"{before}{BEGIN}\n\n{tables((folder / 'table.md').read_text('utf-8'))}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
