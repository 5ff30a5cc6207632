// Counts of true and predicted classes in a stream of predictions.

import Failures
import Sequences
import Tensor
import TensorFile

/// Counts pairs of true and predicted classes.
struct ClassCounter {
  /// The class names, in id order.
  let names: [String]
  /// `counts[true][predicted]`.
  private(set) var counts: [[Int]]
  /// Numbers per label: 1 for a sigmoid, else one per class.
  private let outputs: Int
  /// The threshold of a single output.
  private let threshold: Float
  private let name: String
  private var rows = 0

  /// A picture with more classes would not be readable.
  private static let maxClasses = 60

  init(_ reader: TensorReader, named name: String) throws {
    guard let prediction = reader.schema["prediction"], let y = reader.schema["y"], !prediction.isRagged,
      !y.isRagged
    else {
      throw Failure.data(
        "the columns prediction and y are missing", at: name, remedy: "plot the output of rnn-predict")
    }
    guard try ClassNames(header: reader.header)?.allowsSeveral != true else {
      throw Failure.data(
        "rows can have several classes, so none is confused with another", at: name,
        remedy: "use rnn-predict --evaluate, which computes precision, recall and F1 of each class")
    }
    let labels = y.rowShape.reduce(1, *)
    let width = prediction.rowShape.reduce(1, *)
    guard labels > 0, width > 0, width % labels == 0 else {
      throw Failure.data("\(width) predictions per row don't match \(labels) labels", at: name)
    }
    outputs = width / labels
    threshold = reader.header.metadata["rnn.logits"] == "true" ? 0 : 0.5
    self.name = name
    names = try ClassCounter.names(reader.header, count: max(2, outputs))
    guard names.count <= ClassCounter.maxClasses else {
      throw Failure.data(
        "\(names.count) classes are too many to draw (at most \(ClassCounter.maxClasses))", at: name)
    }
    counts = names.map { _ in [Int](repeating: 0, count: max(2, width / labels)) }
  }

  /// The stream's class names if there is one per model output, else the ids.
  private static func names(_ header: StreamHeader, count: Int) throws -> [String] {
    let known = try ClassNames(header: header)?.names ?? []
    return known.count == count ? known : (0..<count).map(String.init)
  }

  mutating func append(_ chunk: Chunk) throws {
    let prediction = chunk.columns["prediction"]?.tensor?.floats ?? []
    let labels = chunk.columns["y"]?.tensor?.doubles ?? []
    let mask = chunk.columns["mask"]?.tensor?.values(as: UInt8.self)
    for (index, label) in labels.enumerated()
    where mask.map({ $0.count != labels.count || $0[index] > 0 }) ?? true {
      guard let target = Int(exactly: label), names.indices.contains(target) else {
        let row = rows + index * chunk.rows / max(1, labels.count)
        throw Failure.data(
          "row \(row): the label \(label) is not a class from 0 to \(names.count - 1)", at: name,
          remedy: "use rnn-plot forecast for numbers")
      }
      counts[target][predicted(prediction[index * outputs..<(index + 1) * outputs])] += 1
    }
    rows += chunk.rows
  }

  /// Class 1 if a single output is above the threshold; otherwise the class with the largest output.
  private func predicted(_ values: ArraySlice<Float>) -> Int {
    guard values.count > 1 else { return (values.first ?? 0) > threshold ? 1 : 0 }
    return (values.indices.max { values[$0] < values[$1] } ?? values.startIndex) - values.startIndex
  }
}
