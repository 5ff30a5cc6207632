// The scripts in pipelines/, run in a short version: they must succeed and produce the promised files.

import Foundation
import Testing

@Suite struct PipelineTests {
  @Test(.timeLimit(.minutes(5))) func forecastOfTheSine() async throws {
    let shell = try Shell()
    let result = try await run("forecast", ["EPOCHS": "3"], shell)
    #expect(errors(result.stdout).keys.sorted() == ["repeat last value", "this model"])
    expectPictures(["forecast", "history", "window"], in: "out/forecast", shell)
  }

  @Test(.timeLimit(.minutes(5))) func forecastOfATable() async throws {
    let shell = try Shell()
    let settings = ["SERIES": "fixtures/airline-passengers.csv", "TARGET": "passengers", "EPOCHS": "3"]
    let result = try await run("forecast", settings, shell)
    #expect(
      errors(result.stdout).keys.sorted() == ["repeat last season", "repeat last value", "this model"])
    expectPictures(["forecast", "history", "window"], in: "out/forecast", shell)
  }

  @Test(.timeLimit(.minutes(5)), arguments: ["", "1"])
  func backtest(refit: String) async throws {
    let shell = try Shell()
    let result = try await run("backtest", ["FIXTURE": "1", "ORIGINS": "8", "REFIT": refit], shell)
    for name in ["model", "seasonal_naive", "theta"] { #expect(result.stdout.contains("\n\(name) ")) }
    expectPictures(["backtest"], in: "out/backtest", shell)
  }

  @Test(.timeLimit(.minutes(5))) func anomaliesOfTheMeter() async throws {
    let shell = try Shell()
    let result = try await run("anomalies", ["FIXTURE": "1"], shell)
    for model in ["forecaster", "autoencoder"] {
      let line = result.stdout.split(separator: "\n").first { $0.hasPrefix("\(model) ") }
      #expect(line?.split(separator: " ").dropFirst().compactMap { Double($0) }.count == 6, "\(line ?? "")")
      let rows = try text("out/anomalies/\(model).csv", shell)
      #expect(rows.hasPrefix("time,target,y,prediction,score,anomaly,label\n"))
    }
    for picture in ["history", "forecast"] { expectPNG("out/anomalies/\(picture)", shell) }
  }

  @Test(.timeLimit(.minutes(5))) func anomaliesOfATable() async throws {
    let shell = try Shell()
    let settings = [
      "SERIES": "fixtures/airline-passengers.csv", "TARGET": "passengers", "EPOCHS": "2", "LENGTH": "12",
      "PARTS": "0.4,0.3,0.3",
    ]
    _ = try await run("anomalies", settings, shell)
    #expect(try text("out/anomalies/forecaster.csv", shell).contains("1960-12"))
  }

  @Test(.timeLimit(.minutes(5))) func sentimentOfTheFixture() async throws {
    let shell = try Shell()
    let result = try await run("sentiment", ["FIXTURE": "1", "EPOCHS": "2"], shell)
    #expect(result.stdout.contains(/test accuracy 0\.\d+/))
    #expect(result.stdout.contains("The music was not dull."))
    expectPictures(["history", "confusion"], in: "out/sentiment", shell)
  }

  @Test(.timeLimit(.minutes(5))) func taggingOfSyntheticSentences() async throws {
    let shell = try Shell()
    let result = try await run("tagging", ["FIXTURE": "1"], shell)
    #expect(result.stdout.contains(/test accuracy (0\.9|1\.0)\d+/))
    #expect(result.stdout.contains("The\tDET"))
    expectPictures(["history"], in: "out/tagging", shell)
  }

  @Test(.timeLimit(.minutes(5))) func generationFromTheFixture() async throws {
    let shell = try Shell()
    let settings = [
      "FIXTURE": "1", "EPOCHS": "2",
      "LAYERS": "embedding(80,8) gru(16,return_sequences,stateful) dense(80,softmax)",
      "COUNT": "50", "PROMPT": "the ",
    ]
    let result = try await run("generation", settings, shell)
    #expect(result.stdout.contains(/test perplexity +\d+/))
    #expect(result.stdout.contains("\nthe "))
    expectPictures(["history"], in: "out/generation", shell)
  }

  /// The tune ends with the empty line that ends tunes; it and all that came before are in the file.
  @Test(.timeLimit(.minutes(5))) func music() async throws {
    let shell = try Shell()
    let result = try await run("music", ["FIXTURE": "1", "COUNT": "80"], shell)
    #expect(result.stdout.contains(/test perplexity +\d+/))
    #expect(result.stdout.contains("abc2midi out/music/tune.abc"))
    let tunes = try text("out/music/tunes.abc", shell)
    #expect(tunes.contains("K:C\nCCGG|AAG2|FFEE|DDC2|") && tunes.contains("K:G\nG,G,DD|EED2|CCB,B,|A,A,G,2|"))
    let tune = try text("out/music/tune.abc", shell)
    #expect(tune.hasPrefix("X:1\nT:Morning Song\nM:4/4\nL:1/4\nK:G\n") && !tune.contains("\n\n"))
  }

  @Test(.timeLimit(.minutes(5))) func musicOfACollection() async throws {
    let shell = try Shell()
    let folder = shell.folder.appendingPathComponent("collection")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in ["a", "b"] {
      let tunes = String(repeating: "X:1\r\nT:\(name)\r\nK:D\r\nabc|def|]\r\n\r\n\r\n", count: 20)
      try tunes.write(to: folder.appendingPathComponent("\(name).abc"), atomically: true, encoding: .utf8)
    }
    let settings = [
      "ABC": "collection", "LENGTH": "16", "EPOCHS": "1", "COUNT": "20",
      "LAYERS": "embedding(30,4) gru(8,return_sequences,stateful) dense(30,softmax)",
    ]
    _ = try await run("music", settings, shell)
    let tunes = try text("out/music/tunes.abc", shell)
    #expect(!tunes.contains("\r") && !tunes.contains("\n\n\n"))
    #expect(tunes.contains("abc|def|]\n\nX:1\nT:b\n"))
  }

  @Test(.timeLimit(.minutes(5))) func captions() async throws {
    let shell = try Shell()
    let result = try await run("captions", ["FIXTURE": "1"], shell)
    #expect(result.stdout.contains(/exact_match +[01]/))
    expectPictures(["history"], in: "out/captions", shell)
    let lines = (0..<40).map { "{\"vector\": [\($0 % 2), 1], \"target\": \"it is \($0 % 2)\"}\n" }.joined()
    try lines.write(to: shell.folder.appendingPathComponent("c.jsonl"), atomically: true, encoding: .utf8)
    let own = try await run("captions", ["PAIRS": "c.jsonl", "EPOCHS": "1"], shell)
    #expect(own.stdout.contains("bleu"))
  }

  @Test(.timeLimit(.minutes(5)), arguments: ["dates", "addition"])
  func translation(_ task: String) async throws {
    let shell = try Shell()
    let result = try await run("translation", ["FIXTURE": "1", "EPOCHS": "1", "TASK": task], shell)
    for score in ["exact_match", "perplexity", "bleu", "chrf"] { #expect(result.stdout.contains(score)) }
    expectPictures(["history", "attention"], in: "out/translation", shell)
  }

  @Test(.timeLimit(.minutes(5))) func translationOfPairs() async throws {
    let shell = try Shell()
    let lines = (0..<60).map { "ein Haus, \($0 % 7)\ta house, \($0 % 7)\n" }.joined()
    let file = shell.folder.appendingPathComponent("pairs.tsv")
    try lines.write(to: file, atomically: true, encoding: .utf8)
    let result = try await run(
      "translation", ["PAIRS": file.path, "TEST": file.path, "EPOCHS": "1", "MODE": "bpe"], shell)
    #expect(result.stdout.contains("bleu"))
  }

  @Test(
    .timeLimit(.minutes(5)),
    arguments: [
      ("simple-rnn-classifier", "accuracy", ["history", "confusion"]),
      ("lstm-sentiment", "accuracy", ["history", "confusion"]),
      ("gru-sentiment", "accuracy", ["history", "confusion"]),
      ("stacked-sentiment", "accuracy", ["history", "confusion"]),
      ("bidirectional-sentiment", "accuracy", ["history", "confusion"]),
      ("lstm-forecaster", "mse", ["history", "window", "forecast"]),
    ])
  func presets(_ name: String, _ measure: String, _ pictures: [String]) async throws {
    let shell = try Shell()
    let result = try await run(name, ["FIXTURE": "1", "EPOCHS": "1"], shell)
    #expect(result.stdout.contains("\"\(measure)\":"))
    #expect(result.stderr.contains("--preset \(name) --epochs 1 --validation-split 0.2"))
    for picture in pictures { expectPNG("out/\(name)/\(picture)", shell) }
  }

  @Test(.timeLimit(.minutes(5))) func gestures() async throws {
    let shell = try Shell()
    let result = try await run("gestures", ["FIXTURE": "1"], shell)
    #expect(result.stdout.contains(/test accuracy 0\.\d+/))
    #expect(result.stdout.contains("class,probability"))
    for picture in ["history", "confusion"] { expectPNG("out/gestures/\(picture)", shell) }
  }

  @Test(.timeLimit(.minutes(5))) func gesturesOfAnArchive() async throws {
    let shell = try Shell()
    var lines = ""
    for row in 0..<12 {
      let value = String(row % 2)
      lines += value + String(repeating: "\t" + value, count: 6 + row % 3) + "\n"
    }
    for name in ["Toy_TRAIN.tsv", "Toy_TEST.tsv"] {
      try Data(lines.utf8).write(to: shell.folder.appendingPathComponent(name))
    }
    let settings = ["SERIES": "Toy_TRAIN.tsv", "TEST": "Toy_TEST.tsv", "EPOCHS": "2", "SCALE": "none"]
    let result = try await run("gestures", settings, shell)
    #expect(result.stdout.contains(/test accuracy \d\.\d+/))
  }

  @Test(.timeLimit(.minutes(5))) func tones() async throws {
    let shell = try Shell()
    let result = try await run("tones", ["FIXTURE": "1", "BEAM": "3"], shell)
    #expect(result.stdout.contains(/exact \d\.\d+, wrong symbols \d\.\d+/))
    expectPNG("out/tones/history", shell)
  }

  @Test(.timeLimit(.minutes(10))) func comparison() async throws {
    let shell = try Shell()
    let settings = ["FIXTURE": "1", "EPOCHS": "1", "ROWS": "100", "LENGTHS": "5 8", "UNITS": "4"]
    let result = try await run("compare", settings, shell)
    for (model, parameters) in [
      ("simple-rnn-classifier", "1633"), ("lstm-forecaster", "31901"), ("lstm-sentiment", "61249"),
      ("gru-sentiment", "49089"), ("stacked-sentiment", "76753"), ("bidirectional-sentiment", "110721"),
      ("simple-rnn-on-reviews", "140417"), ("5  simple_rnn", "33"), ("8  lstm", "117"), ("8  gru", "101"),
    ] {
      let line = result.stdout.split(separator: "\n").first { $0.contains(model) }
      #expect(line?.split(separator: " ").contains(Substring(parameters)) == true, "\(model): \(line ?? "")")
    }
    expectPNG("out/compare/memory/adding", shell)
  }

  @Test func missingSettingsAreReported() async throws {
    let shell = try Shell()
    let pipeline = Shell.repository.appendingPathComponent("pipelines/forecast").path
    let result = try await shell.run(pipeline, environment: ["SERIES": "fixtures/airline-passengers.csv"])
    #expect(result.exit == 64)
    #expect(result.stderr.contains("TARGET"))
  }

  private func run(
    _ name: String, _ settings: [String: String], _ shell: borrowing Shell
  ) async throws -> Shell.Result {
    let pipeline = Shell.repository.appendingPathComponent("pipelines/\(name)").path
    let result = try await shell.run(pipeline, environment: settings)
    #expect(result.exit == 0, "\(result.stderr)")
    return result
  }

  private func text(_ path: String, _ shell: borrowing Shell) throws -> String {
    try String(contentsOf: shell.folder.appendingPathComponent(path), encoding: .utf8)
  }

  /// The table of errors: what was evaluated, and its MSE and MAE.
  private func errors(_ output: String) -> [String: [Double]] {
    output.split(separator: "\n").reduce(into: [:]) { table, line in
      let numbers = line.split(separator: " ").suffix(2).compactMap { Double($0) }
      let name = line.prefix(24).trimmingCharacters(in: .whitespaces)
      if numbers.count == 2, !name.isEmpty { table[name] = numbers }
    }
  }

  private func expectPictures(_ names: [String], in path: String, _ shell: borrowing Shell) {
    let folder = shell.folder.appendingPathComponent(path)
    for name in names {
      expectPNG("\(path)/\(name)", shell)
      let svg = FileManager.default.contents(atPath: folder.appendingPathComponent("\(name).svg").path)
      #expect(svg.map { String(decoding: $0, as: UTF8.self).contains("<svg") } == true, "no \(name).svg")
    }
  }

  private func expectPNG(_ name: String, _ shell: borrowing Shell) {
    let png = FileManager.default.contents(atPath: shell.folder.appendingPathComponent("\(name).png").path)
    #expect(png?.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]), "no \(name).png")
  }
}
