// rnn-runs crate: a run with all that is upstream of it as a Process Run RO-Crate, a folder that describes its files in
// the terms of schema.org (https://w3id.org/ro/wfrun/process/0.5).

import ArgumentParser
import Failures
import Foundation
import JSON
import Registry
import Stage

struct CrateRun: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "crate", abstract: "Pack a run's files and their history into an RO-Crate.",
    discussion: """
      The folder has the files that the run and those upstream of it read and wrote, as far as they are still as they \
      were then, and ro-crate-metadata.json, which says what made which: a Process Run Crate, version 0.5.

      EXAMPLES:
        rnn-runs crate model.tensors.zst --folder crate --license https://spdx.org/licenses/CC-BY-4.0
      """)

  @Argument(help: ArgumentHelp(runHelp, valueName: "run"), completion: .runOrFile)
  var subject: String

  @Option(
    help: ArgumentHelp("The folder, which must not exist.", valueName: "folder"), completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("The license of the files, as a URL.", valueName: "url"))
  var license = "https://spdx.org/licenses/CC0-1.0"

  @Option(help: ArgumentHelp("What the crate is.", valueName: "text"))
  var title: String?

  @OptionGroup var common: RunsOptions

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    let found = try registry.run(subject, run)
    let recipe = try Recipe(of: found, in: registry)
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw Failure(.cantCreate, "the folder exists", at: folder, remedy: "name another")
    }
    var crate = Crate(title: title ?? "\(found.stage) \(found.name ?? found.shortID)", license: license)
    let files = try CrateFiles(recipe, run)
    for step in recipe.steps { crate.add(step, files) }
    try files.copy(to: folder)
    try FileManager.default.write(crate.json.text + "\n", to: folder + "/ro-crate-metadata.json")
    run.result(
      [
        "folder": .string(folder), "files": .integer(Int64(files.count)),
        "missing": .array(files.missing.map(JSONValue.string)),
      ],
      "\(counted(files.count, "file")), \(counted(recipe.steps.count, "run"))", stream: .output)
    for path in files.missing {
      run.warn("\(path): is gone or has changed, and is described without its content")
    }
  }
}

extension FileManager {
  fileprivate func write(_ text: String, to path: String) throws {
    do { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) } catch {
      throw Failure(.io, "can't be written", at: path)
    }
  }
}

/// The files of a crate: those that are still as they were.
struct CrateFiles {
  private var names: [String: String] = [:]
  /// The files that are gone or have changed.
  private(set) var missing: [String] = []
  var count: Int { names.count }

  init(_ recipe: Recipe, _ run: StageRun) throws {
    var hashes: [String: String] = [:]
    for step in recipe.steps {
      for (path, hash) in step.inputs.map({ ($0.path, $0.artifact.hash) })
        + step.outputs.map({ ($0.path, $0.artifact.hash) })
      {
        if let path { hashes[path] = hash }
      }
    }
    var taken: Set<String> = ["ro-crate-metadata.json"]
    for (path, hash) in hashes.sorted(by: { $0.key < $1.key }) {
      guard FileManager.default.fileExists(atPath: path),
        try DataIdentity(reading: path).matches(hash)
      else {
        missing.append(path)
        continue
      }
      var name = path.split(separator: "/").last.map(String.init) ?? "file"
      while !taken.insert(name).inserted { name = "_" + name }
      names[path] = name
    }
  }

  /// The file's name in the crate; nil if it is missing.
  func name(_ path: String) -> String? { names[path] }

  func copy(to folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for (path, name) in names {
        try FileManager.default.copyItem(atPath: path, toPath: "\(folder)/\(name)")
      }
    } catch {
      throw Failure(.io, "the files can't be copied: \(error.localizedDescription)", at: folder)
    }
  }
}

/// The description of a crate, in JSON-LD.
private struct Crate {
  private let title: String
  private let license: String
  private var entities: [String: JSONValue] = [:]
  private var order: [String] = []
  private var parts: [String] = []
  private var actions: [String] = []
  private let made = Timestamp.now

  private static let profile = "https://w3id.org/ro/wfrun/process/0.5"

  init(title: String, license: String) { (self.title, self.license) = (title, license) }

  private static func reference(_ id: String) -> JSONValue { ["@id": .string(id)] }
  private static func references(_ ids: [String]) -> JSONValue { .array(ids.map(reference)) }

