// A run in several processes that mpirun or srun has started: they do the same work on different data. The first one, the
// leader, writes the files, the registry and the messages; all of them end together.

import Failures
import Glibc
import JSON
import OperatingSystem
import Peers
import Registry

extension StageRun {
  /// Joins the other processes.
  /// - Parameter most: the most processes that can train one network: a batch has at most as many shards.
  /// - Returns: nil if there are none.
  /// - Throws: `Failure` (unavailable) if MPI can't be used, (usage) if there are too many.
  public func joinPeers(atMost most: Int = .max) throws(Failure) -> (any Peers)? {
    guard let process else { return nil }
    guard process.count <= most else {
      isFailureTold = !isLeader
      if !isLeader { Self.letLeaderSpeak() }
      throw .usage(
        "\(process.count) processes can't train one network: a batch is divided into at most \(most) shards",
        remedy: "start at most \(most), each with several threads")
    }
    shutdown.whenInterrupted { MPIPeers.giveUp() }
    let peers = try MPIPeers(process)
    self.peers = peers
    return peers
  }

  /// Does work that each process does for itself. If it fails in one of them, it fails in all, and the leader says why.
  public func agree<Result>(_ work: () throws -> Result) throws -> Result {
    guard peers != nil else { return try work() }
    let result = Swift.Result { try work() }
    var own: Failure?
    if case .failure(let error) = result {
      guard case .failed(let failure) = Outcome(error) else { throw error }
      own = failure
    }
    let all = try told(own.map { PeerFailure($0).text } ?? "").map { PeerFailure(text: $0) }
    guard let first = all.firstIndex(where: { $0 != nil }), let failure = all[first] else {
      return try result.get()
    }
    (hasEndedTogether, isFailureTold) = (true, !isLeader)
    throw own ?? failure.failure(of: first)
  }

  /// Checks that facts are the same in all processes.
  /// - Parameter facts: what must be the same, by name.
  /// - Throws: `Failure` (usage) that names the first that differs.
  public func checkSame(_ facts: [String: String]) throws {
    guard let peers else { return }
    var facts = facts
    facts["version"] = rnnpipeVersion
    facts["CPU target"] = cpuTarget
    let texts = try told(JSONValue.object(facts.mapValues(JSONValue.string)).text)
    for (rank, text) in texts.enumerated() {
      let other = try JSONValue(parsing: text).object?.compactMapValues(\.string) ?? [:]
      guard let name = Set(facts.keys).union(other.keys).sorted().first(where: { other[$0] != facts[$0] })
      else { continue }
      (hasEndedTogether, isFailureTold) = (true, !isLeader)
      throw Failure.usage(
        "process \(rank) has \(name) \(other[name] ?? "unset"), but process \(peers.rank) has \(facts[name] ?? "unset")",
        remedy: "give all processes the same program, options and files")
    }
  }

  /// All processes have come to the end of their common work; what follows can fail in one of them alone.
  public func endTogether() { hasEndedTogether = true }

  /// Whether another process says what is wrong.
  public func leaveMessageToLeader() { isFailureTold = !isLeader }

  /// Whether this process saves what is to be saved, and says so, after process number `rank` is lost: the leader, or the
  /// next one if the leader is lost.
  public func leads(without rank: Int) -> Bool { process.map { $0.rank == (rank == 0 ? 1 : 0) } ?? true }

  /// The failure of a run whose process number `rank` is lost.
  /// - Parameter remedy: what is saved, and how to go on.
  public func lost(_ rank: Int, remedy: String?) -> Failure {
    isFailureTold = !leads(without: rank)
    return Failure(
      .unavailable, "process \(rank) of \(process?.count ?? 1) has ended or doesn't answer", remedy: remedy)
  }

  /// The text of each process.
  private func told(_ text: String) throws -> [String] {
    guard let peers else { return [text] }
    do throws(PeerLoss) { return try peers.gather(text) } catch { throw lost(error.rank, remedy: nil) }
  }

  /// Waits before a process ends that hasn't joined the others: the launcher then ends all, but the leader is to say why.
  static func letLeaderSpeak() { usleep(500_000) }

  /// Refuses to do the work of one process several times.
  static func refuse(_ process: LaunchedProcess?, of command: some StageCommand, _ stage: String)
    throws(Failure)
  {
    guard let process, !type(of: command).worksWithPeers else { return }
    throw .usage(
      "\(process.launcher) has started \(process.count) processes, but \(stage) works in one",
      remedy: "run it without \(process.launcher)")
  }

  /// Leaves the other processes, or ends them if they would wait for this one.
  ///
  /// Each notices by itself that one is lost. The one that saves what is to be saved ends all when it has done so; the others
  /// would end it before.
  func leavePeers(_ outcome: Outcome) {
    guard let peers else { return }
    if hasEndedTogether { return peers.leave() }
    fflush(nil)
    if isFailureTold { sleep(Self.timeToSave) }
    peers.endAll(code: outcome.exitCode)
  }

  /// How long the process that saves may take to notice the loss and to save, in seconds.
  private static let timeToSave: UInt32 = 20
}

/// A failure as a text that another process reads.
private struct PeerFailure {
  private let kind: Failure.Kind
  private let problem: String
  private let place: String?
  private let remedy: String?
  private let host: String

  init(_ failure: Failure) {
    (kind, problem, place, remedy) = (failure.kind, failure.problem, failure.place, failure.remedy)
    host = hostName()
  }

  /// nil if nothing has failed.
  init?(text: String) {
    guard let members = try? JSONValue(parsing: text), let code = members["kind"]?.int,
      let kind = Failure.Kind(rawValue: Int32(clamping: code)), let problem = members["problem"]?.string,
      let host = members["host"]?.string
    else { return nil }
    (self.kind, self.problem, self.host) = (kind, problem, host)
    (place, remedy) = (members["place"]?.string, members["remedy"]?.string)
  }

  var text: String {
    var members: [String: JSONValue] = [
      "kind": .integer(Int64(kind.rawValue)), "problem": .string(problem), "host": .string(host),
    ]
    members["place"] = place.map(JSONValue.string)
    members["remedy"] = remedy.map(JSONValue.string)
    return JSONValue.object(members).text
  }

  func failure(of rank: Int) -> Failure {
    Failure(kind, "\(problem), in process \(rank) on \(host)", at: place, remedy: remedy)
  }
}
