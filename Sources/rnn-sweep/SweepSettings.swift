// What a sweep is: its command, its space, its method and its metric. They are kept in the sweep's folder, and a sweep
// that is resumed has the same, so that its result is that of one that was never interrupted.

import Failures
import OperatingSystem
import Registry
import Stage
import Sweeps

/// The settings of a sweep.
struct SweepSettings: Sendable {
  /// The id of the run that began the sweep, which is the value of the tag `sweep`.
  let id: String
  /// The command with its placeholders.
  let command: TrialCommand
  /// The folder in which commands run.
  let workingFolder: String
  /// The registry of the trials.
  let registry: RegistryLocation
  /// The metric.
  let metric: MetricColumn
  /// The space and the method.
  var plan: SweepPlan.Settings

  /// The end of the id.
  var shortID: String { Run.shortID(id) }

  private static let usualTrials = 20

  /// The settings that the options ask for.
  /// - Throws: `Failure` (usage).
  init(_ sweep: Sweep, _ space: Space, _ run: StageRun) throws {
    let search = sweep.search
    id = run.id
    workingFolder = workingDirectory() ?? "."
    registry = RegistryLocation(path: absolutePath(registryLocation(sweep.options.registry).path))
    metric = try MetricColumn(search.metric ?? "val_loss")
    let rungs = try Self.rungs(search)
    command = try TrialCommand(sweep.command, space, budget: rungs?.name)
    let method = search.method ?? Self.usualMethod(search, space)
    plan = SweepPlan.Settings(
      space: space, method: method, trials: search.trials ?? Self.usualTrials, seed: search.seed ?? 0,
      prefersLarge: try Self.prefersLarge(search, metric), ahead: search.ahead ?? 4, rungs: rungs)
    if method == .grid { plan.trials = try Self.gridSize(space, search.trials) }
  }

  /// The settings that were stored.
  init(
    id: String, command: TrialCommand, workingFolder: String, registry: RegistryLocation,
    metric: MetricColumn,
    plan: SweepPlan.Settings
  ) {
    (self.id, self.command, self.workingFolder) = (id, command, workingFolder)
    (self.registry, self.metric, self.plan) = (registry, metric, plan)
  }

  private static func usualMethod(_ search: SearchOptions, _ space: Space) -> SearchMethod {
    if search.budget != nil { return .halving }
    let isList = space.parameters.allSatisfy { if case .choices = $0.values { true } else { false } }
    return isList && search.trials == nil && search.ahead == nil ? .grid : .tpe
  }

  private static func rungs(_ search: SearchOptions) throws -> Rungs? {
    guard let budget = search.budget else { return nil }
    do throws(Failure) { return try Rungs(parsing: budget, factor: search.factor ?? 3) } catch {
      throw error.placed(at: "--budget")
    }
  }

  private static func prefersLarge(_ search: SearchOptions, _ metric: MetricColumn) throws -> Bool {
    if search.min || search.max { return search.max }
    return try MetricDirection.isLargerBetter(metric.name)
  }

  private static func gridSize(_ space: Space, _ limit: Int?) throws -> Int {
    if let parameter = space.firstContinuous {
      throw Failure.usage(
        "\(parameter.name) = \(parameter.text) has no end of values, and a grid tries all",
        at: "--method grid",
        remedy: "give it a list of values or a step, such as :step=0.1, or use --method random")
    }
    guard let combinations = space.combinations else {
      throw Failure.usage(
        "the space has more than \(Space.mostCombinations) combinations", at: "--method grid",
        remedy: "use --method random or tpe with --trials")
    }
    return min(limit ?? combinations.count, combinations.count)
  }

  /// Records the sweep's parameters.
  func record(_ run: StageRun) {
    run.seed = plan.seed
    run.parameter("method", plan.method.rawValue)
    run.parameter("trials", plan.trials)
    run.parameter("metric", metric.heading)
    run.parameter("direction", direction)
    if plan.method == .tpe { run.parameter("ahead", plan.ahead) }
    if let rungs = plan.rungs { run.parameter("budget", rungs.text) }
    for parameter in plan.space.parameters { run.parameter("space.\(parameter.name)", parameter.text) }
  }

  /// Whether small or large values are better.
  var direction: String { plan.prefersLarge ? "max" : "min" }
}

extension Rungs {
  /// `epochs=2,6,18`.
  var text: String { "\(name)=\(budgets.map { "\($0)" }.joined(separator: ","))" }
}

// MARK: - Resuming

extension SweepSettings {
  /// Takes over the options that may change when a sweep is resumed, and refuses others that differ.
  /// - Throws: `Failure` (usage).
  mutating func update(_ sweep: Sweep, _ space: Space?, at path: String) throws {
    func refuse(_ what: String, _ old: String, _ isSame: Bool) throws(Failure) {
      if isSame { return }
      throw .usage(
        "\(what) differs from that of the sweep, which is \(old)", at: path,
        remedy: "omit it to resume, or begin another sweep")
    }
    let search = sweep.search
    let line = Words.command(command.given[...])
    try refuse("the command", line, sweep.command.isEmpty || sweep.command == command.given)
    try refuse("the space", plan.space.text, space == nil || space == plan.space)
    try refuse("--method", plan.method.rawValue, search.method ?? plan.method == plan.method)
    try refuse("--seed", "\(plan.seed)", search.seed ?? plan.seed == plan.seed)
    try refuse("--metric", metric.heading, search.metric ?? metric.heading == metric.heading)
    try refuse("the direction", "--\(direction)", plan.prefersLarge ? !search.min : !search.max)
    if plan.method == .tpe {
      try refuse("--ahead", "\(plan.ahead)", search.ahead ?? plan.ahead == plan.ahead)
    }
    let rungs = try Self.rungs(search)
    try refuse("--budget", plan.rungs?.text ?? "none", rungs == nil || rungs == plan.rungs)
    guard let trials = search.trials, trials != plan.trials else { return }
    try refuse("--trials", "\(plan.trials), of which rungs depend", plan.method != .halving)
    plan.trials = plan.method == .grid ? try Self.gridSize(plan.space, trials) : trials
  }
}

extension Space {
  /// The parameters in one line.
  var text: String { parameters.map { "\($0.name) = \($0.text)" }.joined(separator: "; ") }
}
