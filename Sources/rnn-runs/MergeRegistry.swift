// rnn-runs merge: takes in the runs of another registry, copied from elsewhere.

import ArgumentParser
import Registry
import Stage
import TensorFile

struct MergeRegistry: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Take in the runs of another registry.",
    discussion: """
      For the registry of another machine, copied here (by rsync, say). What is here already stays; a run \
      that has ended since the last time takes its end. Doing it again changes nothing.
      """)

  @Argument(
    help: ArgumentHelp("The other registry's file, which stays as it is.", valueName: "file"),
    completion: .file(extensions: ["db"]))
  var file: String

  @OptionGroup var common: RunsOptions

  func perform(_ run: StageRun) throws {
    let result = try common.open(run).merge(RegistryLocation(path: file))
    run.result(
      ["added": .integer(Int64(result.added)), "updated": .integer(Int64(result.updated))],
      "\(result.added) runs added, \(result.updated) updated", stream: .output)
  }
}
