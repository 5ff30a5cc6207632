// The windows that follow forecasts: the last steps of windows, then the forecasts as if they had happened. They are scaled
// as windows of the series are, so that the network reads what it was trained on: by their own values where windows are,
// and relative to their own last value.

import Failures
import Tensor
import TensorFile

extension WindowUnits {
  /// The inputs whose future forecasts don't tell, since they are not targets.
  public static func unknownInputs(_ layout: WindowLayout) -> [String] {
    layout.inputs.filter { !layout.targets.contains($0) }
  }

  /// The windows that end with forecasts, with what each row is scaled by.
  /// - Parameters:
  ///   - chunk: the windows before; its other columns stay as they are.
  ///   - forecasts: `[rows, steps * targets]`, scaled as their windows.
  /// - Throws: `Failure` (data) if the chunk lacks what its rows were scaled by.
  public func continued(_ chunk: Chunk, by forecasts: [Double]) throws -> Chunk {
    let places = layout.inputs.compactMap { layout.targets.firstIndex(of: $0) }
    guard places.count == layout.inputs.count, let x = chunk.columns["x"]?.tensor?.doubles else {
      throw Failure.data("the future of some inputs is unknown")
    }
    var scales = try rowScales(chunk)
    let steps = forecasts.count / max(1, chunk.rows * layout.targets.count)
    var result = [Float](repeating: 0, count: x.count)
    for row in 0..<chunk.rows {
      for (input, target) in places.enumerated() {
        let place = row * layout.targets.count + target
        let scale = WindowScale(offset: scales.offset[place], factor: scales.factor[place])
        let before = (0..<layout.length).map { x[(row * layout.length + $0) * places.count + input] }
        let after = (0..<steps).map { forecasts[(row * steps + $0) * layout.targets.count + target] }
        let values = (before + after).suffix(layout.length).map { $0 / scale.factor + scale.offset }
        let next = self.scale(Array(values), like: scale)
        for (step, value) in values.enumerated() {
          result[(row * layout.length + step) * places.count + input] = Float(next.apply(value))
        }
        (scales.offset[place], scales.factor[place]) = (next.offset, next.factor)
        // Differences are added up from the last forecast.
        scales.base?[place] += after.reduce(0) { $0 + $1 / scale.factor + scale.offset }
      }
    }
    return self.chunk(chunk, x: result, scales)
  }

  /// The scale of a window: the same as before, unless its own values determine it.
  private func scale(_ values: [Double], like before: WindowScale) -> WindowScale {
    var scale = before
    if scaler.kind != .none, scaler.scope == .window { scale = WindowScale(scaler.kind, of: values) }
    if transform.reference == .last, let last = values.last { scale.offset = last }
    return scale
  }

  private func chunk(
    _ chunk: Chunk, x: [Float], _ scales: (offset: [Double], factor: [Double], base: [Double]?)
  ) -> Chunk {
    var columns = chunk.columns
    let width = layout.targets.count
    columns["x"] = .dense(Tensor(x, shape: [chunk.rows, layout.length, layout.inputs.count]))
    for (name, values) in [("offset", scales.offset), ("factor", scales.factor), ("base", scales.base ?? [])]
    where columns[name] != nil { columns[name] = .dense(Tensor(values, shape: [chunk.rows, width])) }
    return Chunk(columns, rows: chunk.rows)
  }
}
