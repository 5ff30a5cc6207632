// The training objective: the loss of each network output, its weight in the sum, and its metrics. As text, `mse`, or
// for several outputs `tone: mse; topic: sparse_categorical_crossentropy`.

import Networks

/// The losses that training minimizes, and the metrics that it reports.
public struct Objective: Sendable, Equatable {
  /// The loss and metrics of one output.
  public struct Term: Sendable, Equatable {
    /// The output's name; nil if it is the only one.
    public let name: String?
    /// The loss.
    public let loss: Loss
    /// The weight of the loss in the sum.
    public let weight: Float
    /// The metrics.
    public let metrics: [Metric]

    /// - Parameter name: the output's name, if there are several outputs.
    public init(name: String? = nil, loss: Loss, weight: Float = 1, metrics: [Metric]) {
      self.name = name
      self.loss = loss
      self.weight = weight
      self.metrics = metrics
    }
  }

  /// One term per output, in the order of the outputs.
  public let terms: [Term]

  /// - Parameter terms: one per output, with names if there are several.
  public init(_ terms: [Term]) { self.terms = terms }

  /// The objective of a network with one output.
  public init(loss: Loss, metrics: [Metric] = []) { self.init([Term(loss: loss, metrics: metrics)]) }

  /// The objective as text, in the format of model files.
  public var text: ObjectiveText {
    let hasNames = terms.contains { $0.name != nil }
    let losses = terms.map { term in (term.name.map { "\($0): " } ?? "") + term.loss.description }
    let metrics = terms.filter { !$0.metrics.isEmpty }.map { term in
      (term.name.map { "\($0): " } ?? "") + term.metrics.map(\.description).joined(separator: ",")
    }
    let weights = terms.map { "\($0.name ?? "")=\($0.weight)" }.joined(separator: ",")
    return ObjectiveText(
      loss: losses.joined(separator: "; "),
      metrics: hasNames ? metrics : terms.flatMap { $0.metrics.map(\.description) },
      lossWeights: terms.contains { $0.weight != 1 } ? weights : "")
  }

  /// The objective in a model file; throws `Failure`.
  ///
  /// - Parameters:
  ///   - outputs: the names of the network's outputs.
  ///   - metrics: metrics to use instead of the model's, in the format of the command line.
  public init(_ text: ObjectiveText, outputs: [String], metrics: String? = nil) throws {
    let hasNames = outputs.count > 1
    let losses = try PerOutputSettings(parsing: text.loss, what: "loss")
    let modelMetrics = text.metrics.joined(separator: hasNames ? "; " : ",")
    let measured = try PerOutputSettings(parsing: metrics ?? modelMetrics, what: "metrics")
    try measured.check(outputs: outputs)
    let weights = try LossWeights(parsing: text.lossWeights, outputs: outputs)
    self.init(
      try outputs.map { output in
        Term(
          name: hasNames ? output : nil, loss: try Loss(parsing: losses[output] ?? "mse"),
          weight: weights[output],
          metrics: try measured[output].flatMap { $0.isEmpty ? nil : try Metric.parse(list: $0) } ?? [])
      })
  }
}
