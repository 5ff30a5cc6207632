// Random configurations: those of trial n depend on the seed, the space and n, not on which trials have ended.

import RandomNumbers

/// The random numbers of each trial of a sweep.
struct TrialStream {
  let seed: UInt64

  /// The numbers of a trial's attempt to draw a configuration that no earlier trial has.
  func numbers(of trial: Int, attempt: Int) -> RandomStream {
    RandomStream(seed: seed, stream: UInt64(trial) << 20 | UInt64(attempt))
  }
}

extension ParameterValues {
  /// A value drawn uniformly from the choices, or on the inner axis of the range.
  func draw(_ numbers: inout RandomStream) -> String {
    switch self {
    case .choices(let texts): return texts[numbers.index(below: texts.count)]
    case .range(let range):
      let (low, high) = range.axis
      return range.text(range.value(atInner: low + (high - low) * numbers.uniform()))
    }
  }
}

extension Space {
  /// A configuration of values drawn by `draw`, in the order of the parameters.
  func configuration(drawnBy draw: (Parameter) -> String) -> Configuration {
    parameters.reduce(into: Configuration()) { configuration, parameter in
      guard isActive(parameter, in: configuration) else { return }
      configuration[parameter.name] = draw(parameter)
    }
  }
}

/// Draws configurations without repeating any, as far as the space has others.
struct DistinctDraws {
  private let stream: TrialStream
  /// All combinations, of a space in which they can be counted.
  private let combinations: [Configuration]?
  /// The attempts after which one of the remaining combinations is taken.
  private static let attempts = 50

  init(_ space: Space, seed: UInt64) {
    stream = TrialStream(seed: seed)
    combinations = space.combinations
  }

  /// The configuration of a trial.
  /// - Parameters:
  ///   - used: those of earlier trials.
  ///   - draw: draws one.
  func configuration(
    of trial: Int, besides used: Set<Configuration>, _ draw: (inout RandomStream) -> Configuration
  ) -> Configuration {
    var numbers = stream.numbers(of: trial, attempt: 0)
    var drawn = draw(&numbers)
    for attempt in 1..<DistinctDraws.attempts where used.contains(drawn) {
      numbers = stream.numbers(of: trial, attempt: attempt)
      drawn = draw(&numbers)
    }
    guard used.contains(drawn), let free = combinations?.filter({ !used.contains($0) }), !free.isEmpty else {
      return drawn
    }
    return free[numbers.index(below: free.count)]
  }
}
