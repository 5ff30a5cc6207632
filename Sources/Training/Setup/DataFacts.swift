// What the metadata of the training data say about sizes, and the sizes that follow for a preset.

import Networks

/// Sizes according to the metadata of a stream.
public struct DataFacts: Sendable {
  /// The sizes of the vocabularies, by the name of the input.
  public var vocabularies: [String: Int] = [:]
  /// The number of classes; nil if they have no names.
  public var classes: Int?
  /// Whether a row can have any number of classes.
  public var hasSeveralLabels = false
  /// The value of padded steps.
  public var paddingValue = 0.0
  /// Whether classes are the beginnings and insides of entities.
  public var hasEntities = false
  /// Whether each row continues the one before.
  public var isContinuous = false
  /// The number of steps that windows predict.
  public var horizon: Int?
  /// Whether the targets of windows are the columns of the inputs, in their order, as far as is known.
  public var targetsAreInputs = true

  /// Nothing is known.
  public init() {}

  /// The sizes of a preset's network: an embedding has a row for each id of the vocabulary and of the data.
  ///
  /// - Parameter inputs: the names of the network's inputs.
  func sizes(_ rows: TrainingRows, inputs: [String]) -> Preset.Sizes {
    var vocabularies = self.vocabularies
    for (number, name) in inputs.enumerated() {
      vocabularies[name] = max(self.vocabularies[name] ?? 0, Int(rows.largestTokens[number]) + 1)
    }
    var sizes = Preset.Sizes(
      vocabularies: vocabularies, targets: rows.targetWidths[0],
      classes: classes ?? Int(min(rows.largestTarget, 1e6)) + 1)
    (sizes.hasSeveralLabels, sizes.hasEntities) = (hasSeveralLabels, hasEntities)
    sizes.paddingValue = paddingValue
    (sizes.isContinuous, sizes.targetsAreInputs) = (isContinuous, targetsAreInputs)
    sizes.horizon = horizon
    let main = rows.inputs[inputs.firstIndex(of: Topology.usualInput) ?? 0]
    (sizes.steps, sizes.features) = (main.steps ?? 1, main.width)
    return sizes
  }
}
