// The origin of a run's data and the runs that used it: a tree of inputs and outputs, linked by the provenance in
// streams, else by the data's hash.

import Failures
import GRDB

/// The direction in which the data is followed.
public enum LineageDirection: String, Sendable, CaseIterable {
  /// To the runs that produced a run's inputs.
  case up
  /// To the runs that read a run's outputs.
  case down
}

/// A run, or data of unknown origin, and the runs upstream or downstream of it.
public struct LineageNode: Sendable, Equatable {
  /// The run; nil if it is not in this registry, or the origin of the data is unknown.
  public let run: Run?
  /// The run's id, if given by the data or the registry.
  public let id: String?
  /// The run's stage, likewise.
  public let stage: String?
  /// The data between this node and the one above it; nil at the root.
  public let artifact: Artifact?
  /// The file the data was read from; nil for a pipe.
  public let path: String?
  /// Whether the same run has already appeared elsewhere in the tree, with its branches.
  public let isRepeated: Bool
  /// The next runs, in order.
  public let branches: [LineageNode]
}

extension LineageNode {
  /// A run that is not in the registry.
  public init(unknown run: Upstream) {
    self.init(
      run: nil, id: run.run, stage: run.stage, artifact: nil, path: nil, isRepeated: false, branches: [])
  }
}

extension Registry {
  /// The tree of a run.
  /// - Parameter id: a complete id.
  public func lineage(of id: String, _ direction: LineageDirection) throws -> LineageNode {
    let root = try run(id)
    return try database.read { db in
      var traversal = LineageTraversal(db: db, direction: direction)
      return try traversal.node(of: root, artifact: nil, path: nil)
    }
  }

  /// The runs that wrote data with this hash, newest first.
  public func producers(of hash: String) throws -> [Run] {
    try database.read { db in
      try Run.fetchAll(
        db,
        sql: """
          SELECT * FROM runs WHERE id IN (SELECT run_id FROM outputs WHERE artifact_hash = ?)
          ORDER BY id DESC
          """, arguments: [hash])
    }
  }
}

/// A traversal of the lineage; every run is expanded once.
private struct LineageTraversal {
  let db: Database
  let direction: LineageDirection
  private var seen: Set<String> = []
  private var depth = 0

  /// A deeper tree could be neither drawn nor read.
  private static let deepest = 500

  init(db: Database, direction: LineageDirection) { (self.db, self.direction) = (db, direction) }

  /// A link from one run to the next.
  private struct Link {
    let id: String?
    let stage: String?
    let artifact: Artifact
    let path: String?
  }

  mutating func node(of run: Run, artifact: Artifact?, path: String?) throws -> LineageNode {
    guard depth < Self.deepest else {
      throw Failure.data(
        "the lineage is more than \(Self.deepest) runs deep", at: run.id,
        remedy: "query the view lineage with rnn-runs sql")
    }
    depth += 1
    defer { depth -= 1 }
    let isNew = seen.insert(run.id).inserted
    let links = try self.links(of: run.id)
    return LineageNode(
      run: run, id: run.id, stage: run.stage, artifact: artifact, path: path,
      isRepeated: !isNew && !links.isEmpty, branches: isNew ? try links.map { try branch($0) } : [])
  }

  private mutating func branch(_ link: Link) throws -> LineageNode {
    if let id = link.id,
      let run = try Run.fetchOne(db, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id])
    {
      return try node(of: run, artifact: link.artifact, path: link.path)
    }
    return LineageNode(
      run: nil, id: link.id, stage: link.stage, artifact: link.artifact, path: link.path, isRepeated: false,
      branches: [])
  }

  private func links(of run: String) throws -> [Link] {
    try Row.fetchAll(db, sql: direction == .up ? Self.upward : Self.downward, arguments: [run]).map { row in
      Link(
        id: row.value("next_id"), stage: row.value("next_stage"), artifact: Artifact(row: row),
        path: row.value("path"))
    }
  }

  private static let upward = """
    SELECT l.upstream_run_id AS next_id, l.upstream_stage AS next_stage, l.path, l.artifact_hash AS hash,
      a.kind, a.rows, a.bytes, a.columns
    FROM lineage l LEFT JOIN artifacts a ON a.hash = l.artifact_hash
    WHERE l.run_id = ? ORDER BY l.position
    """

  /// Candidates are found by index; if several runs wrote the same data, the view determines which one is upstream.
  private static let downward = """
    SELECT l.run_id AS next_id, l.stage AS next_stage, l.path, l.artifact_hash AS hash,
      a.kind, a.rows, a.bytes, a.columns
    FROM lineage l LEFT JOIN artifacts a ON a.hash = l.artifact_hash
    WHERE l.upstream_run_id = ?1 AND l.run_id IN (
      SELECT run_id FROM inputs WHERE upstream_run_id = ?1
      UNION
      SELECT i.run_id FROM inputs i JOIN outputs o ON o.artifact_hash = i.artifact_hash WHERE o.run_id = ?1)
    ORDER BY l.run_id, l.position
    """
}
