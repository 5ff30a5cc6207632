// The options of rnn-plot for charts of something that goes on.

import ArgumentParser

/// Options for following a training run.
struct FollowOptions: ParsableArguments {
  @Flag(help: "history: draw again with each new epoch, until the run ends (q or Ctrl-C stops).")
  var follow = false

  @Option(help: ArgumentHelp("With --follow: seconds between two looks (default: 1).", valueName: "seconds"))
  var interval: Double?

  /// Seconds between two looks.
  var pause: Double { interval ?? 1 }

  /// Throws unless something can be followed.
  func validate(for kind: PlotKind, input: String?, output: String?) throws {
    guard follow else {
      if interval != nil { throw ValidationError("--interval needs --follow") }
      return
    }
    guard kind == .history else { throw ValidationError("--follow is for history") }
    if !(0.1...3600).contains(pause) { throw ValidationError("--interval must be from 0.1 to 3600 seconds") }
    guard let input, input != "-" else {
      throw ValidationError("--follow needs a run, or the CSV file of its history")
    }
    if output == "-" {
      throw ValidationError("--follow replaces a picture: name a file with -o")
    }
  }
}
