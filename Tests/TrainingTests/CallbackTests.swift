// The callbacks' decisions compared with Keras's on the same sequences (fixtures/keras/callbacks.txt).

import Foundation
import Testing
import Training

/// One case of callbacks.txt.
struct CallbackCase: Sendable, CustomTestStringConvertible {
  let kind: String
  let mode: MonitorMode
  let rule: String
  let values: [Double]
  let keras: String

  var testDescription: String { "\(kind) \(mode.rawValue) \(rule)" }

  static func all() throws -> [CallbackCase] {
    let file = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("fixtures/keras/callbacks.txt")
    let text = try String(contentsOf: file, encoding: .utf8)
    return try text.components(separatedBy: "=== ").dropFirst().map(CallbackCase.init)
  }

  private init(_ text: String) throws {
    let lines = text.split(separator: "\n").map(String.init)
    let head = lines[0].split(separator: " ")
    kind = String(head[0])
    mode = try #require(MonitorMode(rawValue: String(head[1])))
    func field(_ name: String) throws -> String {
      let line = try #require(lines.first { $0.hasPrefix("\(name):") })
      return line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
    }
    (rule, keras) = (try field("rule"), try field("keras"))
    values = try field("values").split(separator: " ").map { try #require(Double($0)) }
  }

  /// The epochs, from 1, with their values.
  var epochs: [History.Epoch] {
    values.enumerated().map { History.Epoch(number: $0.offset + 1, values: ["val_loss": $0.element]) }
  }
}

@Suite struct CallbackTests {
  @Test(arguments: try CallbackCase.all())
  func decidesAsKerasDoes(_ reference: CallbackCase) throws {
    switch reference.kind {
    case "early_stopping": try earlyStopping(reference)
    case "reduce_lr": try reduceOnPlateau(reference)
    case "save_best": try saveBest(reference)
    case "save_named": try saveNamed(reference)
    default: Issue.record("unknown callback \(reference.kind)")
    }
  }

  private func earlyStopping(_ reference: CallbackCase) throws {
    let rule = try EarlyStopping(parsing: reference.rule.isEmpty ? "patience=0" : reference.rule)
    var (state, trained) = (EarlyStoppingState(), 0)
    for (index, value) in reference.values.enumerated() {
      trained = index + 1
      if state.epochDone(trained, value, rule, reference.mode) == .stop { break }
    }
    #expect("\(trained) epochs, best \(state.bestEpoch)" == reference.keras)
  }

  private func reduceOnPlateau(_ reference: CallbackCase) throws {
    let rule = try ReduceOnPlateau(parsing: reference.rule)
    var (state, rate) = (ReduceOnPlateauState(), Float(0.1))
    let rates = reference.values.map { value in
      rate = state.epochDone(value, rate: rate, rule, reference.mode)
      return rate
    }
    #expect(rates == reference.keras.split(separator: " ").compactMap { Float($0) })
  }

  private func saveBest(_ reference: CallbackCase) throws {
    let rule = try SaveBest(
      parsing: "{epoch:03d}" + (reference.rule.isEmpty ? "" : ",\(reference.rule)"))
    var state = SaveBestState()
    let saved = reference.epochs.filter { epoch in
      state.epochDone(
        epoch.number, epoch.values["val_loss"] ?? .nan, threshold: rule.threshold, reference.mode)
    }
    #expect(saved.map(rule.file.name).joined(separator: " ") == reference.keras)
  }

  private func saveNamed(_ reference: CallbackCase) throws {
    let rule = try SaveEvery(parsing: "1,\(reference.rule)")
    #expect(reference.epochs.map(rule.file.name).joined(separator: " ") == reference.keras)
  }

  @Test(arguments: [
    "patience=-1", "patience=1.5", "patience=2,patience=3", "moniter=loss", "mode=up", "restore",
    "min_delta=x",
  ])
  func refusesInvalidSettings(rule: String) {
    #expect(throws: (any Error).self) { try EarlyStopping(parsing: rule) }
  }

  @Test(arguments: ["", "-", "a{", "a{b", "{}", "{x:q}", "{epoch:.d}", "{epoch:99999d}"])
  func refusesInvalidFilenames(name: String) {
    #expect(throws: (any Error).self) { try FilenameTemplate(parsing: name, subject: "save-best") }
  }

  @Test(arguments: ["", "5", "0,x", "x,5", "-1,x", "5,"])
  func refusesInvalidIntervals(rule: String) {
    #expect(throws: (any Error).self) { try SaveEvery(parsing: rule) }
  }

  @Test func notANumberIsNotAnImprovement() {
    #expect(!MonitorMode.min.isBetter(.nan, than: nil))
    #expect(MonitorMode.min.isBetter(.infinity, than: nil))
    #expect(MonitorMode.min.isBetter(1, than: .infinity))
    #expect(!MonitorMode.max.isBetter(.nan, than: 0))
  }
}
