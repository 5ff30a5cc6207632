// The options for the model, for training and for callbacks.

import ArgumentParser
import Networks
import Stage
import Training

/// The model, its objective and its optimizer.
public struct ModelOptions: ParsableArguments {
  /// `--layers`.
  @Option(
    help: ArgumentHelp("The layers, such as \"lstm(64) dropout(0.3) dense(1)\".", valueName: "layers"),
    completion: .calls(LayerCatalog.names))
  public var layers: String?

  /// `--preset`.
  @Option(
    help: ArgumentHelp(
      "A common model, with sizes from the stream; other options override its settings. The names are listed below.",
      valueName: "name"),
    completion: .list(Preset.all.map(\.name)))
  public var preset: String?

  /// `--config`: a file with a network.
  @Option(
    help: ArgumentHelp(
      """
      The layers, and the compiled losses and metrics, of a Keras Sequential or Functional model: its JSON, a \
      .keras file or a whole model as .h5.
      """, valueName: "file"),
    completion: .file(extensions: ["json", "keras", "h5"]))
  public var config: String?

  /// `--init`: a file with weights.
  @Option(
    name: .customLong("init"),
    help: ArgumentHelp(
      """
      Start from the weights of a model, of a safetensors file from rnnpipe or PyTorch, or of Keras's \
      .keras, .weights.h5 or .h5; or, for an embedding, from word vectors as text (GloVe, word2vec).
      """, valueName: "file"),
    completion: .file())
  public var initialWeights: String?

  /// `--module`: where weights are in a state dict.
  @Option(
    help: ArgumentHelp(
      "The module of a PyTorch state dict (--init) that a layer gets its weights from; may be repeated.",
      valueName: "layer=module"))
  public var module: [ModuleChoice] = []

  /// `--freeze`: layers that are not trained.
  @Option(
    help: ArgumentHelp(
      "Don't train these layers, such as embedding,lstm, whose weights come from --init.",
      valueName: "layer,..."), completion: .commaSeparated(LayerCatalog.names))
  public var freeze: String?

  /// `--loss`.
  @Option(
    help: ArgumentHelp(
      "The loss, such as \"huber(delta=0.5)\" (default: depends on the last layer).", valueName: "loss"),
    completion: .list(Loss.Kind.allCases.map(\.rawValue)))
  public var loss: String?

  /// `--quantiles`.
  @Option(
    help: ArgumentHelp(
      """
      Predict these quantiles of each target, such as \"0.1,0.5,0.9\": the median and pairs around it, which never \
      cross. The loss is their mean quantile loss.
      """, valueName: "q,..."))
  public var quantiles: String?

  /// `--distribution`.
  @Option(
    help: ArgumentHelp(
      """
      Predict the distribution of each next value of a series (default for the preset deepar: student_t). Forecasts \
      are sample paths.
      """))
  public var distribution: ForecastDistribution?

  /// `--loss-weights`.
  @Option(
    help: ArgumentHelp(
      "The weights of several outputs' losses in their sum, such as \"tone=1,topic=0.5\" (default: 1).",
      valueName: "weights"))
  public var lossWeights: String?

  /// `--optimizer`.
  @Option(
    help: ArgumentHelp(
      """
      The optimizer and its settings: adam, adamw, rmsprop or sgd, with a number or a schedule as the rate \
      (default: adam(0.001), or the preset's).
      """,
      valueName: "optimizer"), completion: .list(OptimizerSpec.names))
  public var optimizer: String?

  /// `--metrics`.
  @Option(
    help: ArgumentHelp(
      "Metrics to report, such as \"accuracy,auc,f1_score\" (default: depends on the loss).",
      valueName: "metrics"), completion: .commaSeparated(Metric.names))
  public var metrics: String?

  /// `--batch-size`.
  @Option(help: ArgumentHelp("The batch size (default: 32, or the preset's).", valueName: "rows"))
  public var batchSize: Int?

