// The syntax of spaces: `units = 16, 32, 64`, `rate = 1e-4..1e-1:log`, `layers = 1..4`, `dropout = 0.0..0.5:step=0.1`,
// and `dropout = 0.1..0.5 if regularize = yes`. A file has one parameter per line; `#` begins a comment.

import Failures

/// Reads spaces.
public enum SpaceText {
  /// The parameters of a file.
  /// - Parameter name: of the file, for messages.
  /// - Throws: `Failure` (data), which names the line, the parameter, and what is wrong.
  public static func parameters(in text: String, named name: String) throws(Failure) -> [Parameter] {
    var parameters: [Parameter] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let content = trimmed(withoutComment(line))
      guard !content.isEmpty else { continue }
      do { parameters.append(try parameter(content)) } catch {
        let place = error.place.map { ", \($0)" } ?? ""
        throw .data("line \(index + 1)\(place): \(error.problem)", at: name, remedy: error.remedy)
      }
    }
    return parameters
  }

  /// One parameter, such as `units=16,32,64`.
  /// - Throws: `Failure` (usage), placed at the parameter.
  public static func parameter(_ text: String) throws(Failure) -> Parameter {
    guard let sign = text.firstIndex(of: "=") else {
      throw .usage("'\(text)' has no values", remedy: "write name = value, value or name = low..high")
    }
    let name = trimmed(text[..<sign])
    try check(name)
    do {
      let (values, condition) = try parts(String(text[text.index(after: sign)...]))
      return Parameter(
        name: name, values: try ParameterValues(parsing: values), condition: try condition.map(Self.condition)
      )
    } catch { throw error.placed(at: name) }
  }

  private static func check(_ name: String) throws(Failure) {
    guard isName(name) else {
      throw .usage(
        "'\(name)' is no name of a parameter", remedy: "use letters, digits, - and _, a letter first")
    }
    guard !Space.reservedNames.contains(name) else {
      throw .usage("{\(name)} has another meaning", at: name, remedy: "use another name")
    }
  }

  /// Whether `text` can be a parameter's name.
  static func isName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, first.isASCII, first.properties.isAlphabetic else {
      return false
    }
    return text.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || $0 == "-")
    }
  }

  /// The values, and the condition after `if`.
  private static func parts(_ text: String) throws(Failure) -> (values: String, condition: String?) {
    let words = try TopLevel.split(text, at: " ")
    guard let place = words.lastIndex(of: "if"), place > 0 else { return (trimmed(text[...]), nil) }
    return (words[..<place].joined(separator: " "), words[(place + 1)...].joined(separator: " "))
  }

  private static func condition(_ text: String) throws(Failure) -> Parameter.Condition {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, isName(trimmed(parts[0])) else {
      throw .usage("'if \(text)' is no condition", remedy: "write if name = value, value")
    }
    return Parameter.Condition(name: trimmed(parts[0]), values: try list(String(parts[1])))
  }

  /// The values of a list, without their quotes.
  static func list(_ text: String) throws(Failure) -> [String] {
    let items = try TopLevel.split(text, at: ",").map { unquoted(trimmed($0[...])) }
    if let index = items.firstIndex(of: "") {
      throw .usage(
        items.count == 1 ? "there is no value" : "value \(index + 1) of the list is empty",
        remedy: "write value, value")
    }
    if let twice = items.enumerated().first(where: { items[..<$0.offset].contains($0.element) }) {
      throw .usage("the value \(twice.element) is given twice")
    }
    return items
  }

  /// A value in a form that `list` reads back.
  static func quoted(_ value: String) -> String {
    let isPlain = value.allSatisfy { !",\"'#= ()[]{}".contains($0) } && !value.contains("..")
    if isPlain { return value }
    return value.contains("\"") ? "'\(value)'" : "\"\(value)\""
  }

  private static func unquoted(_ value: String) -> String {
    guard value.count >= 2, let quote = value.first, "\"'".contains(quote), value.last == quote,
      !value.dropFirst().dropLast().contains(quote)
    else { return value }
    return String(value.dropFirst().dropLast())
  }

  /// A line up to its comment; a `#` in quotes begins none.
  private static func withoutComment(_ line: Substring) -> Substring {
    var quote: Character?
    for index in line.indices {
      let character = line[index]
      if character == quote {
        quote = nil
      } else if quote == nil, "\"'".contains(character) {
        quote = character
      } else if quote == nil, character == "#" {
        return line[..<index]
      }
    }
    return line
  }
}

/// A text without blanks at its ends.
func trimmed(_ text: Substring) -> String {
  var text = text.drop(while: \.isWhitespace)
  while text.last?.isWhitespace == true { text.removeLast() }
  return String(text)
}
