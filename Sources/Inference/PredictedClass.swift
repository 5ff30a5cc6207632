// The class that a prediction stands for.

/// The class with the largest output (the first, if tied), or for a single output, whether it is above the threshold: 1
/// or 0.
func predictedClass(_ outputs: ArraySlice<Float>, threshold: Float) -> Int {
  if outputs.count == 1, let output = outputs.first { return output > threshold ? 1 : 0 }
  let best = outputs.indices.reduce(outputs.startIndex) { outputs[$1] > outputs[$0] ? $1 : $0 }
  return best - outputs.startIndex
}
