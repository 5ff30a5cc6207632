// Failures common to several formats.

import Failures
import Spelling
import TensorFile

/// A requested column does not exist.
func missingColumn(_ name: String, of schema: [String: ColumnSchema]) -> Failure {
  let known = schema.keys.sorted()
  let remedy =
    known.isEmpty ? "there are no columns" : suggestion(for: name, among: known, listedAs: "the columns are")
  return Failure.usage("there is no column \(name)", remedy: remedy)
}
