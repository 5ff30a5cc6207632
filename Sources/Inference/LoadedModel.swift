// A model, and how its training data was prepared.

import Failures
import Networks
import Sequences
import TensorFile
import Training

/// A model file, and the preparation of its data.
public struct LoadedModel: Sendable {
  /// The model.
  public let file: ModelFile
  /// The file's name, for messages.
  public let path: String
  /// The vocabulary, if the model reads text.
  public let vocabulary: Vocabulary?
  /// Further vocabularies, such as that of words' characters, by name.
  public let vocabularies: [String: Vocabulary]
  /// How rows of ids are padded.
  public let padding: Padding?
  /// The windows of a document, if the model was trained on those.
  public let document: DocumentForm?
  /// How all columns are padded.
  public let paddings: PaddingSet?
  /// How a series is divided into windows.
  public let window: WindowLayout?
  /// How a series is scaled.
  public let scaler: Scaler?
  /// How whole sequences of numbers are read and scaled, if the model classifies those.
  public let sequences: SequenceForm?
  /// The time column of a series.
  public let time: TimeColumn?
  /// The names of the classes.
  public let classes: ClassNames?
  /// How windows are converted to differences, if the model was trained on those.
  public let relative: RelativeWindows?
  /// Whether the first output has logits instead of probabilities.
  let outputsLogits: Bool

  /// Reads a model's header.
  ///
  /// - Parameters:
  ///   - path: the file's name, for messages.
  ///   - usesBest: whether to use the best epoch's weights, if the model has them in addition to its own.
  /// - Throws: `Failure` (data) if it is not a model, or is damaged.
  public init(_ header: StreamHeader, path: String, usesBest: Bool) throws {
    self.path = path
    do {
      let model = try ModelFile(header: header)
      file = usesBest ? model.best ?? model : model
      vocabulary = try Vocabulary(header: header)
      vocabularies = try Vocabulary.named(header: header)
      paddings = try PaddingSet(header: header)
      padding = paddings?.main
      document = try DocumentForm(header: header)
      window = try WindowLayout(header: header)
      scaler = try Scaler(header: header)
      sequences = try SequenceForm(header: header)
      time = try TimeColumn(header: header)
      classes = try ClassNames(header: header)
      relative = try Self.relative(header, window, file)
      outputsLogits = try Self.outputsLogits(file)
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
    else { throw Failure.data("the description of the model's windows is damaged") }
    return windows
  }

  /// The objective that the model was trained with.
  ///
  /// - Parameter metrics: metrics to use instead of the model's, in the format of the command line.
  public func objective(metrics: String? = nil) throws -> Objective {
    try Objective(
      file.objective, outputs: file.architecture.topology.outputs.map(\.name), metrics: metrics)
  }

  /// The names of the classes of the model's only output: their ids where they have no names, as in the confusion
  /// matrix; nil if the output is not classes.
  public var outputClasses: ClassNames? {
    get throws {
      if let classes { return classes }
      guard file.architecture.outputs.count == 1, window == nil, try objective().terms[0].loss.usesClassIDs
      else { return nil }
      return try ClassNames((0..<file.architecture.outputs[0].width).map(String.init))
    }
  }

  /// The output above which a single output stands for class 1: 0 for a logit, else 0.5.
  public var classThreshold: Float { outputsLogits ? 0 : 0.5 }

  private static func outputsLogits(_ file: ModelFile) throws -> Bool {
    let topology = file.architecture.topology
    let objective = try Objective(file.objective, outputs: topology.outputs.map(\.name), metrics: nil)
    return objective.terms.first?.loss.readsLogits(behind: topology.outputFunction(0)) ?? false
  }

  /// Throws `Failure` (data) if a stream was prepared differently from the model's training data.
  public func check(_ header: StreamHeader) throws {
    try checkVocabularies(header)
    if window != nil, vocabulary == nil, try Vocabulary(header: header) != nil {
      throw Failure.data(
        "contains token ids, but the model was trained on windows of a series",
        remedy: "create windows with rnn-window --like \(path)")
    }
    if let own = paddings, let other = try PaddingSet(header: header), own != other {
      throw Failure.data("its padding differs from the model's", remedy: "pad with --like \(path)")
    }
    if let own = window, let other = try WindowLayout(header: header) {
      guard own.inputs == other.inputs, own.targets == other.targets, own.horizon == other.horizon,
        own.rate == other.rate, own.ahead == other.ahead
      else {
        throw Failure.data(
          "its windows differ from the model's", remedy: "create them with rnn-window --like \(path)")
      }
    }
    try checkSequences(header)
    if let own = scaler, let other = try Scaler(header: header), !own.isSame(as: other) {
      throw Failure.data(
        "its scaling differs from the model's", remedy: "scale with rnn-window --like \(path)")
    }
  }

  /// Sequences that were not scaled like the model's would be classified wrongly without a word.
  private func checkSequences(_ header: StreamHeader) throws {
    guard let own = sequences, ["sequences", "padded"].contains(header.kind) else { return }
    let scale = try Scaler(header: header)?.kind ?? .none
    let isScaledAlike =
      try scale == scaler?.kind ?? .none && SequenceForm(header: header)?.ownScale == own.ownScale
    guard !isScaledAlike else { return }
    throw Failure.data(
      "its sequences are scaled differently from the model's", remedy: "scale with rnn-window --like \(path)")
  }

  private func checkVocabularies(_ header: StreamHeader) throws {
    var pairs = [(vocabulary, try Vocabulary(header: header))]
    for (name, other) in try Vocabulary.named(header: header) { pairs.append((vocabularies[name], other)) }
    for case (let own?, let other?) in pairs {
      guard let difference = own.difference(from: other) else { continue }
      throw Failure.data(
        "its vocabulary differs from the model's: \(difference)", remedy: "tokenize with --like \(path)")
    }
  }

  /// Converts predictions or targets, `[.., horizon * targets]`, to the units of the data.
  public func unscaled(_ values: [Double]) throws -> [Double] {
    guard let scaler, let window, scaler.kind != .none else { return values }
    return try scaler.inverse(values, columns: window.targets)
  }
}

extension Scaler {
  /// Whether both scale the same columns identically.
  fileprivate func isSame(as other: Scaler) -> Bool {
    kind == other.kind && columns == other.columns && offset == other.offset && factor == other.factor
  }
}
