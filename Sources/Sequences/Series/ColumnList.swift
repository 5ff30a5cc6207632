// Lists of column names on the command line, such as `load,temp` or `"Load, MW",temp`.

import Failures

/// Column names as a user gives them.
public struct ColumnList: Sendable, Equatable {
  private let arguments: [String]

  /// - Parameter arguments: one or more lists of names, separated by commas. A name that contains a comma or
  ///   begins or ends with a blank is quoted as in CSV.
  public init(_ arguments: [String]) { self.arguments = arguments }

  /// Exactly these names.
  public init(exactly names: [String]) { arguments = names.map { Self.alwaysQuoted($0) } }

  /// Whether no column is named.
  public var isEmpty: Bool { arguments.isEmpty }

  /// The names in this list, each once, as `known` writes them. An argument that is the name of a column as a whole
  /// means that column, commas and all.
  /// - Throws: `Failure`: a name is not among `known` (data), or there is no name in an argument (usage).
  public func names(among known: [String]) throws(Failure) -> [String] {
    var names: [String] = []
    let positions = arguments.isEmpty ? [:] : known.positions
    for argument in arguments {
      if positions[argument] != nil {
        names.append(argument)
        continue
      }
      for name in Self.split(argument) {
        names.append(known[try known.index(ofColumn: name, positions)])
      }
    }
    guard !names.isEmpty || arguments.isEmpty else {
      throw Failure.usage("the list of columns is empty", remedy: "name a column, or omit the option")
    }
    return names.unique
  }

  /// A name as written in a list: quoted if necessary.
  public static func quoted(_ name: String) -> String {
    let isPlain = !name.contains { ",\"".contains($0) } && name == name.trimmed
    return isPlain ? name : alwaysQuoted(name)
  }

  private static func alwaysQuoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// The names in a list that are not empty.
  static func split(_ list: String) -> [String] { items(of: list).filter { !$0.isEmpty } }

  /// The items of a list: separated by commas, without blanks around them, quoted or not.
  public static func items(of list: String) -> [String] {
    var names: [String] = []
    var (name, isQuoted, wasQuoted) = ("", false, false)
    func finish() { names.append(wasQuoted ? name : name.trimmed) }
    for character in list {
      switch character {
      case "\"" where isQuoted || wasQuoted || name.trimmed.isEmpty:
        // A quote right after a closing one is a doubled quote within the name.
        if !isQuoted, wasQuoted { name.append("\"") }
        if !wasQuoted { name = "" }
        (isQuoted, wasQuoted) = (!isQuoted, true)
      case "," where !isQuoted:
        finish()
        (name, wasQuoted) = ("", false)
      case " " where wasQuoted && !isQuoted: break
      default: name.append(character)
      }
    }
    finish()
    return names
  }
}

extension String {
  /// The text without spaces and tabs at both ends.
  fileprivate var trimmed: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
