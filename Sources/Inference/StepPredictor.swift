// Prediction step by step: each line of the input is a step of a sequence, which may be endless. The state is kept
// from line to line; a sequence of tokens starts from the state after the model's padding.

import Failures
import Networks
import Sequences
import Tensor
import TensorFile
import Training

/// A model that predicts step by step.
public final class StepPredictor {
  private let model: LoadedModel
  private let network: any SingleStepNetwork
  /// The numbers of a step.
  private let inputWidth: Int
  private var reader: StepReader
  private var isFirstOfSequence = true
  /// The number of steps processed.
  public private(set) var steps = 0
  /// The time that they took, including parsing and scaling.
  public private(set) var time = Duration.zero

  /// - Parameters:
  ///   - form: how numbers are written in the lines.
  ///   - hasLowLatency: whether steps take as little time as possible, instead of giving the same digits as whole sequences.
  /// - Throws: `Failure` (usage) if the model needs whole sequences, or has no steps of low latency.
  public init(_ model: LoadedModel, form: CSVForm = CSVForm(), hasLowLatency: Bool = false) throws {
    guard model.relative == nil else {
      throw Failure.usage(
        "the model needs windows relative to their last value, which is unknown when streaming",
        remedy: "omit --stream")
    }
    if model.windows?.isExtended ?? false {
      throw Failure.usage(
        "the model needs whole windows of a series: their scaling, transformations, or what is known of the future",
        remedy: "omit --stream")
    }
    self.model = model
    network =
      hasLowLatency
      ? try model.file.lowLatencyNetwork() : StepNetwork(try model.file.streamingNetwork())
    inputWidth = max(1, model.file.architecture.input.width)
    reader = StepReader(model, vocabularySize: Self.vocabularySize(model), form: form)
  }

  /// The number of token ids; 0 if the model reads numbers.
  private static func vocabularySize(_ model: LoadedModel) -> Int {
    model.file.architecture.vocabulary(ofInput: 0) ?? 0
  }

  /// Processes the steps in a line; returns the output after the last step, in the units of the data, or nil if there
  /// is none: an empty line starts a new sequence, and the first line may be a header.
  /// - Throws: `Failure` (data) if the line is invalid.
  public func predict(_ line: [UInt8]) throws -> Tensor? {
    guard line.contains(where: { $0 != UInt8(ascii: " ") }) else {
      network.resetState()
      reader.beginSequence()
      isFirstOfSequence = true
      return nil
    }
    let clock = ContinuousClock()
    let begin = clock.now
    defer { time += clock.now - begin }
    guard let output = try run(reader.read(line)) else { return nil }
    let shape = [1, output.count]
    return model.window == nil
      ? Tensor(output, shape: shape)
      : Tensor(
        try model.unscaled(output.map(Double.init), of: Chunk([:], rows: 1)), shape: shape)
  }

  /// Processes the steps in a line; returns the output after the last step.
  private func run(_ input: DataSet.Input) throws -> [Float]? {
    let count = count(of: input)
    if isFirstOfSequence, count > 0 {
      try pad(to: count)
      isFirstOfSequence = false
    }
    for index in 0..<count { try network.run(input, at: index) }
    steps += count
    return count > 0 ? network.output : nil
  }

  /// Runs the padding that precedes a row of `count` tokens if the model was trained on pre-padded rows, so
  /// that the first line of a sequence gets the prediction of the padded row. Masked padding changes nothing.
  private func pad(to count: Int) throws {
    guard let padding = model.padding, padding.padding == .pre,
      Self.vocabularySize(model) > 0,
      let id = Int32(exactly: padding.value)
    else { return }
    let clock = ContinuousClock()
    // Not a step of the input: neither counted nor timed.
    time -= try clock.measure {
      for _ in count..<max(count, padding.length) { try network.run(.tokens([id]), at: 0) }
    }
  }

  private func count(of input: DataSet.Input) -> Int {
    switch input {
    case .tokens(let ids): ids.count
    case .features(let values): values.count / inputWidth
    }
  }
}
