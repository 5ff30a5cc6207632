// What a chart is made from: the input, and what was selected of it.

import Charts
import Failures
import SequenceOptions
import Spelling
import Stage
import TensorFile

/// The input of every kind of chart.
struct PlotInput {
  let run: StageRun
  let path: String?
  let selection: SelectionOptions
  let encoding: EncodingChoice
  let language: ChartLanguage
  /// Whether the data is written as a table, so that nothing is left out.
  let isTable: Bool

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
          "\(problem) \(name)", at: "--column", remedy: suggestion(for: name, among: Array(known)))
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
  /// The columns of row `index`.
  func row(_ index: Int) -> Chunk {
    Chunk(columns.mapValues { $0.row(index) }, rows: 1)
  }
}

extension Column {
  fileprivate func row(_ index: Int) -> Column {
    switch self {
    case .dense(let tensor): return .dense(tensor.slice(index..<index + 1))
    case .ragged(let rows):
      let offsets = rows.offsets
      let values = rows.values.slice(offsets[index]..<offsets[index + 1])
      return .ragged(Ragged(values: values, lengths: [rows.lengths[index]]))
    }
  }
}
