// The recipes in pipelines/, run in a short form: they must end well and leave what they promise.

import Foundation
import Testing

@Suite struct PipelineTests {
  @Test(.timeLimit(.minutes(5))) func forecastOfTheSine() async throws {
    let shell = try Shell()
    let result = try await run("forecast", ["EPOCHS": "3"], shell)
    #expect(errors(result.stdout).keys.sorted() == ["the last value again", "this model"])
    expectPictures(["forecast", "history", "window"], in: "out/forecast", shell)
  }

  @Test(.timeLimit(.minutes(5))) func forecastOfATable() async throws {
    let shell = try Shell()
    let settings = ["SERIES": "fixtures/airline-passengers.csv", "TARGET": "passengers", "EPOCHS": "3"]
    let result = try await run("forecast", settings, shell)
    #expect(
      errors(result.stdout).keys.sorted() == ["the last season again", "the last value again", "this model"])
    expectPictures(["forecast", "history", "window"], in: "out/forecast", shell)
  }

  @Test(.timeLimit(.minutes(5))) func sentimentOfTheFixture() async throws {
    let shell = try Shell()
    let result = try await run("sentiment", ["FIXTURE": "1", "EPOCHS": "2"], shell)
    #expect(result.stdout.contains(/test accuracy 0\.\d+/))
    #expect(result.stdout.contains("a fine film"))
    expectPictures(["history", "confusion"], in: "out/sentiment", shell)
  }

  @Test func settingsThatAreMissingAreNamed() async throws {
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

  /// The table of errors: what was judged, and its MSE and MAE.
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
      let png = FileManager.default.contents(atPath: folder.appendingPathComponent("\(name).png").path)
      #expect(png?.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]), "no \(name).png")
      let svg = FileManager.default.contents(atPath: folder.appendingPathComponent("\(name).svg").path)
      #expect(svg.map { String(decoding: $0, as: UTF8.self).contains("<svg") } == true, "no \(name).svg")
    }
  }
}
