// Times in a chunk that another program may have written: they are checked before anything is computed with them.

import Calendar
import Failures
import Tensor
import TensorFile

extension Chunk {
  /// Rejects a column `time` that does not hold Unix seconds, before a time is written as text.
  /// - Throws: `Failure` (data), naming the row.
  public func checkTimes(named name: String = "time") throws(Failure) {
    guard let tensor = columns[name]?.tensor else { return }
    let isKnown: (Int) -> Bool
    switch tensor.elements {
    case .u8, .i32: return
    case .i64(let values): isKnown = { knownTimes.contains(values[$0]) }
    case .f32(let values): isKnown = { Self.isKnown(Double(values[$0])) }
    case .f64(let values): isKnown = { Self.isKnown(values[$0]) }
    }
    guard let index = (0..<tensor.count).first(where: { !isKnown($0) }) else { return }
    throw Failure.data(
      "row \(index / max(1, tensor.rowWidth)) has a time outside the years 1 to 9999", at: "column \(name)",
      remedy: "times must be whole Unix seconds")
  }

  private static func isKnown(_ time: Double) -> Bool {
    Int64(exactly: time).map(knownTimes.contains) ?? false
  }
}
