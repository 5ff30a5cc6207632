// A model, and how its training data was prepared.

import Failures
import JSON
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
  private var preparation: Preparation
  /// The vocabulary, if the model reads text.
  public var vocabulary: Vocabulary? { preparation.vocabulary }
  /// Further vocabularies, such as that of words' characters, by name.
  public var vocabularies: [String: Vocabulary] { preparation.vocabularies }
  /// How rows of ids are padded.
  public var padding: Padding? { preparation.paddings?.main }
  /// The windows of a document, if the model was trained on those.
  public let document: DocumentForm?
  /// How all columns are padded.
  public var paddings: PaddingSet? { preparation.paddings }
  /// How a series is divided into windows.
  public var window: WindowLayout? { preparation.window }
  /// How a series is scaled.
  public var scaler: Scaler? { preparation.scaler }
  /// How windows are made of one or several series.
  public var windows: WindowSettings? { preparation.windows }
  /// How whole sequences of numbers are read and scaled, if the model classifies those.
  public let sequences: SequenceForm?
  /// The time column of a series.
  public let time: TimeColumn?
  /// The names of the classes.
  public let classes: ClassNames?
  /// How sentences are read, if the model tags words.
  public let tagging: TaggingFacts?
  /// How windows are converted to differences, if the model was trained on those.
  public let relative: RelativeWindows?
  /// The quantiles that the model predicts; nil if it predicts values.
  public let quantiles: Quantiles?
  /// The distribution whose parameters the model predicts of each next value; nil if it predicts values.
  public let distribution: ForecastDistribution?
  /// The number of steps that it was trained to forecast; nil if it doesn't forecast.
  public let trainedHorizon: Int?
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
      preparation = try Preparation(header: header)
      document = try DocumentForm(header: header)
      sequences = try SequenceForm(header: header)
      time = try TimeColumn(header: header)
      classes = try ClassNames(header: header)
      tagging = try TaggingFacts(header: header)
      distribution = try Self.distribution(header, preparation.window)
      trainedHorizon = preparation.window?.horizon
      relative = try Self.relative(header, preparation.window, file)
      outputsLogits = try Self.outputsLogits(file)
      quantiles = try header.metadata["rnn.quantiles"].map { try Quantiles(json: try JSONValue(parsing: $0)) }
    } catch let failure as Failure {
      throw failure.placed(at: path)
    }
  }

  private static func distribution(
    _ header: StreamHeader, _ window: WindowLayout?
  ) throws -> ForecastDistribution? {
    guard let name = header.metadata["rnn.distribution"] else { return nil }
    guard let distribution = ForecastDistribution(rawValue: name), window != nil else {
      throw Failure.data("the model's rnn.distribution is damaged")
    }
    return distribution
  }

  private static func relative(
    _ header: StreamHeader, _ window: WindowLayout?, _ file: ModelFile
  ) throws -> RelativeWindows? {
    guard header.metadata["rnn.relative"] == "true" else { return nil }
    let names = file.architecture.topology.inputs.map(\.name)
    let input = names.count == 1 ? 0 : names.firstIndex(of: Topology.usualInput)
    // A network that predicts distributions reads the horizon too.
    let isUnrolled = header.metadata["rnn.distribution"] != nil
    guard let window, let input,
      let steps = isUnrolled ? window.length : file.architecture.inputs[input].steps,
      let windows = RelativeWindows(
        input: input, steps: steps, inputs: window.inputs, targets: window.targets)
    else { throw Failure.data("the description of the model's windows is damaged") }
    return windows
  }

  /// How windows are converted back to the units of the data; nil if the model reads none.
  var units: WindowUnits? {
    windows.map { WindowUnits($0.layout, scaler: $0.scaler, transform: $0.transform) }
  }

  /// The objective that the model was trained with.
  ///
  /// - Parameter metrics: metrics to use instead of the model's, in the format of the command line.
  public func objective(metrics: String? = nil) throws -> Objective {
    try Objective(
      file.objective, outputs: file.architecture.topology.outputs.map(\.name), metrics: metrics)
  }

  /// The names of the classes of the model's only output: their ids if they have no names, as in the confusion
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

  /// The same model as one that forecasts `steps` steps.
  public func forecasting(_ steps: Int) -> LoadedModel {
    var model = self
    model.preparation = preparation.with(horizon: steps)
    return model
  }

  /// Throws `Failure` (data) if a stream was prepared differently from the model's training data.
  public func check(_ header: StreamHeader) throws {
    try checkSequences(header)
    try preparation.check(header, isLike: "the model's", in: path)
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

  /// Converts predictions or targets of a chunk's rows, `[rows, horizon * targets]`, to the units of the data.
  /// - Parameters:
  ///   - each: how many values there are for each step and target, such as sample paths.
  ///   - chunk: the rows, with what each was scaled by, if that isn't the same for all.
  public func unscaled(
    _ values: [Double], valuesPerTarget each: Int = 1, of chunk: Chunk
  ) throws -> [Double] {
    guard let windows else { return values }
    let units = WindowUnits(windows.layout, scaler: windows.scaler, transform: windows.transform)
    guard scaler?.kind != ScaleKind.none || units.changesValues else { return values }
    return try units.targets(values, valuesPerTarget: each, of: chunk)
  }
}
