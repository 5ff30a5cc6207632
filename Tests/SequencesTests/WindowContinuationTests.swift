// Windows that end with forecasts are scaled as windows of the series would be.

import Sequences
import Tensor
import TensorFile
import Testing

@Suite struct WindowContinuationTests {
  private func layout() throws -> WindowLayout {
    try WindowLayout(length: 3, horizon: 2, inputs: ["a"], targets: ["a"])
  }

  private func chunk(_ x: [Float], _ columns: [String: [Double]] = [:]) -> Chunk {
    var tensors = ["x": Tensor(x, shape: [1, 3, 1])]
    for (name, values) in columns { tensors[name] = Tensor(values, shape: [1, 1]) }
    return Chunk(tensors)
  }

  private func values(_ chunk: Chunk, _ name: String) -> [Double] {
    chunk.columns[name]?.tensor?.doubles ?? []
  }

  @Test func oneScalingForAllRowsStays() throws {
    let units = WindowUnits(try layout(), scaler: .identity(["a"]))
    let next = try units.continued(chunk([1, 2, 3]), by: [4, 5])
    #expect(values(next, "x") == [3, 4, 5])
    #expect(values(try units.continued(chunk([1, 2, 3]), by: [4, 5, 6, 7]), "x") == [5, 6, 7])
  }

  /// The window 10, 20, 30, scaled by its own range, goes on with 40 and 60.
  @Test func windowsAreScaledByTheirOwnValues() throws {
    let scaler = Scaler(.minmax, of: .window, basis: .all, columns: ["a"])
    let units = WindowUnits(try layout(), scaler: scaler)
    let next = try units.continued(
      chunk([0, 0.5, 1], ["offset": [10], "factor": [0.05]]), by: [1.5, 2.5])
    #expect(values(next, "offset") == [30] && abs(values(next, "factor")[0] - 1 / 30.0) < 1e-15)
    #expect(zip(values(next, "x"), [0, 1 / 3.0, 1]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  /// The window 1, 3, 6 relative to 6 goes on with 8 and 9.
  @Test func windowsAreRelativeToTheirOwnLastValue() throws {
    let units = WindowUnits(
      try layout(), scaler: .identity(["a"]), transform: try TargetTransform(parsing: "last"))
    let next = try units.continued(chunk([-5, -3, 0], ["offset": [6], "factor": [1]]), by: [2, 3])
    #expect(values(next, "x") == [-3, -1, 0] && values(next, "offset") == [9])
  }

  /// After 10, 11, 13, 16, whose differences are 1, 2, 3, the differences 4 and 5 lead to 25.
  @Test func differencesStartFromTheLastForecast() throws {
    let units = WindowUnits(
      try layout(), scaler: .identity(["a"]), transform: try TargetTransform(parsing: "difference"))
    let next = try units.continued(chunk([1, 2, 3], ["base": [16]]), by: [4, 5])
    #expect(values(next, "x") == [3, 4, 5] && values(next, "base") == [25])
    #expect(try units.targets([6, 7], of: next) == [31, 38])
  }
}
