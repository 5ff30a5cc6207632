// The model that a training makes, wherever it stands: the network's weights, and beside them those of the
// best epoch where that is another one, so that they are never lost.

import JSON
import Networks
import Tensor
import TensorFile

extension Fit {
  /// The network as it is, and the best epoch's weights where they are others.
  ///
  /// - Parameter facts: the header of the data; its facts are kept.
  public func model(facts: StreamHeader) -> ModelFile {
    let model = ModelFile(trainer.network, trainer.options.objective.settings, facts: facts)
    guard let weights = otherBestWeights else { return model }
    var best: [String: Tensor] = [:]
    for parameter in trainer.network.parameters {
      best[parameter.name] = Tensor(parameter.read(weights), shape: parameter.shape)
    }
    var members: [String: JSONValue] = [
      "epoch": .integer(Int64(state.stopping.bestEpoch)), "monitor": .string(bestMonitor),
    ]
    members["value"] = state.stopping.best.map(JSONValue.number)
    return model.adding(best: best, facts: .object(members))
  }
}
