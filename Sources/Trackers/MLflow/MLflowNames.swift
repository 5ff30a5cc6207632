// What MLflow accepts as names and values of parameters, metrics and tags (mlflow/utils/validation.py), and how others are
// changed: in names, characters that it refuses become `_`; long texts are cut.

/// Names and texts for MLflow.
package enum MLflowNames {
  /// The most characters of a name.
  static let longestName = 250
  /// The most characters of a tag's value.
  static let longestTag = 5000
  /// The most characters of a parameter's value, which has grown from version to version: now, before 2.8, before 1.28.
  static let longestParameters = [6000, 500, 250]

  /// The names as MLflow accepts them, by the original ones. Names that would become equal get a number, in the order of
  /// the original ones.
  package static func accepted(_ names: some Sequence<String>) -> [String: String] {
    let sorted = names.sorted()
    var taken = Set(sorted.filter { accepted($0) == $0 })
    return sorted.reduce(into: [:]) { result, name in
      let wished = accepted(name)
      guard wished != name else { return result[name] = name }
      result[name] = free(wished, &taken)
    }
  }

  /// Values with the names that MLflow accepts.
  /// - Parameter all: the names of all metrics of the run.
  static func renamed(_ metrics: [TrackedMetric], among all: Set<String>) -> [TrackedMetric] {
    let names = accepted(all)
    return metrics.map {
      TrackedMetric(name: names[$0.name] ?? $0.name, step: $0.step, value: $0.value, time: $0.time)
    }
  }

  private static func free(_ name: String, _ taken: inout Set<String>) -> String {
    var (candidate, number) = (name, 2)
    while !taken.insert(candidate).inserted {
      let ending = "_\(number)"
      candidate = String(name.unicodeScalars.prefix(longestName - ending.count)) + ending
      number += 1
    }
    return candidate
  }

  /// Letters, digits, `_`, `-`, `.`, space and `/` are accepted, where the name is no other way to write a path.
  private static func accepted(_ name: String) -> String {
    let scalars = name.unicodeScalars.prefix(longestName).map { isAccepted($0) ? Character($0) : "_" }
    let kept = String(scalars)
    guard !kept.isEmpty else { return "_" }
    let parts = kept.split(separator: "/", omittingEmptySubsequences: false)
    let isPath = parts.allSatisfy { !["", ".", ".."].contains($0) }
    return isPath ? kept : kept.replacing("/", with: "_").replacing(".", with: "_")
  }

  /// `\w` of Python, which is what the server tests, or one of the signs.
  private static func isAccepted(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return scalar.properties.isAlphabetic || "0123456789_-. /".unicodeScalars.contains(scalar)
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
      return true
    default: return false
    }
  }

  /// `text`, cut to a number of characters, with `...` at its end if it was longer.
  package static func cut(_ text: String, to most: Int) -> String {
    guard text.unicodeScalars.count > most else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(most - 3))) + "..."
  }
}
