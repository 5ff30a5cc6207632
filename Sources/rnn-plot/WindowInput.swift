// One window of a stream with its target, in the units of the data.

import Charts
import Failures
import Sequences
import Tensor
import TensorFile

extension PlotInput {
  /// The chart of one row of a stream of windows.
  func window() throws -> Chart {
    let reader = try run.reader(path)
    let form = try WindowForm(reader, named: name)
    let wanted = selection.row ?? 0
    var found: Chunk?
    var first = 0
    while let chunk = try reader.next() {
      if wanted >= first, wanted < first + chunk.rows { found = chunk.row(wanted - first) }
      first += chunk.rows
    }
    guard let found else {
      throw Failure.usage(
        "there is no window \(wanted), the stream has \(first)", at: "--row", remedy: "count from 0")
    }
    let picture = try form.picture(found, inputs: form.inputs(named: selection.column))
    let title = language == .zh ? "时间序列预测任务示例，第 \(wanted) 个窗口" : "A window and its target, row \(wanted)"
    return .window(picture, title: title, language: language)
  }
}

/// How windows are laid out in a stream: `x` [rows, length, inputs] and `y` [rows, horizon * targets].
struct WindowForm {
  private let length: Int
  private let facts: WindowFacts?
  private let scaler: Scaler?
  private let step: TimeStep?
  private let inputNames: [String]
  private let hasTargets: Bool

  init(_ reader: TensorReader, named name: String) throws {
    guard let x = reader.schema["x"], !x.isRagged, (1...2).contains(x.rowShape.count), x.rowShape[0] > 0
    else {
      throw Failure.data(
        "there is no column x of windows", at: name, remedy: "plot what rnn-window writes")
    }
    length = x.rowShape[0]
    facts = try WindowFacts(header: reader.header)
    scaler = try Scaler(header: reader.header)
    step = try TimeFacts(header: reader.header)?.step
    let width = x.rowShape.count == 2 ? x.rowShape[1] : 1
    let names = facts?.inputs ?? (width == 1 ? [""] : (0..<width).map { "x\($0)" })
    guard names.count == width, facts == nil || facts?.length == length else {
      throw Failure.data("rnn.window and the shape of x disagree", at: name)
    }
    inputNames = names
    // Whole numbers are classes, which have no place on the window's axis.
    let y = reader.schema["y"]
    hasTargets = y.map { !$0.isRagged && !$0.type.isInteger } ?? false
    if hasTargets, let facts, let y, y.rowShape.reduce(1, *) != facts.horizon * facts.targets.count {
      throw Failure.data("rnn.window and the shape of y disagree", at: name)
    }
  }

  /// Which inputs to draw: those named; else the ones that are also targets; else the first three.
  func inputs(named names: [String]) throws -> [Int] {
    let targets = facts?.targets ?? []
    let wanted = names.isEmpty ? targets.filter(inputNames.contains) : names
    if wanted.isEmpty { return Array(inputNames.indices.prefix(3)) }
    return try wanted.map { name in
      guard let index = inputNames.firstIndex(of: name) else {
        throw Failure.usage(
          "there is no input \(name)", at: "--column",
          remedy: "there are: \(inputNames.joined(separator: ", "))")
      }
      return index
    }
  }

  /// The picture of one row.
  func picture(_ row: Chunk, inputs: [Int]) throws -> WindowPicture {
    let x = try original(row.columns["x"]?.tensor, names: inputNames)
    let targetNames = hasTargets ? facts?.targets ?? [""] : []
    let y = hasTargets ? try original(row.columns["y"]?.tensor, names: targetNames) : []
    let horizon = targetNames.isEmpty ? 0 : y.count / targetNames.count
    let targets = targetNames.indices.map { target in
      (0..<horizon).map { y[$0 * targetNames.count + target] }
    }
    let values = inputs.map { input in (0..<length).map { x[$0 * inputNames.count + input] } }
    let (before, after, hasTimes) = positions(row, horizon: horizon)
    // The name of the only column says nothing that a legend needs.
    let isPlain = inputNames.count == 1 && targetNames.count <= 1
    return WindowPicture(
      inputNames: inputs.map { isPlain ? "" : inputNames[$0] }, inputs: values,
      targetNames: isPlain ? targetNames.map { _ in "" } : targetNames, targets: targets,
      inputPositions: before,
      targetPositions: after, hasTimes: hasTimes)
  }

  private func original(_ tensor: Tensor?, names: [String]) throws -> [Double] {
    guard let tensor else { return [] }
    guard let scaler, facts != nil else { return tensor.doubles }
    return try scaler.inverse(tensor.floats, columns: names)
  }

  /// Where inputs and targets stand: in time where the stream knows times and an even step, else by row.
  private func positions(_ row: Chunk, horizon: Int) -> (inputs: [Double], targets: [Double], hasTimes: Bool)
  {
    let (rate, ahead) = (facts?.rate ?? 1, facts?.ahead ?? 1)
    let times = row.columns["time"]?.tensor?.values(as: Int64.self)
    guard let times, let first = times.first, let step, horizon > 0, times.count == horizon else {
      let targets = (0..<horizon).map { Double((length - 1 + ahead + $0) * rate) }
      return ((0..<length).map { Double($0 * rate) }, targets, false)
    }
    let inputs = (0..<length).map { Double(step.advance(first, by: -(length - 1 + ahead - $0) * rate)) }
    return (inputs, times.map(Double.init), true)
  }
}
