// Plans: which trials there are and when they can begin, and that trials don't depend on the order in which others end.

import Failures
import RandomNumbers
import Sweeps
import Testing

/// Runs a sweep on a function, with several trials at once that end in some order.
struct Simulation {
  var plan: SweepPlan
  private(set) var configurations: [Int: Configuration] = [:]
  private(set) var values: [TrialRun: Double] = [:]
  private(set) var order: [TrialRun] = []

  init(
    _ settings: SweepPlan.Settings, jobs: Int, shuffledBy seed: UInt64 = 0,
    _ function: (Configuration, Int?) -> Double?
  ) {
    plan = SweepPlan(settings)
    var (running, random) = ([TrialRun](), RandomStream(seed: seed))
    while true {
      while running.count < jobs, case .run(let next) = plan.begin() {
        configurations[next.trial] = plan.configuration(of: next.trial)
        order.append(next)
        running.append(next)
      }
      guard !running.isEmpty else { return }
      let ended = running.remove(at: random.index(below: running.count))
      let value = function(configurations[ended.trial] ?? Configuration(), plan.budget(of: ended))
      values[ended] = value
      plan.end(ended, value: value)
    }
  }

  var best: Double { values.values.min() ?? .infinity }
}

@Suite struct PlanTests {
  private static func space(_ lines: String...) throws -> Space { try Space(lines.map(SpaceText.parameter)) }

  private static func settings(
    _ space: Space, _ method: SearchMethod, trials: Int, seed: UInt64 = 1, rungs: Rungs? = nil
  ) -> SweepPlan.Settings {
    SweepPlan.Settings(
      space: space, method: method, trials: trials, seed: seed, prefersLarge: false, rungs: rungs)
  }

  private static func bowl(_ configuration: Configuration, _: Int?) -> Double? {
    let x = Double(configuration["x"] ?? "") ?? 0
    let rate = Double(configuration["rate"] ?? "") ?? 1
    return rate > 0.05 ? nil : (x - 2) * (x - 2) + abs(rate - 0.01)
  }

  @Test(arguments: SearchMethod.allCases)
  func `trials are the same however many run at once, in whichever order they end`(method: SearchMethod)
    throws
  {
    let rungs = method == .halving ? try Rungs(parsing: "epochs=1..9", factor: 3) : nil
    let space =
      method == .grid
      ? try Self.space("x=1..6", "rate=0.01,0.02,0.1")
      : try Self.space("x=-5..5:step=0.5", "rate=1e-3..1e-1:log")
    let settings = Self.settings(space, method, trials: 30, rungs: rungs)
    let alone = Simulation(settings, jobs: 1, Self.bowl)
    for (jobs, seed) in [(2, 1), (3, 2), (8, 3), (100, 4)] {
      let several = Simulation(settings, jobs: jobs, shuffledBy: UInt64(seed), Self.bowl)
      #expect(several.configurations == alone.configurations)
      #expect(several.values == alone.values)
    }
  }

