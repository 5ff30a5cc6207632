"""The results of long trainings: a line of JSON for each, so that none is repeated, and a section of a Markdown page."""

import json


class Results:
    """The results so far, which are in a file, and the section that shows them."""

    def __init__(self, log, keys, page, heading, introduction, table):
        """The keys identify a training; `table` makes lines of Markdown from all results."""
        self.log, self.keys, self.page, self.heading = log, keys, page, heading
        self.introduction, self.table = introduction, table
        self.all = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def has(self, *values):
        """Whether there is a result of this training."""
        return any(tuple(result[key] for key in self.keys) == values for result in self.all)

    def add(self, result):
        self.all.append(result)
        with self.log.open("a") as file:
            print(json.dumps(result), file=file)
        self.write()

    def write(self):
        """Replaces the section of the page, or appends it."""
        heading = f"## {self.heading}"
        text = self.page.read_text() if self.page.exists() else ""
        before, found, after = text.partition(heading + "\n")
        rest = after.partition("\n## ") if found else ("", "", "")
        section = f"{heading}\n\n{self.introduction}\n\n{self.table(self.all)}\n"
        self.page.write_text(before.rstrip() + "\n\n" + section + (f"\n## {rest[2]}" if rest[1] else ""))
