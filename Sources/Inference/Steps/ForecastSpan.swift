// How many steps are forecast: those that the model was trained for, fewer, or more. A model of values goes on block by
// block, each as long as the horizon of training; so input is prepared for whole blocks, and results are cut. A model of
// distributions goes on step by step.

import Failures
import Sequences
import Tensor
import TensorFile

/// The number of steps to forecast, and what follows from it.
public struct ForecastSpan: Sendable {
  /// The model as it was trained.
  public let trained: LoadedModel
  /// The model with as many steps as are forecast, for results.
  public let model: LoadedModel
  /// The number of steps; nil for those of training.
  let steps: Int?

  /// - Parameter steps: the number of steps; nil for those of training.
  /// - Throws: `Failure` (usage) if the model can't forecast as many.
  public init(_ model: LoadedModel, steps: Int?) throws {
    (trained, self.steps) = (model, steps)
    self.model = steps.map { model.forecasting($0) } ?? model
    guard let steps else { return }
    guard let window = model.window, !window.isReconstruction, model.document == nil else {
      throw Failure.usage("the model doesn't forecast a series", at: "--steps", remedy: "omit it")
    }
    if steps > window.horizon, model.distribution == nil { try checkBlocks(window) }
  }

  /// Whether more steps are forecast than the model was trained for.
  public var isBeyondTraining: Bool { (steps ?? 0) > (trained.trainedHorizon ?? .max) }

  /// Forecasts of values become inputs of the next block.
  private func checkBlocks(_ window: WindowLayout) throws {
    let horizon = counted(window.horizon, "step")
    guard trained.quantiles == nil else {
      throw Failure.usage(
        "the model forecasts quantiles of \(horizon), and those of later steps can't be computed from them",
        at: "--steps",
        remedy: "use at most \(window.horizon), or a model of --preset deepar, whose sample paths go on")
    }
    let unknown = WindowUnits.unknownInputs(window)
    guard unknown.isEmpty else {
      throw Failure.usage(
        "after \(horizon), the \(unknown.count == 1 ? "input" : "inputs") \(unknown.joined(separator: ", ")) "
          + "\(unknown.count == 1 ? "is" : "are") unknown, since the model doesn't forecast "
          + "\(unknown.count == 1 ? "it" : "them")", at: "--steps",
        remedy: "use at most \(window.horizon), or train on windows of rnn-window --columns "
          + window.targets.joined(separator: ","))
    }
    guard window.ahead == 1, trained.file.architecture.outputs.count == 1 else {
      throw Failure.usage(
        "the model's forecasts don't follow its windows at once, so it can't go on from them", at: "--steps",
        remedy: "use at most \(window.horizon)")
    }
  }

  /// The model for which input is prepared: windows as it was trained, series for all steps.
  /// - Throws: `Failure` (usage) if the input has fewer steps than are forecast.
  public func preparation(_ header: StreamHeader? = nil) throws -> LoadedModel {
    guard let steps, let horizon = trained.trainedHorizon else { return trained }
    guard header?.kind == "windows" || header?.metadata["rnn.window"] != nil else {
      return trained.forecasting(preparedSteps(steps, horizon))
    }
    guard steps <= horizon else {
      throw Failure.usage(
        "windows have the times and values of \(counted(horizon, "step"))", at: "--steps",
        remedy: "use at most \(horizon), or forecast the series itself")
    }
    return trained
  }

  /// What is known over the horizon is read for whole blocks.
  private func preparedSteps(_ steps: Int, _ horizon: Int) -> Int {
    trained.distribution == nil ? (steps + horizon - 1) / horizon * horizon : steps
  }

  /// A chunk with the times and targets of the steps that are forecast.
  public func cut(_ chunk: Chunk) -> Chunk {
    guard let steps, let targets = trained.window?.targets.count else { return chunk }
    var columns = chunk.columns
    for (name, each) in [("time", 1), ("y", targets), ("actual", targets)] {
      guard let tensor = columns[name]?.tensor, tensor.rowWidth > steps * each else { continue }
      columns[name] = .dense(tensor.prefix(steps * each))
    }
    return Chunk(columns, rows: chunk.rows)
  }
}

extension Tensor {
  /// The first values of each row, `[rows, count]`.
  func prefix(_ count: Int) -> Tensor {
    let (width, rows) = (rowWidth, self.rows)
    let kept = (0..<rows).flatMap { $0 * width..<$0 * width + count }
    let shape = [rows, count]
    return switch elements {
    case .u8(let values): Tensor(kept.map { values[$0] }, shape: shape)
    case .i32(let values): Tensor(kept.map { values[$0] }, shape: shape)
    case .i64(let values): Tensor(kept.map { values[$0] }, shape: shape)
    case .f32(let values): Tensor(kept.map { values[$0] }, shape: shape)
    case .f64(let values): Tensor(kept.map { values[$0] }, shape: shape)
    }
  }
}
