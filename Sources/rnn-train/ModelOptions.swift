// The options that say what is trained, and how.

import ArgumentParser
import Stage
import Training

/// What to train.
struct ModelOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The layers, such as \"lstm(64) dropout(0.3) dense(1)\".", valueName: "layers"))
  var layers: String?

  @Option(
    help: ArgumentHelp(
      "A common model, sized by the stream; other options override its own. The names stand below.",
      valueName: "name"))
  var preset: String?

  @Option(
    help: ArgumentHelp("The layers of a Keras Sequential: its JSON, or a .keras file.", valueName: "file"),
    completion: .file(extensions: ["json", "keras"]))
  var config: String?

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp(
      """
      Start from the weights of a model, a safetensors file of ours or of PyTorch's, or Keras's .weights.h5 \
      or .keras.
      """, valueName: "file"),
    completion: .file())
  var initialWeights: String?

  @Option(
    help: ArgumentHelp(
      "The loss, such as \"huber(delta=0.5)\" (default: what suits the last layer).", valueName: "loss"))
  var loss: String?

  @Option(
    help: ArgumentHelp(
      "What the losses of several outputs count in the sum, such as \"tone=1,topic=0.5\" (default: 1).",
      valueName: "weights"))
  var lossWeights: String?

  @Option(
    help: ArgumentHelp(
      "The optimizer and its settings: adam, adamw, rmsprop or sgd, a number or a schedule as their rate.",
      valueName: "optimizer"))
  var optimizer = "adam(0.001)"

  @Option(
    help: ArgumentHelp(
      "Metrics to report, such as \"accuracy,auc,f1_score\" (default: what suits the loss).",
      valueName: "metrics"))
  var metrics: String?

  @Option(help: ArgumentHelp("Rows of a step (default: 32, or the preset's).", valueName: "rows"))
  var batchSize: Int?

  @Option(
    help: ArgumentHelp(
      "Passes over the rows (default: 10, or the preset's); 0 writes the initial model.", valueName: "n"))
  var epochs: Int?

  func validate() throws {
    if let batchSize, batchSize < 1 || batchSize > 1 << 20 {
      throw ValidationError("--batch-size \(batchSize) is not between 1 and \(1 << 20)")
    }
    if let epochs, epochs < 0 { throw ValidationError("--epochs \(epochs) is negative") }
    if layers != nil, config != nil { throw ValidationError("--layers and --config exclude each other") }
  }
}

/// How to train.
struct FittingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Validate on this share of the rows, the last ones (where the stream has no validation part).",
      valueName: "share"))
  var validationSplit: Double?

  @Flag(
    help: """
      Learn windows as differences from their last value: for series whose level drifts. Predictions are \
      levels again.
      """)
  var relative = false

  @Flag(help: "Take the rows in their order in every epoch.")
  var noShuffle = false

  @Option(
    help: ArgumentHelp(
      "What rows of a class count in the loss: \"0=1,1=3\", by number or name, or \"balanced\".",
      valueName: "weights"))
  var classWeight: String?

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if let validationSplit, !(validationSplit > 0 && validationSplit < 1) {
      throw ValidationError("--validation-split \(validationSplit) is not between 0 and 1")
    }
  }
}

/// What watches training, and what it leaves.
struct CallbackOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Stop when val_loss no longer improves, such as \"patience=10,restore_best\".", valueName: "rule"))
  var earlyStopping: String?

  @Option(
    name: .customLong("reduce-lr"),
    help: ArgumentHelp(
      "Lower the learning rate on a plateau, such as \"factor=0.5,patience=5,min_lr=1e-7\".",
      valueName: "rule"))
  var reduceRate: String?

  @Flag(help: "Give the model the weights of the best epoch, not of the last.")
  var best = false

  @Option(
    help: ArgumentHelp(
      "Save the model after each epoch that is the best so far: \"best.tensors.zst,monitor=val_accuracy\".",
      valueName: "file,rule"))
  var saveBest: String?

  @Option(
    help: ArgumentHelp(
      "Save the model after every so many epochs: \"5,model-{epoch:02d}-{val_loss:.4f}.tensors.zst\".",
      valueName: "n,file"))
  var saveEvery: String?

  @Option(
    help: ArgumentHelp("Save the state of training here after every epoch.", valueName: "file"),
    completion: .file())
  var checkpoint: String?

  @Flag(help: "Go on from the file that --checkpoint names.")
  var resume = false

  @Option(
    help: ArgumentHelp("Write each epoch's loss and metrics to a CSV file.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var history: String?

  func validate() throws {
    if resume, checkpoint == nil { throw ValidationError("--resume needs --checkpoint FILE to go on from") }
  }

  /// The files that are written besides the model, those of the first epochs that save one.
  func files(_ options: FitOptions) -> [String] {
    let best = options.saveBest.map { $0.file.name(History.Epoch(number: 1, values: [:])) }
    let every = options.saveEvery.map { $0.file.name(History.Epoch(number: $0.epochs, values: [:])) }
    return [history, checkpoint, best, every].compactMap { $0 }
  }

  /// The rules as training takes them, for no epoch yet; throws `Failure` (usage).
  func fitOptions() throws -> FitOptions {
    var options = FitOptions(epochs: 0)
    options.earlyStopping = try earlyStopping.map(EarlyStopping.init(parsing:))
    options.reduceRate = try reduceRate.map(ReduceRate.init(parsing:))
    options.saveBest = try saveBest.map(SaveBest.init(parsing:))
    options.saveEvery = try saveEvery.map(SaveEvery.init(parsing:))
    options.takesBest = best
    return options
  }
}
