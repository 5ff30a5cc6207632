// The preset that predicts distributions: DeepAR (Salinas et al. 2020) with the layers of its authors' experiments. At each step
// it reads a value and what is known of the next step, and what describes the series, and gives the parameters of the
// distribution of the next value of each column.

import Failures

extension Preset {
  /// DeepAR for sequences of windows and their horizons.
  @Sendable static func distributionDesign(_ sizes: Sizes) throws -> Design {
    let covariates = sizes.covariates
    guard covariates.known == 0 || covariates.knownSteps == sizes.steps + 1 else {
      throw Failure.data(
        "has \(counted(covariates.knownSteps, "step")), but a window and its horizon have \(sizes.steps + 1)",
        at: "column known", remedy: "create the windows with rnn-window --known")
    }
    let layers = """
      lstm(40,return_sequences) dropout(0.1) lstm(40,return_sequences) dropout(0.1) \
      dense(\(sizes.features * sizes.parameters))
      """
    let steps = CovariateGraph.joined("x", covariates.known > 0 ? ["known"] : [])
    let names = CovariateGraph.descriptionNames(covariates)
    let start = covariates.isEmpty ? "" : "x: input; y: \(steps) "
    guard let first = names.first else { return Design(layers: start + layers, loss: "student_t") }
    // A vector that is added to every step is as good as one that is joined to it, since both are multiplied first.
    let about = CovariateGraph.joined(first, Array(names.dropFirst()))
    return Design(
      layers: """
        x: input; \(CovariateGraph.descriptions(sizes))about: \(about) dense(40); steps: \(steps) dense(40); \
        y: {steps about} add \(layers)
        """, loss: "student_t")
  }
}
