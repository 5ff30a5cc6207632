// The weights of several outputs' losses in their sum, in the words of `--loss-weights "tone=1,topic=0.5"`.

import Failures
import Spelling

/// The weights of the outputs' losses: `tone=1,topic=0.5`.
public struct LossWeights {
  private var weights: [String: Float] = [:]

  /// Reads `tone=1,topic=0.5`; throws `Failure` (usage).
  public init(parsing text: String, outputs: [String]) throws {
    for part in text.split(separator: ",") {
      let pieces = part.split(separator: "=", maxSplits: 1).map(\.trimmed)
      guard pieces.count == 2, let weight = Float(pieces[1]), weight.isFinite, weight >= 0 else {
        throw Failure.usage(
          "loss weights: '\(part.trimmed)' is not output=weight", remedy: "such as \"tone=1,topic=0.5\"")
      }
      guard outputs.contains(pieces[0]) else {
        throw Failure.usage(
          "loss weights: there is no output '\(pieces[0])'",
          remedy: suggestion(for: pieces[0], among: outputs))
      }
      guard weights.updateValue(weight, forKey: pieces[0]) == nil else {
        throw Failure.usage("loss weights: output '\(pieces[0])' is given twice")
      }
    }
  }

  /// The weight of an output's loss; 1 by default.
  public subscript(output: String) -> Float { weights[output] ?? 1 }
}
