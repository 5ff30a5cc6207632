// The options for generating text.

import ArgumentParser
import Inference
import Stage

/// What is generated, and how tokens are chosen.
struct GenerationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Generate this many tokens: characters, bytes or words, as the model reads them.", valueName: "n"))
  var generate: Int?

  @Option(help: ArgumentHelp("The text to continue (default: empty, a line end).", valueName: "text"))
  var prompt: String?

  @Option(
    help: ArgumentHelp(
      "Below 1, probable tokens become more probable; 0 always takes the most probable one (default: 1).",
      valueName: "number"))
  var temperature: Double?

  @Option(
    name: .customLong("top-k"),
    help: ArgumentHelp("Choose from the k most probable tokens (default: all).", valueName: "k"))
  var topK: Int?

  @Option(
    name: .customLong("top-p"),
    help: ArgumentHelp(
      "Choose from the most probable tokens that together have the probability p (default: 1).",
      valueName: "number"))
  var topP: Double?

  @Option(help: ArgumentHelp("End before this text, which may be repeated for several.", valueName: "text"))
  var stop: [String] = []

  @OptionGroup var seed: SeedOptions

  /// Checks ranges, and that there is something to generate.
  func validate() throws {
    if let generate, !(1...1 << 40).contains(generate) {
      throw ValidationError("--generate \(generate) is not between 1 and \(1 << 40)")
    }
    if stop.contains("") { throw ValidationError("--stop must not be empty") }
    _ = try sampling
    let given = [
      ("--prompt", prompt != nil), ("--temperature", temperature != nil), ("--top-k", topK != nil),
      ("--top-p", topP != nil), ("--stop", !stop.isEmpty),
    ]
    if generate == nil, let option = given.first(where: \.1) {
      throw ValidationError("\(option.0) needs --generate N")
    }
  }

  /// How tokens are chosen.
  var sampling: Sampling {
    get throws { try Sampling(temperature: temperature ?? 1, topK: topK, topP: topP, seed: seed.seed) }
  }
}
