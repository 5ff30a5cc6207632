// Parses lines as the steps of a model's input: numbers in the order of its features or of a header's names, token
// ids, or text, in which every word is a step.

import Failures
import Networks
import Sequences
import Training

/// Parses lines as the steps of one sequence after another.
struct StepReader {
  private let model: LoadedModel
  private let form: CSVForm
  private let width: Int
  private let vocabularySize: Int
  /// The position in a line of each of the model's features; nil if the line consists of them.
  private var positions: [Int]?
  private var fieldCount: Int?
  private var isFirstLine = true
  private var isFirstOfSequence = true

  /// - Parameters:
  ///   - vocabularySize: the number of token ids; 0 if the model reads numbers.
  ///   - form: how numbers are written.
  init(_ model: LoadedModel, vocabularySize: Int, form: CSVForm) {
    self.model = model
    self.form = form
    self.vocabularySize = vocabularySize
    width = max(1, model.file.architecture.input.width)
  }

  /// Starts a new sequence with the next line.
  mutating func beginSequence() { isFirstOfSequence = true }

  /// The steps in a line; none if it is a header or has no words.
  /// - Throws: `Failure` (data) if it is invalid.
  mutating func read(_ line: [UInt8]) throws -> DataSet.Input {
    defer { isFirstLine = false }
    if vocabularySize > 0 { return .tokens(try tokens(line)) }
    let fields = StepLines.fields(line, form)
    if isFirstLine, form.hasHeader, StepLines.areNames(fields) {
      try readHeader(fields)
      return .features([])
    }
    return .features(try numbers(fields))
  }

  // MARK: Tokens

  private mutating func tokens(_ line: [UInt8]) throws -> [Int32] {
    defer { isFirstOfSequence = false }
    guard let vocabulary = model.vocabulary else { return try ids(StepLines.fields(line)) }
    let ids = try vocabulary.tokenize(line)
    // The start id precedes a sequence, not each of its lines.
    guard vocabulary.rules.startID != nil, !isFirstOfSequence else { return ids }
    return Array(ids.dropFirst())
  }

  private func ids(_ fields: [String]) throws -> [Int32] {
    try fields.map { field in
      guard let id = Int32(field), id >= 0, id < vocabularySize else {
        throw Failure.data("'\(field)' is not a token id", remedy: "use 0 to \(vocabularySize - 1)")
      }
      return id
    }
  }

  // MARK: Numbers

  private mutating func readHeader(_ names: [String]) throws {
    fieldCount = names.count
    guard let inputs = model.window?.inputs else { return }
    try LiveReader.checkSeries(names, nil)
    positions = try inputs.map { input in
      guard let position = names.firstIndex(of: input) else {
        throw Failure.data(
          "there is no column \(input)", remedy: "the model reads \(inputs.joined(separator: ", "))")
      }
      return position
    }
  }

  private func number(_ field: String) throws -> Double {
    let cell = ArraySlice(field.utf8)
    switch form.numbers.value(cell) {
    case .number(let value): return value
    case .missing: throw Failure.data("a value is missing", remedy: "each step needs all inputs")
    case nil:
      throw Failure.data("'\(field)' is not a finite number", remedy: form.numbers.advice(about: cell))
    }
  }

  private func numbers(_ fields: [String]) throws -> [Float] {
    guard fields.count == fieldCount ?? width else {
      throw Failure.data("has \(counted(fields.count, "field")), not \(fieldCount ?? width)")
    }
    let columns = try model.scaler.map { try $0.indices(of: model.window?.inputs ?? $0.columns) }
    return try (positions ?? Array(0..<width)).enumerated().map { feature, position in
      let value = try number(fields[position])
      guard let scaler = model.scaler, let columns, feature < columns.count else { return Float(value) }
      return Float(scaler.scale(value, column: columns[feature]))
    }
  }
}
