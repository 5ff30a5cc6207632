// One run of rnn-predict --generate: the prompt, then each token as soon as it is known.

import Failures
import Inference
import JSON
import Stage

/// The work behind `rnn-predict --generate`.
struct GenerationSession {
  private let options: GenerationOptions
  private let run: StageRun
  private let generator: TextGenerator
  private let output: String?

  init(_ options: GenerationOptions, _ model: LoadedModel, output: String?, _ run: StageRun) throws {
    (self.options, self.run, self.output) = (options, run, output)
    generator = try TextGenerator(
      model, prompt: options.prompt ?? "", options.sampling, stops: options.stop)
    if let word = generator.unknownWords.first {
      let count = generator.unknownWords.count
      run.warn(
        count == 1
          ? "--prompt: the model's vocabulary doesn't have the word \(word)"
          : "--prompt: the model's vocabulary doesn't have \(count) words, the first is \(word)")
    }
  }

  /// Writes the prompt and the text that follows.
  func generate() throws {
    let file = try run.file(output)
    let prompt = options.prompt ?? ""
    var last = prompt.utf8.last
    try file.write(prompt)
    try file.flush()
    let clock = ContinuousClock()
    let begin = clock.now
    try generator.generate(options.generate ?? 0) { bytes in
      guard !bytes.isEmpty else { return }
      last = bytes.last
      try file.write(bytes)
      try file.flush()
    }
    let seconds = (clock.now - begin) / .seconds(1)
    if last != UInt8(ascii: "\n") { try file.write("\n") }
    try file.finish()
    report(seconds)
  }

  private func report(_ seconds: Double) {
    let rate = seconds > 0 ? (Double(generator.count) / seconds).rounded() : 0
    for (key, value) in [
      ("temperature", "\(options.temperature ?? 1)"), ("top_k", options.topK.map(String.init) ?? "all"),
      ("top_p", "\(options.topP ?? 1)"),
    ] { run.parameter(key, value) }
    run.metric("tokens", step: 0, Double(generator.count))
    run.metric("tokens_per_second", step: 0, rate)
    run.result(
      [
        "tokens": .integer(Int64(generator.count)), "tokens_per_second": .number(rate),
        "stopped": .bool(generator.hasStopped),
      ],
      "\(counted(generator.count, "token")), \(Int(rate)) a second", stream: .error)
  }
}
