// Initializers in a layers string: `he_normal`, `random_normal(stddev=0.1)`, `constant(0.5)`.

import OptionSyntax
import Spelling

extension Initializer: OptionValue {
  /// The arguments of initializers during parsing.
  struct Numbers: Sendable {
    var first: Float = 0
    var second: Float = 0
  }

  private static let any = -Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude

  private static func table(_ name: String, _ keys: [String], _ defaults: Numbers) -> OptionTable<Numbers> {
    let paths: [WritableKeyPath<Numbers, Float> & Sendable] = [\.first, \.second]
    return OptionTable(
      name: name, subject: "initializer", defaults: defaults, positions: keys.count,
      options: zip(keys, paths).map { .number($0, $1, in: any) })
  }

  private static let constants = table("constant", ["value"], Numbers())
  private static let identities = table("identity", ["gain"], Numbers(first: 1))
  private static let orthogonals = table("orthogonal", ["gain"], Numbers(first: 1))
  private static let uniforms = table(
    "random_uniform", ["minval", "maxval"], Numbers(first: -0.05, second: 0.05))
  private static let normals = table("random_normal", ["mean", "stddev"], Numbers(second: 0.05))
  private static let truncated = table("truncated_normal", ["mean", "stddev"], Numbers(second: 0.05))

  /// The initializers without arguments.
  private static let plain: [String: Initializer] = {
    var result: [String: Initializer] = ["zeros": .zeros, "ones": .ones]
    for scale in VarianceScale.allCases {
      for shape in ScaledShape.allCases {
        result["\(scale.rawValue)_\(shape.rawValue)"] = .scaled(scale, shape)
      }
    }
    return result
  }()

  private static let names =
    plain.keys.sorted() + [constants, identities, orthogonals, uniforms, normals, truncated].map(\.name)

  init(written value: CallSyntax.Value) throws {
    guard let call = value.call else {
      throw InvalidValue(remedy: "one of \(Self.names.joined(separator: ", "))")
    }
    switch call.name {
    case "constant": self = .constant(try Self.constants.read(call).first)
    case "identity": self = .identity(gain: try Self.identities.read(call).first)
    case "orthogonal": self = .orthogonal(gain: try Self.orthogonals.read(call).first)
    case "random_uniform":
      let numbers = try Self.uniforms.read(call)
      self = .uniform(low: numbers.first, high: numbers.second)
    case "random_normal":
      let numbers = try Self.normals.read(call)
      self = .normal(mean: numbers.first, deviation: numbers.second)
    case "truncated_normal":
      let numbers = try Self.truncated.read(call)
      self = .truncatedNormal(mean: numbers.first, deviation: numbers.second)
    default:
      guard let initializer = Self.plain[call.name], call.arguments.isEmpty else {
        throw InvalidValue(remedy: suggestion(for: call.name, among: Self.names))
      }
      self = initializer
    }
  }

  var written: String {
    switch self {
    case .zeros: "zeros"
    case .ones: "ones"
    case .constant(let value): Self.constants.text(Numbers(first: value))
    case .identity(let gain): Self.identities.text(Numbers(first: gain))
    case .orthogonal(let gain): Self.orthogonals.text(Numbers(first: gain))
    case .uniform(let low, let high): Self.uniforms.text(Numbers(first: low, second: high))
    case .normal(let mean, let deviation): Self.normals.text(Numbers(first: mean, second: deviation))
    case .truncatedNormal(let mean, let deviation):
      Self.truncated.text(Numbers(first: mean, second: deviation))
    case .scaled(let scale, let shape): "\(scale.rawValue)_\(shape.rawValue)"
    case .forgetGateOnes(let others): others.written
    }
  }
}
