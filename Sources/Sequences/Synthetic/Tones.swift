// Synthetic recordings: melodies of tones with overtones and noise, as log-mel rows, and the notes that were played. The
// notes have different lengths and pitches that are slightly off, so the symbols must be found wherever they are.

import Audio
import Glibc
import RandomNumbers
import Tensor
import TensorFile

/// Melodies: `x` ragged F64 [steps, 24], log-mel rows of 4 kHz recordings, and `text`, the notes from c to b.
public struct Tones: SyntheticDataset {
  /// The notes of an octave without accidentals, as they are written in `text`.
  public static let notes = Array("cdefgab")
  /// Semitones above c.
  private static let semitones = [0, 2, 4, 5, 7, 9, 11]
  private static let rate = 4000

  /// The total number of melodies.
  public let rows: Int
  private let noise: Double
  private let spectrogram: LogMel
  private var random: RandomStream

  /// - Parameter noise: the standard deviation of the noise; a tone's amplitude is about 0.5.
  /// - Throws: never for these settings.
  public init(rows: Int, noise: Double = 0.1, seed: UInt64) throws {
    (self.rows, self.noise) = (rows, noise)
    spectrogram = try LogMel(rate: Self.rate, frame: 256, hop: 128, mels: 24, lowest: 150)
    random = RandomStream(seed: seed, stream: SyntheticStream.tones.rawValue)
  }

  /// The header of the stream.
  public var header: StreamHeader {
    var header = StreamHeader(kind: "sequences")
    var form = SequenceForm(.wav, columns: (1...spectrogram.mels).map { "mel_\($0)" })
    (form.spectrogram, form.hasTexts) = (spectrogram, true)
    form.write(into: &header)
    return header
  }

  /// The next `count` melodies.
  public mutating func block(_ count: Int) -> Chunk {
    var (values, bytes) = ([Double](), [UInt8]())
    var (lengths, textLengths) = ([Int32](), [Int32]())
    for _ in 0..<count {
      let (samples, notes) = melody()
      let rows = spectrogram.rows(samples)
      values += rows
      lengths.append(Int32(rows.count / spectrogram.mels))
      bytes += Array(String(notes).utf8)
      textLengths.append(Int32(notes.count))
    }
    let x = Tensor(values, shape: [values.count / spectrogram.mels, spectrogram.mels])
    return Chunk(
      [
        "x": .ragged(Ragged(values: x, lengths: lengths)),
        "text": .ragged(Ragged(values: Tensor(bytes), lengths: textLengths)),
      ], rows: count)
  }

  /// Three to eight notes, with silence before and after.
  private mutating func melody() -> (samples: [Float], notes: [Character]) {
    var samples = silence()
    var notes: [Character] = []
    for _ in 0..<3 + random.index(below: 6) {
      let note = random.index(below: Self.notes.count)
      notes.append(Self.notes[note])
      samples += tone(note)
    }
    samples += silence()
    return (samples.map { Float($0 + noise * random.normal()) }, notes)
  }

  private mutating func silence() -> [Double] {
    Array(repeating: 0, count: random.index(below: Self.rate / 8))
  }

  /// A tone of 0.1 to 0.3 seconds that fades, with two overtones, at most 10 cents off; c is 261.63 Hz.
  private mutating func tone(_ note: Int) -> [Double] {
    let count = Self.rate / 10 + random.index(below: Self.rate / 5)
    let pitch = (Double(Self.semitones[note]) + 0.2 * (random.uniform() - 0.5)) / 12
    let angle = 2 * .pi * 261.6256 * exp2(pitch) / Double(Self.rate)
    let amplitude = 0.35 + 0.3 * random.uniform()
    let overtones = [1, 0.6 * random.uniform(), 0.4 * random.uniform()]
    return (0..<count).map { index in
      let part = Double(index) / Double(count)
      let envelope = min(1, Double(index) / 40) * exp(-2 * part) * min(1, Double(count - index) / 80)
      var sum = 0.0
      for (number, strength) in overtones.enumerated() {
        sum += strength * sin(Double(number + 1) * angle * Double(index))
      }
      return amplitude * envelope * sum
    }
  }
}
