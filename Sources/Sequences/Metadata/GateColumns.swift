// The columns with the gates of a recurrent layer, as rnn-predict --gates writes them and rnn-plot gates reads them.

import Failures
import JSON
import TensorFile

/// What the columns of a stream of gates hold (`rnn.gates`). Each is ragged, `[total steps, units]`, beside `step`, the
/// numbers of the steps from 1, and `tokens`, a list of texts, if the rows are tokens.
public struct GateColumns: Sendable, Equatable {
  private static let key = "rnn.gates"

  /// The name of the layer.
  public var layer: String
  /// The columns: gates, candidate and states by their letters.
  public var names: [String]
  /// Whether the layer processes the last step first.
  public var goesBackwards: Bool
  /// The gate by which the memory is multiplied at each step; nil if it is 1 minus `add`, or the memory is no sum.
  public var keep: String?
  /// The gate by which what is added to the memory is multiplied; nil if it is 1 minus `keep`, or the memory is no sum.
  public var add: String?

  /// All that is known about the columns.
  public init(layer: String, names: [String], goesBackwards: Bool, keep: String?, add: String?) {
    (self.layer, self.names, self.goesBackwards) = (layer, names, goesBackwards)
    (self.keep, self.add) = (keep, add)
  }

  /// Reads `rnn.gates`; nil if the stream has none.
  /// - Throws: `Failure` (data) if it is damaged.
  public init?(header: StreamHeader) throws {
    guard let object = try header.object(Self.key) else { return nil }
    guard let layer = object["layer"]?.string, let names = object["columns"]?.array?.compactMap(\.string),
      let backwards = object["backwards"]?.bool
    else { throw damagedMetadata(Self.key) }
    self.init(
      layer: layer, names: names, goesBackwards: backwards, keep: object["keep"]?.string,
      add: object["add"]?.string)
    guard [keep, add].compactMap({ $0 }).allSatisfy(names.contains) else { throw damagedMetadata(Self.key) }
  }

  /// Writes `rnn.gates`.
  public func write(into header: inout StreamHeader) {
    var members: [String: JSONValue] = [
      "layer": .string(layer), "columns": .strings(names), "backwards": .bool(goesBackwards),
    ]
    members["keep"] = keep.map(JSONValue.string)
    members["add"] = add.map(JSONValue.string)
    header.metadata[Self.key] = JSONValue.object(members).text
  }
}
