// The inputs of a run.

import Archives
import ByteStreams
import TensorFile

extension StageRun {
  /// A tensor stream from `path` (nil or `-`: standard input). Recorded as an input, with its hash and origin if it
  /// is read to its end.
  /// - Parameter limits: the reader's limits; `.model` for weights that may not be declared as a model.
  /// - Throws: `Failure`: no such file, a terminal (usage), or a damaged stream.
  public func reader(_ path: String?, limits: StreamLimits = .stream) throws -> TensorReader {
    let input = try open(path, typed: false)
    return try reader(of: input, from: try content(of: input), limits: limits)
  }

  /// The content of `path` (nil or `-`: standard input; with `-` also from a terminal). Compressed files are
  /// decompressed unless they are tensor streams. Recorded as an input with its path and the hash of its bytes.
  /// - Throws: `Failure`: no such file, a terminal (usage), or damaged compressed data.
  public func source(_ path: String?) throws -> PeekedSource {
    try content(of: open(path, typed: true))
  }

  /// The bytes of `path` without decompression; otherwise like `source(_:)`.
  public func rawSource(_ path: String?) throws -> PeekedSource {
    PeekedSource(try open(path, typed: true).file)
  }

  /// Rejects a file that can't be read, before any work is done. Pipes are not opened, since this may block.
  /// - Throws: `Failure` of kind `noInput`.
  public func checkInput(_ path: String) throws {
    guard let path = filePath(path), !isPipeOrDevice(path) else { return }
    _ = try InputFile(path, typed: true)
  }

  /// Whether the bytes begin like a tensor stream: with a safetensors document, bare or in a zstd frame.
  public func isStream(_ source: inout PeekedSource) throws -> Bool {
    try isTensorStream(&source)
  }

  /// The tensor stream in a source that `source(_:)` opened.
  /// - Parameter name: the input's name for messages, such as its path.
  public func reader(
    _ source: PeekedSource, named name: String, limits: StreamLimits = .stream
  ) throws -> TensorReader {
    let unclaimed = inputs.filter { $0.reader == nil }
    guard let input = unclaimed.last(where: { $0.file.name == name }) ?? unclaimed.last else {
      return try TensorReader(source, named: name, limits: limits)
    }
    return try reader(of: input, from: source, limits: limits)
  }

  /// The artifact hash of a stream that has been read to its end; nil before that.
  public func hash(of reader: TensorReader) -> String? {
    inputs.first { $0.reader === reader }?.hash
  }

  /// The hash of an input that `source(_:)` opened, once it has been read to its end; nil before that.
  public func hash(ofInput path: String?) -> String? {
    inputs.last { $0.file.path == filePath(path) }?.hash
  }

  private func content(of input: OpenInput) throws -> PeekedSource {
    let content = try FileContent(input.file, named: input.file.name)
    if let path = input.file.path, let mismatch = content.mismatch(with: path) { note(mismatch) }
    return content.source
  }

  private func open(_ path: String?, typed: Bool) throws -> OpenInput {
    let input = OpenInput(try InputFile(path, typed: typed), position: inputs.count)
    inputs.append(input)
    recording.note(input: input.record, at: input.position)
    return input
  }

  private func reader(
    of input: OpenInput, from source: any ByteSource, limits: StreamLimits
  ) throws -> TensorReader {
    input.file.hashesBytes = false
    let documents = input.documents
    let reader = try TensorReader(
      source, named: input.file.name, limits: limits, onDocument: { try documents.update($0) })
    input.reader = reader
    return reader
  }
}
