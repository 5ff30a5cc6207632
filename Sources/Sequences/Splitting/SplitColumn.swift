// The column `split` of a chunk, and the labels that a stratified split uses.

import Failures
import Tensor
import TensorFile

extension Chunk {
  /// The first `parts.count` rows, with `parts` as the column `split`.
  public func split(into parts: [UInt8]) -> Chunk {
    var columns = columns.mapValues { $0.prefix(parts.count) }
    columns["split"] = .dense(Tensor(parts))
    return Chunk(columns, rows: parts.count)
  }

  /// The column `split`; nil if there is none. Throws `Failure(.data)` if it holds anything but 0, 1
  /// and 2.
  public func parts() throws(Failure) -> [UInt8]? {
    guard let column = columns["split"] else { return nil }
    guard let tensor = column.tensor, tensor.rowWidth == 1, let parts = tensor.integers,
      parts.allSatisfy({ (0...2).contains($0) })
    else { throw Failure.data("the column split must hold one number per row: 0, 1 or 2") }
    return parts.map(UInt8.init)
  }

  /// The column `y` as one label per row. Throws `Failure(.data)` if there is none.
  public func labels() throws(Failure) -> [Double] {
    guard let y = columns["y"]?.tensor, y.rowWidth == 1 else {
      throw Failure.data(
        "a stratified split needs a column y with one label per row",
        remedy: "use --random, which ignores labels")
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
