// `make torture`: faults of every kind, thousands of each, and what came of them.

import CommandRunning
import Foundation

let usage = """
  usage: torture [options] [experiment ...]

    --short            the short counts
    --more N           N attempts more than so far
    --only N           the attempt N, for one experiment
    --failed           again, the attempts that did harm
    --list             the experiments
    --log FOLDER       where the log is, instead of out/torture
    --table            update the table in docs/reliability.md, and run nothing

  Without names, all experiments are run, from where the log in out/torture, or the table, ends.
  """

/// The options on the command line.
struct Options {
  var extent = Extent.whole
  var chosen: [Experiment] = []
  var onlyUpdatesTable = false
  var folder = CommandRunner.repository.appending(path: "out/torture")

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "--short": extent = .short
      case "--failed": extent = .failed
      case "--more": extent = .more(try Self.number(word, &rest))
      case "--only": extent = .only(try Self.number(word, &rest))
      case "--log": folder = URL(filePath: try Self.value(word, &rest))
      case "--table": onlyUpdatesTable = true
      case "--list": Self.list()
      default: try choose(word)
      }
    }
    if chosen.isEmpty { chosen = experiments }
  }

  private mutating func choose(_ name: String) throws {
    guard let experiment = experiments.first(where: { $0.name == name }) else { throw Harm(usage) }
    chosen.append(experiment)
  }

  private static func value(_ option: String, _ rest: inout ArraySlice<String>) throws -> String {
    guard let value = rest.popFirst() else { throw Harm("\(option) needs a value") }
    return value
  }

  private static func number(_ option: String, _ rest: inout ArraySlice<String>) throws -> Int {
    guard let number = rest.popFirst().flatMap(Int.init), number >= 0 else {
      throw Harm("\(option) needs a number")
    }
    return number
  }

  private static func list() -> Never {
    for experiment in experiments {
      print("\(experiment.name)\t\(grouped(experiment.count))\t\(experiment.fault)")
    }
    exit(0)
  }
}

do {
  let options = try Options(Array(CommandLine.arguments.dropFirst()))
  var log = try AttemptLog(folder: options.folder)
  let earlier = try countsInTable()
  var isUnharmed = true
  for experiment in options.chosen where !options.onlyUpdatesTable {
    isUnharmed = try run(experiment, options.extent, after: earlier[experiment.name] ?? 0, &log) && isUnharmed
  }
  if options.onlyUpdatesTable { try updateTable(log) }
  exit(isUnharmed ? 0 : 1)
} catch {
  FileHandle.standardError.write(Data("torture: \(error)\n".utf8))
  exit(64)
}
