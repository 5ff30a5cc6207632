// Keys from the bytes of a terminal. The bytes of one key can arrive in pieces, and the escape key is the beginning of
// the bytes of others, so that only time tells which it was.

/// Decodes what a terminal sends. Unknown sequences are ignored.
public struct KeyDecoder: Sendable {
  /// The bytes that may be the beginning of a key.
  private var held: [UInt8] = []
  /// What has arrived of a pasted text; nil outside of one.
  private var pasted: [UInt8]?

  /// The most bytes of a pasted text that are kept, and of a sequence.
  private static let (longestPaste, longestSequence) = (1 << 16, 32)
  private static let escape: UInt8 = 0x1B
  private static let pasteEnd: [UInt8] = Array("\u{1B}[201~".utf8)

  /// Nothing has arrived yet.
  public init() {}

  /// Whether more bytes are needed to know what the last ones mean. If none come within a moment, call `flush`.
  public var isWaiting: Bool { !held.isEmpty && pasted == nil }

  /// The keys that are complete with these bytes.
  public mutating func decode(_ bytes: some Sequence<UInt8>) -> [Key] {
    held += bytes
    var keys: [Key] = []
    while !held.isEmpty {
      if pasted != nil {
        guard let text = takePaste() else { break }
        keys.append(.paste(text))
      } else {
        guard let step = next(held[...]) else { break }
        held.removeFirst(step.length)
        if step.beginsPaste { pasted = [] }
        if let key = step.key { keys.append(key) }
      }
    }
    return keys
  }

  /// The key that the bytes so far are, since no more have come: the escape key, if anything. A longer sequence that was
  /// cut is no key.
  public mutating func flush() -> [Key] {
    guard pasted == nil else { return [] }
    defer { held = [] }
    return held == [Self.escape] ? [.escape] : []
  }

  /// The pasted text, once its end has arrived.
  private mutating func takePaste() -> String? {
    guard var text = pasted else { return nil }
    // Only here from now on, so that it is not copied with each byte.
    pasted = nil
    let searched = max(0, text.count - Self.pasteEnd.count)
    text += held
    held = []
    guard let end = Self.position(of: Self.pasteEnd, in: text, from: searched) else {
      // Of a text that is too long, the last bytes stay, in which the end mark may have arrived in part.
      let isLong = text.count > 2 * Self.longestPaste
      pasted = isLong ? text.prefix(Self.longestPaste) + text.suffix(Self.pasteEnd.count) : text
      return nil
    }
    held = Array(text[(end + Self.pasteEnd.count)...])
    return String(decoding: text[..<min(end, Self.longestPaste)], as: UTF8.self)
  }

  private static func position(of mark: [UInt8], in text: [UInt8], from start: Int) -> Int? {
    guard text.count >= start + mark.count else { return nil }
    return (start...(text.count - mark.count)).first {
      text[$0] == mark[0] && text[$0...].starts(with: mark)
    }
  }
}

// MARK: - Single keys

extension KeyDecoder {
  /// A number of bytes and what they mean.
  private struct Step {
    var key: Key?
    let length: Int
    var beginsPaste = false
  }

  /// What the first bytes mean; nil if there must be more.
  private func next(_ bytes: ArraySlice<UInt8>) -> Step? {
    guard let first = bytes.first else { return nil }
    switch first {
    case Self.escape: return sequence(bytes)
    case 0x0D, 0x0A: return Step(key: .enter, length: 1)
    case 0x09: return Step(key: .tab, length: 1)
    case 0x7F, 0x08: return Step(key: .backspace, length: 1)
    case 0: return Step(key: .control(" "), length: 1)
    case 1...26: return Step(key: .control(Character(Unicode.Scalar(first + 0x60))), length: 1)
    case ..<0x20: return Step(length: 1)
    case ..<0x80: return Step(key: .character(Character(Unicode.Scalar(first))), length: 1)
    default: return character(bytes)
    }
  }

  /// A character of several bytes; bytes that are no UTF-8 are skipped.
  private func character(_ bytes: ArraySlice<UInt8>) -> Step? {
    let length: Int
    switch bytes[bytes.startIndex] {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF4: length = 4
    default: return Step(length: 1)
    }
    let rest = bytes.dropFirst().prefix(length - 1).prefix { 0x80...0xBF ~= $0 }
    guard rest.count == length - 1 else {
      return rest.count + 1 == bytes.count ? nil : Step(length: rest.count + 1)
    }
    let text = String(decoding: bytes.prefix(length), as: UTF8.self)
    return Step(key: text.first.flatMap { $0 == "\u{FFFD}" ? nil : .character($0) }, length: length)
  }

  /// What begins with ESC.
  private func sequence(_ bytes: ArraySlice<UInt8>) -> Step? {
    guard let second = bytes.dropFirst().first else { return nil }
    switch second {
    case UInt8(ascii: "["): return controlSequence(bytes)
    case UInt8(ascii: "O"):
      guard let final = bytes.dropFirst(2).first else { return nil }
      return Step(key: Self.cursorKeys[final] ?? Self.keypad[final], length: 3)
    default: return Step(key: .escape, length: 1)
    }
  }

  /// `ESC [`, parameters, and the final byte.
  private func controlSequence(_ bytes: ArraySlice<UInt8>) -> Step? {
    let rest = bytes.dropFirst(2)
    if rest.first == UInt8(ascii: "[") {
      // The function keys of Linux's console: ESC [ [ A to E.
      guard let final = rest.dropFirst().first else { return nil }
      return Step(key: (0x41...0x45).contains(final) ? .function(Int(final) - 0x40) : nil, length: 4)
    }
    let parameters = rest.prefix { (0x20...0x3F).contains($0) }
    guard parameters.count <= Self.longestSequence else { return Step(length: parameters.count + 2) }
    guard let final = rest.dropFirst(parameters.count).first else { return nil }
    let length = parameters.count + 3
    guard (0x40...0x7E).contains(final) else { return Step(length: length - 1) }
    let number = Int(String(decoding: parameters.prefix { (0x30...0x39).contains($0) }, as: UTF8.self))
    guard final == UInt8(ascii: "~") else { return Step(key: Self.cursorKeys[final], length: length) }
    if number == 200 { return Step(length: length, beginsPaste: true) }
    return Step(key: number.flatMap { Self.numberedKeys[$0] }, length: length)
  }

  /// Keys by the final byte of a sequence.
  private static let cursorKeys: [UInt8: Key] = [
    0x41: .up, 0x42: .down, 0x43: .right, 0x44: .left, 0x48: .home, 0x46: .end, 0x5A: .backTab,
    0x50: .function(1), 0x51: .function(2), 0x52: .function(3), 0x53: .function(4),
  ]

  /// Further keys after ESC O.
  private static let keypad: [UInt8: Key] = [0x4D: .enter]

  /// Keys by the number before `~`.
  private static let numberedKeys: [Int: Key] = [
    1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
    11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
    17: .function(6), 18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10),
    23: .function(11), 24: .function(12),
  ]
}
