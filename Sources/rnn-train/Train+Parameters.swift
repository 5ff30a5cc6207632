// What the registry, and trackers, get of the settings of a training run.

import Stage
import Training
import TrainingOptions

extension Train {
  /// Records the settings of a training run, those of its preset included.
  func record(
    _ request: TrainingRequest, _ plan: TrainingPlan, _ rows: TrainingRows, _ fit: FitOptions,
    _ run: StageRun
  ) throws {
    run.parameter("layers", plan.architecture.text)
    let objective = plan.objective.text
    run.parameter("loss", objective.loss)
    run.parameter(
      "metrics", objective.metrics.joined(separator: plan.objective.terms.count > 1 ? "; " : ","))
    if !objective.lossWeights.isEmpty { run.parameter("loss_weights", objective.lossWeights) }
    run.parameter("optimizer", request.optimizer)
    run.parameter("batch_size", request.batchSize)
    run.parameter("epochs", request.epochs)
    run.parameter("training_rows", rows.training.rows)
    run.parameter("validation_rows", rows.validation?.rows ?? 0)
    run.parameter("shuffle", fit.shuffles)
    if fitting.relative { run.parameter("relative", true) }
    if fit.groupsByLength { run.parameter("group_by_length", true) }
    if fit.restoresBest { run.parameter("best", true) }
    let options: [(String, String?)] = [
      ("preset", model.preset), ("distribution", request.distribution?.rawValue), ("freeze", model.freeze),
      ("class_weight", fitting.classWeight),
      ("sample_weight", fitting.sampleWeight),
      ("validation_split", request.validationSplit == 0 ? nil : "\(request.validationSplit)"),
      (
        "early_stopping",
        fit.earlyStopping == nil ? nil : try callbacks.rules.earlyStopping ?? setup.usual?.earlyStopping
      ),
      (
        "reduce_lr",
        fit.reduceOnPlateau == nil ? nil : try callbacks.rules.reduceRate ?? setup.usual?.reduceRate
      ),
      ("save_best", callbacks.saveBest), ("save_every", callbacks.saveEvery),
    ]
    for (key, value) in options { if let value { run.parameter(key, value) } }
  }
}
