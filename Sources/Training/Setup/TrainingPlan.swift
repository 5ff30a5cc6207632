// The architecture and objective that follow from a request and the data: presets get their sizes from the data, and
// the default loss depends on the layer that computes the output.

import Failures
import Networks

/// The network to train, and its objective.
public struct TrainingPlan {
  /// The network.
  public let architecture: Architecture
  /// The losses and metrics.
  public let objective: Objective

  /// - Parameters:
  ///   - facts: the sizes according to the data's metadata, as far as they are known.
  /// - Throws: `Failure` (data) if the rows don't fit the network or its losses.
  public init(
    _ request: TrainingRequest, _ rows: TrainingRows, _ facts: DataFacts = DataFacts()
  ) throws {
    var sizes = facts.sizes(rows, inputs: request.topology.inputs.map(\.name))
    sizes.quantiles = request.quantiles?.count ?? 1
    sizes.parameters = request.distribution?.outputs ?? 1
    sizes.covariates = request.covariates
    architecture = try Self.architecture(request, sizes, rows)
    let design = try request.preset?.design(sizes)
    let losses = try Self.defaultLosses(request, design, architecture, rows)
    objective = try Self.objective(request, architecture, losses, metrics: design?.metrics)
    try Self.check(request.quantiles, architecture)
    if request.distribution != nil { try Self.checkSteps(architecture) }
    try checkShapes(request, rows)
    try checkTokens(rows)
    try checkTargets(rows)
  }

  /// The width of the first output, which is the number of classes if targets are class ids.
  public var classes: Int { architecture.outputs[0].width }

  private static func architecture(
    _ request: TrainingRequest, _ sizes: Preset.Sizes, _ rows: TrainingRows
  ) throws -> Architecture {
    switch request.source {
    case .layers(let topology): return try Architecture(topology, inputs: rows.inputs)
    case .file(_, let architecture): return try architecture(rows.inputs)
    case .preset(let preset):
      for (number, input) in request.topology.inputs.enumerated()
      where preset.tokenInputs.contains(input.name) && !rows.inputs[number].isTokens {
        throw Failure.data(
          "the preset \(preset.name) needs token ids, but the stream has numbers",
          at: "column \(rows.binding.inputs[number])",
          remedy: preset.remedy ?? "create ids with rnn-tokenize and rnn-pad")
      }
      return try architecture(preset, sizes, rows)
    }
  }

  /// A preset's network; what its layers say of data that they can't read is not what to do about it.
  private static func architecture(
    _ preset: Preset, _ sizes: Preset.Sizes, _ rows: TrainingRows
  ) throws -> Architecture {
    do {
      return try Architecture(preset.topology(sizes), inputs: rows.inputs)
    } catch let failure as Failure where preset.remedy != nil {
      throw Failure.data(
        failure.problem, at: failure.place ?? "preset \(preset.name)", remedy: preset.remedy)
    }
  }

  /// Throws `Failure` (usage) if the network has no quantiles, but they are requested.
  private static func check(_ quantiles: Quantiles?, _ architecture: Architecture) throws {
    guard let quantiles, architecture.topology.orderedCount != quantiles.count else { return }
    throw Failure.usage(
      "the network doesn't predict quantiles", at: "--quantiles",
      remedy: "use --preset lstm-forecaster, or --layers that end with a dense layer")
  }

  /// Throws `Failure` (usage) unless the output at each step depends on that step and earlier ones alone, so that forecasts
  /// can be fed back.
  private static func checkSteps(_ architecture: Architecture) throws {
    try architecture.checkStepByStep()
    let input = architecture.topology.input(named: Topology.usualInput) ?? 0
    guard architecture.outputs[0].steps == architecture.inputs[input].steps else {
      throw Failure.usage(
        "a distribution is predicted at each step, but the network's output has no steps",
        at: "--distribution",
        remedy: "use return_sequences in every recurrent layer: \"lstm(40,return_sequences) dense(3)\"")
    }
  }

  // MARK: The objective

