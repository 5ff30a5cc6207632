// Transformations of a series before it is scaled: of each value (log1p, Box-Cox), then of neighboring values
// (differences, or differences from a window's last value). `rnn-predict` undoes them exactly, in double precision and
// in reverse order.
//
// Values and differences are transformed in the columns to forecast, as inputs and as targets; the last value is taken
// off all inputs, as by `rnn-train --relative`.

import Failures
import JSON
import TensorFile

/// How the values of a series are transformed (`rnn.transform`).
public struct TargetTransform: Sendable, Equatable {
  /// What is done about neighboring values.
  public enum Reference: String, Sendable {
    /// Each value becomes its difference from the one before.
    case difference
    /// A window's values become differences from its last input.
    case last
  }

  /// How each value is transformed.
  public var values: ValueTransform
  /// What is done about neighboring values, if anything.
  public var reference: Reference?

  /// No transformation.
  public static let none = TargetTransform(values: .identity, reference: nil)

  init(values: ValueTransform, reference: Reference?) { (self.values, self.reference) = (values, reference) }

  /// Reads `--transform`: `log1p`, `boxcox`, `boxcox(0.5)`, `difference` and `last`, at most one of the first three and
  /// one of the last two, separated by commas. Throws `Failure(.usage)` for anything else.
  public init(parsing text: String) throws(Failure) {
    self = .none
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let name = item.filter { $0 != " " }
      if let reference = Reference(rawValue: name) {
        guard self.reference == nil else { throw Self.contradiction(text) }
        self.reference = reference
      } else {
        guard let values = ValueTransform(parsing: name) else { throw Self.unknown(name) }
        guard self.values == .identity, reference == nil else { throw Self.contradiction(text) }
        self.values = values
      }
    }
  }

  private static func unknown(_ name: String) -> Failure {
    Failure.usage(
      "\(name) is not a transformation", at: "--transform",
      remedy: "use log1p, boxcox, difference or last, such as --transform log1p,difference")
  }

  private static func contradiction(_ text: String) -> Failure {
    Failure.usage(
      "\(text) can't be combined", at: "--transform",
      remedy: "use log1p or boxcox, then difference or last")
  }

  /// Whether nothing is transformed.
  public var isIdentity: Bool { self == .none }

  /// Reads `rnn.transform`; no transformation if the stream has none.
  public init(header: StreamHeader) throws {
    guard let object = try header.object("rnn.transform") else {
      self = .none
      return
    }
    guard let values = ValueTransform(members: object) else { throw damagedMetadata("rnn.transform") }
    self.values = values
    reference = object["reference"]?.string.flatMap(Reference.init)
  }

  /// Writes `rnn.transform` = `{"values":"boxcox","lambda":[0.3],"reference":"difference"}`; nothing if there is none.
  public func write(into header: inout StreamHeader) {
    var object = values.members
    object["reference"] = reference.map { .string($0.rawValue) }
    header.metadata["rnn.transform"] = object.isEmpty ? nil : JSONValue.object(object).text
  }
}
