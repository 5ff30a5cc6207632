// Failures that several formats share.

import Failures
import TensorFile

/// A column was asked for that is not there.
func missingColumn(_ name: String, of schema: [String: ColumnSchema]) -> Failure {
  let known = schema.keys.sorted()
  let remedy = known.isEmpty ? "there are no columns" : "the columns are \(known.joined(separator: ", "))"
  return Failure.usage("there is no column \(name)", remedy: remedy)
}
