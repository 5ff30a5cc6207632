// What is known of the future: columns such as promotions and holidays, whose values reach over the horizon, and
// features of the calendar. Windows have it in the column `known` F32 [rows, length + horizon, width], for the steps of
// the inputs and then those of the targets.

import JSON
import TensorFile

/// The columns that are known over the horizon (`rnn.known`).
public struct KnownColumns: Sendable, Equatable {
  /// Where their scaling is stored.
  private static let scaleKey = "rnn.known.scale"
  /// The names of the columns.
  public var columns: [String]
  /// The features of the times.
  public var calendar: [CalendarFeature]
  /// The scaling of the columns.
  public var scaler: Scaler

  /// - Parameter scaler: the scaling of the columns; nil for none.
  public init(columns: [String] = [], calendar: [CalendarFeature] = [], scaler: Scaler? = nil) {
    (self.columns, self.calendar) = (columns, calendar)
    self.scaler = scaler ?? .identity(columns)
  }

  /// Whether nothing is known.
  public var isEmpty: Bool { columns.isEmpty && calendar.isEmpty }
  /// The number of values of a step.
  public var width: Int { columns.count + calendar.reduce(0) { $0 + $1.width } }

  /// Reads `rnn.known`; nothing if the stream has none.
  public init(header: StreamHeader) throws {
    self.init()
    guard let object = try header.object("rnn.known") else { return }
    guard let columns = object["columns"]?.strings, let names = object["calendar"]?.strings,
      let scaler = try Scaler(header: header, key: Self.scaleKey), scaler.columns == columns
    else { throw damagedMetadata("rnn.known") }
    var features: [CalendarFeature] = []
    if !names.isEmpty {
      do { features = try CalendarFeature.list(names.joined(separator: ",")) } catch {
        throw damagedMetadata("rnn.known")
      }
    }
    self.init(columns: columns, calendar: features, scaler: scaler)
  }

  /// Writes `rnn.known` = `{"columns":["promo"],"calendar":["hour","weekday:onehot"]}` and the scaling of the columns;
  /// nothing if nothing is known.
  public func write(into header: inout StreamHeader) {
    guard !isEmpty else { return }
    header.metadata["rnn.known"] =
      JSONValue.object([
        "columns": .strings(columns), "calendar": .strings(calendar.map(\.text)),
      ]).text
    scaler.write(into: &header, key: Self.scaleKey)
  }
}
