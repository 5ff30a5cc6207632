// A space: the parameters of a sweep, and all combinations of their values where these can be counted.

import Failures
import Spelling

/// Parameters in order; one can depend on those before it.
public struct Space: Sendable, Equatable {
  /// The parameters, in order.
  public let parameters: [Parameter]

  /// Names that mean something else in commands.
  public static let reservedNames = ["dir", "trial"]

  /// The most combinations that a grid may have.
  public static let mostCombinations = 100_000

  /// A space.
  /// - Throws: `Failure` (usage) if there is no parameter, a name occurs twice, or a condition can't hold.
  public init(_ parameters: [Parameter]) throws(Failure) {
    guard !parameters.isEmpty else { throw .usage("the space has no parameter") }
    var earlier: [Parameter] = []
    for parameter in parameters {
      if let twin = earlier.first(where: { $0.variableName == parameter.variableName }) {
        let isSame = twin.name == parameter.name
        throw .usage(
          isSame
            ? "is given twice"
            : "differs from \(twin.name) only in - and _, which environment variables can't",
          at: parameter.name, remedy: isSame ? "give it once" : "rename one of them")
      }
      if let condition = parameter.condition { try Space.check(condition, of: parameter, earlier) }
      earlier.append(parameter)
    }
    self.parameters = parameters
  }

  private static func check(
    _ condition: Parameter.Condition, of parameter: Parameter, _ earlier: [Parameter]
  ) throws(Failure) {
    guard let other = earlier.first(where: { $0.name == condition.name }) else {
      throw .usage(
        "the condition names \(condition.name), which is no parameter before it", at: parameter.name,
        remedy: suggestion(for: condition.name, among: earlier.map(\.name)))
    }
    guard case .choices(let choices) = other.values else {
      throw .usage(
        "the condition names \(other.name), which is a range", at: parameter.name,
        remedy: "conditions are on lists of values")
    }
    if let unknown = condition.values.first(where: { !choices.contains($0) }) {
      throw .usage(
        "the condition can't hold: \(other.name) is never \(unknown)", at: parameter.name,
        remedy: suggestion(for: unknown, among: choices))
    }
  }

  /// Whether a parameter has a value beside those of the parameters before it.
  func isActive(_ parameter: Parameter, in configuration: Configuration) -> Bool {
    guard let condition = parameter.condition else { return true }
    return configuration[condition.name].map(condition.values.contains) ?? false
  }

  /// The first parameter whose values can't be counted.
  public var firstContinuous: Parameter? { parameters.first { $0.values.count == nil } }

  /// All combinations, the last parameter changing first; nil if there are more than `mostCombinations`, or a parameter's
  /// values can't be counted.
  public var combinations: [Configuration]? {
    var all = [Configuration()]
    for parameter in parameters {
      guard let count = parameter.values.count, count <= Space.mostCombinations else { return nil }
      var next: [Configuration] = []
      for configuration in all {
        guard isActive(parameter, in: configuration) else {
          next.append(configuration)
          continue
        }
        guard next.count + count <= Space.mostCombinations else { return nil }
        for index in 0..<count {
          var extended = configuration
          extended[parameter.name] = parameter.values.text(at: index)
          next.append(extended)
        }
      }
      all = next
    }
    return all
  }
}
