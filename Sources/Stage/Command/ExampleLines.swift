// Example command lines in help, broken so that they fit a terminal of 80 columns and can be pasted: after a pipe, or
// before an option with a backslash.

/// A command line as lines of at most `width` columns, indented by two, those after the first by six.
package struct ExampleLines {
  private static let (indent, continuation) = ("  ", "      ")

  package let lines: [String]

  /// Lines that are already broken are kept as they are.
  package init(_ example: String, width: Int = 80) {
    let given = example.split(separator: "\n").map { Self.indent + $0 }
    if given.count > 1 || given.allSatisfy({ $0.count <= width }) {
      lines = given
      return
    }
    let stages = Self.stages(example)
    lines = stages.enumerated().flatMap { index, stage in
      let text = index < stages.count - 1 ? stage + " |" : stage
      return Self.broken(text, indent: index == 0 ? Self.indent : Self.continuation, width: width)
    }
  }

  /// The commands of a pipe; a bar within quotes belongs to its word.
  private static func stages(_ example: String) -> [String] {
    var stages: [[String]] = [[]]
    for word in words(example) {
      if word == "|" { stages.append([]) } else { stages[stages.count - 1].append(word) }
    }
    return stages.map { $0.joined(separator: " ") }
  }

  /// The words of a command line; quoted blanks don't separate them.
  private static func words(_ text: String) -> [String] {
    var (words, word, quote): ([String], String, Character?) = ([], "", nil)
    for character in text {
      if character == " ", quote == nil {
        words.append(word)
        word = ""
        continue
      }
      if character == quote {
        quote = nil
      } else if quote == nil, "'\"".contains(character) {
        quote = character
      }
      word.append(character)
    }
    return (words + [word]).filter { !$0.isEmpty }
  }

  /// One command, broken before options where it is too long.
  private static func broken(_ command: String, indent: String, width: Int) -> [String] {
    var lines = [indent]
    for word in words(command) {
      let last = lines[lines.count - 1]
      let isEmpty = last.allSatisfy { $0 == " " }
      if !isEmpty, word.hasPrefix("-"), last.count + option(word, of: command) + 3 > width {
        lines[lines.count - 1] += " \\"
        lines.append(continuation + word)
      } else {
        lines[lines.count - 1] += (isEmpty ? "" : " ") + word
      }
    }
    return lines
  }

  /// The length of an option with its value.
  private static func option(_ word: String, of command: String) -> Int {
    let all = words(command)
    guard let index = all.firstIndex(of: word), index + 1 < all.count, !all[index + 1].hasPrefix("-") else {
      return word.count
    }
    return word.count + 1 + all[index + 1].count
  }
}
