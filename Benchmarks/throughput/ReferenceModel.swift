// The six reference models by the names of their presets, with their own or other sizes, and the arithmetic
// needed for a sequence.

import Failures
import Networks
import Spelling
import TensorFile
import Training

/// A reference model with its sizes.
struct ReferenceModel: Equatable {
  let name: String
  /// Units of each recurrent layer.
  var units: [Int]
  /// Time steps of a row.
  var steps: Int
  /// Rows of a batch.
  var batch: Int

  static let all = [
    ReferenceModel(name: "simple-rnn-classifier", units: [32], steps: 20, batch: 128),
    ReferenceModel(name: "lstm-sentiment", units: [64], steps: 200, batch: 128),
    ReferenceModel(name: "gru-sentiment", units: [64], steps: 200, batch: 128),
    ReferenceModel(name: "stacked-sentiment", units: [64, 32, 16], steps: 200, batch: 128),
    ReferenceModel(name: "bidirectional-sentiment", units: [64], steps: 200, batch: 128),
    ReferenceModel(name: "lstm-forecaster", units: [50, 50], steps: 50, batch: 32),
  ]

  /// Throws `Failure(.usage)` with the nearest name.
  static func named(_ name: String) throws -> ReferenceModel {
    guard let model = all.first(where: { $0.name == name }) else {
      throw Failure.usage("unknown model '\(name)'", remedy: suggestion(for: name, among: all.map(\.name)))
    }
    return model
  }

  var readsTokens: Bool { name.hasSuffix("sentiment") }
  var isForecaster: Bool { name == "lstm-forecaster" }
  var loss: Loss { isForecaster ? .meanSquaredError : .binaryCrossentropy }

  static let vocabulary = 10_000
  static let embedding = 128

  /// The layers string for rnn-train.
  var layers: String {
    let body =
      switch name {
      case "simple-rnn-classifier": "simple_rnn(\(units[0])) dropout(0.3) dense(16,relu)"
      case "gru-sentiment": "gru(\(units[0])) dropout(0.5)"
      case "bidirectional-sentiment": "bidirectional(lstm(\(units[0]))) dropout(0.5)"
      case "stacked-sentiment": stacked(dropout: 0.3)
      case "lstm-forecaster": stacked(dropout: 0.2) + " dense(25,relu)"
      default: "lstm(\(units[0])) dropout(0.5)"
      }
    let embedding = readsTokens ? "embedding(\(Self.vocabulary),\(Self.embedding)) " : ""
    return embedding + body + (isForecaster ? " dense(1)" : " dense(1,sigmoid)")
  }

  private func stacked(dropout rate: Double) -> String {
    units.enumerated().map { number, units in
      let sequences = number + 1 < self.units.count ? ",return_sequences" : ""
      return "lstm(\(units)\(sequences)) dropout(\(rate))"
    }.joined(separator: " ")
  }

  func architecture() throws -> Architecture {
    let input: ValueShape = readsTokens ? .tokens(steps: steps) : .sequence(steps: steps, width: 1)
    return try Architecture(layers: LayerSpec.parse(layers), input: input)
  }

  /// Floating-point operations of the forward pass of one sequence in a straightforward implementation: every
  /// step of every row, including padding, multiplies its input and its state by the layer's weights, and
  /// nothing is shared. Training takes three times as many.
  var nominalOperations: Double {
    let gates = name.hasPrefix("simple") ? 1 : name.hasPrefix("gru") ? 3 : 4
    var width = readsTokens ? Self.embedding : 1
    var products = 0
    for units in units {
      products += (width + units) * gates * units
      width = units
    }
    return Double(2 * steps * products * (name.hasPrefix("bidirectional") ? 2 : 1))
  }
}
