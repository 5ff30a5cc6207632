// How well the tree-structured Parzen estimator searches, compared with random trials on functions whose least value is 0.
// The numbers of Optuna and hyperopt on the same functions are in fixtures/sweeps.

import Foundation
import Sweeps
import Testing

/// A function to be minimized.
struct TestFunction: Sendable, CustomTestStringConvertible {
  let name: String
  let space: [String]
  let value: @Sendable (Configuration) -> Double
  var testDescription: String { name }

  static let all = [
    TestFunction(
      name: "sphere", space: (1...4).map { "x\($0)=-5.0..5.0" },
      value: { p in (1...4).reduce(0) { $0 + pow(p.number("x\($1)") - 1, 2) } }),
    TestFunction(
      name: "branin", space: ["x1=-5.0..10.0", "x2=0.0..15.0"],
      value: { branin($0.number("x1"), $0.number("x2")) }),
    TestFunction(
      name: "training",
      space: [
        "rate=1e-5..1.0:log", "units=8..512:log", "dropout=0.0..0.8", "cell=rnn,gru,lstm", "layers=1..4",
      ],
      value: { training($0) }),
    TestFunction(
      name: "conditional",
      space: ["optimizer=adam,sgd", "rate=1e-5..1.0:log", "momentum=0.0..0.99 if optimizer=sgd"],
      value: { conditional($0) }),
  ]
}

extension Configuration {
  func number(_ name: String) -> Double { self[name].flatMap { Double($0) } ?? .nan }
}

private func branin(_ x: Double, _ y: Double) -> Double {
  let valley = y - 5.1 / (4 * .pi * .pi) * x * x + 5 / .pi * x - 6
  return valley * valley + 10 * (1 - 1 / (8 * .pi)) * cos(x) + 10 - 0.397887
}

/// Like the validation loss of a network: a valley in the logarithm of the rate, weak effects, and a best cell.
private func training(_ p: Configuration) -> Double {
  let cell = ["rnn": 0.3, "gru": 0.05, "lstm": 0][p["cell"] ?? ""] ?? .nan
  let rate = pow(log10(p.number("rate")) + 2.5, 2) * 0.3
  let units = pow(log2(p.number("units")) - 7, 2) * 0.02
  return cell + rate + units + abs(p.number("dropout") - 0.2) * 0.5 + abs(p.number("layers") - 2) * 0.05
}

private func conditional(_ p: Configuration) -> Double {
  if p["optimizer"] == "adam" { return 0.1 + pow(log10(p.number("rate")) + 3, 2) * 0.2 }
  return pow(log10(p.number("rate")) + 1.5, 2) * 0.2 + pow(p.number("momentum") - 0.9, 2)
}

@Suite struct SearchTests {
  private static func best(_ function: TestFunction, _ method: SearchMethod, seed: UInt64) throws -> Double {
    let space = try Space(function.space.map(SpaceText.parameter))
    let settings = SweepPlan.Settings(
      space: space, method: method, trials: 60, seed: seed, prefersLarge: false)
    return Simulation(settings, jobs: 4) { configuration, _ in function.value(configuration) }.best
  }

  /// The median that another program's sampler finds.
  private static func peer(_ function: TestFunction, _ sampler: String) throws -> Double {
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: repository.appendingPathComponent("fixtures/sweeps/peers.json"))
    let json = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    let medians = try #require(json?["median best"] as? [String: [String: Double]])
    return try #require(medians[function.name]?[sampler])
  }

  private static func medianBest(_ function: TestFunction, _ method: SearchMethod) throws -> Double {
    let values = try (1...20).map { try best(function, method, seed: $0) }.sorted()
    return (values[9] + values[10]) / 2
  }

  @Test(arguments: TestFunction.all)
  func `the estimator finds clearly better values than random trials`(function: TestFunction) throws {
    let (estimated, random) = (try Self.medianBest(function, .tpe), try Self.medianBest(function, .random))
    if ProcessInfo.processInfo.environment["RNN_SEARCH_TABLE"] != nil {
      print("\(function.name) tpe \(estimated) random \(random)")
    }
    #expect(estimated < 0.6 * random, "\(estimated), random trials \(random)")
    let optuna = try Self.peer(function, "optuna_tpe")
    #expect(estimated < 1.5 * optuna, "\(estimated), Optuna \(optuna)")
  }

  @Test func `large values are searched for, too`() throws {
    let space = try Space(["x=-5.0..5.0", "y=-5.0..5.0"].map(SpaceText.parameter))
    let settings = SweepPlan.Settings(space: space, method: .tpe, trials: 60, seed: 1, prefersLarge: true)
    let found = Simulation(settings, jobs: 2) { p, _ in -pow(p.number("x") - 1, 2) - pow(p.number("y"), 2) }
    #expect(found.values.values.max() ?? -.infinity > -0.1)
  }

  @Test func `trials that fail are avoided`() throws {
    let space = try Space(["x=0.0..1.0"].map(SpaceText.parameter))
    let settings = SweepPlan.Settings(space: space, method: .tpe, trials: 60, seed: 1, prefersLarge: false)
    let found = Simulation(settings, jobs: 1) { p, _ in p.number("x") > 0.5 ? nil : abs(p.number("x") - 0.2) }
    let late = (31...60).filter { found.values[TrialRun(trial: $0)] == nil }.count
    #expect(late < 12, "\(late) of the last 30 trials failed")
  }
}
