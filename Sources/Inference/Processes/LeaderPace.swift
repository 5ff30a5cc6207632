// How many batches the first of several processes takes: fewer than the others, since it also reads the input and uses the
// results, so that all are done at about the same time.

/// The time that the first process needs for its own batches, and for everything else.
struct LeaderPace {
  private let clock = ContinuousClock()
  private var roundStart: ContinuousClock.Instant?
  /// The duration of a batch; nil before the first one.
  private var batch: Duration?
  /// How many batches could have been run in the rest of the last round.
  private var others = 0.0

  /// A round has begun: the other processes have got their batches.
  mutating func beginRound() { roundStart = clock.now }

  /// Runs this process's batches of the current round.
  mutating func measure<Result>(batches: Int, _ work: () -> Result) -> Result {
    let start = clock.now
    let result = work()
    if batches > 0 { batch = (clock.now - start) / batches }
    if let roundStart, let batch, batch > .zero { others = (start - roundStart) / batch }
    return result
  }

  /// How many of `count` batches each process gets, this one first.
  func shares(of count: Int, among processes: Int) -> [Int] {
    let helpers = processes - 1
    let even = (Double(count) - Double(helpers) * others) / Double(processes)
    let own = max(0, min((count + processes - 1) / processes, Int(max(0, even).rounded())))
    let rest = count - own
    return [own] + (0..<helpers).map { rest * ($0 + 1) / helpers - rest * $0 / helpers }
  }
}
