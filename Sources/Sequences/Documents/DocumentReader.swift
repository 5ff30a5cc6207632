// Reads a text as one document, in blocks that end where a token ends: after a space or a line end. Memory is bounded
// by the size of a block.

import ByteStreams
import Failures
import Tensor
import TensorFile

/// Reads a document block by block.
public final class DocumentReader {
  private static let blockBytes = 1 << 20
  /// The pieces of a block, which threads tokenize at the same time.
  private static let pieceBytes = 1 << 16
  /// A text without a space or a line end for so long can't be divided into words in bounded memory.
  private static let longestPiece = 1 << 24

  private let name: String
  private let mode: TokenMode
  private var source: PeekedSource
  private var bytes: [UInt8] = []
  private var hasEnded = false
  private var line = 1
  /// The blocks whose text is not UTF-8: how many lines, and the first.
  private var invalidText: (lines: Int, first: Int, advice: String)?

  /// - Parameters:
  ///   - source: the text, in UTF-8.
  ///   - name: its name in messages.
  ///   - mode: what tokens are; invalid UTF-8 is not reported for bytes.
  public init(_ source: PeekedSource, named name: String, mode: TokenMode) {
    (self.source, self.name, self.mode) = (source, name, mode)
  }

  /// The next part of the text, in pieces whose tokens, in order, are those of the text (U8 rows); nil at the end.
  /// - Throws: `Failure` (data) if the text can't be divided into words.
  public func next() throws -> Ragged? {
    while !hasEnded {
      if bytes.count >= Self.blockBytes, let end = try end(of: bytes[...]) { return take(end) }
      let more = try source.read(upTo: 1 << 18)
      hasEnded = more.isEmpty
      bytes += more
    }
    return bytes.isEmpty ? nil : take(bytes.count)
  }

  /// Takes the first `count` bytes, as pieces.
  private func take(_ count: Int) -> Ragged {
    let block = Array(bytes[..<count])
    bytes.removeFirst(count)
    if mode != .byte { check(block) }
    var lengths: [Int32] = []
    var rest = block[...]
    while rest.count > Self.pieceBytes, let end = (try? end(of: rest.prefix(Self.pieceBytes))) ?? nil {
      lengths.append(Int32(end - rest.startIndex))
      rest = rest[end...]
    }
    lengths.append(Int32(rest.count))
    return Ragged(values: Tensor(block), lengths: lengths)
  }

  /// The index after the last place in `text` where it can be divided; nil if more text is needed.
  private func end(of text: ArraySlice<UInt8>) throws -> Int? {
    if mode == .byte { return text.endIndex }
    if mode == .bpe {
      // Subwords of GPT-2 begin with the space before a word.
      let space = text.indices.dropFirst().dropLast().last {
        text[$0] == UInt8(ascii: " ") && text[$0 + 1] > UInt8(ascii: " ")
      }
      if let space { return space }
    } else if let space = text.lastIndex(where: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }) {
      return space + 1
    }
    guard text.count >= Self.longestPiece else { return nil }
    guard mode == .char else {
      throw Failure.data(
        "has no space and no line end in \(Self.longestPiece >> 20) MiB", at: name,
        remedy: "use --mode char or --mode byte")
    }
    // Before the last character, which may be incomplete.
    return text.lastIndex { $0 & 0xC0 != 0x80 }
  }

  /// Counts the lines that are not UTF-8.
  private func check(_ block: [UInt8]) {
    defer { line += block.count { $0 == UInt8(ascii: "\n") } }
    guard block.contains(where: { $0 >= 0x80 }), String(validating: block, as: UTF8.self) == nil else {
      return
    }
    let lines = block.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, text) in lines.enumerated() where String(validating: text, as: UTF8.self) == nil {
      let known = invalidText ?? (0, line + index, encodingAdvice(for: text))
      invalidText = (known.lines + 1, known.first, known.advice)
    }
  }

  /// A warning about lines that are not UTF-8; nil if all are.
  public var warning: String? {
    guard let invalidText else { return nil }
    return
      "\(name): \(counted(invalidText.lines, "line")) \(invalidText.lines == 1 ? "is" : "are") not UTF-8, the "
      + "first is line \(invalidText.first); such bytes become U+FFFD (\(invalidText.advice))"
  }
}
