// Steps of numbers that look like padding: masking would skip them, as if they were not there.

import Failures
import TensorFile

extension Padding {
  /// How many steps of the sequences consist of the padding value alone, in every column.
  public func countLookalikes(_ rows: Ragged) -> Int {
    guard !rows.values.type.isInteger else { return 0 }
    let (values, width) = (rows.values.doubles, rows.values.rowWidth)
    guard width > 0 else { return 0 }
    return stride(from: 0, to: values.count, by: width).count { step in
      values[step..<step + width].allSatisfy { $0 == value }
    }
  }
}
