// The last weights that are known to be good, for a training whose loss stops being a number: the step that
// shows it has been taken, and the damage may be older. An epoch's weights have proved good once a loss was
// computed with them: that of the validation, or without one that of the next epoch's first step.

import Kernels

/// Copies of a network's weights after epochs.
final class LastFiniteWeights {
  private let weights: FloatBuffer
  private var good: FloatBuffer
  /// Weights of an epoch that no loss has been computed with yet; nil where validation does.
  private var candidate: FloatBuffer?
  private var candidateEpoch: Int?
  /// The epoch of the good weights.
  private(set) var epoch = 0

  /// - Parameter areProven: whether each epoch is validated.
  init(_ weights: FloatBuffer, areProven: Bool) {
    self.weights = weights
    good = FloatBuffer(weights.count)
    candidate = areProven ? nil : FloatBuffer(weights.count)
  }

  /// Takes the weights that training begins or goes on with.
  func begin(epoch: Int) {
    good.copy(weights)
    self.epoch = epoch
  }

  /// Takes the weights after an epoch; where it is validated, `isGood` tells whether the loss was a number.
  func epochDone(_ number: Int, isGood: Bool) {
    if let candidate {
      candidate.copy(weights)
      candidateEpoch = number
    } else if isGood {
      good.copy(weights)
      epoch = number
    }
  }

  /// After a step whose loss was a number.
  func stepDone() {
    guard let candidate, let candidateEpoch else { return }
    (self.good, self.candidate) = (candidate, good)
    epoch = candidateEpoch
    self.candidateEpoch = nil
  }

  /// Puts the good weights back.
  func restore() { weights.copy(good) }
}
