// Attention and dot products in C. Attention reads the steps of the value one after another, and weights them as it goes: when
// a score is higher than all before, what has been summed is made smaller (Milakov and Gimelshein 2018, Online normalizer
// calculation for softmax). So no memory for scores is needed, however many steps there are.

import Tensor

extension AttentionDefinition {
  /// The query's steps are its own; the key has those of the value.
  var readsApartInC: Int { 1 }

  /// The weighted sums of the value.
  /// - Parameters:
  ///   - work: the multiplications of a score.
  ///   - score: the score of a step of the query and one of the key, by the names of both.
  fileprivate func attended(
    _ call: CCall, work: Int, score: (_ query: String, _ key: String) -> String
  ) -> CValue {
    let program = call.program
    let (query, value, key) = (call.inputs[0], call.inputs[1], call.inputs[call.inputs.count > 2 ? 2 : 1])
    let axis = program[query.value].axis
    func whole(_ value: CValue, _ width: Int) -> CValue {
      call.view(call.whole(value), width: width, axis: axis, stride: 0)
    }
    let read = whole(value.value, value.shape.width)
    let compared = key.value == value.value ? read : whole(key.value, key.shape.width)
    let masks = [value.mask.map { whole($0, 1) }, query.mask]
    let (width, steps) = (value.shape.width, program[value.value].axis.map(program.count) ?? "1")
    let reads = [query.value, read, compared] + masks.compactMap { $0 }
    return call.each(width, reads, work: (value.shape.steps ?? 1) * (width + work)) { y, names in
      let score = score(names[0], "\(names[2]) + j * \(key.shape.width)")
      let excluded = masks[0].map { " - (\(program[$0].name)[j] ? 0.0f : 1e9f)" } ?? ""
      let step = "\(call.attend)(\(score)\(excluded), \(names[1]) + j * \(width), \(width), sums, \(y));"
      let lines = [
        "float sums[2] = {-HUGE_VALF, 0.0f};", call.clear(y, width),
        "for (j = 0; j < \(steps); j++) \(step)", call.forEach(width, "\(y)[i] /= sums[1];"),
      ]
      guard let mask = masks[1] else { return ["{"] + lines.map { "  \($0)" } + ["}"] }
      return call.block("if (\(program[mask].name)[0])", lines) + call.block("else", [call.clear(y, width)])
    }
  }
}

extension Attention {
  func writeC(_ call: CCall) throws -> [CValue] {
    let width = call.width
    let scale = useScale ? "\(try call.array("scale"))[0]" : nil
    switch scoreMode {
    case .dot:
      return [
        attended(call, work: width) { query, key in
          call.dot(query, 1, key, 1, "\(width)") + (scale.map { " * \($0)" } ?? "")
        }
      ]
    case .concat:
      let factor = try call.array("concat_score_weight")
      return [
        attended(call, work: width) { query, key in
          "\(factor)[0] * \(call.hiddenSum(query, key, scale: scale, factors: nil, width))"
        }
      ]
    }
  }
}

extension AdditiveAttention {
  func writeC(_ call: CCall) throws -> [CValue] {
    let width = call.width
    let factors = useScale ? try call.array("scale") : nil
    return [
      attended(call, work: width) { query, key in
        call.hiddenSum(query, key, scale: nil, factors: factors, width)
      }
    ]
  }
}

extension Dot {
  func writeC(_ call: CCall) throws -> [CValue] {
    let (a, b) = (DotSide(call, 0, axes.first), DotSide(call, 1, axes.second))
    let shape = try outputs(call.inputs.map(\.shape))[0]
    let isMatrix = shape.steps != nil
    let axis = isMatrix ? a.axis : nil
    let views = [a, b].map { call.view($0.value, width: 1, axis: axis, stride: 0) }
    // A step is an entry of the first value's other axis; the result of a vector has only one axis.
    let places = isMatrix ? ["t", "i"] : a.isVector ? ["0", "i"] : ["i", "0"]
    return [
      call.each(shape.width, views, work: shape.width * a.summed) { y, names in
        let factors = zip(names, zip([a, b], places)).map { $1.0.entry($0, $1.1) }
        let product =
          normalize
          ? call.cosine(factors[0], a.stride, factors[1], b.stride, a.count)
          : call.dot(factors[0], a.stride, factors[1], b.stride, a.count)
        return [call.forEach(shape.width, "\(y)[i] = \(product);")]
      }
    ]
  }
}

