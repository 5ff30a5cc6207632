// The option for the encoding of text.

import ArgumentParser
import Encodings
import Failures

/// `--encoding NAME`, for commands that read text or CSV.
public struct EncodingOption: ParsableArguments {
  /// The name as given.
  @Option(
    name: .customLong("encoding"),
    help: ArgumentHelp(
      """
      The encoding of text, CSV or JSON Lines, such as latin1, gb18030 or utf-16le (default: UTF-8, or as a byte \
      order mark says).
      """, valueName: "name"), completion: .list(TextEncoding.commonNames))
  var name: String?

  /// For ArgumentParser.
  public init() {}

  /// The encoding; nil if the option is not used.
  /// - Throws: `Failure` (usage) for an unknown name.
  var encoding: TextEncoding? {
    get throws(Failure) {
      guard let name else { return nil }
      do { return try TextEncoding(name) } catch { throw error.placed(at: "--encoding") }
    }
  }

  /// How the encoding of an input is determined.
  /// - Parameter usual: the encoding stored in a model.
  public func choice(usual: String? = nil) throws(Failure) -> EncodingChoice {
    if let encoding = try encoding { return .given(encoding) }
    guard let usual else { return .detected }
    return .usual(try TextEncoding(usual))
  }
}
