// The model of a training run at any time: the network's weights, and also those of the best epoch if they differ,
// so that they are never lost.

import JSON
import Networks
import Tensor
import TensorFile

extension Fit {
  /// The network with its current weights, and the best epoch's weights if they differ.
  ///
  /// - Parameter dataHeader: the header of the training data, whose metadata is stored in the model.
  public func model(dataHeader: StreamHeader) -> ModelFile {
    let model = ModelFile(trainer.network, trainer.options.objective.text, facts: facts(dataHeader))
    guard let weights = separateBestWeights else { return model }
    var best: [String: Tensor] = [:]
    for parameter in trainer.network.parameters {
      best[parameter.name] = Tensor(parameter.read(weights), shape: parameter.shape)
    }
    var members: [String: JSONValue] = [
      "epoch": .integer(Int64(state.earlyStopping.bestEpoch)), "monitor": .string(bestMonitor),
    ]
    members["value"] = state.earlyStopping.best.map(JSONValue.number)
    return model.adding(best: best, facts: .object(members))
  }

  /// The header of the data, with what the model's outputs are.
  private func facts(_ dataHeader: StreamHeader) -> StreamHeader {
    var header = dataHeader
    let loss = trainer.options.objective.terms[0].loss
    header.metadata["rnn.quantiles"] = loss.quantiles?.json.text
    header.metadata["rnn.distribution"] = loss.distribution?.rawValue
    return header
  }
}