/// One of the two values of a dot product, all of it: `[other axis, axis that is summed over]`.
private struct DotSide {
  let value: CValue
  let isVector: Bool
  /// The length of the axis that is summed over, in training and in C; from one of its numbers to the next.
  let summed: Int
  let count: String
  let stride: Int
  /// What counts the entries of the other axis; from one entry to the next.
  let axis: CAxis?
  private let otherStride: Int

  init(_ call: CCall, _ number: Int, _ axis: Int) {
    let (input, program) = (call.inputs[number], call.program)
    let (own, width) = (program[input.value].axis, input.shape.width)
    isVector = own == nil
    value = isVector ? input.value : call.whole(input.value)
    let sumsSteps = !isVector && (axis == 1 || axis == -2)
    summed = sumsSteps ? input.shape.steps ?? 1 : width
    count = sumsSteps ? own.map(program.count) ?? "1" : "\(width)"
    (stride, otherStride) = sumsSteps ? (width, 1) : (1, width)
    self.axis = sumsSteps ? .fixed(width) : own
  }

  /// Where an entry of the other axis begins.
  func entry(_ name: String, _ place: String) -> String {
    place == "0" ? name : otherStride == 1 ? "\(name) + \(place)" : "\(name) + \(place) * \(otherStride)"
  }
}

// MARK: - Functions

extension CCall {
  /// The product of two vectors, whose numbers are so far from each other.
  fileprivate func dot(_ a: String, _ p: Int, _ b: String, _ q: Int, _ count: String) -> String {
    let function = program.shared.function("dot") { name in
      """
      /* the sum of a[i * p] * b[i * q] over i < n */
      static float \(name)(const float *a, size_t p, const float *b, size_t q, size_t n)
      {
        size_t i;
        float sum = 0.0f;
        for (i = 0; i < n; i++) sum += a[i * p] * b[i * q];
        return sum;
      }

      """
    }
    return "\(function)(\(a), \(p), \(b), \(q), \(count))"
  }

  /// The product of two vectors divided by their norms, which count as at least 1e-7.
  fileprivate func cosine(_ a: String, _ p: Int, _ b: String, _ q: Int, _ count: String) -> String {
    let function = program.shared.function("cosine") { name in
      """
      static float \(name)(const float *a, size_t p, const float *b, size_t q, size_t n)
      {
        size_t i;
        float sum = 0.0f, first = 0.0f, second = 0.0f;
        for (i = 0; i < n; i++) {
          sum += a[i * p] * b[i * q];
          first += a[i * p] * a[i * p];
          second += b[i * q] * b[i * q];
        }
        return sum / fmaxf(sqrtf(first), 1e-7f) / fmaxf(sqrtf(second), 1e-7f);
      }

      """
    }
    return "\(function)(\(a), \(p), \(b), \(q), \(count))"
  }

  /// The sum of a hidden layer of the query and the key.
  /// - Parameters:
  ///   - scale: the factor of the layer's inputs; nil for 1.
  ///   - factors: those of the layer's outputs; nil if all are 1.
  fileprivate func hiddenSum(
    _ query: String, _ key: String, scale: String?, factors: String?, _ width: Int
  ) -> String {
    let name = "hidden\(scale == nil ? "" : "_scaled")\(factors == nil ? "" : "_weighted")"
    let function = program.shared.function(name) { name in
      let parameters = (scale == nil ? "" : " float scale,") + (factors == nil ? "" : " const float *w,")
      let input = "\(scale == nil ? "" : "scale * ")(q[i] + k[i])"
      return """
        static float \(name)(const float *q, const float *k,\(parameters) size_t n)
        {
          size_t i;
          float sum = 0.0f;
          for (i = 0; i < n; i++) sum += \(factors == nil ? "" : "w[i] * ")tanhf(\(input));
          return sum;
        }

        """
    }
    let arguments = [query, key] + [scale, factors].compactMap { $0 } + ["\(width)"]
    return "\(function)(\(arguments.joined(separator: ", ")))"
  }

  /// The function that adds a step to a softmax and to the sum that it weights.
  fileprivate var attend: String {
    program.shared.function("attend") { name in
      """
      /* Of the steps so far, sums[0] is the highest score, sums[1] the sum of w = exp(score - sums[0]), and y that of w * v. */
      static void \(name)(float score, const float *v, size_t n, float *sums, float *y)
      {
        size_t i;
        float weight = 1.0f;
        if (score > sums[0]) {
          const float less = expf(sums[0] - score);
          sums[0] = score;
          sums[1] *= less;
          for (i = 0; i < n; i++) y[i] *= less;
        } else {
          weight = expf(score - sums[0]);
        }
        sums[1] += weight;
        for (i = 0; i < n; i++) y[i] += weight * v[i];
      }

      """
    }
  }
}
