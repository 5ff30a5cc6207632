// How the sequences of a model were read and scaled.

import Failures
import Sequences
import TensorFile

/// The preparation of whole sequences for a model.
struct SequenceModel {
  let form: SequenceForm
  let scaling: SequenceScaling
  let classes: ClassNames?
  let csv: CSVForm?
  let time: TimeColumn?
  let encoding: String?

  /// What replaces missing values.
  var fill: Fill? { csv?.fill }

  /// Nil if the header is not that of a model or stream of sequences of numbers.
  init?(header: StreamHeader) throws {
    guard let form = try SequenceForm(header: header) else { return nil }
    self.form = form
    scaling = SequenceScaling(try Scaler(header: header) ?? .identity(form.columns), ownScale: form.ownScale)
    classes = try ClassNames(header: header)
    csv = try CSVForm(header: header)
    time = try TimeColumn(header: header)
    encoding = try SourceForm(header: header)?.encoding
  }
}