  @Test func `random trials depend on the seed and are within the ranges`() throws {
    let space = try Self.space("a=1e-4..1e-1:log", "b=16..256:log", "c=0.1,0.3,0.5", "d=u,v if c=0.3")
    let one = Simulation(Self.settings(space, .random, trials: 200), jobs: 1) { _, _ in 0 }
    #expect(
      one.configurations
        == Simulation(Self.settings(space, .random, trials: 200), jobs: 1) { _, _ in 0 }.configurations)
    #expect(
      one.configurations
        != Simulation(Self.settings(space, .random, trials: 200, seed: 2), jobs: 1) { _, _ in 0 }
        .configurations)
    for configuration in one.configurations.values {
      #expect((1e-4...1e-1).contains(Double(configuration["a"] ?? "") ?? 0))
      #expect((16...256).contains(Int(configuration["b"] ?? "") ?? 0))
      #expect(["0.1", "0.3", "0.5"].contains(configuration["c"]))
      #expect((configuration["d"] != nil) == (configuration["c"] == "0.3"))
    }
    let below = one.configurations.values.filter { (Double($0["a"] ?? "") ?? 0) < 0.0031623 }.count
    #expect(
      (80...120).contains(below), "half of the numbers of a logarithmic range are below its middle: \(below)")
  }

  @Test(arguments: [SearchMethod.random, .tpe])
  func `no combination is tried twice, and there are no more trials than combinations`(method: SearchMethod)
    throws
  {
    let space = try Self.space("x=1..4", "y=a,b,c")
    let all = Simulation(Self.settings(space, method, trials: 50), jobs: 3) { configuration, _ in
      Double(configuration["x"] ?? "")
    }
    #expect(all.configurations.count == 12)
    #expect(Set(all.configurations.values).count == 12)
  }

  @Test(arguments: [
    ("epochs=2..16", 3, [2, 6, 16]), ("epochs=1..9", 3, [1, 3, 9]), ("n=2..7", 3, [2, 7]),
    ("n=4..64", 4, [4, 16, 64]),
    ("n=1..2", 3, [1, 2]), ("n=5..100", 2, [5, 10, 20, 40, 100]),
  ])
  func `budgets grow by the factor up to the largest`(text: String, factor: Int, budgets: [Int]) throws {
    #expect(try Rungs(parsing: text, factor: factor).budgets == budgets)
  }

  @Test(arguments: [
    "epochs=2,4", "epochs=0..4", "epochs=0.5..4", "epochs=1..9:log", "epochs", "epochs=1..9:step=2",
  ])
  func `what is no budget is refused`(text: String) {
    #expect(throws: Failure.self) { try Rungs(parsing: text, factor: 3) }
  }

  @Test func `halving gives the best third three times the budget`() throws {
    let rungs = try Rungs(parsing: "epochs=1..9", factor: 3)
    let settings = Self.settings(try Self.space("x=0.0..1.0"), .halving, trials: 9, rungs: rungs)
    #expect(SweepPlan(settings).runs == 13)
    let done = Simulation(settings, jobs: 2) { configuration, _ in Double(configuration["x"] ?? "") }
    #expect(done.order.map(\.rung) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2])
    let ranked = (1...9).sorted {
      done.values[TrialRun(trial: $0)] ?? 0 < done.values[TrialRun(trial: $1)] ?? 0
    }
    #expect(Set(done.order.filter { $0.rung == 1 }.map(\.trial)) == Set(ranked.prefix(3)))
    #expect(done.order.last?.trial == ranked[0])
  }

  @Test func `failed trials get no further budget`() throws {
    let rungs = try Rungs(parsing: "epochs=1..9", factor: 3)
    let settings = Self.settings(try Self.space("x=0.0..1.0"), .halving, trials: 9, rungs: rungs)
    let done = Simulation(settings, jobs: 4) { _, budget in budget == 1 ? nil : 1 }
    #expect(done.order.count == 9)
  }

  @Test(arguments: [SearchMethod.random, .tpe])
  func `a sweep that is resumed has the same trials`(method: SearchMethod) throws {
    let space = try Self.space("x=-5.0..5.0", "rate=1e-3..1e-2:log")
    let settings = Self.settings(space, method, trials: 25)
    let whole = Simulation(settings, jobs: 1, Self.bowl)
    var plan = SweepPlan(settings)
    // Those that were under way when the sweep was killed are missing.
    for trial in 1...17 where ![13, 16].contains(trial) {
      let value = whole.values[TrialRun(trial: trial)]
      plan.restore(TrialRun(trial: trial), whole.configurations[trial] ?? Configuration(), value: value)
    }
    var begun: [Int] = []
    while case .run(let run) = plan.begin() {
      begun.append(run.trial)
      let configuration = plan.configuration(of: run.trial)
      #expect(configuration == whole.configurations[run.trial])
      plan.end(run, value: Self.bowl(configuration, nil))
    }
    #expect(begun == [13, 16] + Array(18...25))
  }
}
