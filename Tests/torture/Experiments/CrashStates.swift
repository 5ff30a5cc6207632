// Losing power: a command's calls are recorded, and every state is enumerated in which a machine can come up again
// after losing some of what was not yet synced. The output must be the old file or a whole new one.

import CommandRunning
import Foundation

let crashExperiments: [Experiment] = [
  .commands(
    "crash-states",
    "power lost at each call of 10 writers and of training with checkpoints; up to 3 unsynced calls lost, or all but 3",
    expected: "the old file, or a version that was complete when it was renamed",
    anchor: "ALICE: 60 crash bugs in 11 systems", count: crashes, short: 250, needs: ["strace"]
  ) { shop in
    try shop.make(samplePipeline + "\nrnn-synth sine --length 60000 --seed 1 -q -o long")
    let long = Writer(output: "windows", line: "rnn-window $S/long --length 20 -q -o windows")
    let table = Writer(output: "w.csv", line: "rnn-convert $S/long -q -o w.csv")
    let checkpoints = Writer(
      output: "c",
      line: "rnn-train ${S:-.}/w --layers 'lstm(2) dense(1)' --epochs 60 --no-registry -q --checkpoint c -o m"
    )
    let recordings = try (writers + [long, table, checkpoints]).map { try CrashRecording($0, shop) }
    try checkThatTornFilesAreFound(shop)
    // States of all recordings in an order that mixes them; no state comes twice.
    let states = recordings.indices.flatMap { recording in
      recordings[recording].states.indices.map { (recording, $0) }
    }
    guard states.count >= crashes else { throw Harm("there are only \(states.count) states") }
    return { number in
      let (recording, state) = states[number * 10_007 % states.count]
      try recordings[recording].check(state)
    }
  },
  .commands(
    "crash-registry", "power lost at each call of a command that writes the registry, in the same way",
    expected: "integrity_check ok, no earlier run lost", anchor: "SQLite: crash tests of its own",
    count: 2000, short: 40, needs: ["strace", "sqlite3"]
  ) { shop in
    try shop.make(samplePipeline)
    let recording = try CrashRecording(
      Writer(output: "runs.db", line: "rnn-pad ${S:-.}/k --length 9 -q -o /dev/null --registry runs.db"),
      shop,
      before: "for i in 1 2 3; do rnn-synth sine --length 5 -q --registry runs.db -o /dev/null; done")
    return { number in
      let folder = shop.folder.appending(path: "crashed")
      try? FileManager.default.removeItem(at: folder)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, bytes) in recording.state(number) {
        try Data(bytes).write(to: folder.appending(path: name))
      }
      let result = try shop.attempt(
        "cd $S/crashed && sqlite3 runs.db \"pragma integrity_check; select count(*) >= 3 from runs\"")
      try result.expect(result.lines == ["ok", "1"], "state \(number)")
    }
  },
]

private let crashes = 2000

/// A program that renames a file without a sync must be found out.
private func checkThatTornFilesAreFound(_ shop: Workshop) throws {
  let careless = Writer(output: "o", line: "bash -c 'echo contents > t; exec mv t o'")
  let recording = try CrashRecording(careless, shop)
  let isFound = (0..<100).contains { (try? recording.check($0)) == nil }
  if !isFound { throw Harm("no state of a file that was renamed without a sync is torn") }
}

/// The calls of one run of a writer, and the states that it can leave.
struct CrashRecording {
  private let output: String
  private let old: [String: [UInt8]]
  private let operations: [FileOperation]
  /// All states, every one different.
  fileprivate let states: [CrashState]
  /// What the output may be after a crash: its contents at the start, and whenever it got its name.
  private let allowed: Set<[UInt8]>

  /// Records a run in a folder in which the output exists.
  /// - Parameter before: makes the folder's files, if not a file with other contents.
  init(_ writer: Writer, _ shop: Workshop, before: String? = nil) throws {
    output = writer.output
    let begin = before ?? "printf 'old contents' > \(writer.output)"
    let names =
      "openat,creat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,close,"
      + "ftruncate,lseek,linkat,link,dup,dup2,dup3"
    let result = try shop.attempt(
      """
      \(begin); rm -rf $S/recorded; cp -a . $S/recorded
      strace -f -qq -xx -s 100000000 -o $S/trace -e trace=\(names) \(writer.line)
      echo $? $(pwd -P); rm -rf $S/after; cp -a . $S/after
      """, timeout: 120)
    let words = (result.lines.last ?? "").split(separator: " ")
    try result.expect(words.first == "0", "the writer fails under strace")
    let trace = String(decoding: try shop.sample("trace"), as: UTF8.self)
    old = try Self.files(shop.folder.appending(path: "recorded"))
    operations = try CallTrace(trace, folder: String(words.last ?? ""), files: old).operations
    states = CrashState.all(operations)
    allowed = Self.versions(of: output, old, operations)
    var disk = CrashDisk(old)
    for operation in operations { disk.apply(operation) }
    let after = try Self.files(shop.folder.appending(path: "after"))
    guard disk.contents[output] == after[output] else { throw Harm("\(output): the trace is not complete") }
    guard allowed.count > 1 || before != nil else {
      throw Harm("\(writer.output) isn't renamed in the trace")
    }
  }

  private static func files(_ folder: URL) throws -> [String: [UInt8]] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).reduce(into: [:]) { files, name in
      var isFolder: ObjCBool = false
      let path = folder.appending(path: name).path
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
        return
      }
      files[name] = [UInt8](try Data(contentsOf: URL(filePath: path)))
    }
  }

  /// The contents of `name` at the start and after each renaming to it.
  private static func versions(
    of name: String, _ old: [String: [UInt8]], _ operations: [FileOperation]
  ) -> Set<[UInt8]> {
    var disk = CrashDisk(old)
    var found = Set([old[name] ?? []])
    for operation in operations {
      disk.apply(operation)
      if case .rename(_, let new) = operation, new == name { found.insert(disk.contents[name] ?? []) }
    }
    return found
  }

  /// The files after crash `number`.
  func state(_ number: Int) -> [String: [UInt8]] {
    let state = states[number % states.count]
    var disk = CrashDisk(old)
    for index in state.kept { disk.apply(operations[index]) }
    return disk.contents
  }

  /// Throws `Harm` if the output is torn after crash `number`.
  func check(_ number: Int) throws {
    let found = state(number)[output]
    guard let found, allowed.contains(found) else {
      let state = states[number % states.count]
      throw Harm(
        "\(output): \(found?.count ?? -1) bytes after a crash that kept calls \(state.kept) of \(operations)")
    }
  }
}
