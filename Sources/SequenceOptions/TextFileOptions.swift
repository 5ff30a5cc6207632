// The options of commands that read text files: which columns hold the text and the labels.

import ArgumentParser
import Sequences

/// How a text file is read.
public struct TextFileOptions: ParsableArguments {
  /// `--text-column`.
  @Option(
    help: ArgumentHelp(
      "Text: the column or field with the text; several (title,body) are joined by a space (default: usual names).",
      valueName: "columns"))
  public var textColumn: String?

  /// `--label-column`.
  @Option(
    help: ArgumentHelp(
      "Text: the column or field with the label (default: usual names such as label, class or sentiment).",
      valueName: "column"))
  public var labelColumn: String?

  /// `--label-separator`.
  @Option(
    help: ArgumentHelp(
      "Text: rows have several labels, separated by this: \",\" or \"|\".", valueName: "text"))
  public var labelSeparator: String?

  /// For ArgumentParser.
  public init() {}

  /// The separator must not be empty.
  public func validate() throws {
    if labelSeparator == "" { throw ValidationError("--label-separator must not be empty") }
  }

  /// Whether any of these options was given.
  public var isGiven: Bool { textColumn != nil || labelColumn != nil || labelSeparator != nil }

  /// The options for reading.
  /// - Parameters:
  ///   - format: the format; nil to recognize it.
  ///   - usual: what a model remembers of its data.
  public func options(_ format: TextFormat?, usual: SourceForm? = nil) -> TextOptions {
    var options = TextOptions()
    options.format = format
    options.textColumns = textColumn.map { $0.split(separator: ",").map(String.init) }
    options.labelColumn = labelColumn
    options.labelSeparator = labelSeparator ?? usual?.labelSeparator
    options.usual = usual
    return options
  }
}

extension TextFormat: ExpressibleByArgument {}
