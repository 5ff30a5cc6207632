// The attention weights of a row that rnn-predict --attention wrote.

import Charts
import Failures
import Sequences
import TensorFile

extension PlotInput {
  /// The chart of a row's attention.
  func attention() throws -> Chart {
    let reader = try run.reader(path)
    guard
      ["attention", "source_tokens", "prediction_tokens"].allSatisfy({ reader.schema[$0]?.isRagged == true })
    else {
      throw Failure.data(
        "has no attention weights", at: name, remedy: "write them with rnn-predict --attention")
    }
    let number = selection.row ?? 0
    let (row, rows) = try find(number, in: reader)
    guard let row else {
      throw Failure.usage(
        "there is no row \(number)", at: "--row",
        remedy: "the input has \(counted(rows, "row")), the first of which is row 0")
    }
    let (source, prediction) = (tokens(row, "source_tokens"), tokens(row, "prediction_tokens"))
    let weights = row.columns["attention"]?.ragged?.values.doubles ?? []
    guard !source.isEmpty, weights.count == source.count * prediction.count,
      weights.allSatisfy({ (0...1.001).contains($0) })
    else { throw Failure.data("row \(number): the weights don't match the tokens", at: name) }
    let values = prediction.indices.map { Array(weights[$0 * source.count..<($0 + 1) * source.count]) }
    return .attention(HeatMap(rows: prediction, columns: source, values: values), language: language)
  }

  private func tokens(_ row: Chunk, _ column: String) -> [String] {
    let items = row.columns[column]?.ragged.map { ListColumns.rows($0).flatMap(\.self) } ?? []
    return items.map { $0 == " " ? "␣" : $0 }
  }
}
