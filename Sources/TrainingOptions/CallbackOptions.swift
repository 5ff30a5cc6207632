// The options for what happens between epochs: when training stops or slows down, and what is saved.

import ArgumentParser
import Networks
import Stage
import Training

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
