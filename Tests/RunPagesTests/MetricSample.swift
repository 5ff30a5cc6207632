// Values of a metric for tests.

import Registry

/// A value of the metric `loss`.
struct MetricSample {
  let step: Int
  let value: Double

  /// As the registry has it.
  var point: MetricPoint { MetricPoint(name: "loss", step: step, value: value) }
}