  /// `--epochs`.
  @Option(
    help: ArgumentHelp(
      "The number of epochs (default: 10, or the preset's); 0 writes the initial model.", valueName: "n"))
  public var epochs: Int?

  /// For ArgumentParser.
  public init() {}

  /// Rejects values out of range and options that can't be combined.
  public func validate() throws {
    if let batchSize, batchSize < 1 || batchSize > 1 << 20 {
      throw ValidationError("--batch-size \(batchSize) is not between 1 and \(1 << 20)")
    }
    if let epochs, epochs < 0 || epochs > 1 << 24 {
      throw ValidationError("--epochs \(epochs) is not between 0 and \(1 << 24)")
    }
    if !module.isEmpty, initialWeights == nil { throw ValidationError("--module needs --init FILE") }
    if layers != nil, config != nil { throw ValidationError("--layers and --config can't be combined") }
  }
}

/// Validation, shuffling, weights and threads.
public struct FittingOptions: ParsableArguments {
  /// `--validation`: a stream to validate on.
  @Option(
    help: ArgumentHelp(
      "Validate on the rows of another stream, or on those of its validation part.", valueName: "file"),
    completion: .file())
  public var validation: String?

  /// `--validation-split`.
  @Option(
    help: ArgumentHelp(
      """
      Validate on this fraction of the rows, taken from the end, if the stream has no validation part (default: 0, \
      or the preset's).
      """,
      valueName: "fraction"))
  public var validationSplit: Double?

  /// `--relative`.
  @Flag(
    help: """
      Train on windows as differences from their last value, for series whose level drifts. Predictions are \
      converted back.
      """)
  public var relative = false

  /// `--no-shuffle`.
  @Flag(help: "Keep the order of the rows in every epoch.")
  public var noShuffle = false

  /// `--group-by-length`.
  @Flag(
    inversion: .prefixedNo,
    help: "Whether the rows of a batch have about the same length, which saves time (default: as the preset)."
  )
  public var groupByLength: Bool?

  /// `--class-weight`.
  @Option(
    help: ArgumentHelp(
      "The weight of each class in the loss: \"0=1,1=3\", by id or name, or \"balanced\".",
      valueName: "weights"), completion: .list(["balanced"]))
  public var classWeight: String?

  /// `--sample-weight`.
  @Option(
    help: ArgumentHelp(
      "The column with the weight of each row in the loss (default: weight, if the stream has it).",
      valueName: "column"))
  public var sampleWeight: String?

  /// `--threads`.
  @OptionGroup public var threads: ThreadOptions

  /// For ArgumentParser.
  public init() {}

  /// Rejects values out of range and options that can't be combined.
  public func validate() throws {
    if noShuffle, groupByLength == true {
      throw ValidationError("--group-by-length changes the order of the rows, which --no-shuffle keeps")
    }
    if let validationSplit, !(validationSplit >= 0 && validationSplit < 1) {
      throw ValidationError("--validation-split \(validationSplit) is not at least 0 and below 1")
    }
    if validation != nil, validationSplit ?? 0 > 0 {
      throw ValidationError("--validation and --validation-split can't be combined")
    }
  }
}

/// When training stops, slows down, and which epoch's weights are used.
public struct CallbackRules: ParsableArguments {
  /// `--early-stopping`.
  @Option(
    help: ArgumentHelp(
      "Stop when val_loss stops improving, such as \"patience=10,restore_best\".", valueName: "rule"),
    completion: .commaSeparated(EarlyStopping.words))
  public var earlyStopping: String?

  /// `--reduce-lr`.
  @Option(
    name: .customLong("reduce-lr"),
    help: ArgumentHelp(
      "Reduce the learning rate on a plateau, such as \"factor=0.5,patience=5,min_lr=1e-7\".",
      valueName: "rule"), completion: .commaSeparated(ReduceOnPlateau.words))
  public var reduceRate: String?

