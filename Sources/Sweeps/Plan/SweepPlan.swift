// The plan of a sweep: which trial can be run next, given those that have ended. What a trial is depends on its number
// and on the results of trials that have ended whenever it can be begun, so that the results of a sweep are the same
// however many trials run at once, and in whichever order they end.

import RandomNumbers

/// One run of a trial: the only one, or of successive halving the one on a rung.
public struct TrialRun: Sendable, Hashable, Comparable {
  /// The trial's number, from 1.
  public let trial: Int
  /// The rung, from 0.
  public let rung: Int

  /// The run of a trial on a rung.
  public init(trial: Int, rung: Int = 0) { (self.trial, self.rung) = (trial, rung) }

  /// Rungs are run one after another, and on each the trials in order.
  public static func < (left: TrialRun, right: TrialRun) -> Bool {
    (left.rung, left.trial) < (right.rung, right.trial)
  }
}

/// Which runs a sweep consists of, and the state of its work.
public struct SweepPlan: Sendable {
  /// What a plan follows from.
  public struct Settings: Sendable, Equatable {
    /// The parameters.
    public var space: Space
    /// How configurations are chosen.
    public var method: SearchMethod
    /// The number of trials; of a grid, at most so many.
    public var trials: Int
    /// The random seed.
    public var seed: UInt64
    /// Whether large values are better.
    public var prefersLarge: Bool
    /// With `tpe`: a trial is chosen from the results of all trials but the last `ahead - 1` before it.
    public var ahead: Int
    /// With `halving`: the budgets.
    public var rungs: Rungs?

    /// The settings of a sweep.
    public init(
      space: Space, method: SearchMethod, trials: Int, seed: UInt64, prefersLarge: Bool, ahead: Int = 4,
      rungs: Rungs? = nil
    ) {
      (self.space, self.method, self.trials, self.seed) = (space, method, trials, seed)
      (self.prefersLarge, self.ahead, self.rungs) = (prefersLarge, ahead, rungs)
    }
  }

  /// What can be done next.
  public enum Next: Sendable, Equatable {
    /// This run can begin.
    case run(TrialRun)
    /// Others must end first.
    case wait
    /// All runs have begun.
    case done
  }

  /// The settings.
  public let settings: Settings
  /// The number of trials: less than requested if the space has no more combinations.
  public let trials: Int
  private let draws: DistinctDraws
  private let combinations: [Configuration]?
  private var configurations: [Int: Configuration] = [:]
  private var begun: Set<TrialRun> = []
  /// The values of the runs that have ended; nil for those that failed.
  private var results: [TrialRun: Double?] = [:]

  /// A plan of which nothing is done yet.
  public init(_ settings: Settings) {
    self.settings = settings
    draws = DistinctDraws(settings.space, seed: settings.seed)
    combinations = settings.space.combinations
    trials = min(settings.trials, combinations?.count ?? settings.trials)
  }
}

// MARK: - Progress

extension SweepPlan {
  /// Marks a run as begun, and returns it; or says why there is none.
  public mutating func begin() -> Next {
    let next = next
    if case .run(let run) = next { begun.insert(run) }
    return next
  }

  /// Notes the end of a run.
  /// - Parameter value: the value of the metric; nil if the run failed.
  public mutating func end(_ run: TrialRun, value: Double?) {
    begun.insert(run)
    results[run] = .some(value)
  }

  /// Takes over a run of an earlier, interrupted sweep, with the configuration that the trial had.
  public mutating func restore(_ run: TrialRun, _ configuration: Configuration, value: Double?) {
    configurations[run.trial] = configuration
    end(run, value: value)
  }

  /// The number of runs that the sweep will have if no trial fails.
  public var runs: Int {
    let further = (settings.rungs?.budgets.count ?? 1) - 1
    return sequence(first: trials) { settings.rungs?.promoted(of: $0) }.prefix(further + 1).reduce(0, +)
  }

  /// The budget of a run; nil if there are none.
  public func budget(of run: TrialRun) -> Int? { settings.rungs?.budgets[run.rung] }

  private var next: Next {
    for rung in 0..<(settings.rungs?.budgets.count ?? 1) {
      guard let entrants = entrants(rung) else { return .wait }
      let waiting = entrants.map { TrialRun(trial: $0, rung: rung) }.first { !begun.contains($0) }
      if let waiting { return canBegin(waiting) ? .run(waiting) : .wait }
    }
    return .done
  }

  private func canBegin(_ run: TrialRun) -> Bool {
    let known = run.trial - settings.ahead
    guard settings.method == .tpe, run.trial > TreeParzen.randomTrials, known > 0 else { return true }
    return (1...known).allSatisfy { results[TrialRun(trial: $0)] != nil }
  }

  /// The trials of a rung; nil if that is not known yet.
  private func entrants(_ rung: Int) -> [Int]? {
    guard rung > 0, let rungs = settings.rungs else { return Array(1...max(1, trials)) }
    guard let before = entrants(rung - 1) else { return nil }
    let ended = before.map { results[TrialRun(trial: $0, rung: rung - 1)] }
    guard ended.allSatisfy({ $0 != nil }) else { return nil }
    let ranked = zip(before, ended).compactMap { trial, result in
      result.flatMap { $0 }.map { (trial: trial, value: settings.prefersLarge ? -$0 : $0) }
    }.sorted { ($0.value, $0.trial) < ($1.value, $1.trial) }
    return ranked.prefix(rungs.promoted(of: before.count)).map(\.trial).sorted()
  }
}

// MARK: - Configurations

extension SweepPlan {
  /// The configuration of a trial that can begin.
  public mutating func configuration(of trial: Int) -> Configuration {
    for earlier in 1..<max(1, trial) where configurations[earlier] == nil {
      configurations[earlier] = suggestion(for: earlier)
    }
    let configuration = configurations[trial] ?? suggestion(for: trial)
    configurations[trial] = configuration
    return configuration
  }

  private func suggestion(for trial: Int) -> Configuration {
    let space = settings.space
    if settings.method == .grid, let combinations { return combinations[trial - 1] }
    let estimator = settings.method == .tpe && trial > TreeParzen.randomTrials ? estimator(for: trial) : nil
    return draws.configuration(of: trial, besides: used(before: trial)) { numbers in
      estimator?.suggest(&numbers) ?? space.configuration { $0.values.draw(&numbers) }
    }
  }

  private func used(before trial: Int) -> Set<Configuration> {
    Set(configurations.filter { $0.key < trial }.values)
  }

  /// What the trials before `trial` tell; those of which the results may not be known yet count as if they had failed, so
  /// that others are tried meanwhile.
  private func estimator(for trial: Int) -> TreeParzen {
    let observations = (1..<trial).compactMap { number -> Observation? in
      guard let configuration = configurations[number] else { return nil }
      let isKnown = number <= trial - settings.ahead
      let value = isKnown ? results[TrialRun(trial: number)].flatMap { $0 } : nil
      return Observation(
        trial: number, configuration: configuration, value: value.map { settings.prefersLarge ? -$0 : $0 })
    }
    return TreeParzen(settings.space, observations)
  }
}
