// Elements as text: the shortest decimal that reads back as the same number.

import Failures
import Tensor
import TensorFile

extension Elements {
  /// Element `index` as a decimal; `nan`, `inf` and `-inf` if it is not a number.
  func text(_ index: Int) -> String {
    switch self {
    case .u8(let values): String(values[index])
    case .i32(let values): String(values[index])
    case .i64(let values): String(values[index])
    case .f32(let values): values[index].description
    case .f64(let values): values[index].description
    }
  }

  /// Element `index` as JSON; `null` if it is not a number.
  func json(_ index: Int) -> String {
    switch self {
    case .f32(let values): values[index].isFinite ? values[index].description : "null"
    case .f64(let values): values[index].isFinite ? values[index].description : "null"
    default: text(index)
    }
  }
}