  /// `--best`.
  @Flag(help: "Use the weights of the best epoch for the model, not those of the last.")
  public var best = false

  /// For ArgumentParser.
  public init() {}

  /// Drops what only a preset asks for where it can't apply: there is nothing to validate on, or a schedule changes the
  /// learning rate.
  public func dropUsual(from options: inout FitOptions, validates: Bool, _ optimizer: OptimizerSpec) {
    if earlyStopping == nil, !validates { options.earlyStopping = nil }
    if reduceRate == nil, !validates || !optimizer.rate.isConstant { options.reduceOnPlateau = nil }
  }

  /// The settings for `epochs` epochs with these rules; throws `Failure` (usage).
  /// - Parameters:
  ///   - usual: the preset's, where no option says otherwise.
  ///   - fitting: how rows are shuffled.
  public func fitOptions(
    epochs: Int, usual: Preset.Settings?, _ fitting: FittingOptions
  ) throws -> FitOptions {
    var options = FitOptions(epochs: epochs)
    options.shuffles = !fitting.noShuffle && usual?.shuffles ?? true
    options.groupsByLength = fitting.groupByLength ?? usual?.groupsByLength ?? false
    options.earlyStopping = try (earlyStopping ?? usual?.earlyStopping).map(EarlyStopping.init(parsing:))
    options.reduceOnPlateau = try (reduceRate ?? usual?.reduceRate).map(ReduceOnPlateau.init(parsing:))
    options.restoresBest = best || usual?.restoresBest == true
    return options
  }
}

/// Callbacks, and the files they write.
public struct CallbackOptions: ParsableArguments {
  /// The rules that write no files.
  @OptionGroup public var rules: CallbackRules

  /// `--save-best`.
  @Option(
    help: ArgumentHelp(
      "Save the model after each epoch that is the best so far: \"best.tensors.zst,monitor=val_accuracy\".",
      valueName: "file,rule"), completion: .file())
  public var saveBest: String?

  /// `--save-every`.
  @Option(
    help: ArgumentHelp(
      "Save the model after every so many epochs: \"5,model-{epoch:02d}-{val_loss:.4f}.tensors.zst\".",
      valueName: "n,file"), completion: .file())
  public var saveEvery: String?

  /// `--checkpoint`.
  @Option(
    help: ArgumentHelp("Save the state of training in this file after every epoch.", valueName: "file"),
    completion: .file())
  public var checkpoint: String?

  /// `--resume`.
  @Flag(help: "Resume training from the file given by --checkpoint.")
  public var resume = false

  /// `--history`.
  @Option(
    help: ArgumentHelp("Write each epoch's loss and metrics to a CSV file.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  public var history: String?

  /// For ArgumentParser.
  public init() {}

  /// Rejects options that can't be combined.
  public func validate() throws {
    if resume, checkpoint == nil { throw ValidationError("--resume needs --checkpoint FILE") }
  }

  /// The other models that training writes, those of the first epochs that save one.
  public func models(_ options: FitOptions) -> [String] {
    let best = options.saveBest.map { $0.file.name(History.Epoch(number: 1, values: [:])) }
    let every = options.saveEvery.map { $0.file.name(History.Epoch(number: $0.epochs, values: [:])) }
    return [best, every].compactMap { $0 }
  }

  /// The settings for `epochs` epochs with these callbacks; throws `Failure` (usage).
  /// - Parameters:
  ///   - usual: the preset's, where no option says otherwise.
  ///   - fitting: how rows are shuffled.
  public func fitOptions(
    epochs: Int, usual: Preset.Settings?, _ fitting: FittingOptions
  ) throws -> FitOptions {
    var options = try rules.fitOptions(epochs: epochs, usual: usual, fitting)
    options.saveBest = try saveBest.map(SaveBest.init(parsing:))
    options.saveEvery = try saveEvery.map(SaveEvery.init(parsing:))
    return options
  }
}

extension ForecastDistribution: ExpressibleByArgument {}
