// A token in a text.

/// The range of a token in a text, and its key.
struct Token: Sendable {
  var key = TokenKey()
  var start = 0
  var end = 0

  var count: Int { end - start }
}

extension Token {
  /// The bytes of `text` from `start` to `end` as one token.
  init(of text: Span<UInt8>, from start: Int, to end: Int) {
    self.init(key: TokenKey(of: text, start: start, end: end), start: start, end: end)
  }

  /// All of `bytes` as one token.
  init(_ bytes: Span<UInt8>) { self.init(of: bytes, from: 0, to: bytes.count) }
}

extension Span<UInt8> {
  /// The eight bytes at `position`, the first one lowest. Traps if there are fewer.
  @inline(__always)
  func word(at position: Int) -> UInt64 {
    // Safe for integers: the range is checked, and any bits are a valid number.
    UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
  }
}
