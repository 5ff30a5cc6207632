// Counts of tokens in a temporary file, sorted by token, so that several such files can be merged by reading each once.

import Failures
import OperatingSystem

/// A token and how often it was counted.
struct CountedToken {
  let key: TokenKey
  let bytes: ArraySlice<UInt8>
  var frequency: TokenFrequency

  /// Whether it comes before another token in a run: by keys, which are compared faster than bytes and nearly always
  /// differ.
  func precedes(_ other: CountedToken) -> Bool {
    if key != other.key { return key.precedes(other.key) }
    return key.isHashed != 0 && bytes.lexicographicallyPrecedes(other.bytes)
  }

  /// Whether it is the same token.
  func isSame(as other: CountedToken) -> Bool {
    key == other.key && (key.isHashed == 0 || bytes.elementsEqual(other.bytes))
  }
}

extension TokenKey {
  /// An arbitrary order of keys.
  func precedes(_ other: TokenKey) -> Bool { (high, low) < (other.high, other.low) }
}

/// Writes a run.
struct TokenRunWriter {
  private let file: TemporaryFile
  private var buffer: [UInt8] = []

  init() throws(Failure) { file = try TemporaryFile() }

  /// Appends a token; tokens must be appended in their order.
  mutating func append(_ token: CountedToken) throws(Failure) {
    for word in [
      token.key.low, token.key.high, UInt64(token.frequency.count), token.frequency.first,
      UInt64(token.bytes.count),
    ] {
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        buffer.append(UInt8(truncatingIfNeeded: word >> shift))
      }
    }
    buffer += token.bytes
    if buffer.count >= 1 << 20 { try flush() }
  }

  private mutating func flush() throws(Failure) {
    try file.append(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  /// The complete run.
  mutating func finish() throws(Failure) -> TemporaryFile {
    try flush()
    return file
  }
}

/// Reads a run.
struct TokenRunReader {
  private let file: TemporaryFile
  private var offset = 0
  private var buffer: [UInt8] = []
  private var position = 0
  private static let words = 5
  private static let block = 1 << 18

  init(_ file: TemporaryFile) { self.file = file }

  /// The next token; nil at the end.
  mutating func next() throws(Failure) -> CountedToken? {
    guard try fill(8 * Self.words) else { return nil }
    let words = (0..<Self.words).map { buffer.span.word(at: position + 8 * $0) }
    let count = Int(words[4])
    guard try fill(8 * Self.words + count) else {
      throw Failure(.software, "a temporary file of tokens is incomplete")
    }
    let start = position + 8 * Self.words
    position = start + count
    return CountedToken(
      key: TokenKey(low: words[0], high: words[1]), bytes: buffer[start..<position],
      frequency: TokenFrequency(count: Int(words[2]), first: words[3]))
  }

  /// Reads until `count` bytes are in the buffer; returns whether there are so many.
  private mutating func fill(_ count: Int) throws(Failure) -> Bool {
    while buffer.count - position < count {
      let more = try file.bytes(at: offset, count: max(Self.block, count))
      if more.isEmpty { return false }
      offset += more.count
      buffer = Array(buffer[position...]) + more
      position = 0
    }
    return true
  }
}
