// Prediction step by step: a line of the input is a step of a sequence that never need end. The state is carried from
// line to line.

import Failures
import Networks
import Tensor
import Training

/// A model that takes a step at a time.
public final class StepPredictor {
  private let model: LoadedModel
  private let network: StepNetwork
  private var reader: StepReader
  /// How many steps were taken.
  public private(set) var steps = 0
  /// The time that they took, reading and scaling included.
  public private(set) var time = Duration.zero

  /// - Throws: `Failure` (usage) where the model needs whole sequences.
  public init(_ model: LoadedModel) throws {
    guard model.relative == nil else {
      throw Failure.usage(
        "the model takes windows relative to their last value, which a stream doesn't have",
        remedy: "leave --stream out")
    }
    self.model = model
    network = StepNetwork(try model.file.streamingNetwork())
    reader = StepReader(
      model, vocabularySize: network.network.architecture.vocabulary(ofInput: 0) ?? 0)
  }

  /// Takes a line's steps; returns the output after the last of them, in the units of the data, or nil where there
  /// is none: an empty line begins a new sequence, and a first line may be a header.
  /// - Throws: `Failure` (data) where the line can't be read.
  public func predict(_ line: [UInt8]) throws -> Tensor? {
    guard line.contains(where: { $0 != UInt8(ascii: " ") }) else {
      network.resetState()
      reader.beginSequence()
      return nil
    }
    let clock = ContinuousClock()
    let begin = clock.now
    defer { time += clock.now - begin }
    guard let output = try walk(reader.read(line)) else { return nil }
    return Tensor(try model.unscaled(output), shape: [1, output.count])
  }

  /// Walks over a line's steps; the output after the last of them.
  private func walk(_ input: DataSet.Input) throws -> [Float]? {
    let count = count(of: input)
    for place in 0..<count { network.take(input, at: place) }
    steps += count
    return count > 0 ? network.output : nil
  }

  private func count(of input: DataSet.Input) -> Int {
    switch input {
    case .tokens(let ids): ids.count
    case .features(let values): values.count / max(1, network.network.architecture.input.width)
    }
  }
}
