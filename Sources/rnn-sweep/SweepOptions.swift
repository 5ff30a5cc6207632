// The options of rnn-sweep: the space, the search, how trials are run, and where results go.

import ArgumentParser
import Charts
import Failures
import Stage
import Sweeps

extension SearchMethod: ExpressibleByArgument {}

/// How configurations are chosen and judged.
struct SearchOptions: ParsableArguments {
  @Option(
    help:
      "The method (default: halving with --budget, grid for lists of values without --trials, else tpe).")
  var method: SearchMethod?

  @Option(help: ArgumentHelp("The number of trials (default: 20; of a grid, all).", valueName: "n"))
  var trials: Int?

  @Option(
    help: ArgumentHelp(
      "The metric: val_loss (the last value, the default), val_loss:min, val_loss:max, or val_loss@3 (at step 3).",
      valueName: "metric"), completion: .metricName)
  var metric: String?

  @Flag(help: "Small values are better (the default for losses and errors).")
  var min = false

  @Flag(help: "Large values are better (the default for accuracy and the like).")
  var max = false

  @Option(
    help: ArgumentHelp(
      "halving: the smallest and the largest budget, such as epochs=2..18.", valueName: "name=values"))
  var budget: String?

  @Option(help: ArgumentHelp("halving: one of n trials gets the next budget (default: 3).", valueName: "n"))
  var factor: Int?

  @Option(
    help: ArgumentHelp(
      "tpe: choose a trial without the results of the n-1 before it, so that n can run at once (default: 4).",
      valueName: "n"))
  var ahead: Int?

  @Option(
    help: ArgumentHelp("Random seed; the same seed gives the same trials (default: 0).", valueName: "n"))
  var seed: UInt64?

  func validate() throws {
    if min, max { throw ValidationError("--min and --max can't be combined") }
    for (name, value, least) in [("--trials", trials, 1), ("--factor", factor, 2), ("--ahead", ahead, 1)] {
      if let value, !(least...100_000).contains(value) {
        throw ValidationError("\(name) \(value) is not between \(least) and 100000")
      }
    }
    if let method, method != .halving, budget != nil || factor != nil {
      throw ValidationError("--budget and --factor are options of --method halving")
    }
    if method == .halving, budget == nil {
      throw ValidationError("--method halving needs --budget, such as --budget epochs=2..18")
    }
    if factor != nil, budget == nil { throw ValidationError("--factor needs --budget") }
    if ahead != nil, let method, method != .tpe {
      throw ValidationError("--ahead is an option of --method tpe")
    }
  }
}

/// How trials are run.
struct RunningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Trials at once (default: as many as there are cores for their threads); results don't depend on it.",
      valueName: "n"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp("Threads of each trial (default: the cores divided by --jobs).", valueName: "n"))
  var threads: Int?

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "The sweep's folder, which must be new (default: sweep-NAME, or sweep-ID).", valueName: "folder"),
    completion: .directory)
  var folder: String?

  @Option(
    help: ArgumentHelp("Continue the sweep in this folder.", valueName: "folder"), completion: .directory)
  var resume: String?

  @Flag(help: "With --resume: run failed trials again.")
  var retryFailed = false

  func validate() throws {
    for (name, value) in [("--jobs", jobs), ("--threads", threads)] {
      if let value, !(1...1024).contains(value) {
        throw ValidationError("\(name) \(value) is not between 1 and 1024")
      }
    }
    if resume != nil, folder != nil { throw ValidationError("--resume and --folder can't be combined") }
    if retryFailed, resume == nil { throw ValidationError("--retry-failed needs --resume") }
  }

  /// The number of trials at once, and the threads of each.
  var capacity: (jobs: Int, threads: Int) {
    let cores = Processors.available
    let jobs = jobs ?? max(1, cores / (threads ?? 1))
    return (jobs, threads ?? max(1, cores / jobs))
  }
}

/// Where results go.
struct ResultOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Write the table as CSV (- for standard output).", valueName: "path"),
    completion: .file(extensions: ["csv"]))
  var csv: String?

  @Option(
    help: ArgumentHelp("Draw the trials across parallel axes (.png, .svg, .pdf).", valueName: "picture"),
    completion: .file(extensions: ["png", "svg", "pdf"]))
  var plot: String?

  /// Rejects outputs that can't be written.
  func check(_ run: StageRun) throws {
    if let csv { try run.checkOutput(csv, isBinary: false, holds: .csv) }
    guard let plot else { return }
    _ = try PictureFormat(path: plot)
    try run.checkOutput(plot, holds: .any)
  }

  /// Prints and writes the results.
  func write(_ report: SweepReport, _ run: StageRun) throws {
    if let csv {
      let file = try run.file(csv)
      try file.write(report.table(digits: nil).csv + "\n")
      try file.finish()
    }
    if let plot, let chart = report.chart {
      try run.write(picture: Gnuplot().picture(chart, format: PictureFormat(path: plot)), to: plot)
    }
    if csv != "-" { run.result(report.json, report.text, stream: .output, isColored: true) }
    report.notes.forEach(run.note)
    try report.check()
  }
}
