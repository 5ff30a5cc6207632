// The options of rnn-plot for the picture itself.

import ArgumentParser
import Charts
import Failures

/// Options for the picture.
struct PictureOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write a picture, or a table of the data; the extension .png, .svg, .pdf or .csv selects the format (default: text on standard output).",
      valueName: "file"),
    completion: .file(extensions: ["png", "svg", "pdf", "csv"]))
  var output: String?

  @Flag(help: "Draw as text on standard output (the default without -o).")
  var text = false

  @Option(
    help: ArgumentHelp(
      "The format if -o has no extension (- or /dev/stdout): png, svg, pdf or csv; csv needs no -o.",
      valueName: "format"))
  var format: PlotFormat?

  @Option(help: ArgumentHelp("Width and height in pixels, such as 1200x500.", valueName: "WxH"))
  var size: SizeArgument?

  @Option(help: ArgumentHelp("The title, instead of the default one.", valueName: "text"))
  var title: String?

  @Option(help: "The language of labels and titles.")
  var language: ChartLanguage = .en

  /// What is written.
  enum Form: Equatable {
    case text
    case table
    case picture(PictureFormat)
  }

  /// What is written: by `--format`, else by the extension of the output.
  func form() throws(Failure) -> Form {
    guard let output, !["-", "/dev/stdout"].contains(output) || format == nil else {
      return format.map(\.form) ?? .text
    }
    let named = PlotFormat(path: output)
    guard let form = format ?? named else {
      throw .usage(
        "the format is not known from this name", at: output,
        remedy: "use the extension .png, .svg, .pdf or .csv")
    }
    guard named == nil || named == form else {
      throw .usage("the name stands for another format than \(form.rawValue)", at: output)
    }
    return form.form
  }

  /// Throws if options exclude each other, or if the output's format is unknown.
  func validateTogether() throws {
    if text, output != nil || format != nil {
      throw ValidationError("--text can't be combined with -o or --format")
    }
    let form: Form
    do { form = try self.form() } catch { throw ValidationError(error.description) }
    switch form {
    case .picture where output == nil:
      throw ValidationError("--format \(format?.rawValue ?? "") needs a picture: name it with -o")
    case .text where size != nil, .table where size != nil:
      throw ValidationError("--size needs a picture: name it with -o")
    default: break
    }
  }
}

/// The formats of files.
enum PlotFormat: String, ExpressibleByArgument, CaseIterable {
  case png, svg, pdf, csv

  /// The format that a file's name promises; nil for any other name.
  init?(path: String) {
    let name = path.split(separator: "/").last ?? ""
    self.init(rawValue: name.split(separator: ".").dropFirst().last?.lowercased() ?? "")
  }

  var form: PictureOptions.Form { PictureFormat(rawValue: rawValue).map { .picture($0) } ?? .table }
}

/// `1200x500` on the command line.
struct SizeArgument: ExpressibleByArgument {
  let size: PictureSize

  init?(argument: String) {
    guard let size = PictureSize(parsing: argument) else { return nil }
    self.size = size
  }
}

extension ChartLanguage: ExpressibleByArgument {}
