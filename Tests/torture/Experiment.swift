// An experiment: numbered faults of one kind that must do no harm. The number determines the fault, so that a failure
// can be repeated by its number alone.

import CommandRunning

/// Thrown by an attempt that did harm.
struct Harm: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// A harmful attempt.
struct FailedAttempt: Equatable {
  let number: Int
  let problem: String
}

/// Faults of one kind.
struct Experiment: Sendable {
  /// The name on the command line.
  let name: String
  /// What is done, for the table.
  let fault: String
  /// What happens instead of harm, for the table.
  let expected: String
  /// The published figure of the most trusted system of its kind.
  let anchor: String
  /// The number of attempts of a whole run; `make torture SHORT=1` makes `short`.
  let count: Int
  let short: Int
  /// Programs that must be installed.
  var needs: [String] = []
  /// Why it can't be run here; nil if it can.
  var obstacle: @Sendable () -> String? = { nil }
  /// The number of attempts that are made at once, by experiments that are fastest in bulk.
  var batch = 1
  /// Makes what all attempts need, and returns a function that makes the attempts with numbers in a range.
  let prepare: @Sendable () throws -> (Range<Int>) throws -> [FailedAttempt]
}

extension Experiment {
  /// An experiment whose attempts are made one by one; an attempt throws `Harm`.
  static func each(
    _ name: String, _ fault: String, expected: String, anchor: String, count: Int, short: Int,
    needs: [String] = [], obstacle: @escaping @Sendable () -> String? = { nil },
    prepare: @escaping @Sendable () throws -> (Int) throws -> Void
  ) -> Experiment {
    Experiment(
      name: name, fault: fault, expected: expected, anchor: anchor, count: count, short: short, needs: needs,
      obstacle: obstacle
    ) {
      let attempt = try prepare()
      return { numbers in
        numbers.compactMap { number in
          do {
            try attempt(number)
            return nil
          } catch {
            return FailedAttempt(number: number, problem: "\(error)")
          }
        }
      }
    }
  }

  /// An experiment with the built commands, each attempt in an empty folder.
  static func commands(
    _ name: String, _ fault: String, expected: String, anchor: String, count: Int, short: Int,
    needs: [String] = [], obstacle: @escaping @Sendable () -> String? = { nil },
    prepare: @escaping @Sendable (Workshop) throws -> (Int) throws -> Void
  ) -> Experiment {
    each(
      name, fault, expected: expected, anchor: anchor, count: count, short: short, needs: needs,
      obstacle: obstacle
    ) { try prepare(Workshop()) }
  }
}

/// All experiments, in the order of the table.
let experiments =
  damageExperiments + pipeExperiments + storageExperiments + crashExperiments + trainingExperiments
  + slurmExperiments + hostileExperiments + archiveExperiments + soakExperiments
  + fuzzExperiments + suiteExperiments
