// One run of one command: what `perform` uses to read, write, speak, and be remembered.

import Failures
import Glibc
import Hashing
import JSON
import Registry
import TensorFile

/// The surroundings of a command at work. Used from the thread that `perform` runs on.
public final class StageRun {
  /// The command's name, such as `rnn-pad`.
  public let stage: String
  /// Whether the user asked the work to stop; only after `catchInterrupts()`.
  public let interruption: Interruption
  /// The seed of the run's random numbers, for the registry; set it where there is one.
  public var seed: UInt64? {
    didSet { recording.note(seed: seed) }
  }

  let options: StageOptions
  let recording: Recording
  let ending: Ending
  private var inputs: [OpenInput] = []
  private var lostOutput: (any Error)?

  init(stage: String, arguments: [String], options: StageOptions, isRecorded: Bool, cpuTarget: String) {
    self.stage = stage
    self.options = options
    interruption = Interruption()
    recording = Recording(
      stage: stage, arguments: arguments, cpuTarget: cpuTarget, options: isRecorded ? options : nil)
    ending = Ending(recording: recording, interruption: interruption)
  }

  /// This run's id: what streams carry as their origin, and the registry's key.
  public var id: String { recording.id }
  /// Whether `--json` asks for machine-readable results.
  public var wantsJSON: Bool { options.json }
  /// Whether `--quiet` asks for silence.
  public var isQuiet: Bool { options.quiet }

  /// From now on Ctrl-C and termination set `interruption` instead of ending the process; a second one, a
  /// second or more later, ends it. For work that has something to save.
  public func catchInterrupts() { ending.catchInterrupts() }
}

// MARK: - Inputs

/// An input with whatever was made of it.
private final class OpenInput {
  let file: InputFile
  let position: Int
  var reader: TensorReader?
  /// The digest of the documents so far.
  let documents = MessageDigest()
  private var documentHash: String?

  init(_ file: InputFile, position: Int) {
    self.file = file
    self.position = position
  }

  /// The hash of the data, where all of it was read: of a stream that of its documents.
  var hash: String? {
    guard let reader else { return file.sha256 }
    if documentHash == nil, reader.isAtEnd { documentHash = try? hexadecimal(documents.finish()) }
    return documentHash
  }

  /// What is known of it by now.
  var facts: RunInput {
    let path = file.path.map(absolutePath)
    guard let reader else {
      let kind = file.path.flatMap(fileExtension) ?? "text"
      return RunInput(Artifact(hash: hash, kind: kind, bytes: file.bytesRead), path: path)
    }
    let artifact = Artifact(
      hash: hash, kind: reader.header.kind, rows: reader.isAtEnd ? reader.rowsRead : nil,
      bytes: file.bytesRead, columns: describeColumns(reader.schema))
    let upstreams = reader.provenance.map { Upstream(run: $0.run, stage: $0.stage, host: $0.host) }
    return RunInput(artifact, upstreams: upstreams, path: path)
  }
}

extension StageRun {
  /// A tensor stream from `path`; nil or `-`: standard input. Recorded as an input, with its hash and origin
  /// where it is read to its end.
  /// - Parameter limits: the reader's caps; `.model` for weights that may not say they are a model.
  /// - Throws: `Failure`: no such file, a terminal (usage), or no sound stream.
  public func reader(_ path: String?, limits: StreamLimits = .stream) throws -> TensorReader {
    let input = try open(path, typed: false)
    return try reader(of: input, from: input.file, limits: limits)
  }

  /// The raw bytes of `path`; nil or `-`: standard input, where `-` lets a person type. Recorded as an input
  /// by path and by the hash of its bytes.
  public func source(_ path: String?) throws -> PeekedSource {
    PeekedSource(try open(path, typed: true).file)
  }

  /// Refuses, before any work, a file that can't be read. Pipes are left for their turn.
  /// - Throws: `Failure` of kind `noInput`.
  public func checkInput(_ path: String) throws {
    if let status = FileStatus(path: path), !status.isRegular, !status.isDirectory { return }
    if path != "-" { _ = try InputFile(path, typed: true) }
  }

