// The rows that a model translates: pairs as text or as token ids, in files or streams, with or without targets; or
// vectors (VectorRows.swift).

import ByteStreams
import Failures
import Sequences
import Tensor
import TensorFile

/// Some rows.
public struct TranslationRows {
  /// The sources: token ids that end with the end mark, or vectors.
  public let sources: [DecoderSource]
  /// The sources as text; nil for vectors.
  public let sourceTexts: [String]?
  /// The targets, from the start to the end mark; nil if they are unknown.
  public let targets: [[Int32]]?
  /// The targets as text, in which words that the vocabulary lacks are as they were given, or U+FFFD if only their ids
  /// were given.
  public let targetTexts: [String]?
  /// The columns that are passed through.
  public let others: [String: Column]
}

/// Where rows come from.
public struct TranslationInput {
  private enum Source {
    case lines(PairReader)
    case stream(TensorReader)
    case given
  }

  let translation: Translation
  private var source: Source
  private let selection: RowSelection?
  /// The input's header, which is passed on with the translations.
  public let header: StreamHeader
  var row = 0
  /// The number of rows read, whether they were selected or not.
  public var rowsRead: Int { row }

  /// Rows that are given chunk by chunk.
  init(_ translation: Translation, header: StreamHeader) {
    (self.translation, selection, self.header, source) = (translation, nil, header, .given)
  }

  /// Lines of sources, or of pairs.
  public init(lines: any ByteSource, named name: String, _ translation: Translation) {
    self.translation = translation
    (selection, header) = (nil, StreamHeader(kind: PairReader.kind))
    source = .lines(PairReader(lines, named: name, needsTarget: false))
  }

  /// The rows of a stream: pairs as text, or tokenized like the model's training data, padded or not.
  ///
  /// - Parameter selection: the part to translate; nil for the test part, or all if there are no parts.
  /// - Throws: `Failure` (data) if it was prepared differently, or has no sources.
  public init(
    stream: TensorReader, _ translation: Translation, _ model: LoadedModel, _ selection: RowSelection?
  ) throws {
    (self.translation, self.selection, header) = (translation, selection, stream.header)
    try model.check(stream.header)
    let column = translation.sourceColumn
    guard stream.schema[column] != nil else {
      throw Failure.data(
        "there is no column \(column); the columns are \(stream.schema.keys.sorted().joined(separator: ", "))",
        remedy: translation.source == nil
          ? "name the column of vectors so with rnn-convert --rename"
          : "give it lines of text, or pairs from rnn-tokenize --format pairs")
    }
    source = .stream(stream)
  }

  /// The next rows; nil after the last.
  /// - Throws: `Failure` (data) if a row can't be read.
  public mutating func next() throws -> TranslationRows? {
    switch source {
    case .given: return nil
    case .lines(var reader):
      guard let chunk = try reader.next() else { return nil }
      source = .lines(reader)
      row += chunk.rows
      return try rows(chunk)
    case .stream(let reader):
      guard let chunk = try reader.next() else { return nil }
      let selected = try chunk.rows(in: selection)
      let rows = try rows(selected)
      row += chunk.rows
      return rows
    }
  }

  private func rows(_ chunk: Chunk) throws -> TranslationRows {
    guard let vocabularies = translation.vocabularies else { return try vectors(chunk) }
    return try chunk.columns["source"]?.schema.type == .u8
      ? texts(chunk, vocabularies) : ids(chunk, vocabularies)
  }

  private func texts(_ chunk: Chunk, _ vocabularies: PairVocabularies) throws -> TranslationRows {
    let tokens = try vocabularies.tokenize(chunk)
    let sources = chunk.columns["source"]?.texts ?? []
    let targets = chunk.columns["target"]?.texts
    return TranslationRows(
      sources: (tokens.columns["source"]?.ids ?? []).map(DecoderSource.tokens), sourceTexts: sources,
      targets: targets == nil ? nil : Self.targets(tokens),
      targetTexts: try targets?.map { try vocabularies.target.cleaned($0) }, others: others(chunk))
  }

  /// Rows of token ids, each of which must be in its vocabulary.
  private func ids(_ chunk: Chunk, _ vocabularies: PairVocabularies) throws -> TranslationRows {
    try check(chunk, "source", vocabularies.source)
    for column in PairVocabularies.targetColumns { try check(chunk, column, vocabularies.target) }
    let sources = chunk.columns["source"]?.ids ?? []
    let hasTargets = PairVocabularies.targetColumns.allSatisfy { chunk.columns[$0] != nil }
    let targets = hasTargets ? Self.targets(chunk) : nil
    return TranslationRows(
      sources: sources.map(DecoderSource.tokens),
      sourceTexts: sources.map { vocabularies.source.text(of: $0, unknown: "<unk>") },
      targets: targets, targetTexts: targets?.map { vocabularies.target.text(of: $0) }, others: others(chunk))
  }

  func check(_ chunk: Chunk, _ name: String, _ vocabulary: Vocabulary) throws {
    guard let column = chunk.columns[name] else { return }
    guard let values = (column.ragged?.values ?? column.tensor)?.integers else {
      throw Failure.data("has no token ids", at: "column \(name)")
    }
    if let index = values.firstIndex(where: { !(0..<vocabulary.size).contains($0) }) {
      throw Failure.data(
        "contains the token id \(values[index]), but the model's ids are 0 to \(vocabulary.size - 1)",
        at: "column \(name)", remedy: "tokenize with --like MODEL")
    }
    guard name == "source", let empty = column.ids.firstIndex(where: \.isEmpty) else { return }
    throw Failure.data("row \(row + empty + 1) has no tokens", at: "column \(name)")
  }

  /// The start, then what is to be predicted.
  static func targets(_ chunk: Chunk) -> [[Int32]] {
    zip(chunk.columns["target"]?.ids ?? [], chunk.columns["y"]?.ids ?? []).map { target, y in
      target.prefix(1) + y
    }
  }

  func others(_ chunk: Chunk) -> [String: Column] { chunk.columns.filter { $0.key == "split" } }
}

extension Column {
  /// Rows of text.
  var texts: [String]? {
    guard let ragged, let bytes = ragged.values.values(as: UInt8.self) else { return nil }
    let offsets = ragged.offsets
    return ragged.lengths.indices.map {
      String(decoding: bytes[offsets[$0]..<offsets[$0 + 1]], as: UTF8.self)
    }
  }

  /// Rows of token ids without padding.
  var ids: [[Int32]] {
    if let ragged, let values = ragged.values.integers {
      let offsets = ragged.offsets
      return ragged.lengths.indices.map { values[offsets[$0]..<offsets[$0 + 1]].map { Int32($0) } }
    }
    guard let tensor, let values = tensor.integers else { return [] }
    let width = tensor.rowWidth
    return (0..<tensor.rows).map { row in
      values[row * width..<(row + 1) * width].lazy.filter { $0 != 0 }.map { Int32($0) }
    }
  }
}
