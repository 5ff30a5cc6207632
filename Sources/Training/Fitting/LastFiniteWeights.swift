// The last weights with a finite loss, in case the loss becomes NaN or infinite: when that is noticed, the step has
// already been taken, and the weights may have been damaged earlier. An epoch's weights are confirmed once a finite
// loss has been computed with them: in validation, or without validation in the first step of the next epoch.

import Kernels

/// Keeps copies of a network's weights after epochs.
final class LastFiniteWeights {
  private let weights: FloatBuffer
  private var confirmed: FloatBuffer
  /// The weights of an epoch with which no loss has been computed yet; nil with validation.
  private var candidate: FloatBuffer?
  private var candidateEpoch: Int?
  /// The epoch of the confirmed weights.
  private(set) var epoch = 0

  /// - Parameter validates: whether every epoch is validated.
  init(_ weights: FloatBuffer, validates: Bool) {
    self.weights = weights
    confirmed = FloatBuffer(weights.count)
    candidate = validates ? nil : FloatBuffer(weights.count)
  }

  /// Copies the weights with which training starts or resumes.
  func begin(epoch: Int) {
    confirmed.copy(weights)
    self.epoch = epoch
  }

  /// Copies the weights after an epoch; with validation, `isFinite` says whether its loss was finite.
  func epochDone(_ number: Int, isFinite: Bool) {
    if let candidate {
      candidate.copy(weights)
      candidateEpoch = number
    } else if isFinite {
      confirmed.copy(weights)
      epoch = number
    }
  }

  /// Called after a step with a finite loss.
  func stepDone() {
    guard let candidate, let candidateEpoch else { return }
    (confirmed, self.candidate) = (candidate, confirmed)
    epoch = candidateEpoch
    self.candidateEpoch = nil
  }

  /// Restores the confirmed weights.
  func restore() { weights.copy(confirmed) }
}