  /// A time to the second, as the profile recommends.
  private static func time(_ time: Timestamp) -> JSONValue { .string(time.text.prefix(19) + "+00:00") }

  private mutating func add(_ id: String, _ members: [String: JSONValue]) {
    if entities[id] == nil { order.append(id) }
    entities[id] = .object(members.merging(["@id": .string(id)]) { $1 })
  }

  /// Adds a run, its program, its user, and its files.
  mutating func add(_ step: Recipe.Step, _ files: CrateFiles) {
    let run = step.run
    let (program, user) = ("urn:rnnpipe:\(run.stage):\(run.version)", "#user-\(run.user)")
    add(
      program,
      [
        "@type": "SoftwareApplication", "name": .string(run.stage), "softwareVersion": .string(run.version),
        "url": "https://www.swift.org/", "description": .string("The command \(run.stage) of rnnpipe"),
      ])
    add(user, ["@type": "Person", "name": .string(run.user)])
    let read = step.inputs.compactMap { entity($0.artifact, $0.path, files) }
    let written = step.outputs.compactMap { entity($0.artifact, $0.path, files) }
    let action = "#run-\(run.id)"
    actions.append(action)
    add(
      action,
      [
        "@type": "CreateAction", "name": .string("\(run.stage) \(run.name ?? run.shortID)"),
        "description": .string(Words.command(run.argv[...])), "startTime": Self.time(run.startedAt),
        "endTime": Self.time(run.endedAt ?? run.startedAt), "instrument": Self.reference(program),
        "agent": Self.reference(user), "object": Self.references(read), "result": Self.references(written),
        "actionStatus": "http://schema.org/CompletedActionStatus",
      ])
  }

  /// A file of the crate, or data that is known by its hash.
  private mutating func entity(_ artifact: Artifact, _ path: String?, _ files: CrateFiles) -> String? {
    var members: [String: JSONValue] = ["@type": "CreativeWork"]
    if let hash = artifact.hash { members["sha256"] = .string(hash) }
    if let rows = artifact.rows { members["size"] = .string(counted(rows, "row")) }
    members["description"] = .string(Words.artifact(artifact, path: nil))
    if let path, let name = files.name(path) {
      members["@type"] = "File"
      members["name"] = .string(name)
      if let bytes = artifact.bytes { members["contentSize"] = .string(String(bytes)) }
      members["encodingFormat"] = .string(Self.format(name))
      if !parts.contains(name) { parts.append(name) }
      add(name, members)
      return name
    }
    guard let hash = artifact.hash else { return nil }
    members["name"] = .string(path ?? "data of a pipe")
    let id = "#sha256-\(hash)"
    add(id, members)
    return id
  }

  private static func format(_ name: String) -> String {
    let types = [
      "zst": "application/zstd", "csv": "text/csv", "png": "image/png", "svg": "image/svg+xml",
      "pdf": "application/pdf",
      "json": "application/json", "jsonl": "application/jsonl", "txt": "text/plain",
    ]
    return fileEnding(name).flatMap { types[$0] }
      ?? (name.hasSuffix(".zst") ? "application/zstd" : "application/octet-stream")
  }

  var json: JSONValue {
    let metadata: JSONValue = .object([
      "@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": Self.reference("./"),
      "conformsTo": Self.reference("https://w3id.org/ro/crate/1.1"),
    ])
    let root: JSONValue = .object([
      "@id": "./", "@type": "Dataset", "name": .string(title),
      "description": .string("Runs of rnnpipe, and the data that they read and made"),
      "datePublished": .string(made.text), "license": Self.reference(license),
      "conformsTo": Self.reference(Self.profile), "hasPart": Self.references(parts),
      "mentions": Self.references(actions),
    ])
    let profile: JSONValue = .object([
      "@id": .string(Self.profile), "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5",
    ])
    let terms: JSONValue = .object([
      "@id": .string(license), "@type": "CreativeWork", "name": .string(license),
      "description": "The license of the files",
    ])
    return [
      "@context": [
        "https://w3id.org/ro/crate/1.1/context", ["sha256": "https://w3id.org/ro/terms/workflow-run#sha256"],
      ],
      "@graph": .array([metadata, root, profile, terms] + order.compactMap { entities[$0] }),
    ]
  }
}
