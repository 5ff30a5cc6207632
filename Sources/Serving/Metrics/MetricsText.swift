// Prometheus's text format, version 0.0.4: for each metric its help, its type, and a line for each set of labels.

/// Writes metrics as text.
package struct MetricsText {
  /// The media type.
  static let type = "text/plain; version=0.0.4; charset=utf-8"

  /// What a metric is.
  package enum Kind: String { case counter, gauge, histogram }

  /// The lines so far.
  package private(set) var text = ""

  /// No metrics yet.
  package init() {}

  /// Begins a metric, whose values follow.
  package mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// Adds a value.
  package mutating func add(_ name: String, _ value: Double, _ labels: [(name: String, value: String)] = []) {
    let list = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }.joined(separator: ",")
    text += "\(name)\(list.isEmpty ? "" : "{\(list)}") \(Self.number(value))\n"
  }

  /// Adds a histogram's lines.
  package mutating func add(
    _ name: String, _ histogram: Histogram, _ labels: [(name: String, value: String)] = []
  ) {
    let counts = histogram.cumulative
    for (limit, count) in zip(histogram.limits, counts) {
      add("\(name)_bucket", Double(count), labels + [("le", Self.number(limit))])
    }
    add("\(name)_bucket", Double(counts.last ?? 0), labels + [("le", "+Inf")])
    add("\(name)_sum", histogram.sum, labels)
    add("\(name)_count", Double(counts.last ?? 0), labels)
  }

  /// Whole numbers without a fraction.
  private static func number(_ value: Double) -> String {
    Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
