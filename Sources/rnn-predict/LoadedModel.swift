// The model, with what it remembers of its data in the form that preparing input takes.

import Failures
import Networks
import Sequences
import Stage
import TensorFile
import Training

/// A model file and its facts.
struct LoadedModel {
  let file: ModelFile
  let path: String
  let vocabulary: Vocabulary?
  let padding: Padding?
  let window: WindowLayout?
  let scaler: Scaler?
  let time: TimeColumn?
  let classes: ClassNames?
  /// How windows become differences, where the model was trained on those.
  let relative: RelativeWindows?

  /// - Parameter takesBest: whether the best epoch's weights are used, where the model has others too.
  init(_ path: String, takesBest: Bool, _ run: StageRun) throws {
    let reader = try run.reader(path, limits: .model)
    try reader.finish()
    self.path = path
    do {
      let model = try ModelFile(header: reader.header)
      file = takesBest ? model.best ?? model : model
      vocabulary = try Vocabulary(header: reader.header)
      padding = try Padding(header: reader.header)
      window = try WindowLayout(header: reader.header)
      scaler = try Scaler(header: reader.header)
      time = try TimeColumn(header: reader.header)
      classes = try ClassNames(header: reader.header)
      relative = try Self.relative(reader.header, window, file)
    } catch let failure as Failure {
      throw failure.placed(at: path)
    }
  }

  private static func relative(
    _ header: StreamHeader, _ window: WindowLayout?, _ file: ModelFile
  ) throws -> RelativeWindows? {
    guard header.metadata["rnn.relative"] == "true" else { return nil }
    let steps = file.architecture.input.steps
    guard let window,
      let windows = RelativeWindows(steps: steps, inputs: window.inputs, targets: window.targets)
    else { throw Failure.data("the model's windows are damaged") }
    return windows
  }

  /// Throws `Failure` (data) where a stream was prepared otherwise than the model's data.
  func check(_ header: StreamHeader) throws {
    if let own = vocabulary, let other = try Vocabulary(header: header),
      let difference = own.difference(from: other)
    {
      throw Failure.data(
        "its vocabulary is not the model's: \(difference)", remedy: "tokenise with --like \(path)")
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
  func unscaled(_ values: [Float]) throws -> [Float] {
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
