// How rnn-predict --stream runs: what it does about lines that can't be read, and how fast its steps are.

import ArgumentParser
import Failures
import JSON

/// How lines of endless input are read and answered; `--series` is an option of CSV files.
struct LiveOptions: ParsableArguments {
  @Flag(help: "With --stream: report a line that can't be read, and go on with the next one.")
  var skipBadLines = false

  @Flag(
    help: ArgumentHelp(
      "With --stream: compute steps in as little time as possible.",
      discussion: """
        For chains of embedding, lstm, gru, simple_rnn and dense layers. Predictions differ from those of whole sequences \
        by about 1e-6; weights that rnn-convert --weights int8 has stored as bytes are multiplied as integers.
        """))
  var lowLatency = false
}

/// What is done about lines that can't be read.
struct BadLines {
  /// Whether they are passed over.
  let areSkipped: Bool
  /// The number of lines that were passed over.
  private(set) var count = 0

  init(areSkipped: Bool) { self.areSkipped = areSkipped }

  /// The number of lines that were passed over, if they may be, as a member of a result.
  var members: [String: JSONValue] { areSkipped ? ["bad_lines": .integer(Int64(count))] : [:] }

  /// Does the work for a line; returns nil if the line is bad and passed over.
  /// - Parameters:
  ///   - place: where the line is.
  ///   - warn: is called with what is wrong with a line that is passed over.
  /// - Throws: `Failure` with the place, unless bad lines are passed over.
  mutating func attempt<Result>(
    at place: @autoclosure () -> String, warn: (String) -> Void, _ work: () throws -> Result?
  ) throws -> Result? {
    do { return try work() } catch let failure as Failure where failure.kind == .data {
      guard areSkipped else { throw failure.placed(at: place()) }
      count += 1
      warn("\(failure.placed(at: place())): line passed over")
      return nil
    }
  }
}
