// Transcription: the symbols that a network trained with CTC finds in a recording or another sequence, as text, and how
// they compare with the text that was expected.

import Failures
import Glibc
import Sequences
import Tensor
import TensorFile
import Training

/// Turns the outputs of a model trained with CTC into texts.
public struct Transcription {
  private let vocabulary: Vocabulary
  private let outputsLogits: Bool
  /// How many beginnings are followed; nil for the most probable class of each step.
  private let beam: Int?
  /// How the texts compare with those that were expected.
  public private(set) var scores = TranscriptionScores()

  /// Nil if the model doesn't transcribe.
  /// - Parameter beam: how many beginnings are followed; nil for the most probable class of each step.
  /// - Throws: `Failure` (data) if the model has no vocabulary for its symbols.
  public init?(_ model: LoadedModel, beam: Int?) throws {
    guard try model.objective().terms.first?.loss.isOfSequences == true else { return nil }
    guard let vocabulary = model.vocabularies["target"] else {
      throw Failure.data(
        "the model doesn't say which symbols its outputs stand for", at: model.path,
        remedy: "train it on texts that rnn-tokenize turned into symbols")
    }
    self.vocabulary = vocabulary
    outputsLogits = model.outputsLogits
    self.beam = beam
  }

  /// The chunk with texts as `prediction`, and as `y` if it has targets, beside its names and parts.
  public mutating func chunk(of prediction: Prediction, _ chunk: Chunk) throws -> Chunk {
    guard let output = prediction.outputs.first else { throw Failure(.software, "the model has no output") }
    let found = symbols(output)
    var columns = chunk.columns.filter { ["id", "split", "time"].contains($0.key) }
    columns["prediction"] = .ragged(texts(found))
    if let y = chunk.columns["y"]?.tensor, let ids = y.integers {
      let width = y.rowWidth
      let targets = (0..<chunk.rows).map { row in
        ids[row * width..<(row + 1) * width].filter { $0 != CTCLattice.blank }
      }
      for (own, target) in zip(found, targets) { scores.add(own, target) }
      columns["y"] = .ragged(texts(targets))
    }
    return Chunk(columns, rows: chunk.rows)
  }

  /// The symbols of each row.
  private func symbols(_ output: Prediction.Output) -> [[Int]] {
    let (values, shape) = (output.values.floats, output.values.shape)
    let (steps, classes) = (shape[1], shape[2])
    return (0..<shape[0]).map { row in
      let places = (0..<steps).map { row * steps + $0 }.filter { output.mask?[$0] ?? true }
      var logarithms: [Double] = []
      for place in places { logarithms += self.logarithms(values[place * classes..<(place + 1) * classes]) }
      guard let beam else { return CTCDecoder.greedy(logarithms, classes: classes).symbols }
      return CTCDecoder.beam(logarithms, classes: classes, width: beam).first?.symbols ?? []
    }
  }

  /// The logarithms of a step's probabilities.
  private func logarithms(_ step: ArraySlice<Float>) -> [Double] {
    guard outputsLogits else { return step.map { log(Double($0)) } }
    let largest = Double(step.max() ?? 0)
    let total = largest + log(step.reduce(0) { $0 + exp(Double($1) - largest) })
    return step.map { Double($0) - total }
  }

  private func texts(_ rows: [[Int]]) -> Ragged {
    var (bytes, lengths) = ([UInt8](), [Int32]())
    for row in rows {
      var text = TokenText(vocabulary)
      let own = row.flatMap { text.append(Int32($0)) }
      bytes += own
      lengths.append(Int32(own.count))
    }
    return Ragged(values: Tensor(bytes), lengths: lengths)
  }
}

/// How many transcriptions are right, and how many symbols are wrong.
public struct TranscriptionScores: Sendable {
  private var rows = 0
  private var exact = 0
  private var errors = 0
  private var symbols = 0

  /// Adds a row.
  mutating func add(_ found: [Int], _ target: [Int]) {
    rows += 1
    if found == target { exact += 1 }
    errors += editDistance(found, target)
    symbols += target.count
  }

  /// `exact_match`, the fraction of rows whose symbols are all right, and `error_rate`, the insertions, deletions and
  /// replacements that lead from the transcriptions to the targets, divided by the symbols of the targets.
  public var values: [(name: String, value: Double)] {
    guard rows > 0 else { return [] }
    return [
      ("exact_match", Double(exact) / Double(rows)), ("error_rate", Double(errors) / Double(max(1, symbols))),
    ]
  }
}

/// The least number of insertions, deletions and replacements that turn `a` into `b` (Levenshtein 1965).
func editDistance(_ a: [Int], _ b: [Int]) -> Int {
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let replaced = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j + 1] + 1, row[j] + 1)
    }
  }
  return row[b.count]
}
