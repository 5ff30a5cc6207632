// Runs in any order, by their ids: compared with an order found by other means.

import Registry
import Testing

@Suite struct OrderTests {
  /// Runs with the parameter units, which one has as text and one not at all, and with a metric that two have.
  private func prepared() throws -> (Scratch, Registry, [String]) {
    let scratch = try Scratch()
    let settings: [(units: String?, loss: Double?)] = [
      ("8", 0.5), ("many", nil), (nil, 0.25), ("16", nil), ("100", 0.75),
    ]
    let ids = settings.enumerated().map { index, setting in
      let start = sampleStart(index % 2 == 0 ? "rnn-train" : "rnn-pad", name: "run \(index)")
      let recorder = RunRecorder(location: scratch.location, start: start)
      if let units = setting.units { recorder.parameter("units", units) }
      if let loss = setting.loss {
        recorder.metric("loss", step: 1, value: 1 - loss)
        recorder.metric("loss", step: 2, value: loss)
      }
      recorder.tag("note", index == 3 ? "100% sure" : "-")
      _ = recorder.finish(sampleEnd())
      return start.id
    }
    return (scratch, try Registry(scratch.location), ids)
  }

  private func indices(
    _ registry: Registry, _ ids: [String], _ order: RunOrder, descending: Bool = false,
    filter: RunFilter = RunFilter(),
    texts: [String] = []
  ) throws -> [Int] {
    let found = try registry.ids(filter, containing: texts, by: order, descending: descending)
    return (0..<found.count).compactMap { ids.firstIndex(of: found[$0]) }
  }

  @Test func orders() throws {
    let (_, registry, ids) = try prepared()
    #expect(try indices(registry, ids, .started) == [0, 1, 2, 3, 4])
    #expect(try indices(registry, ids, .started, descending: true) == [4, 3, 2, 1, 0])
    #expect(try indices(registry, ids, .stage) == [3, 1, 4, 2, 0])
    // Numbers by size, then texts, then those without a value, in any direction.
    #expect(try indices(registry, ids, .parameter("units")) == [0, 3, 4, 1, 2])
    #expect(try indices(registry, ids, .parameter("units"), descending: true) == [4, 3, 0, 1, 2])
    #expect(try indices(registry, ids, .metric("loss", .last)) == [2, 0, 4, 3, 1])
    #expect(try indices(registry, ids, .metric("loss", .max), descending: true) == [4, 2, 0, 3, 1])
  }

  /// With a filter, the order is found in another way, and is the same.
  @Test(arguments: [
    RunOrder.parameter("units"), .metric("loss", .last), .metric("loss", .min), .name, .stage, .time,
    .command, .status,
  ]) func filtersKeepTheOrder(_ order: RunOrder) throws {
    let (_, registry, ids) = try prepared()
    for descending in [false, true] {
      let all = try indices(registry, ids, order, descending: descending)
      var filter = RunFilter()
      filter.tags = [TagCondition(key: "note", value: nil)]
      #expect(try indices(registry, ids, order, descending: descending, filter: filter) == all)
      filter.stage = "train"
      #expect(
        try indices(registry, ids, order, descending: descending, filter: filter)
          == all.filter { $0 % 2 == 0 })
    }
  }

  /// Signs of patterns are letters like others; the command line is searched as its words are.
  @Test(arguments: [
    ("run 2", [2]), ("RUN 2", [2]), ("100%", [3]), ("1_0", []), ("it's/a \"path\"", [0, 1, 2, 3, 4]),
    ("rnn-pad", [1, 3]),
    ("note=100", [3]), ("\\", []), ("nothing like this", []),
  ]) func texts(_ text: String, _ expected: [Int]) throws {
    let (_, registry, ids) = try prepared()
    #expect(try indices(registry, ids, .started, texts: [text]) == expected)
    #expect(try indices(registry, ids, .started, texts: [text, "run"]) == expected)
  }

  @Test func runsByID() throws {
    let (_, registry, ids) = try prepared()
    #expect(try registry.runs(withIDs: [ids[3], "gone", ids[0]]).map(\.id) == [ids[3], ids[0]])
    #expect(try registry.ids(RunFilter(), by: .started, descending: false).firstIndex(of: ids[2]) == 2)
    #expect(try registry.ids(RunFilter(), by: .started, descending: false).firstIndex(of: "gone") == nil)
  }
}
