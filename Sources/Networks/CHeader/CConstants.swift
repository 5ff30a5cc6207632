// Weights as constants in C, products with them, and the activation functions.

import Failures
import Kernels
import Tensor
import TensorFile

/// A matrix among the constants, of which products can be made.
struct CMatrix {
  /// How its elements are stored.
  enum Storage { case float, half, bytes }

  let name: String
  let rows: Int
  let columns: Int
  var storage = Storage.float

  /// The number of elements.
  var count: Int { rows * columns }
}

extension CCall {
  /// A weight's numbers and shape.
  func tensor(_ role: String) throws -> Tensor {
    guard let tensor = weights[role]?.tensor else {
      throw Failure(.software, "layer \(name) has no weight \(role)")
    }
    return tensor
  }

  /// A weight's numbers as a constant.
  func array(_ role: String) throws -> String { try array(tensor(role).floats, as: role) }

  /// Numbers as a constant, under a role of the layer.
  func array(_ numbers: [Float], as role: String) throws -> String {
    guard numbers.allSatisfy(\.isFinite) else {
      throw Failure.data(
        "the weight \(name).\(role) holds numbers that are not finite (NaN or an infinity)",
        remedy:
          "use a model from before its training diverged, or train it again with a smaller learning rate")
    }
    return constant("float", numbers, as: role, bytes: 4) { "\($0)f" }
  }

  /// A weight as a matrix whose rows are those of its last axis, stored as the model has it.
  func matrix(_ role: String) throws -> CMatrix {
    let tensor = try tensor(role)
    let columns = tensor.shape.last ?? 1
    let rows = tensor.shape.reduce(1, *) / max(1, columns)
    switch weights[role]?.narrow {
    case nil: return CMatrix(name: try array(role), rows: rows, columns: columns)
    case .half:
      let name = constant("uint16_t", tensor.floats, as: role, bytes: 2) { "\(narrowHalf($0))" }
      return CMatrix(name: name, rows: rows, columns: columns, storage: .half)
    case .bytes(let values, let scale):
      _ = try array(scale.floats, as: "\(role)_scale")
      let name = constant("int8_t", values, as: role, bytes: 1) { "\($0)" }
      return CMatrix(name: name, rows: rows, columns: columns, storage: .bytes)
    }
  }

  private func constant<Number>(
    _ type: String, _ numbers: [Number], as role: String, bytes: Int, _ text: (Number) -> String
  ) -> String {
    let own = "\(name)_\(role)".replacing(".", with: "_")
    return program.shared.constant(own, bytes: bytes * numbers.count) { name in
      "static const \(type) \(name)[\(numbers.count)] = {\n\(Self.list(numbers, text))};\n"
    }
  }

  /// Numbers in lines of a readable length.
  private static func list<Number>(_ numbers: [Number], _ text: (Number) -> String) -> String {
    var (result, line) = ("", "")
    for number in numbers {
      let next = text(number)
      if line.utf8.count + next.utf8.count > 100 {
        result += "\(line)\n"
        line = ""
      }
      line += line.isEmpty ? "  \(next)," : " \(next),"
    }
    return result + "\(line)\n"
  }
}

// MARK: - Products

extension CCall {
  /// Adds to `sum` the product of numbers with columns of a matrix, from one of its rows on.
  func addProduct(
    _ x: String, _ count: Int, _ matrix: CMatrix, row: String? = nil, columns: Range<Int>? = nil,
    to sum: String
  ) -> String {
    let columns = columns ?? 0..<matrix.columns
    let column = columns.lowerBound == 0 ? "" : " + \(columns.lowerBound)"
    let start = matrix.name + (row.map { " + \($0) * \(matrix.columns)" } ?? "") + column
    let scale = matrix.storage == .bytes ? ", \(matrix.name)_scale\(column)" : ""
    return
      "\(multiply(matrix.storage))(\(x), \(count), \(start)\(scale), \(matrix.columns), \(columns.count), \(sum));"
  }

  /// Copies a row of a matrix.
  func copyRow(of matrix: CMatrix, _ row: String, to target: String) -> String {
    let start = "\(matrix.name) + (size_t)\(row) * \(matrix.columns)"
    let element = "\(matrix.name)[(size_t)\(row) * \(matrix.columns) + i]"
    switch matrix.storage {
    case .float: return call(copying: matrix.columns, start, target)
    case .half: return forEach(matrix.columns, "\(target)[i] = \(half)(\(element));")
    case .bytes:
      return forEach(matrix.columns, "\(target)[i] = (float)\(element) * \(matrix.name)_scale[\(row)];")
    }
  }

  /// Sets `sum` to a constant, or to zero.
  func begin(_ sum: String, _ count: Int, from bias: String?) -> String {
    bias.map { call(copying: count, $0, sum) } ?? clear(sum, count)
  }

