// One parameter of a space: its name, its values, and when it has one.

/// The values that a parameter can have.
public enum ParameterValues: Sendable, Equatable {
  /// Any of these texts, which have no order.
  case choices([String])
  /// Any number of a range.
  case range(NumberRange)

  /// The number of values; nil if there are too many to be counted.
  var count: Int? {
    switch self {
    case .choices(let texts): texts.count
    case .range(let range): range.count
    }
  }

  /// The value at a position below `count`.
  func text(at index: Int) -> String {
    switch self {
    case .choices(let texts): texts[index]
    case .range(let range): range.text(range.value(at: index))
    }
  }
}

/// A parameter.
public struct Parameter: Sendable, Equatable {
  /// When a parameter has a value: if another one has one of some values.
  public struct Condition: Sendable, Equatable {
    /// The other parameter.
    public let name: String
    /// Its values.
    public let values: [String]

    /// If `name` has one of `values`.
    public init(name: String, values: [String]) { (self.name, self.values) = (name, values) }
  }

  /// The name, which is that of a placeholder and of an option.
  public let name: String
  /// What it can be.
  public let values: ParameterValues
  /// When it has a value; nil for always.
  public let condition: Condition?

  /// A parameter; without a condition, it always has a value.
  public init(name: String, values: ParameterValues, condition: Condition? = nil) {
    (self.name, self.values, self.condition) = (name, values, condition)
  }

  /// The name in environment variables, which can't contain a hyphen.
  public var variableName: String { Parameter.variableName(name) }

  /// A name without hyphens, for environment variables.
  public static func variableName(_ name: String) -> String {
    String(name.map { $0 == "-" ? "_" : $0 })
  }

  /// The values in the syntax of spaces.
  public var text: String {
    let condition = condition.map { " if \($0.name) = \(Parameter.list($0.values))" } ?? ""
    switch values {
    case .choices(let texts): return Parameter.list(texts) + condition
    case .range(let range): return range.text + condition
    }
  }

  private static func list(_ texts: [String]) -> String {
    texts.map(SpaceText.quoted).joined(separator: ", ")
  }
}
