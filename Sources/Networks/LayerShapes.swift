// Which shapes layers take and give: checked before anything is built.

import Failures

extension Architecture {
  /// The shape of one row after each layer: `[steps, width]` or `[width]`.
  public func shapes() throws -> [[Int]] {
    var shape: [Int]?
    switch input {
    case .tokens: shape = nil
    case .features(let steps, let width): shape = [steps, width]
    }
    var result: [[Int]] = []
    for layer in layers {
      let next = try layer.outputShape(after: shape, steps: input.steps)
      result.append(next)
      shape = next
    }
    return result
  }
}

extension LayerSpec {
  /// The shape of one row after this layer; `shape` is nil where token ids come in.
  func outputShape(after shape: [Int]?, steps: Int) throws -> [Int] {
    if case .embedding(let options) = self {
      guard shape == nil else {
        throw Failure.usage(
          "layer embedding: its input is no token ids", remedy: "it stands first, on a stream of token ids")
      }
      return [steps, options.width]
    }
    guard let shape else {
      throw Failure.usage(
        "layer \(name) can't read token ids", remedy: "begin with embedding(VOCABULARY,WIDTH)")
    }
    switch self {
    case .embedding, .dropout, .layerNormalization: return shape
    case .dense(let options): return shape.dropLast() + [options.units]
    case .masking, .spatialDropout1D: return try sequence(shape)
    case .timeDistributed(let options): return [try sequence(shape)[0], options.units]
    case .globalAveragePooling1D, .globalMaxPooling1D: return [try sequence(shape)[1]]
    case .simpleRNN(let options), .lstm(let options), .gru(let options):
      return options.outputShape(steps: try sequence(shape)[0], width: options.units)
    case .bidirectional(let options):
      let steps = try sequence(shape)[0]
      return options.forward.recurrentOptions?.outputShape(steps: steps, width: options.width) ?? shape
    }
  }

  /// The shape, where it has steps.
  private func sequence(_ shape: [Int]) throws -> [Int] {
    guard shape.count == 2 else {
      throw Failure.usage(
        "layer \(name): its input has no time steps",
        remedy: "give the recurrent layer before it return_sequences")
    }
    return shape
  }
}

extension RecurrentOptions {
  fileprivate func outputShape(steps: Int, width: Int) -> [Int] {
    returnSequences ? [steps, width] : [width]
  }
}

extension BidirectionalOptions {
  /// Numbers of a step's output.
  fileprivate var width: Int {
    let units = [forward, backward].compactMap { $0.recurrentOptions?.units }
    return merge == .concat ? units.reduce(0, +) : units.first ?? 0
  }
}
