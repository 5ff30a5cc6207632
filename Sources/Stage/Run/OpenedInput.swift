// An input of which it is not known yet whether it is a tensor stream or a file in another format.

import ByteStreams
import TensorFile

/// An input as it was opened, with its name in messages.
public enum OpenedInput {
  /// A tensor stream, whose header was read.
  case stream(TensorReader, name: String)
  /// Any other file, whose first bytes have been looked at.
  case file(PeekedSource, name: String)

  /// Opens `path` (nil or `-`: standard input).
  /// - Throws: `Failure` if it can't be opened, or is a stream whose header can't be read.
  public init(_ path: String?, _ run: StageRun) throws {
    var source = try run.source(path)
    let name = inputName(path)
    self =
      try run.isStream(&source)
      ? .stream(run.reader(source, named: name), name: name) : .file(source, name: name)
  }

  /// The name of the input in messages.
  public var name: String {
    switch self {
    case .file(_, let name), .stream(_, let name): name
    }
  }
}
