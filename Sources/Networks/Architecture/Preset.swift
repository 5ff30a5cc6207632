// Presets: common networks by name, with the settings that they are usually trained with. The sizes of embeddings and
// last layers are determined by the training data.

import Failures
import Spelling

/// A named network with its usual training settings.
public struct Preset: Sendable {
  /// Properties of the training data that determine sizes.
  public struct Sizes: Sendable {
    /// The number of token ids of each input, by the input's name.
    public var vocabularies: [String: Int]
    /// The number of values in a row's target.
    public var targets: Int
    /// The number of classes, if targets are class ids.
    public var classes: Int
    /// Whether a row can have any number of classes, with a target of 0 or 1 for each.
    public var hasSeveralLabels = false
    /// The value of padded steps, if the inputs are sequences of numbers.
    public var paddingValue = 0.0
    /// Whether classes are the beginnings and insides of entities: B-PER, I-PER, O.
    public var hasEntities = false
    /// Whether each row continues the one before, as the windows of a text do.
    public var isContinuous = false
    /// The number of steps of the first input; 1 if it has none.
    public var steps = 1
    /// The number of values of a step of the first input.
    public var features = 1
    /// The number of steps to predict; nil if it is unknown.
    public var horizon: Int?
    /// The number of quantiles to predict of each target; 1 if only its value is predicted.
    public var quantiles = 1
    /// The number of parameters of the distribution to predict of each target; 1 if there is none.
    public var parameters = 1
    /// Whether the targets of windows are the columns of the inputs, in their order, as far as is known.
    public var targetsAreInputs = true
    /// What is known of a series beside its windows.
    public var covariates = Covariates()

    /// The sizes of a stream; those that the preset's task doesn't use are ignored.
    public init(vocabularies: [String: Int], targets: Int, classes: Int) {
      self.vocabularies = vocabularies
      self.targets = targets
      self.classes = classes
    }

    /// The sizes of a stream whose only input is `x`.
    public init(vocabulary: Int, targets: Int, classes: Int) {
      self.init(vocabularies: [Topology.usualInput: vocabulary], targets: targets, classes: classes)
    }

    /// The number of token ids of an input; 1 if it has numbers.
    public func vocabulary(of input: String) -> Int { vocabularies[input] ?? 1 }

    /// The least sizes, for the outline of a network before there are data.
    fileprivate static let least = {
      var sizes = Sizes(vocabularies: [:], targets: 1, classes: 2)
      sizes.horizon = 1
      return sizes
    }()
  }

  /// A network for data of certain sizes.
  public struct Design: Sendable {
    /// The layers, as a chain or a graph.
    public var layers: String
    /// The loss, in the format of `--loss`.
    public var loss: String
    /// The metrics, in the format of `--metrics`; nil for those that suit the loss.
    public var metrics: String?

    /// A network with its objective.
    public init(layers: String, loss: String, metrics: String? = nil) {
      (self.layers, self.loss, self.metrics) = (layers, loss, metrics)
    }
  }

  /// How a preset is trained, unless options say otherwise.
  public struct Settings: Sendable {
    /// The batch size.
    public var batchSize: Int
    /// The number of epochs.
    public var epochs: Int
    /// The optimizer, in the format of `--optimizer`.
    public var optimizer = "adam(0.001)"
    /// The fraction of the rows that it is validated on, if the data has no validation part.
    public var validationSplit = 0.05
    /// When training stops early, in the format of `--early-stopping`; nil for never. It applies where there are rows
    /// to validate on.
    public var earlyStopping: String?
    /// When the learning rate is reduced, in the format of `--reduce-lr`; nil for never. It applies where there are rows
    /// to validate on, and the optimizer has no schedule.
    public var reduceRate: String?
    /// Whether the model has the weights of the best epoch.
    public var restoresBest = false
    /// Whether the rows are shuffled in every epoch.
    public var shuffles = true
    /// Whether the rows of a batch have about the same length.
    public var groupsByLength = false

    /// The usual settings with this batch size and number of epochs.
    public init(batchSize: Int, epochs: Int) { (self.batchSize, self.epochs) = (batchSize, epochs) }
  }

  /// The name on the command line.
  public let name: String
  /// A one-line description.
  public let about: String
  /// How it is trained.
  public let settings: Settings
  /// The inputs that must be token ids.
  public let tokenInputs: [String]
  /// How its data are prepared, where they are not usual windows or tokens: commands, as in a pipe.
  public let preparation: String?
  /// Whether it predicts the distribution of each next value of a series, not values.
  public let predictsDistributions: Bool
  private let makeDesign: @Sendable (Sizes) throws -> Design

  /// - Parameters:
  ///   - name: the name on the command line.
  ///   - about: a one-line description.
  ///   - settings: how it is trained.
  ///   - tokenInputs: the inputs that must be token ids.
  ///   - preparation: how its data are prepared, where they are not usual windows or tokens.
  ///   - predictsDistributions: whether it predicts distributions, not values.
  ///   - design: the network for data of certain sizes; its inputs depend on nothing but the covariates, its outputs
  ///     not even on those. It throws `Failure` (data) if the preset is not for such data.
  init(
    _ name: String, about: String, _ settings: Settings, tokenInputs: [String] = [],
    preparation: String? = nil, predictsDistributions: Bool = false,
    design: @escaping @Sendable (Sizes) throws -> Design
  ) {
    (self.name, self.about, self.settings) = (name, about, settings)
    (self.tokenInputs, self.preparation) = (tokenInputs, preparation)
    self.predictsDistributions = predictsDistributions
    makeDesign = design
  }

  /// All presets.
  public static let all =
    notebook + forecasters + sequences + reconstruction + taggers + language + translators

  /// The preset with this name; throws `Failure` (usage) that suggests the nearest name.
  public static func named(_ name: String) throws -> Preset {
    guard let preset = all.first(where: { $0.name == name }) else {
      throw Failure.usage("unknown preset '\(name)'", remedy: suggestion(for: name, among: all.map(\.name)))
    }
    return preset
  }

  /// What to do about data that aren't those of the preset; nil if the usual advice is right.
  public var remedy: String? { preparation.map { "for the preset \(name), prepare data with \($0)" } }

  /// The network for data with these sizes; throws `Failure` (data) if the preset is not for such data.
  public func design(_ sizes: Sizes) throws -> Design { try makeDesign(sizes) }

  /// The layers and connections for data with these sizes.
  public func topology(_ sizes: Sizes) throws -> Topology { try Topology(parsing: design(sizes).layers) }

  /// Inputs and outputs, which are known before there are data.
  /// - Parameter covariates: those of the stream; none as long as there is no stream.
  public func outline(_ covariates: Covariates = Covariates()) throws -> Topology {
    var sizes = Sizes.least
    sizes.covariates = covariates
    // The width of known columns is that of the stream, the windows are the shortest.
    sizes.covariates.knownSteps = covariates.known == 0 ? 0 : 2
    return try topology(sizes)
  }
}
