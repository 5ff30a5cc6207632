// Elements as text: the shortest decimal that reads back as the same number.

import Failures
import Tensor
import TensorFile

extension Elements {
  /// Element `index` as a decimal; `nan`, `inf` and `-inf` where it is no number.
  func text(_ index: Int) -> String {
    switch self {
    case .u8(let values): String(values[index])
    case .i32(let values): String(values[index])
    case .i64(let values): String(values[index])
    case .f32(let values): values[index].description
    case .f64(let values): values[index].description
    }
  }

  /// Element `index` as JSON, which has no word for what is no number: `null`.
  func json(_ index: Int) -> String {
    switch self {
    case .f32(let values): values[index].isFinite ? values[index].description : "null"
    case .f64(let values): values[index].isFinite ? values[index].description : "null"
    default: text(index)
    }
  }
}

/// Text that is sent on in large pieces.
struct TextOutput {
  private var buffer: [UInt8] = []
  private let sink: ([UInt8]) throws -> Void

  init(_ sink: @escaping ([UInt8]) throws -> Void) { self.sink = sink }

  mutating func write(_ text: some StringProtocol) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= 1 << 16 { try flush() }
  }

  mutating func flush() throws {
    guard !buffer.isEmpty else { return }
    try sink(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}
