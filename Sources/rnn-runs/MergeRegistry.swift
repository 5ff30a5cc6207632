// rnn-runs merge: adds the runs of another registry, copied from elsewhere.

import ArgumentParser
import Registry
import Stage

struct MergeRegistry: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Merge the runs of another registry.",
    discussion: """
      For a registry copied from another machine, for example with rsync. Existing runs are kept; a run that has \
      ended since the last merge is updated. Merging again changes nothing.
      """)

  @Argument(
    help: ArgumentHelp("The other registry's file, which is not changed.", valueName: "file"),
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
