// Cuts a document into windows: x [length] tokens, and y [length] the token after each of them. Windows start at tokens
// 0, stride, 2 * stride, ...; as for a series, a window belongs to the part that contains all its targets, and is dropped
// if they are in several parts.

import Failures
import Tensor
import TensorFile

/// Turns the tokens of a document into windows, with a bounded buffer.
public struct TokenWindower {
  private let length: Int
  private let stride: Int
  /// The number of windows returned so far, by part; if the document is not split, all are in part 0.
  public private(set) var counts = [0, 0, 0]
  /// The number of windows dropped because their targets are in several parts.
  public private(set) var straddling = 0
  /// The number of tokens so far.
  public private(set) var rows = 0
  private var tokens: [Int32] = []
  private var parts: [UInt8] = []
  /// The start of the next window in `tokens`; beyond its end if windows are far apart.
  private var start = 0

  /// - Parameters:
  ///   - length: the number of tokens in a window.
  ///   - stride: tokens between the starts of windows.
  public init(length: Int, stride: Int) { (self.length, self.stride) = (length, stride) }

  /// The number of windows in a chunk of about 4 MiB.
  public var windowsPerChunk: Int { max(1, (1 << 22) / (8 * length)) }

  /// Adds the next tokens: a chunk with the columns `x` I32 [rows] and, if the document was split, `split`.
  /// - Throws: `Failure` (data) if a column has another type or shape.
  public mutating func push(_ chunk: Chunk) throws(Failure) {
    guard let x = chunk.columns["x"]?.tensor, x.rowWidth == 1, let ids = x.integers else {
      throw Failure.data("the document has no column x with one token id per row")
    }
    discard()
    rows += ids.count
    tokens.append(contentsOf: ids.lazy.map { Int32(clamping: $0) })
    if let parts = try chunk.parts() { self.parts += parts }
  }

  private mutating func discard() {
    let count = min(start, tokens.count)
    tokens.removeFirst(count)
    if !parts.isEmpty { parts.removeFirst(count) }
    start -= count
  }

  /// The next complete windows, at most `limit`; nil if there are none yet.
  ///
  /// Columns: `x` I32 [rows, length]; `y` I32 [rows, length]; if the document was split, `split` U8 [rows].
  public mutating func next(atMost limit: Int) -> Chunk? {
    var (x, y, split): ([Int32], [Int32], [UInt8]) = ([], [], [])
    var count = 0
    while count < limit, start + length < tokens.count {
      if let part = part(at: start) {
        x += tokens[start..<start + length]
        y += tokens[start + 1..<start + 1 + length]
        split.append(part)
        counts[Int(part)] += 1
        count += 1
      } else {
        straddling += 1
      }
      start += stride
    }
    guard count > 0 else { return nil }
    var columns = ["x": Tensor(x, shape: [count, length]), "y": Tensor(y, shape: [count, length])]
    if !parts.isEmpty { columns["split"] = Tensor(split) }
    return Chunk(columns)
  }

  /// The number of windows of a document of `rows` tokens, those counted that are dropped.
  public static func count(rows: Int, length: Int, stride: Int) -> Int {
    rows <= length ? 0 : (rows - length - 1) / stride + 1
  }

  /// A chunk without windows, with the columns of the others.
  public func empty(isSplit: Bool) -> Chunk {
    let none = Tensor([Int32](), shape: [0, length])
    var columns = ["x": none, "y": none]
    if isSplit { columns["split"] = Tensor([UInt8]()) }
    return Chunk(columns)
  }

  /// The tokens that don't fill a window, as a shorter one; nil if there are fewer than two.
  public var rest: Chunk? {
    let rest = tokens.dropFirst(start)
    guard rest.count > 1 else { return nil }
    let shape = [1, rest.count - 1]
    return Chunk([
      "x": Tensor(Array(rest.dropLast()), shape: shape), "y": Tensor(Array(rest.dropFirst()), shape: shape),
    ])
  }

  /// The part of all targets of the window at `start`; nil if they differ, 0 if the document is not split.
  private func part(at start: Int) -> UInt8? {
    guard !parts.isEmpty else { return 0 }
    let part = parts[start + 1]
    return parts[start + 1..<start + 1 + length].allSatisfy { $0 == part } ? part : nil
  }
}
