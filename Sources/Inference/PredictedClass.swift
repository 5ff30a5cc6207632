// The class that a prediction stands for.

/// The class with the largest output (the first, if tied), or for a single output, a probability, whether it is above
/// 0.5: 1 or 0.
func predictedClass(_ outputs: ArraySlice<Float>) -> Int {
  if outputs.count == 1, let probability = outputs.first { return probability > 0.5 ? 1 : 0 }
  let best = outputs.indices.reduce(outputs.startIndex) { outputs[$1] > outputs[$0] ? $1 : $0 }
  return best - outputs.startIndex
}