  private static func objective(
    _ request: TrainingRequest, _ architecture: Architecture, _ defaults: [Loss], metrics: String?
  ) throws -> Objective {
    let outputs = architecture.topology.outputs.map(\.name)
    let weights = try LossWeights(parsing: request.lossWeights, outputs: outputs)
    return Objective(
      try zip(outputs, defaults).map { output, defaultLoss in
        let loss = try request.loss?[output].map(Loss.init(parsing:)) ?? defaultLoss
        let metrics = try (request.metrics?[output] ?? metrics).map(Metric.parse(list:))
        return Objective.Term(
          name: outputs.count > 1 ? output : nil, loss: loss, weight: weights[output],
          metrics: metrics ?? Self.defaultMetrics(loss))
      })
  }

  private static func defaultMetrics(_ loss: Loss) -> [Metric] {
    loss.isOfSequences || loss.distribution != nil
      ? [] : [loss.isCrossEntropy ? .accuracy : .meanAbsoluteError]
  }

  /// A preset's loss, which suits its layers; else the default loss for each output.
  private static func defaultLosses(
    _ request: TrainingRequest, _ design: Preset.Design?, _ architecture: Architecture, _ rows: TrainingRows
  ) throws -> [Loss] {
    if let quantiles = request.quantiles { return [.quantiles(quantiles)] }
    if let distribution = request.distribution { return [distribution.loss] }
    if let design { return [try Loss(parsing: design.loss)] }
    return architecture.topology.outputs.indices.map { number in
      if architecture.topology.hasOwnLoss(number) { return .crf }
      return Loss.default(
        for: architecture.topology.outputFunction(number), units: architecture.outputs[number].width,
        targetWidth: rows.targetWidths[number] / (architecture.outputs[number].steps ?? 1))
    }
  }

  // MARK: Checks

  /// Data that a preset is not for are to be prepared differently, not its layers changed.
  private func checkShapes(_ request: TrainingRequest, _ rows: TrainingRows) throws {
    guard let remedy = request.preset?.remedy else { return }
    for (number, term) in objective.terms.enumerated() where !term.loss.isOfSequences {
      let output = architecture.outputs[number]
      do {
        try term.loss.check(
          outputSteps: output.steps ?? 1, outputWidth: output.width, targetWidth: rows.targetWidths[number],
          name: term.name)
      } catch let failure as Failure {
        throw Failure.data(failure.problem, at: failure.place, remedy: remedy)
      }
    }
  }

  private func checkTokens(_ rows: TrainingRows) throws {
    for (number, column) in rows.binding.inputs.enumerated() {
      guard let vocabulary = architecture.vocabulary(ofInput: number),
        let largest = try largest(rows, number), largest >= vocabulary
      else { continue }
      throw Failure.data(
        "the token id \(largest) exceeds the embedding's \(counted(vocabulary, "id"))",
        at: "column \(column)",
        remedy: "use embedding(\(largest + 1),WIDTH)"
          + (vocabulary > 3 ? ", or tokenize with --vocab-size \(vocabulary)" : ""))
    }
  }

  /// The largest id of an input in both parts.
  private func largest(_ rows: TrainingRows, _ number: Int) throws -> Int32? {
    try [rows.training, rows.validation].compactMap { try $0?.largestToken(ofInput: number) }.max()
  }

  /// Class ids and probabilities must be in the loss's range.
  private func checkTargets(_ rows: TrainingRows) throws {
    for part in [rows.training, rows.validation].compactMap({ $0 }) {
      try part.forEachBlock { data, first in
        for (number, targets) in data.targets.enumerated() {
          try check(targets, ofOutput: number, firstRow: first, column: rows.binding.targets[number])
        }
      }
    }
  }

  private func check(
    _ targets: DataSet.Targets, ofOutput number: Int, firstRow: Int, column: String
  ) throws {
    let (loss, classes) = (objective.terms[number].loss, architecture.outputs[number].width)
    try objective.terms[number].checkMetrics(targets: targets.values)
    guard let index = targets.values.firstIndex(where: { !loss.accepts($0, classes: classes) }) else {
      return
    }
    throw Failure.data(
      "row \(firstRow + index / targets.width) of its part has \(targets.values[index]), outside the range of \(loss)",
      at: "column \(column)", remedy: loss.remedy(forTarget: targets.values[index], classes: classes))
  }
}
