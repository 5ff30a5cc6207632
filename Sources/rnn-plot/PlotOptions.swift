// The options of rnn-plot: how the picture looks, and what of the input is shown.

import ArgumentParser
import Charts
import Failures

/// Options on the picture itself.
struct PictureOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The picture to write; .png, .svg or .pdf says of which kind (default: text on standard output).",
      valueName: "picture"),
    completion: .file(extensions: ["png", "svg", "pdf"]))
  var output: String?

  @Flag(help: "Draw as text on standard output (what happens without -o).")
  var text = false

  @Option(
    help: ArgumentHelp(
      "The kind of picture where -o doesn't tell it (- or /dev/stdout): png, svg or pdf.", valueName: "kind"))
  var format: PictureFormat?

  @Option(help: ArgumentHelp("Width and height in pixels, such as 1200x500.", valueName: "WxH"))
  var size: SizeArgument?

  @Option(help: ArgumentHelp("The title in the place of the chart's own.", valueName: "words"))
  var title: String?

  @Option(help: "The language of the chart's own words.")
  var language: ChartLanguage = .en

  /// The format: the one asked for, else the output's ending.
  func pictureFormat() throws(Failure) -> PictureFormat {
    if let format { return format }
    return try PictureFormat(path: output ?? "")
  }

  /// Throws where `--text` meets a picture's options, or the output's name says no format.
  func validateTogether() throws {
    if text, output != nil { throw ValidationError("--text and -o contradict each other") }
    if output == nil, format != nil || size != nil {
      throw ValidationError("--format and --size belong to a picture: name it with -o")
    }
    if output != nil {
      do { _ = try pictureFormat() } catch { throw ValidationError(error.description) }
    }
  }
}

/// `1200x500` on the command line.
struct SizeArgument: ExpressibleByArgument {
  let size: PictureSize

  init?(argument: String) {
    guard let size = PictureSize(parsing: argument) else { return nil }
    self.size = size
  }
}

extension PictureFormat: ExpressibleByArgument {}
extension ChartLanguage: ExpressibleByArgument {}

/// Which axes have a logarithmic scale.
enum LogAxes: String, ExpressibleByArgument, CaseIterable {
  case x, y, xy

  var hasX: Bool { self != .y }
  var hasY: Bool { self != .x }
}

/// Options on what is shown.
struct SelectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "forecast: show the first N samples; 0: all (default: 100, with times 500).", valueName: "n"))
  var samples: Int?

  @Option(
    help: ArgumentHelp("forecast: of a horizon of several steps, show the one K steps ahead.", valueName: "k")
  )
  var step: Int?

  @Option(
    help: ArgumentHelp(
      "window: show row N, from 0. forecast: show one forecast's whole path.", valueName: "n"))
  var row: Int?

  @Option(
    help: ArgumentHelp("Show this column or target; may be repeated.", valueName: "name"))
  var column: [String] = []

  @Option(help: ArgumentHelp("curves: axes with a logarithmic scale: x, y or xy.", valueName: "axes"))
  var log: LogAxes?

  @Option(help: ArgumentHelp("curves: the words at the horizontal axis.", valueName: "words"))
  var xLabel: String?

  @Option(help: ArgumentHelp("curves: the words at the vertical axis.", valueName: "words"))
  var yLabel: String?

  @Option(help: ArgumentHelp("metrics: the metric to compare (default: val_loss).", valueName: "name"))
  var metric: String?

  /// Throws where a number makes no sense or an option belongs to another kind.
  func validate(for kind: PlotKind) throws {
    try check(samples, "--samples", least: 0, kind == .forecast)
    try check(step, "--step", least: 1, kind == .forecast)
    try check(row, "--row", least: 0, kind == .forecast || kind == .window)
    if metric != nil, kind != .metrics { throw ValidationError("--metric belongs to rnn-plot metrics") }
    if log != nil || xLabel != nil || yLabel != nil, kind != .curves {
      throw ValidationError("--log, --x-label and --y-label belong to rnn-plot curves")
    }
    if step != nil, row != nil { throw ValidationError("--step and --row contradict each other") }
    if !column.isEmpty, [.history, .metrics, .confusion].contains(kind) {
      throw ValidationError("--column does not belong to rnn-plot \(kind.rawValue)")
    }
  }

  private func check(_ number: Int?, _ name: String, least: Int, _ belongs: Bool) throws {
    guard let number else { return }
    guard belongs else { throw ValidationError("\(name) does not belong to this kind of picture") }
    guard number >= least else { throw ValidationError("\(name) \(number) is below \(least)") }
  }
}
