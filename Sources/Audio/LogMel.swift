// Log-mel spectrograms as librosa computes them: librosa.power_to_db(librosa.feature.melspectrogram(y, sr, n_fft,
// hop_length, n_mels, fmin, fmax)).
//
//   frames t = 0 ... samples / hop, centered at sample t * hop, with zeros beyond the ends
//   P_t = |DFT(hann * frame_t)|^2
//   S_t = filters P_t
//   row_t = max(10 log10 max(S_t, 1e-10), the largest value of all rows - 80)

import Failures
import Glibc

/// The settings of a log-mel spectrogram.
public struct LogMel: Sendable, Equatable {
  /// Samples per second.
  public var rate: Int
  /// The samples of a frame, a power of two (librosa's n_fft and win_length).
  public var frame: Int
  /// Samples from one frame to the next (hop_length).
  public var hop: Int
  /// The number of mel filters, the width of a row (n_mels).
  public var mels: Int
  /// The lowest frequency in Hz (fmin).
  public var lowest: Double
  /// The highest frequency in Hz (fmax); nil for half the rate.
  public var highest: Double?

  /// The range in decibels below the loudest value (top_db).
  private static let range = 80.0

  /// - Throws: `Failure` (usage) if a setting is out of range.
  public init(
    rate: Int, frame: Int = 512, hop: Int = 160, mels: Int = 40, lowest: Double = 0, highest: Double? = nil
  ) throws(Failure) {
    (self.rate, self.frame, self.hop, self.mels) = (rate, frame, hop, mels)
    (self.lowest, self.highest) = (lowest, highest)
    guard (16...65536).contains(frame), frame.nonzeroBitCount == 1 else {
      throw Failure.usage("\(frame) is not a power of two between 16 and 65536", at: "--frame")
    }
    guard (1...frame).contains(hop) else {
      throw Failure.usage("\(hop) is not between 1 and --frame", at: "--hop")
    }
    guard (1...frame / 2).contains(mels) else {
      throw Failure.usage("\(mels) is not between 1 and half of --frame", at: "--mels")
    }
    guard lowest >= 0, lowest < top, top <= Double(rate) / 2 else {
      throw Failure.usage(
        "frequencies from \(lowest) to \(top) Hz are not within 0 to \(Double(rate) / 2), half the sampling rate",
        at: "--frequencies")
    }
    guard filters.areFilled else {
      throw Failure.usage(
        "\(mels) filters are too narrow for frames of \(frame) samples at \(rate) Hz", at: "--mels",
        remedy: "use fewer filters or a longer --frame")
    }
  }

  private var top: Double { highest ?? Double(rate) / 2 }
  private var filters: MelFilters {
    MelFilters(count: mels, range: lowest...max(lowest, top), rate: rate, length: frame)
  }

  /// The rows, `[1 + samples / hop, mels]`, in decibels.
  public func rows(_ samples: [Float]) -> [Double] {
    let (filters, transform) = (filters, FourierTransform(length: frame))
    let window = (0..<frame).map { 0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(frame)) }
    var rows: [Double] = []
    rows.reserveCapacity((1 + samples.count / hop) * mels)
    for start in stride(from: -frame / 2, through: samples.count - samples.count % hop - frame / 2, by: hop) {
      let values = (0..<frame).map { index in
        samples.indices.contains(start + index) ? window[index] * Double(samples[start + index]) : 0
      }
      rows += filters.applied(to: transform.power(values)).map { 10 * log10(max($0, 1e-10)) }
    }
    let floor = (rows.max() ?? 0) - Self.range
    return rows.map { max($0, floor) }
  }
}
