// WAV files (RIFF): the samples of PCM and floating-point files as numbers from -1 to 1, channels averaged.

import ByteStreams
import Failures

/// The samples of a WAV file.
public struct WAVFile: Sendable, Equatable {
  /// The maximum size of a file in bytes: an hour of 16-bit stereo at 48 kHz.
  public static let largestFile = 700 << 20

  /// Samples per second.
  public let rate: Int
  /// The samples, the mean of all channels: integers divided by 2^(bits - 1), as soundfile and librosa read them.
  public let samples: [Float]

  /// Samples in memory.
  public init(rate: Int, samples: [Float]) { (self.rate, self.samples) = (rate, samples) }

  /// Whether these bytes begin a WAV file.
  public static func isWAV(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 12 && Array(bytes[0..<4]) == Array("RIFF".utf8)
      && Array(bytes[8..<12]) == Array("WAVE".utf8)
  }

  /// Reads a whole file.
  /// - Parameter name: the file's name, for messages.
  /// - Throws: `Failure` (data) if it is not a WAV file, is compressed, or is cut short.
  public init(_ source: any ByteSource, named name: String) throws {
    var source = source
    var bytes: [UInt8] = []
    while true {
      let more = try source.read(upTo: 1 << 20)
      if more.isEmpty { break }
      bytes += more
      guard bytes.count <= Self.largestFile else {
        throw Failure.data(
          "is larger than \(Self.largestFile >> 20) MiB", at: name, remedy: "cut it into pieces")
      }
    }
    do { try self.init(bytes) } catch { throw error.placed(at: name) }
  }

  /// The samples in the bytes of a file.
  init(_ bytes: [UInt8]) throws(Failure) {
    guard Self.isWAV(bytes) else {
      throw Failure.data("is not a WAV file", remedy: "convert it, for example with ffmpeg -i FILE out.wav")
    }
    var (format, data): (WAVFormat?, Range<Int>?)
    var position = 12
    while position + 8 <= bytes.count, data == nil {
      let id = String(decoding: bytes[position..<position + 4], as: UTF8.self)
      let size = Int(bytes.littleEndian(at: position + 4, 4))
      let body = position + 8
      if id == "fmt " { format = try WAVFormat(bytes, body..<min(body + size, bytes.count)) }
      if id == "data" {
        // Programs that write to a pipe don't know the size, and leave it at its maximum.
        let isOpen = size >= 0xFFFF_FF00 || size == 0
        guard isOpen || body + size <= bytes.count else {
          throw Failure.data("is cut short: \(bytes.count - body) of \(counted(size, "byte")) of samples")
        }
        data = body..<(isOpen ? bytes.count : body + size)
      }
      position = body + size + size % 2
    }
    guard let format else { throw Failure.data("has no description of its format (fmt)") }
    guard let data else { throw Failure.data("has no samples (data)") }
    rate = format.rate
    samples = format.samples(bytes, data)
    guard samples.allSatisfy(\.isFinite) else {
      throw Failure.data("has samples that are not finite numbers")
    }
  }
}

/// The format of a WAV file's samples.
private struct WAVFormat {
  let rate: Int
  private let channels: Int
  private let bits: Int
  private let isFloat: Bool

  init(_ bytes: [UInt8], _ body: Range<Int>) throws(Failure) {
    guard body.count >= 16 else { throw Failure.data("the description of its format is cut short") }
    var code = Int(bytes.littleEndian(at: body.lowerBound, 2))
    channels = Int(bytes.littleEndian(at: body.lowerBound + 2, 2))
    rate = Int(bytes.littleEndian(at: body.lowerBound + 4, 4))
    bits = Int(bytes.littleEndian(at: body.lowerBound + 14, 2))
    // The extensible format has its code in the first bytes of an identifier.
    if code == 0xFFFE, body.count >= 26 { code = Int(bytes.littleEndian(at: body.lowerBound + 24, 2)) }
    isFloat = code == 3
    let isKnown = code == 1 && [8, 16, 24, 32].contains(bits) || code == 3 && [32, 64].contains(bits)
    guard isKnown else {
      throw Failure.data(
        "has samples of format \(code) with \(bits) bits, which are not read",
        remedy: "convert it to 16-bit PCM, for example with ffmpeg -i FILE -c:a pcm_s16le out.wav")
    }
    guard (1...64).contains(channels), (1...1_000_000).contains(rate) else {
      throw Failure.data("has \(channels) channels and \(rate) samples a second")
    }
  }

  /// The means of the channels.
  func samples(_ bytes: [UInt8], _ data: Range<Int>) -> [Float] {
    let width = bits / 8
    let frames = data.count / (width * channels)
    return (0..<frames).map { frame in
      var sum = 0.0
      for channel in 0..<channels {
        sum += sample(bytes, data.lowerBound + (frame * channels + channel) * width)
      }
      return Float(sum / Double(channels))
    }
  }

  private func sample(_ bytes: [UInt8], _ position: Int) -> Double {
    let raw = bytes.littleEndian(at: position, bits / 8)
    switch (isFloat, bits) {
    case (true, 32): return Double(Float(bitPattern: UInt32(truncatingIfNeeded: raw)))
    case (true, _): return Double(bitPattern: raw)
    case (false, 8): return (Double(raw) - 128) / 128
    default:
      let shift = 64 - bits
      return Double(Int64(bitPattern: raw << UInt64(shift)) >> Int64(shift))
        / Double(UInt64(1) << UInt64(bits - 1))
    }
  }
}

extension [UInt8] {
  /// `count` bytes as an integer, the lowest byte first.
  fileprivate func littleEndian(at position: Int, _ count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(self[position + $1]) << UInt64(8 * $1) }
  }
}
