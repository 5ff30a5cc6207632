// The order of joined shards: all of them, each once, one after the other. Other streams may stand before and after them.

import Failures

/// Checks the streams of an input in their order.
struct ShardOrder {
  private var streams = 0
  /// The last stream, if it is a shard that another one must follow.
  private var open: ShardRecord?
  /// Whether the first stream is a shard other than the first, so that it can only stand alone.
  private var lacksBeginning = false
  private var runs: Set<String> = []

  /// Takes note of a stream that has been read to its end mark.
  /// - Throws: `Failure.data` if it can't stand here.
  mutating func add(_ provenance: Provenance?) throws(Failure) {
    streams += 1
    let record = provenance?.shard
    if let provenance, let record { try checkRepetition(provenance.run, record) }
    if let open {
      guard !lacksBeginning else { throw wrong("begin with \(open.text)") }
      guard let record, open.isFollowed(by: record) else { throw wrongSuccessor(of: open, record) }
    } else if let record, record.shard.index > 1 {
      guard streams == 1 else { throw wrong("have \(record.text) without the shards before it") }
      lacksBeginning = true
    }
    open = record.flatMap { lacksBeginning || $0.shard.index < $0.shard.count ? $0 : nil }
  }

  /// The shard that the input is, if it is a single one.
  var lone: ShardRecord? { streams == 1 ? open : nil }

  /// The input has ended.
  /// - Throws: `Failure.data` if a shard is missing.
  func finish() throws(Failure) {
    guard streams > 1, let open else { return }
    throw wrong("end with \(open.text)")
  }

  private mutating func checkRepetition(_ run: String, _ record: ShardRecord) throws(Failure) {
    guard !runs.insert(run).inserted else { return }
    throw wrong("have \(record.text) of the run \(run) twice")
  }

  private func wrongSuccessor(of open: ShardRecord, _ record: ShardRecord?) -> Failure {
    guard let record else { return wrong("have a stream that is no shard after \(open.text)") }
    guard open.shard.count != record.shard.count || open.isSameDivision(as: record) else {
      return wrong(
        "have \(record.text) of \(record.total) \(record.unit.rawValue) after \(open.text) of \(open.total) "
          + "\(open.unit.rawValue)")
    }
    return wrong("have \(record.text) after \(open.text)")
  }

  private func wrong(_ problem: String) -> Failure {
    .data(
      "the streams joined here \(problem)", remedy: "join all shards of an input, each once, in their order")
  }
}
