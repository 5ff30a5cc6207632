// The runs of a page with all that it shows of them, read some at a time.

import JSON
import Registry

/// Runs, and those upstream of them.
struct RunCollection {
  private(set) var columns = RunColumns()
  private(set) var inputs = FileColumns()
  private(set) var outputs = FileColumns()
  private(set) var pictures = PictureList()
  /// The number of runs in the table; those upstream of them come after these.
  let selected: Int
  /// Whether runs upstream are left out.
  private(set) var lacksUpstream = false
  /// The runs that have metrics, with their rows.
  private(set) var measured: [(row: Int, id: String)] = []

  private let registry: Registry
  private let settings: PageSettings
  private var known: Set<String>
  private var wanted: [String] = []

  /// Runs whose files and metrics are read with one query.
  private static let batch = 2_000

  /// Reads the runs, in the order of the table, and those upstream of them.
  init(_ runs: [Run], in registry: Registry, _ settings: PageSettings) throws {
    (self.registry, self.settings, selected) = (registry, settings, runs.count)
    known = Set(runs.map(\.id))
    try add(runs)
    try addUpstream()
  }

  private mutating func add(_ runs: [Run]) throws {
    for start in stride(from: 0, to: runs.count, by: Self.batch) {
      let part = Array(runs[start..<min(start + Self.batch, runs.count)])
      let files = try registry.files(of: part.map(\.id))
      for compared in try registry.compared(part) { add(compared, files[compared.run.id] ?? RunFiles()) }
    }
  }

  private mutating func add(_ compared: ComparedRun, _ files: RunFiles) {
    let row = columns.count
    if !compared.metrics.isEmpty { measured.append((row, compared.run.id)) }
    for (_, input) in files.inputs {
      inputs.add(input, of: row)
      if let run = input.upstream?.run, input.isUpstreamKnown, known.insert(run).inserted {
        wanted.append(run)
      }
    }
    for (position, output) in files.outputs { outputs.add(output, at: position, of: row) }
    pictures.add(files.outputs, of: row)
    columns.add(compared, command: settings.command(compared.run.argv))
  }

  private mutating func addUpstream() throws {
    var room = settings.limits.upstream
    while !wanted.isEmpty {
      lacksUpstream = lacksUpstream || wanted.count > room
      let next = Array(wanted.prefix(room))
      wanted = []
      guard !next.isEmpty else { return }
      room -= next.count
      try add(try registry.runs(withIDs: next).sorted { $0.id > $1.id })
    }
  }

  /// The curves of the runs in the given rows.
  func curves(of runs: some Sequence<(row: Int, id: String)>) throws -> JSONValue {
    .array(
      try runs.map { row, id in
        let curves = Curves(try registry.metrics(of: id), atMost: settings.limits.points)
        return ["run": .integer(Int64(row)), "curves": .array(curves.json)]
      })
  }
}
