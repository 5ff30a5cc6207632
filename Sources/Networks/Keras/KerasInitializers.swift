// Initializers in Keras's JSON. Keras's random streams are not rnnpipe's, so a model starts from different numbers from
// the same distribution.

import JSON
import OptionSyntax
import TensorFile

extension Initializer {
  init(keras json: JSONValue) throws {
    if let name = json.string {
      try self.init(written: .word(name))
      return
    }
    guard let name = json["class_name"]?.string, let made = try Self.named(name, json["config"] ?? .null)
    else {
      throw InvalidValue(remedy: "rnnpipe doesn't support that initializer")
    }
    self = made
  }

  private static func named(_ name: String, _ config: JSONValue) throws -> Initializer? {
    func number(_ key: String, else value: Float) throws -> Float {
      try config[key].map { try Float(keras: $0) } ?? value
    }
    switch name {
    case "Zeros": return .zeros
    case "Ones": return .ones
    case "Constant": return .constant(try number("value", else: 0))
    case "Identity", "IdentityInitializer": return .identity(gain: try number("gain", else: 1))
    case "Orthogonal", "OrthogonalInitializer": return .orthogonal(gain: try number("gain", else: 1))
    case "RandomUniform":
      return .uniform(low: try number("minval", else: -0.05), high: try number("maxval", else: 0.05))
    case "RandomNormal":
      return .normal(mean: try number("mean", else: 0), deviation: try number("stddev", else: 0.05))
    case "TruncatedNormal":
      return .truncatedNormal(mean: try number("mean", else: 0), deviation: try number("stddev", else: 0.05))
    case "VarianceScaling":
      return scaling(try number("scale", else: 1), config["mode"]?.string, config["distribution"]?.string)
    default: return scaled.first { $0.keras["class_name"]?.string == name }
    }
  }

  private static let scaled = VarianceScale.allCases.flatMap { scale in
    ScaledShape.allCases.map { Initializer.scaled(scale, $0) }
  }

  /// Keras's general form of the named initializers, which older files use instead.
  private static func scaling(_ scale: Float, _ mode: String?, _ distribution: String?) -> Initializer? {
    let shapes: [String: ScaledShape] = [
      "uniform": .uniform, "truncated_normal": .normal, "normal": .normal,
    ]
    guard let shape = shapes[distribution ?? "truncated_normal"] else { return nil }
    switch (scale, mode ?? "fan_in") {
    case (1, "fan_avg"): return .scaled(.glorot, shape)
    case (2, "fan_in"): return .scaled(.he, shape)
    case (1, "fan_in"): return .scaled(.lecun, shape)
    default: return nil
    }
  }

  var keras: JSONValue {
    switch self {
    case .zeros: Self.object("Zeros", [:])
    case .ones: Self.object("Ones", [:])
    case .constant(let value): Self.object("Constant", ["value": JSONValue(value)])
    // Keras reads a gain other than 1, but doesn't write it.
    case .identity(let gain): Self.object("Identity", gain == 1 ? [:] : ["gain": JSONValue(gain)])
    case .orthogonal(let gain): Self.object("Orthogonal", ["gain": JSONValue(gain), "seed": .null])
    case .uniform(let low, let high):
      Self.object(
        "RandomUniform", ["minval": JSONValue(low), "maxval": JSONValue(high), "seed": .null])
    case .normal(let mean, let deviation):
      Self.object(
        "RandomNormal", ["mean": JSONValue(mean), "stddev": JSONValue(deviation), "seed": .null])
    case .truncatedNormal(let mean, let deviation):
      Self.object(
        "TruncatedNormal", ["mean": JSONValue(mean), "stddev": JSONValue(deviation), "seed": .null])
    case .scaled(let scale, let shape):
      Self.object("\(scale.rawValue.capitalized)\(shape.rawValue.capitalized)", ["seed": .null])
    case .forgetGateOnes(let others): others.keras
    }
  }

  private static func object(_ className: String, _ config: [String: JSONValue]) -> JSONValue {
    .kerasObject("keras.initializers", className, config)
  }
}

extension String {
  /// The word, capitalized.
  fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
