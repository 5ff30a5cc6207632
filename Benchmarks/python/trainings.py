"""The results of long trainings: a line of JSON for each, so that none is repeated, and a section of a Markdown page."""

import json

from page import replace_section


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
        replace_section(self.page, self.heading, f"{self.introduction}\n\n{self.table(self.all)}")
