// The scores that a model gave to classes, and the true classes, of all rows of a stream of predictions.

import Failures
import Glibc
import Sequences
import Tensor
import TensorFile

/// Scores and true classes.
struct ClassScores {
  /// The class names, in id order; their ids if they have none.
  let names: [String]
  /// Whether the classes have names.
  let hasNames: Bool
  /// Whether a row can have any number of the classes.
  let allowsSeveral: Bool
  /// Whether scores are logits.
  let areLogits: Bool
  /// The number of scores of a label: 1 for a sigmoid, else one for each class.
  private let outputs: Int
  private let name: String
  private var rows = 0
  private var scores: [Float] = []
  /// The true class of each label; where a row can have several, 1 or 0 for each class.
  private var labels: [Int] = []

  /// - Throws: `Failure` (data) if the stream has no scores or no classes.
  init(_ reader: TensorReader, named name: String) throws {
    guard let prediction = reader.schema["prediction"], !prediction.isRagged else {
      throw Failure.data(
        "there is no column prediction", at: name, remedy: "plot the output of rnn-predict")
    }
    guard let y = reader.schema["y"], !y.isRagged else {
      throw Failure.data(
        "there is no column y with the true classes", at: name,
        remedy: "give rnn-predict rows with classes, such as lines of label<TAB>text")
    }
    guard !prediction.type.isInteger else {
      throw Failure.data("the predictions are classes without scores", at: name)
    }
    let classes = try ClassNames(header: reader.header)
    allowsSeveral = classes?.allowsSeveral ?? false
    let labels = y.rowShape.reduce(1, *)
    let width = prediction.rowShape.reduce(1, *)
    guard labels > 0, width > 0, width % labels == 0, !allowsSeveral || labels == width else {
      throw Failure.data("\(width) predictions per row don't match \(labels) labels", at: name)
    }
    outputs = allowsSeveral ? width : width / labels
    areLogits = reader.header.metadata["rnn.logits"] == "true"
    let count = allowsSeveral ? width : max(2, outputs)
    let known = classes?.names ?? []
    hasNames = known.count == count
    names = hasNames ? known : (0..<count).map(String.init)
    self.name = name
  }

  /// All rows of a stream.
  static func read(_ reader: TensorReader, named name: String) throws -> ClassScores {
    var scores = try ClassScores(reader, named: name)
    while let chunk = try reader.next() { try scores.append(chunk) }
    guard scores.count > 0 else { throw Failure.data("there are no predictions", at: name) }
    return scores
  }

  /// The number of labels.
  var count: Int { scores.count / outputs }

  private mutating func append(_ chunk: Chunk) throws {
    let prediction = chunk.columns["prediction"]?.tensor?.floats ?? []
    let y = chunk.columns["y"]?.tensor?.doubles ?? []
    let mask = chunk.columns["mask"]?.tensor?.values(as: UInt8.self)
    let width = allowsSeveral ? outputs : 1
    for index in 0..<prediction.count / outputs
    where mask.map({ $0.count * width != y.count || $0[index] > 0 }) ?? true {
      let row = rows + index * width * chunk.rows / max(1, y.count)
      let own = prediction[index * outputs..<(index + 1) * outputs]
      if let value = own.first(where: { !$0.isFinite }) {
        throw Failure.data("row \(row): the prediction is \(value)", at: name)
      }
      scores += own
      labels += try y[index * width..<(index + 1) * width].map { try label($0, row) }
    }
    rows += chunk.rows
  }

  private func label(_ value: Double, _ row: Int) throws -> Int {
    let largest = allowsSeveral ? 1 : names.count - 1
    guard let label = Int(exactly: value), (0...largest).contains(label) else {
      throw Failure.data(
        "row \(row): the label \(value) is not a class from 0 to \(largest)", at: name,
        remedy: "use rnn-plot residuals for numbers")
    }
    return label
  }

  /// The scores of a class, and which labels are this class. A single score is that of class 1, and class 0 has
  /// the rest: 1 minus the score, or for a logit its negative.
  func scores(of number: Int) -> (scores: [Double], positive: [Bool]) {
    let isOther = outputs == 1 && !allowsSeveral && number == 0
    let column = outputs == 1 ? 0 : number
    let own = stride(from: column, to: scores.count, by: outputs).map { Double(scores[$0]) }
    return (isOther ? own.map { areLogits ? -$0 : 1 - $0 } : own, isPositive(number))
  }

  private func isPositive(_ number: Int) -> [Bool] {
    guard allowsSeveral else { return labels.map { $0 == number } }
    return stride(from: number, to: labels.count, by: outputs).map { labels[$0] == 1 }
  }

  /// The predicted class of each label: 1 if a single score is above the threshold, else that with the highest score.
  var predicted: [Int] {
    (0..<count).map { index in
      let own = scores[index * outputs..<(index + 1) * outputs]
      guard outputs > 1 else { return (own.first ?? 0) > (areLogits ? 0 : 0.5) ? 1 : 0 }
      return (own.indices.max { own[$0] < own[$1] } ?? own.startIndex) - own.startIndex
    }
  }

  /// The true class of each label, where a row has exactly one.
  var trueClasses: [Int] { allowsSeveral ? [] : labels }
}

// MARK: - Probabilities

extension ClassScores {
  /// The probabilities of all classes, `[labels][classes]`.
  /// - Throws: `Failure` (data) if the scores are no probabilities.
  func probabilities() throws -> [[Double]] {
    try (0..<count).map { index in
      let own = scores[index * outputs..<(index + 1) * outputs].map(Double.init)
      let isOne = outputs > 1 && !allowsSeveral
      let values = !areLogits ? own : isOne ? Self.softmax(own) : own.map { 1 / (1 + exp(-$0)) }
      guard values.allSatisfy({ (-1e-6...1 + 1e-6).contains($0) }),
        !isOne || abs(values.reduce(0, +) - 1) < 1e-3
      else {
        throw Failure.data(
          "the predictions are no probabilities, such as \(values.prefix(3).map { "\($0)" }.joined(separator: ", "))",
          at: name, remedy: "end the model with a sigmoid or a softmax")
      }
      return outputs == 1 && !allowsSeveral ? [1 - values[0], values[0]] : values
    }
  }

  private static func softmax(_ logits: [Double]) -> [Double] {
    let largest = logits.max() ?? 0
    let powers = logits.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  /// Whether each label is a class.
  func truth(of number: Int) -> [Bool] { isPositive(number) }
}
