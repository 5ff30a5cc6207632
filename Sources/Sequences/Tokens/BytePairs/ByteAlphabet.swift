// The order of the 256 bytes in GPT-2's vocabularies, and the characters that stand for them in a tokenizer.json: a
// printable byte is itself, the others are the characters from U+0100 on.

/// GPT-2's characters for bytes.
enum ByteAlphabet {
  /// The bytes in the order of their characters.
  static let order: [UInt8] = {
    let printable = [UInt8](0x21...0x7E) + [UInt8](0xA1...0xAC) + [UInt8](0xAE...0xFF)
    return printable + (UInt8(0)...255).filter { !printable.contains($0) }
  }()

  /// The byte of each character.
  private static let bytes: [Unicode.Scalar: UInt8] = {
    let printable = order.prefix(188).map { (Unicode.Scalar($0), $0) }
    let others = order.dropFirst(188).enumerated().compactMap { index, byte in
      Unicode.Scalar(0x100 + UInt32(index)).map { ($0, byte) }
    }
    return Dictionary(uniqueKeysWithValues: printable + others)
  }()

  /// The bytes that a token's characters stand for; nil if one stands for none.
  static func bytes(of token: String) -> [UInt8]? {
    var result: [UInt8] = []
    for scalar in token.unicodeScalars {
      guard let byte = bytes[scalar] else { return nil }
      result.append(byte)
    }
    return result
  }
}
