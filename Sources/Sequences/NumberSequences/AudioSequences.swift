// Recordings as sequences: a list of WAV files with labels or texts, `path<TAB>label`, or a single WAV file. Each
// recording becomes the rows of its log-mel spectrogram.

import Audio
import ByteStreams
import Failures
import OperatingSystem

/// The settings of spectrograms that don't depend on the recordings.
public struct AudioSettings: Sendable, Equatable {
  /// The samples of a frame, a power of two.
  public var frame = 512
  /// Samples from one frame to the next.
  public var hop = 160
  /// The number of mel filters.
  public var mels = 40
  /// The lowest frequency in Hz.
  public var lowest = 0.0
  /// The highest frequency in Hz; nil for half the sampling rate.
  public var highest: Double?
  /// Samples per second that the recordings must have; nil for those of the first.
  public var rate: Int?
  /// Whether what follows the path is a text that was spoken, rather than a class.
  public var hasTexts = false

  /// Frames of 512 samples, 160 samples apart, and 40 filters: usual for speech at 16 kHz.
  public init() {}

  /// The settings of a model's spectrograms; the usual ones if it reads other sequences.
  public init(like form: SequenceForm) {
    hasTexts = form.hasTexts
    guard let spectrogram = form.spectrogram else { return }
    (frame, hop, mels) = (spectrogram.frame, spectrogram.hop, spectrogram.mels)
    (lowest, highest, rate) = (spectrogram.lowest, spectrogram.highest, spectrogram.rate)
  }

  func spectrogram(rate: Int) throws(Failure) -> LogMel {
    try LogMel(rate: rate, frame: frame, hop: hop, mels: mels, lowest: lowest, highest: highest)
  }
}

/// Reads recordings one after another.
public struct AudioSequences: NumberSequenceSource {
  private let hasTexts: Bool
  private let folder: String
  /// The name of the file or the list.
  private let source: String
  private let spectrogram: LogMel
  private var lines: LineReader?
  private var waiting: NumberSequence?

  /// Reads the first recording.
  /// - Parameters:
  ///   - source: a WAV file, or a list of paths, relative to its own folder, and labels.
  ///   - name: the source's name; paths in a list from standard input are relative to the current folder.
  /// - Throws: `Failure` (data) if it can't be read, (usage) if a setting doesn't suit its sampling rate.
  public init(_ source: PeekedSource, named name: String, _ settings: AudioSettings) throws {
    var source = source
    (hasTexts, self.source) = (settings.hasTexts, name)
    folder = directory(of: name)
    if WAVFile.isWAV(try source.peek(12)) {
      let recording = try WAVFile(source, named: name)
      spectrogram = try settings.spectrogram(rate: settings.rate ?? recording.rate)
      waiting = try sequence(recording, name: name, label: nil, place: name)
      return
    }
    var list = LineReader(source, named: name)
    guard let entry = try Self.entry(&list) else {
      throw Failure.data("the list names no WAV files", at: name)
    }
    let recording = try Self.recording(entry.path, in: folder, list)
    spectrogram = try settings.spectrogram(rate: settings.rate ?? recording.rate)
    waiting = try sequence(recording, name: entry.path, label: entry.label, place: "line \(list.number)")
    lines = list
  }

  /// The filters of the spectrogram, from low to high.
  public var columns: [String] { (1...spectrogram.mels).map { "mel_\($0)" } }

  /// The format and the settings of the spectrogram.
  public var form: SequenceForm {
    var form = SequenceForm(.wav, columns: columns)
    (form.spectrogram, form.hasTexts) = (spectrogram, hasTexts)
    return form
  }

  /// The next recording; nil after the last.
  public mutating func next() throws -> NumberSequence? {
    if let waiting {
      self.waiting = nil
      return waiting
    }
    guard var list = lines else { return nil }
    defer { lines = list }
    guard let entry = try Self.entry(&list) else { return nil }
    let recording = try Self.recording(entry.path, in: folder, list)
    return try sequence(recording, name: entry.path, label: entry.label, place: "line \(list.number)")
  }

  /// The path and the label in the next line that is not empty.
  private static func entry(_ list: inout LineReader) throws -> (path: String, label: String?)? {
    while let line = try list.nextFilled() {
      guard let text = String(validating: line, as: UTF8.self) else {
        throw Failure.data("line \(list.number) is not UTF-8", at: list.name)
      }
      guard !text.allSatisfy({ $0 == " " }) else { continue }
      let parts = text.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : nil)
    }
    return nil
  }

  private static func recording(_ path: String, in folder: String, _ list: LineReader) throws -> WAVFile {
    let whole = path.hasPrefix("/") || folder.isEmpty || folder == "." ? path : "\(folder)/\(path)"
    do {
      let file = try OpenFile(reading: whole)
      return try withExtendedLifetime(file) { try WAVFile(FileSource(file.descriptor), named: path) }
    } catch let error as Failure {
      throw Failure(
        .data, "line \(list.number): \(path): \(error.problem)", at: list.name, remedy: error.remedy)
    }
  }

  private func sequence(
    _ recording: WAVFile, name: String, label: String?, place: String
  ) throws -> NumberSequence {
    guard recording.rate == spectrogram.rate else {
      throw Failure.data(
        (place == name ? "" : "\(place): \(name) ")
          + "has \(recording.rate) samples a second, not \(spectrogram.rate)",
        at: source,
        remedy: "convert it, for example with ffmpeg -i FILE -ar \(spectrogram.rate) out.wav")
    }
    return NumberSequence(name: name, label: label, values: spectrogram.rows(recording.samples), place: place)
  }
}
