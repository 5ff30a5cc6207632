// Hostile and very wide CSV files: caps on records and fields are checked while reading, and time is linear in the
// number of columns.

import ByteStreams
import Failures
import Sequences
import Testing

@Suite struct WideCSVTests {
  private let names = (0..<100_000).map { "c\($0)" }

  private func problem(_ text: String, _ read: (CSVReader) throws -> Void = { _ in }) -> Failure? {
    do { try read(CSVReader(MemorySource(Array(text.utf8)), named: "f.csv")) } catch {
      return error as? Failure
    }
    return nil
  }

  private func expectQuick(_ body: () throws -> Void) rethrows {
    let start = ContinuousClock.now
    try body()
    #expect(start.duration(to: .now) < .seconds(20))
  }

  @Test func aHeaderOfManyNames() throws {
    try expectQuick {
      let text = names.joined(separator: ",") + "\n" + names.map { _ in "1" }.joined(separator: ",") + "\n"
      let reader = try CSVReader(MemorySource(Array(text.utf8)), named: "f.csv")
      #expect(reader.header == names)
      let twice = problem((names + ["c7"]).joined(separator: ",") + "\n1\n")
      #expect(twice?.problem == "two columns have the name c7")
    }
  }

  @Test func aSeriesOfManyColumns() throws {
    try expectQuick {
      let lines = [names, names.map { _ in "1" }, names.map { _ in "2" }].map { $0.joined(separator: ",") }
      let bytes = Array(lines.joined(separator: "\n").utf8)
      var options = SeriesCSVOptions()
      for columns in [nil, ColumnList(exactly: names.reversed())] {
        options.columns = columns
        var csv = try SeriesCSV(MemorySource(bytes), named: "f.csv", options)
        #expect(try csv.next()?.values.count == 200_000)
        _ = try csv.next()
      }
      let layout = try WindowLayout(length: 1, horizon: 1, inputs: names, targets: names.reversed() + ["x"])
      #expect(layout.columns == names + ["x"])
    }
  }

  @Test func aRecordOfManyFields() {
    let commas = String(repeating: ",", count: 1 << 18)
    #expect(problem(commas + "\n")?.problem == "the record at line 1 has more than 262144 fields")
    let row = problem("a,b\n" + commas) { reader in
      var reader = reader
      while try reader.next() != nil {}
    }
    #expect(row?.problem == "the record at line 2 has more than 262144 fields")
  }

  @Test func longCells() {
    let long = String(repeating: "\0", count: (1 << 24) + 1)
    #expect(problem(long)?.problem == "the record at line 1 is longer than 16 MiB")
    let quoted = problem("a\n\"" + long)
    #expect(quoted?.problem == "the record at line 2 is longer than 16 MiB")
    #expect(quoted?.remedy == "look for a quote that is not closed")
  }
}
