// Labels from the bytes of a file. Bytes that are not UTF-8 are an error: replaced by something else, different
// labels would become the same class.

import Failures

/// Labels from bytes.
enum LabelText {
  /// The name in `bytes`.
  static func name(_ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
    guard let name = String(validating: bytes, as: UTF8.self) else {
      throw Failure.data("the label is not UTF-8 text", remedy: encodingAdvice(for: bytes))
    }
    return name
  }

  /// The label in `text`, or the labels, if there is a separator.
  static func label(_ text: String, separator: String?) -> TextRecord.Label {
    guard let separator, !separator.isEmpty else { return .name(text) }
    var names: [String] = []
    var rest = Substring(text)
    while let range = rest.firstRange(of: separator) {
      names.append(trimmed(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    names.append(trimmed(rest))
    return .several(names.filter { !$0.isEmpty })
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

/// What to do about bytes that are not UTF-8. Chinese, Japanese and Korean encodings write a character as two bytes
/// beyond ASCII; Western ones, single bytes between letters.
func encodingAdvice(for bytes: ArraySlice<UInt8>) -> String {
  var (pairs, singles) = (0, 0)
  var rest = bytes
  while let byte = rest.popFirst() {
    guard byte >= 0x80 else { continue }
    if let next = rest.first, next >= 0x80 {
      rest.removeFirst()
      pairs += 1
    } else {
      singles += 1
    }
  }
  let guess = pairs > singles ? "gb18030" : "windows-1252"
  return "name the encoding, perhaps --encoding \(guess)"
}
