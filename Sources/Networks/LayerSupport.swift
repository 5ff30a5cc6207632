// What a layers string can say and networks can't do yet: refused when a network is built, never passed over.

import Failures

extension LayerSpec {
  /// Throws `Failure` (usage) where the layer has an option that this version can't carry out.
  func checkSupport() throws {
    switch self {
    case .embedding(let options):
      try refuse(options.regularizer, "embeddings_regularizer")
    case .dense(let options):
      try refuse(options.kernelRegularizer, "kernel_regularizer")
      try refuse(options.biasRegularizer, "bias_regularizer")
      try refuse(options.activityRegularizer, "activity_regularizer")
    case .simpleRNN(let options), .lstm(let options), .gru(let options): try check(options)
    case .bidirectional(let options):
      try options.forward.checkSupport()
      try options.backward.checkSupport()
    case .dropout, .masking: return
    default: throw Failure.usage("layer \(name) can't be trained by this version", remedy: "leave it out")
    }
  }

  private func check(_ options: RecurrentOptions) throws {
    try refuse(options.kernelRegularizer, "kernel_regularizer")
    try refuse(options.recurrentRegularizer, "recurrent_regularizer")
    try refuse(options.biasRegularizer, "bias_regularizer")
    try refuse(options.activityRegularizer, "activity_regularizer")
    if options.stateful { try refuse("stateful") }
  }

  private func refuse(_ regularizer: Regularizer?, _ option: String) throws {
    if regularizer != nil { try refuse(option) }
  }

  private func refuse(_ option: String) throws {
    throw Failure.usage("layer \(name): \(option) is not carried out by this version", remedy: "leave it out")
  }
}
