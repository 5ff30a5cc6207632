// The options for recordings, named after those of librosa's functions where users know them from there.

import ArgumentParser
import Failures
import Sequences

/// How recordings become spectrograms.
struct AudioOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("WAV: the number of mel filters, the width of a row (default: 40).", valueName: "n"))
  var mels: Int?

  @Option(
    help: ArgumentHelp(
      "WAV: the samples of a frame, a power of two (default: 512).", valueName: "samples"))
  var frame: Int?

  @Option(
    help: ArgumentHelp("WAV: the samples from one row to the next (default: 160).", valueName: "samples"))
  var hop: Int?

  @Option(
    help: ArgumentHelp(
      "WAV: the lowest and highest frequency in Hz: 80,7600 (default: 0 to half the sampling rate).",
      valueName: "low,high"))
  var frequencies: String?

  @Flag(help: "WAV: what follows a path is a text that is spoken, not a class.")
  var transcripts = false

  /// The settings.
  /// - Throws: `Failure` (usage) for frequencies that are not two numbers.
  func settings() throws(Failure) -> AudioSettings {
    var settings = AudioSettings()
    settings.mels = mels ?? settings.mels
    settings.frame = frame ?? settings.frame
    settings.hop = hop ?? settings.hop
    settings.hasTexts = transcripts
    guard let frequencies else { return settings }
    let numbers = frequencies.split(separator: ",").compactMap { Double($0) }
    guard numbers.count == 2 else {
      throw Failure.usage(
        "\(frequencies) is not two numbers", at: "--frequencies", remedy: "write 80,7600, for example")
    }
    (settings.lowest, settings.highest) = (numbers[0], numbers[1])
    return settings
  }
}
