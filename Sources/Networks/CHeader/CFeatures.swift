// Layers of single steps in C: embeddings, masks, dense layers, activations, normalization.

import Tensor

extension Embedding {
  func writeC(_ call: CCall) throws -> [CValue] {
    let table = try call.matrix("embeddings")
    return [
      call.each(width, [call.input.value], isCheap: true) { vector, ids in
        [call.copyRow(of: table, "\(ids[0])[0]", to: vector)]
      }
    ]
  }

  /// Ids other than 0 count.
  func maskInC(_ call: CCall) throws -> CValue? {
    guard maskZero else { return nil }
    return call.each(1, [call.input.value], .flag, as: "_mask", isCheap: true) { mask, ids in
      ["\(mask)[0] = (uint8_t)(\(ids[0])[0] != 0);"]
    }
  }
}

extension Masking {
  func writeC(_ call: CCall) throws -> [CValue] {
    let width = call.width
    return [
      call.each(width, [call.input.value], isCheap: true) { y, x in
        call.block(
          "if (\(call.differs(from: value, width))(\(x[0])))", [call.call(copying: width, x[0], y)])
          + call.block("else", [call.clear(y, width)])
      }
    ]
  }

  /// Steps count in which a feature has another value.
  func maskInC(_ call: CCall) throws -> CValue? {
    call.each(1, [call.input.value], .flag, as: "_mask", isCheap: true) { mask, x in
      ["\(mask)[0] = (uint8_t)\(call.differs(from: value, call.width))(\(x[0]));"]
    }
  }
}

extension Dense {
  func writeC(_ call: CCall) throws -> [CValue] {
    let kernel = try call.matrix("kernel")
    let bias = useBias ? try call.array("bias") : nil
    return [
      call.each(units, [call.input.value], work: kernel.count) { y, x in
        [call.begin(y, units, from: bias), call.addProduct(x[0], kernel.rows, kernel, to: y)]
          + call.apply(activation, to: y, units)
      }
    ]
  }
}

extension TimeDistributed {
  func writeC(_ call: CCall) throws -> [CValue] {
    var current = call.input
    for (layer, name) in zip(inner.layers, inner.names) {
      let output = try layer.definition.writeC(
        call.inner(name, prefix: inner.prefix(name), inputs: [current]))[0]
      let shape = try layer.definition.outputs([current.shape])[0]
      current = CInput(value: output, shape: shape, mask: current.mask)
    }
    return [current.value]
  }
}

extension ActivationLayer {
  func writeC(_ call: CCall) throws -> [CValue] {
    let width = call.width
    return [
      call.each(width, [call.input.value]) { y, x in
        [call.call(copying: width, x[0], y)] + call.apply(function, to: y, width)
      }
    ]
  }
}

extension ReLU {
  func writeC(_ call: CCall) throws -> [CValue] {
    [
      call.each(call.width, [call.input.value]) { y, x in
        let v = "\(x[0])[i]"
        let above = maxValue.map { "(\(v) < \($0)f ? \(v) : \($0)f)" } ?? v
        let below =
          negativeSlope == 0
          ? "0.0f"
          : threshold == 0 ? "\(negativeSlope)f * \(v)" : "\(negativeSlope)f * (\(v) - \(threshold)f)"
        return [call.forEach(call.width, "\(y)[i] = \(v) > \(threshold)f ? \(above) : \(below);")]
      }
    ]
  }
}

extension LeakyReLU {
  func writeC(_ call: CCall) throws -> [CValue] { try ReLU(negativeSlope: negativeSlope).writeC(call) }
}

extension LayerNormalization {
  func writeC(_ call: CCall) throws -> [CValue] {
    let width = call.width
    let gamma = scale ? try call.array("gamma") : nil
    let beta = center ? try call.array("beta") : nil
    return [
      call.each(width, [call.input.value], work: 3 * width) { y, x in
        call.normalize(x[0], width, epsilon: epsilon, gamma: gamma, beta: beta, into: y)
      }
    ]
  }
}

extension BatchNormalization {
  /// With the moving averages, it is a difference, a factor and a summand for each feature.
  func writeC(_ call: CCall) throws -> [CValue] {
    let width = call.width
    let variance = try call.tensor("moving_variance").floats
    let gamma = scale ? try call.tensor("gamma").floats : variance.map { _ in 1 }
    let factors = zip(gamma, variance).map { $0 / ($1 + epsilon).squareRoot() }
    let (mean, factor) = (try call.array("moving_mean"), try call.array(factors, as: "factor"))
    let sum = center ? " + \(try call.array("beta"))[i]" : ""
    return [
      call.each(width, [call.input.value], work: width) { y, x in
        [call.forEach(width, "\(y)[i] = (\(x[0])[i] - \(mean)[i]) * \(factor)[i]\(sum);")]
      }
    ]
  }
}

extension Ascending {
  /// The middle number of each group is the input's; the others are at distances of softplus from their neighbors.
  func writeC(_ call: CCall) throws -> [CValue] {
    let (width, middle) = (call.width, (count - 1) / 2)
    return [
      call.each(width, [call.input.value]) { y, x in
        var lines = ["\(y)[i + \(middle)] = \(x[0])[i + \(middle)];"]
        for place in (0..<middle).reversed() {
          lines.append(
            "\(y)[i + \(place)] = \(y)[i + \(place + 1)] - \(call.apply(.softplus, "\(x[0])[i + \(place)]"));"
          )
        }
        for place in middle + 1..<max(middle + 1, count) {
          lines.append(
            "\(y)[i + \(place)] = \(y)[i + \(place - 1)] + \(call.apply(.softplus, "\(x[0])[i + \(place)]"));"
          )
        }
        return call.block("for (i = 0; i < \(width); i += \(count))", lines)
      }
    ]
  }
}

extension CCall {
  /// The function that says whether one of so many numbers is another than `value`.
  fileprivate func differs(from value: Float, _ width: Int) -> String {
    program.shared.function("\(name)_counts") { name in
      """
      static int \(name)(const float *x)
      {
        size_t i;
        for (i = 0; i < \(width); i++) if (x[i] != \(value)f) return 1;
        return 0;
      }

      """
    }
  }

  /// Gives numbers the mean 0 and the variance 1, then multiplies by gamma and adds beta; `y` may be `x`.
  func normalize(
    _ x: String, _ width: Int, epsilon: Float, gamma: String?, beta: String?, into y: String
  ) -> [String] {
    ["\(normalize)(\(x), \(width), \(epsilon)f, \(y));"]
      + (gamma.map { [forEach(width, "\(y)[i] *= \($0)[i];")] } ?? [])
      + (beta.map { [forEach(width, "\(y)[i] += \($0)[i];")] } ?? [])
  }

  /// The function that gives numbers the mean 0 and the variance 1.
  private var normalize: String {
    program.shared.function("normalize") { name in
      """
      static void \(name)(const float *x, size_t n, float epsilon, float *y)
      {
        size_t i;
        float mean = 0.0f, variance = 0.0f;
        for (i = 0; i < n; i++) mean += x[i];
        mean /= (float)n;
        for (i = 0; i < n; i++) {
          y[i] = x[i] - mean;
          variance += y[i] * y[i];
        }
        variance = 1.0f / sqrtf(variance / (float)n + epsilon);
        for (i = 0; i < n; i++) y[i] *= variance;
      }

      """
    }
  }
}
