// An input of which it is not known yet whether it is a tensor stream or a file in another format.

import ByteStreams
import TensorFile

/// An input as it was opened.
public enum OpenedInput {
  /// A tensor stream, whose header was read.
  case stream(TensorReader)
  /// Any other file.
  case file(PeekedSource)

  /// Opens `path` (nil or `-`: standard input).
  /// - Throws: `Failure` if it can't be opened, or is a stream whose header can't be read.
  public init(_ path: String?, _ run: StageRun) throws {
    var source = try run.source(path)
    self = try run.isStream(&source) ? .stream(run.reader(source, named: inputName(path))) : .file(source)
  }
}
