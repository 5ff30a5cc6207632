// The model, with what it remembers of its data in the form that preparing input takes.

import Failures
import Networks
import Sequences
import TensorFile
import Training

/// A model file and what it says of its data.
public struct LoadedModel: Sendable {
  /// The model.
  public let file: ModelFile
  /// Its name, for messages.
  public let path: String
  /// The tokens and their ids, where it reads text.
  public let vocabulary: Vocabulary?
  /// How rows of ids are made equally long.
  public let padding: Padding?
  /// How a series is cut.
  public let window: WindowLayout?
  /// How a series is scaled.
  public let scaler: Scaler?
  /// The times of a series.
  public let time: TimeColumn?
  /// The classes' names.
  public let classes: ClassNames?
  /// How windows become differences, where the model was trained on those.
  public let relative: RelativeWindows?

  /// Reads what a model's header holds.
  ///
  /// - Parameters:
  ///   - path: the file's name, for messages.
  ///   - takesBest: whether the best epoch's weights are used, where the model has others too.
  /// - Throws: `Failure` (data) where it is no model, or damaged.
  public init(_ header: StreamHeader, path: String, takesBest: Bool) throws {
    self.path = path
    do {
      let model = try ModelFile(header: header)
      file = takesBest ? model.best ?? model : model
      vocabulary = try Vocabulary(header: header)
      padding = try Padding(header: header)
      window = try WindowLayout(header: header)
      scaler = try Scaler(header: header)
      time = try TimeColumn(header: header)
      classes = try ClassNames(header: header)
      relative = try Self.relative(header, window, file)
    } catch let failure as Failure {
      throw failure.placed(at: path)
    }
  }

  private static func relative(
    _ header: StreamHeader, _ window: WindowLayout?, _ file: ModelFile
  ) throws -> RelativeWindows? {
    guard header.metadata["rnn.relative"] == "true" else { return nil }
    guard let window, let steps = file.architecture.input.steps,
      let windows = RelativeWindows(steps: steps, inputs: window.inputs, targets: window.targets)
    else { throw Failure.data("the model's windows are damaged") }
    return windows
  }

  /// What the model was trained to minimize.
  ///
  /// - Parameter metrics: other metrics than its own, as the command line writes them.
  public func objective(metrics: String? = nil) throws -> Objective {
    try Objective(
      file.objective, outputs: file.architecture.topology.outputs.map(\.name), metrics: metrics)
  }

  /// Throws `Failure` (data) where a stream was prepared otherwise than the model's data.
  public func check(_ header: StreamHeader) throws {
    if let own = vocabulary, let other = try Vocabulary(header: header),
      let difference = own.difference(from: other)
    {
      throw Failure.data(
        "its vocabulary is not the model's: \(difference)", remedy: "tokenize with --like \(path)")
    }
    if let own = padding, let other = try Padding(header: header), own != other {
      throw Failure.data("its padding is not the model's", remedy: "pad with --like \(path)")
    }
    if let own = window, let other = try WindowLayout(header: header) {
      guard own.inputs == other.inputs, own.targets == other.targets, own.horizon == other.horizon else {
        throw Failure.data(
          "its windows are not the model's", remedy: "cut them with rnn-window --like \(path)")
      }
    }
    if let own = scaler, let other = try Scaler(header: header), !own.isSame(as: other) {
      throw Failure.data("its scaling is not the model's", remedy: "scale with rnn-window --like \(path)")
    }
  }

  /// Predictions or targets, `[.., horizon * targets]`, in the units of the data.
  public func unscaled(_ values: [Float]) throws -> [Float] {
    guard let scaler, let window, scaler.kind != .none else { return values }
    return try scaler.inverse(values, columns: window.targets).map(Float.init)
  }
}

extension Scaler {
  /// Whether both scale the same columns in the same way.
  fileprivate func isSame(as other: Scaler) -> Bool {
    kind == other.kind && columns == other.columns && offset == other.offset && factor == other.factor
  }
}
