// The characters of words as a table of ids, one row a word: the column `chars`. Short words are padded at their end;
// of longer words, the beginning and the end are kept, which tell most about them.

/// Looks up the characters of words.
public struct CharacterGrid: Sendable {
  /// The number of characters of a word.
  public let length: Int
  private let vocabulary: Vocabulary
  private var ids: [Unicode.Scalar: Int32] = [:]

  /// - Parameter vocabulary: characters as they are written, without a start id.
  public init(_ vocabulary: Vocabulary, length: Int) {
    (self.vocabulary, self.length) = (vocabulary, length)
  }

  /// The rules of a vocabulary of characters.
  public static let rules = TokenRules(mode: .char, lower: false, start: false)

  /// Appends the `length` ids of a word.
  public mutating func append(_ word: String, to result: inout [Int32]) {
    let scalars = word.unicodeScalars
    let count = scalars.count
    let head = count > length ? (length + 1) / 2 : count
    for scalar in scalars.prefix(head) { result.append(id(of: scalar)) }
    if count > length {
      for scalar in scalars.suffix(length - head) { result.append(id(of: scalar)) }
    } else {
      for _ in count..<length { result.append(TokenRules.paddingID) }
    }
  }

  private mutating func id(of scalar: Unicode.Scalar) -> Int32 {
    if let id = ids[scalar] { return id }
    let id =
      vocabulary.id(of: String(Character(scalar))) ?? vocabulary.rules.unknownID ?? TokenRules.paddingID
    ids[scalar] = id
    return id
  }
}
