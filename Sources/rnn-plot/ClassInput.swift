// Predicted and true classes from a stream, counted.

import Charts
import Failures
import Sequences
import Tensor
import TensorFile

extension PlotInput {
  /// The chart of predicted against true classes.
  func confusion() throws -> Chart {
    let reader = try run.reader(path)
    var counter = try ClassCounter(reader, named: name)
    while let chunk = try reader.next() { try counter.append(chunk) }
    return .confusion(CountMatrix(names: counter.names, counts: counter.counts), language: language)
  }
}

/// Counts pairs of true and predicted classes.
struct ClassCounter {
  /// The class names, in id order.
  let names: [String]
  /// `counts[true][predicted]`.
  private(set) var counts: [[Int]]
  /// Numbers per label: 1 is a sigmoid, others one for each class.
  private let outputs: Int
  private let name: String
  private var rows = 0

  /// More classes than this make no readable picture.
  private static let mostClasses = 60

  init(_ reader: TensorReader, named name: String) throws {
    guard let prediction = reader.schema["prediction"], let y = reader.schema["y"], !prediction.isRagged,
      !y.isRagged
    else {
      throw Failure.data(
        "there are no columns prediction and y", at: name, remedy: "plot what rnn-predict writes")
    }
    let labels = y.rowShape.reduce(1, *)
    let width = prediction.rowShape.reduce(1, *)
    guard labels > 0, width > 0, width % labels == 0 else {
      throw Failure.data("\(width) predictions a row don't fit \(labels) labels", at: name)
    }
    outputs = width / labels
    self.name = name
    names = try ClassCounter.names(reader.header, count: max(2, outputs))
    guard names.count <= ClassCounter.mostClasses else {
      throw Failure.data(
        "\(names.count) classes are too many to draw (\(ClassCounter.mostClasses) at most)", at: name)
    }
    counts = names.map { _ in [Int](repeating: 0, count: max(2, width / labels)) }
  }

  /// The stream's class names where they are as many as the model's outputs, else the ids.
  private static func names(_ header: StreamHeader, count: Int) throws -> [String] {
    let known = try ClassNames(header: header)?.names ?? []
    return known.count == count ? known : (0..<count).map(String.init)
  }

  mutating func append(_ chunk: Chunk) throws {
    let prediction = chunk.columns["prediction"]?.tensor?.floats ?? []
    let labels = chunk.columns["y"]?.tensor?.doubles ?? []
    for (index, label) in labels.enumerated() {
      guard let truth = Int(exactly: label), names.indices.contains(truth) else {
        let row = rows + index * chunk.rows / max(1, labels.count)
        throw Failure.data(
          "row \(row): the label \(label) is no class of 0 to \(names.count - 1)", at: name,
          remedy: "numbers are drawn by rnn-plot forecast")
      }
      counts[truth][predicted(prediction[index * outputs..<(index + 1) * outputs])] += 1
    }
    rows += chunk.rows
  }

  /// A sigmoid's class from one half on, else the class of the largest output.
  private func predicted(_ values: ArraySlice<Float>) -> Int {
    guard values.count > 1 else { return (values.first ?? 0) > 0.5 ? 1 : 0 }
    return (values.indices.max { values[$0] < values[$1] } ?? values.startIndex) - values.startIndex
  }
}
