// The options of rnn-plot for the picture itself.

import ArgumentParser
import Charts
import Failures

/// Options for the picture.
struct PictureOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write a picture; the extension .png, .svg or .pdf selects the format (default: text on standard output).",
      valueName: "picture"),
    completion: .file(extensions: ["png", "svg", "pdf"]))
  var output: String?

  @Flag(help: "Draw as text on standard output (the default without -o).")
  var text = false

  @Option(
    help: ArgumentHelp(
      "The picture format if -o has no extension (- or /dev/stdout): png, svg or pdf.", valueName: "format"))
  var format: PictureFormat?

  @Option(help: ArgumentHelp("Width and height in pixels, such as 1200x500.", valueName: "WxH"))
  var size: SizeArgument?

  @Option(help: ArgumentHelp("The title, instead of the default one.", valueName: "text"))
  var title: String?

  @Option(help: "The language of labels and titles.")
  var language: ChartLanguage = .en

  /// The format: `--format`, else the extension of the output.
  func pictureFormat() throws(Failure) -> PictureFormat {
    if let format { return format }
    return try PictureFormat(path: output ?? "")
  }

  /// Throws if `--text` is combined with options for pictures, or if the output's format is unknown.
  func validateTogether() throws {
    if text, output != nil { throw ValidationError("--text and -o can't be combined") }
    if output == nil, format != nil || size != nil {
      throw ValidationError("--format and --size need a picture: name it with -o")
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
