// The vocabularies of pairs, one for each side, and the token ids of pairs: `source`, which ends with the end id;
// `target`, what a decoder reads, which begins with the start id; and `y`, what it is to predict at each of its steps,
// which ends with the end id.

import Failures
import Tensor
import TensorFile

/// The vocabularies of both sides of pairs.
public struct PairVocabularies: Sendable, Equatable {
  /// The name of the target's vocabulary in a stream.
  public static let targetName = "target"

  /// The columns whose steps are those of targets.
  public static let targetColumns = ["target", "y"]

  /// The vocabulary of sources, which is the one with which raw text is read.
  public let source: Vocabulary
  /// The vocabulary of targets.
  public let target: Vocabulary

  /// Both vocabularies.
  public init(source: Vocabulary, target: Vocabulary) { (self.source, self.target) = (source, target) }

  /// The vocabularies of a stream or a model; nil unless it has those of pairs.
  /// - Throws: `Failure` if they can't be read.
  public init?(header: StreamHeader) throws {
    guard let target = try Vocabulary(header: header, name: Self.targetName), target.rules.end,
      let source = try Vocabulary(header: header)
    else { return nil }
    self.init(source: source, target: target)
  }

  /// Writes both into a header.
  public func write(into header: inout StreamHeader) {
    source.write(into: &header)
    target.write(into: &header, name: Self.targetName)
  }

  /// The rules for sources, given how text is split into tokens.
  public static func sourceRules(_ rules: TokenRules) -> TokenRules { rules.with(start: false, end: true) }
  /// The rules for targets, given how text is split into tokens.
  public static func targetRules(_ rules: TokenRules) -> TokenRules { rules.with(start: true, end: true) }

  /// A chunk of pairs with token ids instead of texts; other columns are passed through. Without targets, there is only
  /// `source`.
  public func tokenize(_ chunk: Chunk, threads: Int = 1) throws(Failure) -> Chunk {
    let chunk = chunk.columns["target"] == nil ? chunk : try target.tokenizeTargets(chunk, threads: threads)
    var columns = chunk.columns
    columns["source"] = .ragged(try source.tokenize(chunk.texts("source"), threads: threads))
    return Chunk(columns, rows: chunk.rows)
  }
}

extension Vocabulary {
  /// A chunk with token ids instead of the texts in `target`, and `y`; other columns are passed through.
  public func tokenizeTargets(_ chunk: Chunk, threads: Int = 1) throws(Failure) -> Chunk {
    let ids = try tokenize(chunk.texts("target"), threads: threads)
    var columns = chunk.columns
    columns["target"] = .ragged(ids.dropping(last: true))
    columns["y"] = .ragged(ids.dropping(last: false))
    return Chunk(columns, rows: chunk.rows)
  }
}

extension VocabularyBuilder {
  /// Counts the targets of a chunk that are in part 0, or all if it is not split.
  public mutating func addTargets(_ chunk: Chunk) throws(Failure) {
    try add(chunk.texts("target"), where: chunk.isTrainingRow())
  }
}

extension Chunk {
  /// A column of texts.
  func texts(_ name: String) throws(Failure) -> Ragged {
    guard let rows = columns[name]?.ragged, rows.values.type == .u8 else {
      throw Failure.data(
        "there is no column \(name) of texts; the columns are \(columns.keys.sorted().joined(separator: ", "))",
        remedy: columns[name] == nil ? nil : "the input is already tokenized")
    }
    return rows
  }
}

extension Ragged {
  /// The rows without their last value, or without their first; rows are not empty.
  fileprivate func dropping(last: Bool) -> Ragged {
    let ids = values.values(as: Int32.self) ?? []
    var kept: [Int32] = []
    kept.reserveCapacity(ids.count)
    var start = 0
    for length in lengths {
      let end = start + Int(length)
      kept.append(contentsOf: last ? ids[start..<end - 1] : ids[start + 1..<end])
      start = end
    }
    return Ragged(values: Tensor(kept), lengths: lengths.map { $0 - 1 })
  }
}
