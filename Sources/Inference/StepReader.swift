// From a line to the steps that a model takes: numbers in the order of its features or by a header's names,
// token ids, or text, whose words are a step each.

import Failures
import Networks
import Sequences
import Training

/// Reads lines as steps of one sequence after another.
struct StepReader {
  private let model: LoadedModel
  private let width: Int
  private let vocabularySize: Int
  /// Where the model's features stand in a line; nil where they are the whole line.
  private var places: [Int]?
  private var fieldCount: Int?
  private var isFirstLine = true
  private var isFirstOfSequence = true

  /// - Parameter vocabularySize: how many token ids the model knows; 0 where it takes numbers.
  init(_ model: LoadedModel, vocabularySize: Int) {
    self.model = model
    self.vocabularySize = vocabularySize
    width = max(1, model.file.architecture.input.width)
  }

  /// The next line begins a new sequence.
  mutating func beginSequence() { isFirstOfSequence = true }

  /// The steps of a line, none where it is a header or has no words.
  /// - Throws: `Failure` (data) where it can't be read.
  mutating func read(_ line: [UInt8]) throws -> DataSet.Input {
    defer { isFirstLine = false }
    if vocabularySize > 0 { return .tokens(try tokens(line)) }
    let fields = StepLines.fields(line)
    if isFirstLine, fields.allSatisfy({ Double($0) == nil }) {
      try readHeader(fields)
      return .features([])
    }
    return .features(try numbers(fields))
  }

  // MARK: Tokens

  private mutating func tokens(_ line: [UInt8]) throws -> [Int32] {
    defer { isFirstOfSequence = false }
    guard let vocabulary = model.vocabulary else { return try ids(StepLines.fields(line)) }
    let ids = vocabulary.tokenize(line)
    // The start id stands before a sequence, not before each of its lines.
    guard vocabulary.rules.startID != nil, !isFirstOfSequence else { return ids }
    return Array(ids.dropFirst())
  }

  private func ids(_ fields: [String]) throws -> [Int32] {
    try fields.map { field in
      guard let id = Int32(field), id >= 0, id < vocabularySize else {
        throw Failure.data("'\(field)' is no token id", remedy: "the model knows 0 to \(vocabularySize - 1)")
      }
      return id
    }
  }

  // MARK: Numbers

  private mutating func readHeader(_ names: [String]) throws {
    fieldCount = names.count
    guard let inputs = model.window?.inputs else { return }
    places = try inputs.map { input in
      guard let place = names.firstIndex(of: input) else {
        throw Failure.data(
          "there is no column \(input)", remedy: "the model reads \(inputs.joined(separator: ", "))")
      }
      return place
    }
  }

  private func numbers(_ fields: [String]) throws -> [Float] {
    guard fields.count == fieldCount ?? width else {
      throw Failure.data("\(fields.count) fields, not \(fieldCount ?? width)")
    }
    let columns = try model.scaler.map { try $0.indices(of: model.window?.inputs ?? $0.columns) }
    return try (places ?? Array(0..<width)).enumerated().map { feature, place in
      guard let value = Double(fields[place]), value.isFinite else {
        throw Failure.data("'\(fields[place])' is no number")
      }
      guard let scaler = model.scaler, let columns, feature < columns.count else { return Float(value) }
      return Float(scaler.scale(value, column: columns[feature]))
    }
  }
}
