// The options for the model, its objective and its optimizer.

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
      Start from the weights of a model, of a safetensors file from rnnpipe or PyTorch, of Keras's \
      .keras, .weights.h5 or .h5, or of an ONNX model; or, for an embedding, from word vectors as text (GloVe, word2vec).
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

extension ForecastDistribution: ExpressibleByArgument {}
