// JSON for the metadata of streams, the registry and machine-readable results. Reading is strict and writing is
// canonical, so that equal values have equal bytes.

/// A JSON value.
public enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A whole number, written without fraction or exponent.
  case integer(Int64)
  /// Any other number.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])
}

// MARK: - Access

extension JSONValue {
  /// The text of a string; nil for anything else.
  public var string: String? { if case .string(let value) = self { value } else { nil } }

  /// A whole number, also if it was written `1.0` or `1e3`; nil for anything else.
  public var int: Int? {
    switch self {
    case .integer(let value): Int(exactly: value)
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// Any number, nil for anything else.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// A Boolean, nil for anything else.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The elements of an array, nil for anything else.
  public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

  /// The members of an object, nil for anything else.
  public var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }

  /// The member `key` of an object, nil if there is none.
  public subscript(key: String) -> JSONValue? { object?[key] }
}

// MARK: - Literals

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
  /// A Boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A whole number.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A list.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// If keys are equal, the last one wins.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
  }
}
