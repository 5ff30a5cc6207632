// What makes a model one that translates: vocabularies of pairs, and a network that reads a source and a target and
// predicts the target's next token.

import Failures
import Networks
import Sequences

/// The facts about a model that translates.
public struct Translation: Sendable {
  /// The vocabularies of both sides.
  public let vocabularies: PairVocabularies
  /// The number of the network's input that reads the source.
  public let sourceInput: Int
  /// The number of the network's input that reads the target.
  public let targetInput: Int

  /// Nil if the model doesn't translate.
  public init?(_ model: LoadedModel) {
    let topology = model.file.architecture.topology
    guard let source = model.vocabulary, let target = model.vocabularies[PairVocabularies.targetName],
      target.rules.end, topology.inputs.count == 2, topology.outputs.count == 1,
      let sourceInput = topology.input(named: "source"), let targetInput = topology.input(named: "target"),
      model.file.architecture.outputs[0].steps != nil, model.file.architecture.outputs[0].width >= target.size
    else { return nil }
    vocabularies = PairVocabularies(source: source, target: target)
    (self.sourceInput, self.targetInput) = (sourceInput, targetInput)
  }
}
