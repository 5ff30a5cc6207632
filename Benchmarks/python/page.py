"""The page of results, Benchmarks/RESULTS.md: sections under headings, each written by the benchmark that measures it."""

import re

ORDER = [
    "The machine", "Training and prediction", "Tagging, text and translation", "One step at a time", "How cost grows",
    "From the shell", "Single steps", "Serving", "Run history", "Quality", "Forecasting",
]
HEAD = """# Measured results

How fast rnnpipe is compared with other frameworks, and whether its models are as good. `make bench-peers` measures
speed, `make bench-quality` quality; [README.md](README.md) explains the numbers. Machines differ, and so does one
machine from hour to hour: compare numbers within a table, whose columns were measured in turn, slice by slice, and
trust the ratios more than the absolute numbers.
"""


def table(head, rows):
    """A Markdown table."""
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in [head, ["---"] * len(head), *rows]]
    return "\n".join(lines)


def read_sections(path):
    """The sections of the existing page, by heading."""
    if not path.exists():
        return {}
    parts = re.split(r"^## (.*)\n", path.read_text(), flags=re.M)
    return dict(zip(parts[1::2], (text.strip() for text in parts[2::2])))


def write_sections(path, sections):
    """Writes the page: the sections of ORDER, then the others as they come."""
    ordered = [name for name in ORDER if name in sections] + [name for name in sections if name not in ORDER]
    path.write_text(HEAD + "".join(f"\n## {name}\n\n{sections[name]}\n" for name in ordered))


def replace_section(path, name, text):
    """Writes one section and keeps the others."""
    write_sections(path, read_sections(path) | {name: text})
