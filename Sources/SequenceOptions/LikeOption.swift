// The option to preprocess input as for a model.

import ArgumentParser
import Stage
import TensorFile

/// `--like MODEL`.
public struct LikeOption: ParsableArguments {
  /// The model or stream; nil if the option is not used.
  @Option(
    name: .customLong("like"),
    help: ArgumentHelp("Use the preprocessing settings of this model or stream.", valueName: "model"),
    completion: .file())
  public var path: String?

  /// For ArgumentParser.
  public init() {}
}

extension StageRun {
  /// The header of the stream at `path`, which is read to its end and thereby verified.
  public func header(of path: String) throws -> StreamHeader { try header(of: reader(path)) }

  /// The header of a stream, which is read to its end and thereby verified.
  public func header(of reader: TensorReader) throws -> StreamHeader {
    acceptsShard(in: reader)
    while try reader.next() != nil {}
    return reader.header
  }
}
