// The column `split` on the chunks of a stream, and the labels that a stratified split goes by.

import Failures
import Tensor
import TensorFile

extension Chunk {
  /// The first `parts.count` rows with `parts` as their column `split`.
  public func split(into parts: [UInt8]) -> Chunk {
    var columns = columns.mapValues { $0.prefix(parts.count) }
    columns["split"] = .dense(Tensor(parts))
    return Chunk(columns, rows: parts.count)
  }

  /// The column `y` as one label for each row. Throws `Failure(.data)` where there is none.
  public func labels() throws(Failure) -> [Double] {
    guard let y = columns["y"]?.tensor, y.rowWidth == 1 else {
      throw Failure.data(
        "a stratified split needs a column y with one label for each row",
        remedy: "--random splits without looking at labels")
    }
    return y.doubles
  }
}

extension Column {
  fileprivate func prefix(_ count: Int) -> Column {
    if count == rows { return self }
    switch self {
    case .dense(let tensor): return .dense(tensor.slice(0..<count))
    case .ragged(let ragged):
      return .ragged(
        Ragged(
          values: ragged.values.slice(0..<ragged.offsets[count]), lengths: Array(ragged.lengths.prefix(count))
        ))
    }
  }
}
