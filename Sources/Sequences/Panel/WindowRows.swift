// The windows of one or several series that were gathered for the next chunk.

import Tensor
import TensorFile

/// A growing block of windows.
struct WindowRows {
  var count = 0
  var x: [Float] = []
  var y: [Float] = []
  var actual: [Double] = []
  var times: [Int64] = []
  var parts: [UInt8] = []
  var weights: [Float] = []
  var known: [Float] = []
  var statics: [Float] = []
  var categories: [Int32] = []
  /// What the targets of each window were scaled by.
  var offset: [Double] = []
  var factor: [Double] = []
  /// The last values before the targets.
  var base: [Double] = []
  /// The targets over the inputs, of windows of the future.
  var history: [Double] = []
  var historyTimes: [Int64] = []
  private var ids: [UInt8] = []
  private var idLengths: [Int32] = []

  /// Ends a window of the series `name`.
  mutating func end(_ name: [UInt8]?) {
    count += 1
    guard let name else { return }
    ids += name
    idLengths.append(Int32(name.count))
  }

  /// The columns; those without values are omitted.
  func chunk(_ settings: WindowSettings) -> Chunk {
    let (layout, width) = (settings.layout, settings.layout.targets.count)
    let steps = layout.length + layout.horizon
    var tensors: [String: Tensor] = ["x": Tensor(x, shape: [count, layout.length, layout.inputs.count])]
    func add<T: Element>(_ name: String, _ values: [T], _ shape: [Int]) {
      if !values.isEmpty { tensors[name] = Tensor(values, shape: [count] + shape) }
    }
    add("y", y, [layout.horizon * width])
    add("actual", actual, [layout.horizon * width])
    add("time", times, [layout.horizon])
    add("split", parts, [])
    add("weight", weights, [])
    add("known", known, [steps, settings.known.width])
    add("static", statics, [settings.statics.numbers.count])
    add("categories", categories, [settings.statics.categories.count])
    add("offset", offset, [width])
    add("factor", factor, [width])
    add("base", base, [width])
    add("history", history, [layout.length, width])
    add("history_time", historyTimes, [layout.length])
    var columns = tensors.mapValues(Column.dense)
    if !idLengths.isEmpty { columns["id"] = .ragged(Ragged(values: Tensor(ids), lengths: idLengths)) }
    return Chunk(columns, rows: count)
  }
}
