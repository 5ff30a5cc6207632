// A layer's input that lacks time steps, or has steps where a vector is needed. What to do about it depends on the layer
// that made the input, which the reading layer doesn't know.

import Failures

/// The error of a layer whose input has the wrong rank.
struct WrongRank: Error {
  /// The kind of the layer.
  let layer: String
  /// Whether the input has time steps.
  let hasSteps: Bool

  /// The failure (usage), with advice.
  /// - Parameter isAfterRecurrent: whether the input is the output of a recurrent layer.
  func failure(isAfterRecurrent: Bool) -> Failure {
    .usage(
      "layer \(layer): its input \(hasSteps ? "already has" : "has no") time steps",
      remedy: isAfterRecurrent ? recurrentRemedy : otherRemedy)
  }

  private var recurrentRemedy: String {
    hasSteps
      ? "remove return_sequences from the recurrent layer before it"
      : "give the recurrent layer before it return_sequences"
  }

  private var otherRemedy: String {
    hasSteps
      ? "put flatten, or a recurrent layer without return_sequences, before it"
      : "put repeat_vector(STEPS) before it, which repeats the input at each step"
  }
}