  /// Whether the bytes begin like a tensor stream: a zstd frame or a safetensors document.
  public func isStream(_ source: inout PeekedSource) throws -> Bool {
    looksLikeStream(try source.peek(9))
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

  /// The artifact hash of a stream that was read to its end; nil before that.
  public func hash(of reader: TensorReader) -> String? {
    inputs.first { $0.reader === reader }?.hash
  }

  /// The hash of an input that `source(_:)` opened, once it was read to its end; nil before that.
  public func hash(ofInput path: String?) -> String? {
    inputs.last { $0.file.path == path }?.hash
  }

  private func open(_ path: String?, typed: Bool) throws -> OpenInput {
    let input = OpenInput(try InputFile(path, typed: typed), position: inputs.count)
    inputs.append(input)
    recording.note(input: input.facts, at: input.position)
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

/// Whether `bytes` begin a zstd frame, a skippable frame, or a safetensors document (a header length, then
/// its opening brace).
package func looksLikeStream(_ bytes: [UInt8]) -> Bool {
  guard bytes.count >= 4 else { return false }
  if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return true }
  if bytes[0] & 0xF0 == 0x50, bytes[1...3].elementsEqual([0x2A, 0x4D, 0x18]) { return true }
  return bytes.count >= 9 && bytes[8] == UInt8(ascii: "{") && bytes[4..<8].allSatisfy { $0 == 0 }
}

// MARK: - Outputs

extension StageRun {
  /// A tensor stream to `path`; nil or `-`: standard output. A file appears in `finish()`, whole.
  /// - Parameters:
  ///   - header: what belongs to the whole stream.
  ///   - level: zstd's level of compression.
  ///   - threads: how many threads there may be.
  /// - Throws: `Failure`: standard output is a terminal (usage), or the file can't be made.
  public func writer(
    _ path: String?, header: StreamHeader, level: Int32 = 1, threads: Int = Processors.available
  ) throws -> OutputStream {
    let file = try openOutput(path, binary: true, hashesBytes: false, onFinish: { _ in })
    let origin = Provenance(run: id, stage: stage, version: rnnpipeVersion, host: hostName())
    let recording = recording
    return OutputStream(file, header: header, level: level, threads: threads, provenance: origin) { facts in
      recording.note(output: facts, path: file.path)
    }
  }

  /// A file of plain bytes (CSV, a picture, text) to `path`; nil or `-`: standard output.
  /// - Parameter binary: whether a terminal is refused.
  public func file(_ path: String?, binary: Bool = false) throws -> OutputFile {
    let recording = recording
    return try openOutput(path, binary: binary) { file in
      let kind = file.path.flatMap(fileExtension) ?? "text"
      recording.note(
        output: Artifact(hash: file.sha256, kind: kind, bytes: file.bytesWritten), path: file.path)
    }
  }

  /// Replaces a file's contents at one stroke, as checkpoints are; not recorded as an output.
  public func replaceFile(_ path: String, with bytes: [UInt8]) throws {
    let file = try OutputFile(path, hashesBytes: false)
    try file.write(bytes)
    try file.finish()
  }

  /// Refuses, before any work, an output that can't be made, and binary data for a terminal.
  /// - Parameter isBinary: whether the output is no text.
  /// - Throws: `Failure`: of kind `cantCreate` where the file can't be made, `usage` for a terminal.
  public func checkOutput(_ path: String?, isBinary: Bool = true) throws {
    if isBinary { try refuseTerminal(path) }
    try OutputFile.check(path)
  }

  private func refuseTerminal(_ path: String?) throws {
    guard path == nil || path == "-", Terminal.isTerminal(1) else { return }
    throw Failure.usage("standard output is a terminal", remedy: "name a file with -o FILE, or pipe it on")
  }

  private func openOutput(
    _ path: String?, binary: Bool, hashesBytes: Bool = true, onFinish: @escaping (OutputFile) -> Void
  ) throws -> OutputFile {
    if binary { try refuseTerminal(path) }
    return try OutputFile(path, hashesBytes: hashesBytes, onFinish: onFinish)
  }
}

private func fileExtension(_ path: String) -> String? {
  let parts = lastComponent(of: path).split(separator: ".", omittingEmptySubsequences: false)
  return parts.count > 1 ? parts.last.map(String.init) : nil
}

// MARK: - What a run says

extension StageRun {
  /// Where results go.
  public enum ResultStream: Sendable {
    /// Standard error: for commands whose standard output carries data.
    case error
    /// Standard output.
    case output
  }

  /// Notes a parameter of the run in the registry.
  public func parameter(_ key: String, _ value: some CustomStringConvertible) {
    recording.note(parameter: key, value.description)
  }

  /// Notes a metric's value at a step (an epoch, say) in the registry.
  public func metric(_ name: String, step: Int, _ value: Double) {
    recording.note(metric: name, step: step, value)
  }

  /// One line for the user on standard error; nothing with `--quiet`.
  public func note(_ text: String) {
    if !isQuiet { Terminal.printLine(printable(text)) }
  }

  /// One line of warning on standard error, `--quiet` or not.
  public func warn(_ text: String) { Terminal.printLine("\(stage): warning: \(printable(text))") }

  /// A result: the JSON where `--json` asks for it, else the text, which may have several lines. Text for
  /// standard error is left out with `--quiet`. A result that can't be written fails the run.
  public func result(_ json: JSONValue, _ text: @autoclosure () -> String, stream: ResultStream) {
    if !wantsJSON, isQuiet, stream == .error { return }
    let line = wantsJSON ? json.text : text()
    guard !line.isEmpty else { return }
    do {
      switch stream {
      case .error: try Terminal.writeLine(line)
      case .output: try writeOutput(line + "\n")
      }
    } catch {
      lostOutput = lostOutput ?? error
    }
  }

  /// A progress bar; `total` nil where it isn't known. Draws only at a terminal, and not with `--quiet`.
  public func progress(_ label: String, total: Int?, unit: Progress.Unit = .items) -> Progress {
    Progress(label, total: total, unit: unit, enabled: !isQuiet && Terminal.redraws)
  }

  private func writeOutput(_ text: String) throws {
    try OutputFile.checkStandardOutput()
    do {
      try Descriptor.write(Array(text.utf8), to: 1)
    } catch let error as SystemError {
      throw error.code == EPIPE
        ? ClosedPipe() : Failure(.io, "can't be written: \(error.text)", at: "standard output")
    }
  }
}

// MARK: - The end

extension StageRun {
  /// Performs `command` from its beginning in the registry to its end.
  /// - Returns: the process's exit code.
  static func execute(
    _ command: some StageCommand, stage: String, arguments: [String], cpuTarget: String = ""
  ) -> Int32 {
    let run = StageRun(
      stage: stage, arguments: arguments, options: command.options,
      isRecorded: type(of: command).isRecorded, cpuTarget: cpuTarget)
    return run.end(run.outcome { try command.perform(run) })
  }

  private func outcome(of work: () throws -> Void) -> Outcome {
    do {
      try work()
      if let lostOutput { throw lostOutput }
      try closeOutput()
      return interruption.isRequested ? .interrupted(code: interruption.exitCode) : .done
    } catch {
      return Outcome(error)
    }
  }

  private func closeOutput() throws {
    do {
      try Descriptor.closeStandardOutput()
    } catch let error as SystemError where error.code != EBADF {
      throw Failure(.io, "can't be written: \(error.text)", at: "standard output")
    }
  }

  private func end(_ outcome: Outcome) -> Int32 {
    Temporaries.shared.close()
    if case .failed(let failure) = outcome { Terminal.printLine(errorLine(stage, failure)) }
    for input in inputs { recording.note(input: input.facts, at: input.position) }
    for warning in ending.end(outcome) { warn(warning) }
    return outcome.exitCode
  }
}
