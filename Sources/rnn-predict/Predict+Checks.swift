// Which options of rnn-predict go together, and which fit a model.

import ArgumentParser
import Failures
import Inference

extension Predict {
  /// Checks the batch size and combinations of options.
  public func validate() throws {
    try validateGates()
    if let option = horizon.given, stream || gradients || anomaly.anomalies || generation.generate != nil {
      throw ValidationError(
        "\(option) can't be combined with --stream, --gradients, --anomalies or --generate")
    }
    if generation.generate != nil {
      guard !evaluates, !gradients, !stream, split == nil, format == nil, batchSize == nil else {
        throw ValidationError(
          "--generate can't be combined with --evaluate, --gradients, --stream, --split, --format or --batch-size"
        )
      }
      guard input == nil else { throw ValidationError("--generate reads no input; use --prompt TEXT") }
    }
    if intervals.conformal != nil, stream || gradients || generation.generate != nil {
      throw ValidationError("--conformal can't be combined with --stream, --gradients or --generate")
    }
    if metrics != nil && !evaluates { throw ValidationError("--metrics needs --evaluate") }
    if stream && (evaluates || gradients || split != nil || batchSize != nil) {
      throw ValidationError(
        "--stream can't be combined with --evaluate, --gradients, --split or --batch-size")
    }
    if live.skipBadLines, !stream { throw ValidationError("--skip-bad-lines needs --stream") }
    if live.lowLatency, !stream || anomaly.anomalies {
      throw ValidationError("--low-latency needs --stream, without --anomalies")
    }
    if let batchSize, !(1...1 << 20).contains(batchSize) {
      throw ValidationError("--batch-size \(batchSize) is not between 1 and \(1 << 20)")
    }
    if let format, let named = output.flatMap(PredictionFormat.init(path:)), named != format {
      throw ValidationError(
        "the name \(output ?? "") stands for \(named.rawValue), but --format is \(format.rawValue)")
    }
    if translation.attention, evaluates || textFormat != nil || translation.nBest != nil {
      throw ValidationError("--attention can't be combined with --evaluate, --n-best or a format of text")
    }
    if anomaly.anomalies, stream, textFile.labelColumn != nil {
      throw ValidationError("--label-column can't be combined with --stream")
    }
    if anomaly.anomalies, confusion || gradients || metrics != nil || generation.generate != nil {
      throw ValidationError(
        "--anomalies can't be combined with --confusion, --gradients, --metrics or --generate")
    }
    if gradients, evaluates || stream || format != nil {
      throw ValidationError("--gradients can't be combined with --evaluate, --stream or --format")
    }
  }

  /// Rejects options that have no meaning for gates.
  private func validateGates() throws {
    guard gates != nil else { return }
    let others = [
      ("--evaluate", evaluate), ("--confusion", confusion), ("--gradients", gradients), ("--stream", stream),
      ("--anomalies", anomaly.anomalies), ("--conformal", intervals.conformal != nil),
      ("--generate", generation.generate != nil), ("--batch-size", batchSize != nil),
      ("--steps", horizon.steps != nil),
    ]
    if let other = others.first(where: \.1)?.0 {
      throw ValidationError("--gates can't be combined with \(other)")
    }
    if let format = textFormat, ![.csv, .tsv, .jsonl].contains(format) {
      throw ValidationError("--gates can't be written as \(format.rawValue): use csv, tsv or jsonl")
    }
  }

  /// Throws `Failure` (usage) if an option is for other models than this one, which doesn't translate.
  /// - Parameter producesText: whether it transcribes.
  func check(_ model: LoadedModel, producesText: Bool) throws {
    if intervals.conformal != nil, model.window == nil {
      throw Failure.usage("the model doesn't forecast a series", at: "--conformal", remedy: "omit it")
    }
    if let option = horizon.givenForPaths, model.distribution == nil {
      throw Failure.usage(
        "the model predicts no distributions, from which paths could be drawn", at: option, remedy: "omit it")
    }
    if horizon.paths, textFormat != nil {
      throw Failure.usage(
        "lines of text have no room for paths", at: "--paths", remedy: "write a stream: -o FILE.tensors.zst")
    }
    if intervals.level != nil, intervals.conformal == nil, model.distribution == nil {
      throw Failure.usage(
        "the model's forecasts have no intervals of chosen levels", at: "--level",
        remedy: "add --conformal FILE")
    }
    if let option = producesText ? translation.givenForTranslation : translation.given {
      throw Failure.usage("the model doesn't translate", at: option, remedy: "omit it")
    }
    if format == .lines, !producesText {
      throw Failure.usage("lines are for models that produce texts", at: "--format", remedy: "use tsv")
    }
    if model.tagging == nil, let format = textFormat, format.isOfTags {
      throw Failure.usage(
        "the model doesn't tag words", at: "--format \(format.rawValue)", remedy: "use csv, tsv or jsonl")
    }
  }

  /// The first option that a model that translates doesn't have; nil if there is none.
  var optionNotForTranslation: String? {
    let options = [
      ("--stream", stream), ("--gradients", gradients), ("--gates", gates != nil), ("--confusion", confusion),
      ("--conformal", intervals.conformal != nil), ("--level", intervals.level != nil),
      ("--steps", horizon.steps != nil), ("--samples", horizon.samples != nil), ("--paths", horizon.paths),
      ("--batch-size", batchSize != nil), ("--text-column", textFile.textColumn != nil),
      ("--label-column", textFile.labelColumn != nil), ("--label-separator", textFile.labelSeparator != nil),
      ("--input-format", inputFormat != nil && inputFormat != .pairs),
    ]
    return options.first(where: \.1)?.0
  }
}
