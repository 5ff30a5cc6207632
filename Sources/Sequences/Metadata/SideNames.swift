// Lists of names in a stream's side tensors: `NAME.values` (U8, all names concatenated) and `NAME.lengths`
// (I32).

import Tensor
import TensorFile

extension StreamHeader {
  /// The names under `name`, as bytes; nil if there are none.
  func sideNames(_ name: String) throws -> [ArraySlice<UInt8>]? {
    guard let values = side["\(name).values"], let lengths = side["\(name).lengths"] else {
      if side.keys.contains(where: { $0.hasPrefix("\(name).") }) { throw damagedMetadata(name) }
      return nil
    }
    guard let bytes = values.values(as: UInt8.self), let counts = lengths.values(as: Int32.self) else {
      throw damagedMetadata(name)
    }
    var names: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    for count in counts {
      guard count >= 0, Int(count) <= rest.count else { throw damagedMetadata(name) }
      names.append(rest.prefix(Int(count)))
      rest = rest.dropFirst(Int(count))
    }
    guard rest.isEmpty else { throw damagedMetadata(name) }
    return names
  }

  /// Stores names under `name`.
  mutating func setSideNames(_ name: String, values: [UInt8], lengths: [Int32]) {
    side["\(name).values"] = Tensor(values)
    side["\(name).lengths"] = Tensor(lengths)
  }
}
