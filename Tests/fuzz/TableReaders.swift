// Tables and series of numbers: CSV, TSV, JSON Lines, and the archive's files of sequences.

import ByteStreams
import Interchange
import JSON
import OperatingSystem
import Sequences

let tableReaders = [
  FuzzedReader(name: "csv") { input in
    var options = SeriesCSVOptions()
    options.recognizesPanels = true
    var series = try SeriesCSV(MemorySource(input), named: "input", options)
    while try series.next() != nil {}
  },
  FuzzedReader(name: "table") { input in
    try readAll(TableRows(TemporaryFile(copying: MemorySource(input)), style: .csv, named: "input"))
  },
  FuzzedReader(name: "jsonl") { input in
    try readAll(JSONLinesRows(TemporaryFile(copying: MemorySource(input)), named: "input"))
  },
  FuzzedReader(name: "ts") { input in
    var sequences = try TSSequences(MemorySource(input), named: "input")
    while try sequences.next() != nil {}
  },
  FuzzedReader(name: "json") { input in
    let value = try JSONValue(parsing: input)
    guard try JSONValue(parsing: value.text) == value else { report("the JSON differs when written") }
  },
]
