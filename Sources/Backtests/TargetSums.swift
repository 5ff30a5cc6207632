// Sums of the targets of one series, judged beside them.

import Failures
import Sequences
import Tensor
import TensorFile

/// A hierarchy over the targets of a single series.
struct TargetSums: Sendable {
  let hierarchy: Hierarchy
  let panel: BacktestPanel

  /// A column of forecasts `[rows, horizon * targets]` as those of the judged targets.
  /// - Parameter origins: the number of known rows of each row.
  func judged(_ column: Column, at origins: [Int]) throws -> Column {
    guard let tensor = column.tensor else { return column }
    let (values, width) = (tensor.doubles, tensor.rowWidth)
    let all = try origins.enumerated().flatMap { row, origin in
      try judged(Array(values[row * width..<(row + 1) * width]), at: origin)
    }
    return .dense(Tensor(all, shape: [origins.count, all.count / max(1, origins.count)]))
  }

  private func judged(_ forecast: [Double], at origin: Int) throws -> [Double] {
    let shares = try self.shares(at: origin)
    let width = panel.request.layout.targets.count
    return stride(from: 0, to: forecast.count, by: width).flatMap {
      hierarchy.all(Array(forecast[$0..<$0 + width]), shares: shares)
    }
  }

  /// The shares of the targets in their total, over the rows before an origin in which all are known.
  private func shares(at origin: Int) throws -> [Double] {
    guard hierarchy.method == .topDown else { return [] }
    let rows = try panel.known(0, at: origin)
    let total = rows.column(try panel.schema.indices(of: [hierarchy.total])[0])
    let sum = total.reduce(0) { $1.isNaN ? $0 : $0 + $1 }
    guard sum != 0 else {
      throw Failure.data(
        "the total before origin \(origin) is 0, so targets have no shares in it",
        remedy: "use --hierarchy bottom-up")
    }
    return try panel.schema.indices(of: hierarchy.bottoms).map { column in
      zip(rows.column(column), total).reduce(0) { $1.1.isNaN ? $0 : $0 + $1.0 } / sum
    }
  }
}
