// The confusion matrix of a stream of predictions.

import Charts
import TensorFile

extension PlotInput {
  /// The chart of a confusion matrix.
  func confusion() throws -> Chart {
    let reader = try run.reader(path)
    var counter = try ClassCounter(reader, named: name)
    while let chunk = try reader.next() { try counter.append(chunk) }
    return .confusion(ConfusionMatrix(names: counter.names, counts: counter.counts), language: language)
  }
}
