// By what the windows of a chunk were divided, for a model of counts, and the sequences on which its likelihood is measured.

import Sequences
import TensorFile
import Training

/// The scaling of a chunk's windows.
struct PathScales {
  /// By what each row's columns were divided, `[rows, targets]`; empty unless the model predicts counts.
  let divisors: [Double]
  private let windows: UnrolledWindows?

  /// - Throws: `Failure` (data) if the chunk lacks what its rows were scaled by.
  init(_ model: LoadedModel, _ chunk: Chunk) throws {
    guard let distribution = model.distribution, let settings = model.windows,
      let horizon = model.trainedHorizon
    else {
      (divisors, windows) = ([], nil)
      return
    }
    let factors = distribution.isOfCounts ? try model.units?.factors(of: chunk) ?? [] : []
    divisors = factors.map { 1 / $0 }
    windows = UnrolledWindows(
      steps: settings.layout.length, width: settings.layout.targets.count, horizon: horizon, distribution,
      .ofRows)
    self.factors = factors
  }

  private var factors: [Double] = []

  /// The windows as the network was trained on them.
  /// - Throws: `Failure` (data) if a value is not a count, but counts are predicted.
  func sequences(_ data: DataSet, columns: [String]) throws -> DataSet {
    try windows?.sequences(data, columns: columns, factors: factors) ?? data
  }
}
