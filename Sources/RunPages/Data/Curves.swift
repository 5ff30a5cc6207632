// Histories of metrics, downsampled to what a chart can show.

import Charts
import JSON
import Registry

/// The curves of a run.
package struct Curves {
  /// One object for each metric: `metric`, `steps`, `values`, and `of`, the number of recorded values, if some are left
  /// out.
  package let json: [JSONValue]

  /// - Parameters:
  ///   - points: the values, by name and step.
  ///   - most: about how many points a curve keeps; of each interval the lowest and the highest.
  package init(_ points: [MetricPoint], atMost most: Int) {
    var names: [String] = []
    var curves: [String: (steps: [Double], values: [Double])] = [:]
    for point in points {
      if curves[point.name] == nil { names.append(point.name) }
      curves[point.name, default: ([], [])].steps.append(Double(point.step))
      curves[point.name, default: ([], [])].values.append(point.value)
    }
    json = names.map { Self.json($0, curves[$0]?.steps ?? [], curves[$0]?.values ?? [], most) }
  }

  private static func json(_ name: String, _ steps: [Double], _ values: [Double], _ most: Int) -> JSONValue {
    let series = Series(name, style: .line, color: 0, x: steps, y: values).downsampled(to: most)
    var object: [String: JSONValue] = [
      "metric": .string(name), "steps": .array(series.x.map(JSONValue.number)),
      "values": .array(series.y.map(exactJSON)),
    ]
    if series.x.count < steps.count { object["of"] = .integer(Int64(steps.count)) }
    return .object(object)
  }
}
