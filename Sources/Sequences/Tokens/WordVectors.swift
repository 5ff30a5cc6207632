// Word vectors in GloVe's text format, a word and its numbers per line, or in word2vec's, whose first line states the
// numbers of words and of dimensions. Only the vectors of wanted words are kept.

import ByteStreams
import Failures
import TensorFile

/// Vectors of words.
public struct WordVectors {
  /// The vectors by the ids of their words.
  public private(set) var vectors: [Int32: [Float]] = [:]
  private let width: Int
  private let advice: (Int) -> String
  private let name: String
  private static let longestLine = 1 << 22

  /// Whether a file, by its first bytes, holds word vectors: a word and two numbers or more in a line.
  public static func begin(_ sample: [UInt8]) -> Bool {
    let lines = sample.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: true)
    guard let first = lines.first, !sample.prefix(64).contains(0) else { return false }
    let isHeader = fields(first).count == 2 && fields(first).allSatisfy { Int(text($0)) != nil }
    guard let line = isHeader ? lines.dropFirst().first : first else { return false }
    let numbers = fields(line).dropFirst()
    // Some may be damaged; the last one may be cut.
    return numbers.count > 1 && numbers.count { Float(text($0)) != nil } * 2 > numbers.count
  }

  /// Reads all vectors.
  /// - Parameters:
  ///   - width: how many numbers a vector must have.
  ///   - id: the id of a word; nil if it isn't wanted.
  ///   - advice: what to use for vectors of another width.
  /// - Throws: `Failure` (data), stating the line of a vector that has another width or is damaged.
  public init(
    _ source: PeekedSource, named name: String, width: Int, id: (String) -> Int32?,
    advice: @escaping (Int) -> String
  ) throws {
    (self.width, self.name, self.advice) = (width, name, advice)
    var lines = LineReader(source, named: name)
    lines.longestLine = Self.longestLine
    while let line = try lines.nextFilled() { try take(line, lines.number, id) }
  }

  private mutating func take(_ line: ArraySlice<UInt8>, _ number: Int, _ id: (String) -> Int32?) throws {
    let fields = Self.fields(line)
    if fields.isEmpty || number == 1 && fields.count == 2 && fields.allSatisfy({ Int(Self.text($0)) != nil })
    {
      return
    }
    guard fields.count > width, number > 1 || fields.count == width + 1 else {
      throw Failure.data(
        "line \(number): the vector has \(counted(fields.count - 1, "number")), but the embedding has a width of \(width)",
        at: name,
        remedy: "use \(advice(fields.count - 1)), or vectors of \(width) numbers")
    }
    // A few words of large collections have spaces.
    let word = fields.dropLast(width).map(Self.text).joined(separator: " ")
    guard let id = id(word), vectors[id] == nil else { return }
    vectors[id] = try fields.suffix(width).map { field in
      guard let value = Float(Self.text(field)), value.isFinite else {
        throw Failure.data("line \(number): \"\(Self.text(field))\" is not a number", at: name)
      }
      return value
    }
  }

  private static func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String { String(decoding: field, as: UTF8.self) }
}
