// A made-up meter whose faults are known: a daily cycle with noise, in which spikes, shifts of the level, changes of the
// season and dead sensors occur after a clean beginning.
//
//   value[t] = 10 + 3 sin(2 pi t / 24) + sin(2 pi t / 12 + 1) + noise * N(0, 1)        t in hours
//
//   1 spike            one row, higher or lower by 2 to 4
//   2 level shift      12 to 47 rows, higher or lower by 1 to 2.5
//   3 changed season   24 to 71 rows, in which the cycles are twice as fast
//   4 dead sensor      8 to 31 rows, which repeat the last value before

import Glibc
import RandomNumbers
import Tensor
import TensorFile

/// A series of the columns `value`, `label` (1 at anomalies, else 0) and `kind` (the number of the kind, else 0), one row
/// an hour.
public struct AnomalousSeries: SyntheticDataset {
  /// A kind of anomaly; the raw value is the number in the column `kind`.
  public enum Kind: Int, Sendable, CaseIterable {
    case spike = 1, levelShift, changedSeason, deadSensor
  }

  /// An anomaly that has begun.
  private struct Event {
    var kind: Kind
    var rows: Int
    /// How much higher the values are.
    var shift: Double
  }

  /// The time of the first row: 2024-01-01.
  private static let start: Int64 = 1_704_067_200
  private static let secondsPerRow: Int64 = 3600

  /// The total number of rows.
  public let rows: Int
  private let noise: Double
  private var noiseStream: RandomStream
  private var eventStream: RandomStream
  private var time = 0
  private var last = 0.0
  /// The rows before the next anomaly.
  private var wait: Int
  private var event: Event?

  /// - Parameters:
  ///   - clean: the rows at the beginning that have no anomaly.
  ///   - noise: the standard deviation of the noise.
  public init(rows: Int, clean: Int = 2000, noise: Double = 0.1, seed: UInt64) {
    (self.rows, self.noise, wait) = (rows, noise, clean)
    noiseStream = RandomStream(seed: seed, stream: SyntheticStream.meter.rawValue)
    eventStream = RandomStream(seed: seed, stream: SyntheticStream.faults.rawValue)
  }

  /// The columns and the time column.
  public static var schema: SeriesSchema {
    var time = TimeColumn(column: "time", step: .seconds(secondsPerRow))
    (time.format, time.form) = (.iso, .time)
    return SeriesSchema(columns: ["value", "label", "kind"], time: time)
  }

  /// The header of the stream.
  public var header: StreamHeader {
    var header = StreamHeader(kind: "series")
    Self.schema.write(into: &header)
    return header
  }

  /// The next `count` rows.
  public mutating func block(_ count: Int) -> Chunk {
    var (values, times) = ([Double](), [Int64]())
    for _ in 0..<count {
      times.append(Self.start + Int64(time) * Self.secondsPerRow)
      let (value, kind) = next()
      values += [value, kind == nil ? 0 : 1, Double(kind?.rawValue ?? 0)]
    }
    return Chunk(["x": Tensor(values, shape: [count, 3]), "time": Tensor(times)])
  }

  /// The next value, and the kind of the anomaly that it is part of.
  private mutating func next() -> (Double, Kind?) {
    let kind = advanceEvents()
    let speed: Double = kind == .changedSeason ? 2 : 1
    let hour = 2 * .pi * Double(time) * speed / 24
    let random = noise * noiseStream.normal()
    time += 1
    if kind == .deadSensor { return (last, kind) }
    last = 10 + 3 * sin(hour) + sin(2 * hour + 1) + random + (kind == nil ? 0 : event?.shift ?? 0)
    return (last, kind)
  }

  /// Begins and ends anomalies; returns the kind of the one that the next row is part of.
  private mutating func advanceEvents() -> Kind? {
    if let rows = event?.rows, rows <= 0 { event = nil }
    if event == nil {
      guard wait <= 0 else {
        wait -= 1
        return nil
      }
      event = draw()
      // Long enough for several windows of a day to be normal again.
      wait = 80 + eventStream.index(below: 160)
    }
    event?.rows -= 1
    return event?.kind
  }

  private mutating func draw() -> Event {
    let kind = Kind.allCases[eventStream.index(below: Kind.allCases.count)]
    let sign: Double = eventStream.index(below: 2) == 0 ? 1 : -1
    let size = eventStream.uniform()
    return switch kind {
    case .spike: Event(kind: kind, rows: 1, shift: sign * (2 + 2 * size))
    case .levelShift:
      Event(kind: kind, rows: 12 + eventStream.index(below: 36), shift: sign * (1 + 1.5 * size))
    case .changedSeason: Event(kind: kind, rows: 24 + eventStream.index(below: 48), shift: 0)
    case .deadSensor: Event(kind: kind, rows: 8 + eventStream.index(below: 24), shift: 0)
    }
  }
}
