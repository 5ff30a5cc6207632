// What a chart is made from: the input, and what was selected of it.

import Charts
import Failures
import SequenceOptions
import Stage
import TensorFile

/// The input of every kind of chart.
struct PlotInput {
  let run: StageRun
  let path: String?
  let selection: SelectionOptions
  let encoding: EncodingChoice
  let language: ChartLanguage

  /// The name of the input in messages.
  var name: String { inputName(path) }

  /// The indices of `names` in `known`.
  /// - Parameter problem: the message for an unknown name, which is appended.
  func indices<Names: Collection<String>>(
    of names: [String], in known: Names, else problem: String
  ) throws(Failure) -> [Int] where Names.Index == Int {
    var indices: [Int] = []
    for name in names {
      guard let index = known.firstIndex(of: name) else {
        throw Failure.usage(
          "\(problem) \(name)", at: "--column", remedy: "choose from: \(known.joined(separator: ", "))")
      }
      indices.append(index)
    }
    return indices
  }

  /// Row `number` of a stream, or nil if it is out of range, and the number of rows in the stream.
  func find(_ number: Int, in reader: TensorReader) throws -> (row: Chunk?, rows: Int) {
    var found: Chunk?
    var rows = 0
    while let chunk = try reader.next() {
      if (rows..<rows + chunk.rows).contains(number) { found = chunk.row(number - rows) }
      rows += chunk.rows
    }
    return (found, rows)
  }
}

extension Chunk {
  /// The dense columns of row `index`.
  fileprivate func row(_ index: Int) -> Chunk {
    Chunk(columns.compactMapValues(\.tensor).mapValues { $0.slice(index..<index + 1) })
  }
}
