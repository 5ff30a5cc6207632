// What makes a model one that produces a sequence for a source: a translator reads a text and the target so far, a
// captioner a vector and the target so far; both predict the target's next token.

import Failures
import Networks
import Sequences

/// The facts about a model that translates, or describes vectors.
public struct Translation: Sendable {
  /// The vocabulary of targets.
  public let target: Vocabulary
  /// The vocabulary of sources; nil if they are vectors.
  public let source: Vocabulary?
  /// The column of sources.
  public let sourceColumn: String
  /// The number of the network's input that reads the source.
  public let sourceInput: Int
  /// The number of the network's input that reads the target.
  public let targetInput: Int
  /// The number of values of a source that is a vector.
  public let width: Int

  /// The vocabularies of both sides; nil if sources are vectors.
  public var vocabularies: PairVocabularies? { source.map { PairVocabularies(source: $0, target: target) } }

  /// Nil if the model doesn't produce sequences.
  public init?(_ model: LoadedModel) {
    let architecture = model.file.architecture
    let topology = architecture.topology
    guard let target = model.vocabularies[PairVocabularies.targetName], target.rules.end,
      topology.inputs.count == 2, topology.outputs.count == 1,
      let targetInput = topology.input(named: "target"), architecture.outputs[0].steps != nil,
      architecture.outputs[0].width >= target.size
    else { return nil }
    (self.target, self.targetInput, sourceInput) = (target, targetInput, 1 - targetInput)
    sourceColumn = topology.inputs[sourceInput].name
    if case .vector(let width) = architecture.inputs[sourceInput] {
      (source, self.width) = (nil, width)
    } else {
      guard let source = model.vocabulary, sourceColumn == "source" else { return nil }
      (self.source, width) = (source, 0)
    }
  }
}
