// Parts of predictions: of requests that were answered together, and of rows that were divided among processes.

import Tensor

extension Prediction {
  /// The predictions for some of the rows.
  /// - Parameter rows: the number of rows of all predictions.
  public func rows(_ range: Range<Int>, of rows: Int) -> Prediction {
    Prediction(outputs: outputs.map { $0.rows(range, of: rows) })
  }

  /// The predictions for the rows of all `parts`, one after the other; nil if there are none, or they differ in shape.
  static func joined(_ parts: [Prediction]) -> Prediction? {
    guard let first = parts.first else { return nil }
    guard parts.count > 1 else { return first }
    let outputs = first.outputs.indices.compactMap { number in
      Output.joined(parts.compactMap { number < $0.outputs.count ? $0.outputs[number] : nil })
    }
    return outputs.count == first.outputs.count ? Prediction(outputs: outputs) : nil
  }
}

extension Prediction.Output {
  fileprivate func rows(_ range: Range<Int>, of rows: Int) -> Prediction.Output {
    var result = Prediction.Output(
      name: name, values: values.slice(range), mask: mask.map { Array($0[range.scaled($0.count, rows)]) },
      givenTargets: givenTargets)
    result.limits = limits.mapValues { $0.slice(range) }
    result.paths = paths?.slice(range)
    result.scaled = Array(scaled[range.scaled(scaled.count, rows)])
    return result
  }

  fileprivate static func joined(_ parts: [Prediction.Output]) -> Prediction.Output? {
    guard let first = parts.first, let values = Tensor.joined(parts.map(\.values)) else { return nil }
    var result = Prediction.Output(
      name: first.name, values: values, mask: first.mask == nil ? nil : parts.flatMap { $0.mask ?? [] },
      givenTargets: first.givenTargets)
    for name in first.limits.keys {
      guard let limits = Tensor.joined(parts.compactMap { $0.limits[name] }), limits.rows == values.rows
      else {
        return nil
      }
      result.limits[name] = limits
    }
    if first.paths != nil { result.paths = Tensor.joined(parts.compactMap(\.paths)) }
    result.scaled = parts.flatMap(\.scaled)
    return result
  }
}

extension Range<Int> {
  /// The values of the rows, if all `rows` have `count` values.
  fileprivate func scaled(_ count: Int, _ rows: Int) -> Range<Int> {
    let width = count / Swift.max(1, rows)
    return lowerBound * width..<upperBound * width
  }
}
