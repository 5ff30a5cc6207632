// The syntax of losses, metrics, optimizers and schedules: their text can be parsed again, and errors are reported.

import Failures
import Testing
import Training

@Suite struct SettingsTests {
  @Test(arguments: [
    "mse", "mae", "huber", "huber(delta=0.4)", "quantile(0.1)", "binary_crossentropy",
    "binary_crossentropy(from_logits,label_smoothing=0.2)", "mse(reduction=sum)", "mape", "msle", "log_cosh",
    "binary_focal_crossentropy(gamma=1.5,alpha=0.5,apply_class_balancing)", "quantile(0.1,reduction=sum)",
    "categorical_focal_crossentropy(from_logits)",
    "sparse_categorical_crossentropy(from_logits,ignore_class=0)",
    "binary_crossentropy(label_smoothing=0.1)", "categorical_crossentropy(label_smoothing=0.2)",
    "sparse_categorical_crossentropy(ignore_class=0)", "sparse_categorical_crossentropy(ignore_class=-1)",
  ])
  func lossesAreReadBack(text: String) throws {
    #expect(try Loss(parsing: text).description == text)
  }

  @Test(arguments: [
    "mes", "huber(delta=-1)", "quantile", "quantile(2)", "mse(delta=1)", "mse mae", "huber(0.1,0.2)",
    "sparse_categorical_crossentropy(label_smoothing=0.1)", "binary_crossentropy(label_smoothing=2)", "",
  ])
  func invalidLossesAreRefused(text: String) {
    #expect(throws: Failure.self) { try Loss(parsing: text) }
  }

  @Test(arguments: [
    ("accuracy", "accuracy"), ("acc", "accuracy"), ("AUC", "auc"), ("auc(curve=pr)", "auc_pr"),
    ("precision(0.7)", "precision_0.7"), ("f1", "f1_score"), ("f1_score(average=micro)", "f1_score_micro"),
    ("root_mean_squared_error", "rmse"), ("top_k_categorical_accuracy(k=3)", "top_k_categorical_accuracy_3"),
  ])
  func metricsHaveNames(text: String, name: String) throws {
    let metric = try Metric(parsing: text)
    #expect(metric.name == name)
    #expect(try Metric(parsing: metric.description) == metric)
  }

  @Test func listsOfMetricsAreParsed() throws {
    let metrics = try Metric.parse(list: "accuracy, auc(curve=pr,num_thresholds=50) ,recall")
    #expect(metrics.map(\.description) == ["accuracy", "auc(curve=pr,num_thresholds=50)", "recall"])
  }

  @Test(arguments: [
    "acuracy", "auc(curve=x)", "precision(2)", "threshold=1", "accuracy(1)", "", "auc auc", "a,,b",
  ])
  func invalidMetricsAreRefused(text: String) {
    #expect(throws: Failure.self) { try Metric.parse(list: text) }
  }

  @Test(arguments: [
    "adam", "adam(0.01,amsgrad)", "adamw", "adamw(0.01,weight_decay=0.1,clipnorm=1.0)",
    "rmsprop(0.01,centered,momentum=0.5)", "sgd(0.1,momentum=0.9,nesterov,global_clipnorm=2)",
    "adam(exponential(0.01,3,0.5))", "sgd(exponential(0.1,3,0.5,staircase),clipvalue=0.5)",
    "adam(cosine(0.1,6,0.1,warmup_target=0.2,warmup_steps=3))", "adam(constant(0.1))",
    "sgd(step(boundaries=2:5,values=0.1:0.05:0.01))",
  ])
  func optimizersAreReadBack(text: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    #expect(try OptimizerSpec(parsing: spec.description) == spec)
  }

  @Test(arguments: [
    "adma", "adam(0)", "adam(-1)", "adam(clipnorm=1,clipvalue=1)", "sgd(amsgrad)", "adam(nesterov)",
    "adam(exponential(0.1,3))", "adam(cosine(0.1,6,warmup_steps=2))", "adam(linear(0.1))", "adam(0.1,0.2)",
    "sgd(step(boundaries=5:2,values=1:2:3))", "sgd(step(boundaries=2:5,values=1:2))", "adam(nan)",
  ])
  func invalidOptimizersAreRefused(text: String) {
    #expect(throws: Failure.self) { try OptimizerSpec(parsing: text) }
  }

  @Test func schedulesMatchKeras() throws {
    let step = try OptimizerSpec(parsing: "sgd(step(boundaries=2:5,values=0.1:0.05:0.01))").rate
    #expect((0...7).map(step.rate) == [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.01, 0.01])
    let cosine = try OptimizerSpec(parsing: "sgd(cosine(0.0,4,warmup_target=0.2,warmup_steps=2))").rate
    #expect((0...2).map(cosine.rate) == [0, 0.1, 0.2])
    #expect(cosine.rate(at: 100) == 0)
  }
}