  private func multiply(_ storage: CMatrix.Storage) -> String {
    switch storage {
    case .float: return product("multiply", "float", "") { "w[\($0)]" }
    case .half:
      let half = half
      return product("multiply_half", "uint16_t", "") { "\(half)(w[\($0)])" }
    case .bytes: return product("multiply_bytes", "int8_t", "scale") { "(float)w[\($0)]" }
    }
  }

  /// The function of a product: eight columns at a time, whose sums fit into registers.
  /// - Parameters:
  ///   - scale: the factors of the columns; empty if there are none.
  ///   - weight: an element of the matrix as a number.
  private func product(
    _ name: String, _ type: String, _ scale: String, _ weight: (String) -> String
  ) -> String {
    let parameter = scale.isEmpty ? "" : " const float *\(scale),"
    func scaled(_ column: String) -> String { scale.isEmpty ? "" : "\(scale)[\(column)] * " }
    let (eight, one) = (weight("i * stride + j + k"), weight("i * stride + j"))
    return program.shared.function(name) { name in
      """
      /* z[j] += sum of x[i] * w[i * stride + j] over i < n\(scale.isEmpty ? "" : ", times scale[j]"), for j < m */
      static void \(name)(const float *x, size_t n, const \(type) *w,\(parameter) size_t stride, size_t m, float *z)
      {
        size_t i, j, k;
        for (j = 0; j + 8 <= m; j += 8) {
          float sum[8] = {0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f};
          for (i = 0; i < n; i++) {
            for (k = 0; k < 8; k++) sum[k] += x[i] * \(eight);
          }
          for (k = 0; k < 8; k++) z[j + k] += \(scaled("j + k"))sum[k];
        }
        for (; j < m; j++) {
          float sum = 0.0f;
          for (i = 0; i < n; i++) sum += x[i] * \(one);
          z[j] += \(scaled("j"))sum;
        }
      }

      """
    }
  }

  /// The function that reads half precision.
  private var half: String {
    program.shared.function("half") { name in
      """
      static float \(name)(uint16_t bits)
      {
        const uint32_t exponent = bits >> 10 & 31u, fraction = bits & 1023u;
        const uint32_t wide = (exponent + 112u) << 23 | fraction << 13;
        const float small = (float)fraction * 5.9604645e-8f;
        float value;
        memcpy(&value, &wide, sizeof value);
        value = exponent == 0 ? small : value;
        return bits & 0x8000u ? -value : value;
      }

      """
    }
  }
}

// MARK: - Activation functions

extension CCall {
  /// Lines that apply a function to numbers.
  func apply(_ function: OutputFunction, to values: String, _ count: Int) -> [String] {
    switch function {
    case .elementwise(.linear): return []
    case .elementwise(let kind):
      return [forEach(count, "\(values)[i] = \(apply(kind, "\(values)[i]"));")]
    case .softmax: return ["\(softmax)(\(values), \(count));"]
    }
  }

  /// The function of a number, in C.
  func apply(_ kind: ActivationKind, _ value: String) -> String {
    switch kind {
    case .linear: value
    case .tanh: "tanhf(\(value))"
    default: "\(scalar(kind))(\(value))"
    }
  }

  private func scalar(_ kind: ActivationKind) -> String {
    let formula: String
    switch kind {
    case .linear: formula = "v"
    case .tanh: formula = "tanhf(v)"
    case .sigmoid: formula = "1.0f / (1.0f + expf(-v))"
    case .relu: formula = "v > 0.0f ? v : 0.0f"
    case .elu: formula = "v > 0.0f ? v : expm1f(v)"
    case .softplus: formula = "(v > 0.0f ? v : 0.0f) + log1pf(expf(-fabsf(v)))"
    case .softsign: formula = "v / (1.0f + fabsf(v))"
    case .silu: formula = "v / (1.0f + expf(-v))"
    case .hardSigmoid: formula = "v <= -3.0f ? 0.0f : v >= 3.0f ? 1.0f : v / 6.0f + 0.5f"
    // v (1 + erf(v / sqrt 2)) / 2, of which the complement keeps small values exact.
    case .gelu: formula = "0.5f * v * erfcf(v * -0.70710678f)"
    }
    return program.shared.function(kind.rawValue) { "static float \($0)(float v) { return \(formula); }\n" }
  }

  private var softmax: String {
    program.shared.function("softmax") { name in
      """
      static void \(name)(float *v, size_t n)
      {
        size_t i;
        float most = v[0], sum = 0.0f;
        for (i = 1; i < n; i++) if (v[i] > most) most = v[i];
        for (i = 0; i < n; i++) sum += v[i] = expf(v[i] - most);
        for (i = 0; i < n; i++) v[i] /= sum;
      }

      """
    }
  }
}
