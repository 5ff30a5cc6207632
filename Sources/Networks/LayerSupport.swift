// What a layers string can say and networks can't do yet: refused when a network is built, never passed over.

import Failures

extension LayerSpec {
  /// Throws `Failure` (usage) where the layer has an option that this version can't carry out.
  func checkSupport() throws {
    switch self {
    case .simpleRNN(let options), .lstm(let options), .gru(let options): try check(options)
    case .bidirectional(let options):
      try options.forward.checkSupport()
      try options.backward.checkSupport()
    default: return
    }
  }

  private func check(_ options: RecurrentOptions) throws {
    try refuse(options.kernelRegularizer, "kernel_regularizer")
    try refuse(options.recurrentRegularizer, "recurrent_regularizer")
    try refuse(options.biasRegularizer, "bias_regularizer")
    try refuse(options.activityRegularizer, "activity_regularizer")
  }

  private func refuse(_ option: String) throws {
    throw Failure.usage("layer \(name): \(option) is not carried out by this version", remedy: "leave it out")
  }
}
