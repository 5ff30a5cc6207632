// The options that give the space of a sweep.

import ArgumentParser
import ByteStreams
import Failures
import Stage
import Sweeps

/// Parameters and their values.
struct SpaceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A file with a parameter per line (- for standard input).", valueName: "file"),
    completion: .file(extensions: ["txt"]))
  var space: String?

  @Option(
    help: ArgumentHelp(
      "A parameter, such as units=16,32,64, layers=1..4 or rate=1e-4..1e-1:log; may be repeated.",
      valueName: "name=values"))
  var set: [String] = []

  /// Whether no parameter is given.
  var isEmpty: Bool { space == nil && set.isEmpty }

  /// The parameters of the file, then those of `--set`.
  /// - Throws: `Failure` that names the line or the option.
  func space(_ run: StageRun) throws -> Space {
    var parameters: [Parameter] = []
    if let space {
      let name = inputName(space)
      var source = try run.text(run.source(space), named: name)
      parameters = try SpaceText.parameters(in: Self.text(&source, named: name), named: name)
    }
    for text in set {
      do throws(Failure) { parameters.append(try SpaceText.parameter(text)) } catch {
        let place = error.place.map { "\($0): " } ?? ""
        throw Failure.usage(place + error.problem, at: "--set", remedy: error.remedy)
      }
    }
    do throws(Failure) { return try Space(parameters) } catch {
      let place = error.place.map { "\($0): " } ?? ""
      throw Failure(
        set.isEmpty ? .data : .usage, place + error.problem, at: space.map(inputName) ?? "--set",
        remedy: error.remedy)
    }
  }

  /// The most bytes of a file that could be a space.
  private static let largest = 1 << 20

  private static func text(_ source: inout PeekedSource, named name: String) throws -> String {
    var bytes: [UInt8] = []
    while case let next = try source.read(upTo: largest), !next.isEmpty {
      bytes += next
      guard bytes.count <= largest else {
        throw Failure.data("is larger than a file of parameters can be (1 MiB)", at: name)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
