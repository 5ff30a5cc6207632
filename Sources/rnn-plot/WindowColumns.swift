// The layout of windows in a stream, and one window in the units of the data.

import Charts
import Failures
import Sequences
import Tensor
import TensorFile

/// What the columns of a stream of windows hold: `x` [rows, length, inputs] and `y` [rows, horizon *
/// targets].
struct WindowColumns {
  private let length: Int
  private let layout: WindowLayout?
  private let scaler: Scaler?
  private let units: WindowUnits?
  private let time: TimeColumn?
  let inputNames: [String]
  private let hasTargets: Bool

  init(_ reader: TensorReader, named name: String) throws {
    guard let x = reader.schema["x"], !x.isRagged, (1...2).contains(x.rowShape.count), x.rowShape[0] > 0
    else {
      throw Failure.data(
        "there is no column x with windows", at: name, remedy: "plot the output of rnn-window")
    }
    length = x.rowShape[0]
    layout = try WindowLayout(header: reader.header)
    scaler = try Scaler(header: reader.header)
    units = try WindowUnits(header: reader.header)
    time = try TimeColumn(header: reader.header)
    let width = x.rowShape.count == 2 ? x.rowShape[1] : 1
    let names = layout?.inputs ?? (width == 1 ? [""] : (0..<width).map { "x\($0)" })
    guard names.count == width, layout == nil || layout?.length == length else {
      throw Failure.data("rnn.window and the shape of x disagree", at: name)
    }
    inputNames = names
    // Integers are classes, which can't be shown on the window's axes.
    let y = reader.schema["y"]
    hasTargets = y.map { !$0.isRagged && !$0.type.isInteger } ?? false
    if hasTargets, let layout, let y, y.rowShape.reduce(1, *) != layout.horizon * layout.targets.count {
      throw Failure.data("rnn.window and the shape of y disagree", at: name)
    }
  }

  /// The inputs that are also targets.
  var targetInputs: [String] { layout?.targets.filter(inputNames.contains) ?? [] }

  /// One row with its targets, in the units of the data.
  func window(_ row: Chunk, inputs: [Int]) throws -> WindowData {
    let x = try inputValues(row)
    if let unknown = inputs.first(where: { x.count > $0 && x[$0].isNaN }) {
      throw Failure.data(
        "column \(inputNames[unknown]) is scaled by values that the stream doesn't have",
        remedy: "plot the targets")
    }
    let targetNames = hasTargets ? layout?.targets ?? [""] : []
    let y = hasTargets ? try targets(row, names: targetNames) : []
    let horizon = targetNames.isEmpty ? 0 : y.count / targetNames.count
    let targets = targetNames.indices.map { target in
      (0..<horizon).map { y[$0 * targetNames.count + target] }
    }
    let values = inputs.map { input in (0..<length).map { x[$0 * inputNames.count + input] } }
    let (before, after, hasTimes) = positions(row, horizon: horizon)
    // The legend does not need the name of the only column.
    let isUnnamed = inputNames.count == 1 && targetNames.count <= 1
    return WindowData(
      inputNames: inputs.map { isUnnamed ? "" : inputNames[$0] }, inputs: values,
      targetNames: isUnnamed ? targetNames.map { _ in "" } : targetNames, targets: targets,
      inputPositions: before,
      targetPositions: after, hasTimes: hasTimes)
  }

  /// The targets as they were read, where the stream has them.
  private func targets(_ row: Chunk, names: [String]) throws -> [Double] {
    if let actual = row.columns["actual"]?.tensor { return actual.doubles }
    guard let units, units.changesValues, let y = row.columns["y"]?.tensor else {
      return try unscaled(row.columns["y"]?.tensor, names: names)
    }
    return try units.targets(y.doubles, of: row)
  }

  /// The inputs in the units of the data, step by step; NaN where a column is not a target and its units are unknown.
  private func inputValues(_ row: Chunk) throws -> [Double] {
    guard let units, units.changesValues, let layout, let x = row.columns["x"]?.tensor else {
      return try unscaled(row.columns["x"]?.tensor, names: inputNames)
    }
    var values =
      units.dependsOnRow ? x.doubles.map { _ in Double.nan } : try unscaled(x, names: inputNames)
    guard let history = try units.history(of: row) else { return values }
    for (target, name) in layout.targets.enumerated() {
      guard let input = inputNames.firstIndex(of: name) else { continue }
      for step in 0..<length {
        values[step * inputNames.count + input] = history[step * layout.targets.count + target]
      }
    }
    return values
  }

  private func unscaled(_ tensor: Tensor?, names: [String]) throws -> [Double] {
    guard let tensor else { return [] }
    guard let scaler, layout != nil else { return tensor.doubles }
    return try scaler.inverse(tensor.doubles, columns: names)
  }

  /// The positions of inputs and targets: times if the stream has them and a regular step, else row numbers.
  private func positions(_ row: Chunk, horizon: Int) -> (inputs: [Double], targets: [Double], hasTimes: Bool)
  {
    let (rate, ahead) = (layout?.rate ?? 1, layout?.ahead ?? 1)
    let times = row.columns["time"]?.tensor?.values(as: Int64.self)
    guard let times, let first = times.first, let time, time.step != nil, horizon > 0, times.count == horizon
    else {
      let targets = (0..<horizon).map { Double((length - 1 + ahead + $0) * rate) }
      return ((0..<length).map { Double($0 * rate) }, targets, false)
    }
    let inputs = (0..<length).map {
      Double(time.advance(first, by: -(length - 1 + ahead - $0) * rate) ?? first)
    }
    return (inputs, times.map(Double.init), true)
  }
}
