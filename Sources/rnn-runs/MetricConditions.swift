// Conditions on metrics as users write them, such as val_loss:min<0.3.

import Failures
import Registry

extension MetricColumn {
  /// A condition on a metric; nil if `text` has no comparison.
  static func condition(_ text: String) throws -> MetricCondition? {
    guard let parts = FilterOptions.split(text) else { return nil }
    let column = try MetricColumn(parts.key)
    guard let value = Double(parts.value), !value.isNaN else {
      throw Failure.usage("'\(parts.value)' in '\(text)' is no number", at: "--metric")
    }
    guard let statistic = try column.statistic() else {
      throw Failure.usage(
        "'\(text)' compares a step", at: "--metric", remedy: "compare the last, the min or the max")
    }
    return MetricCondition(name: column.name, statistic, parts.comparison, value)
  }
}
