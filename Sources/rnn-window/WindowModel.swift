// The windows that a model was trained on.

import Failures
import Sequences
import TensorFile

/// The window settings of a model.
struct WindowModel {
  let layout: WindowLayout
  let scaler: Scaler
  let time: TimeColumn?
  let form: CSVForm?
  /// The encoding of the file with the model's training data, if the user named it.
  let encoding: String?

  init(_ header: StreamHeader, path: String) throws {
    guard try DocumentForm(header: header) == nil else {
      throw Failure.data(
        "reads the tokens of a document", at: path,
        remedy: "tokenize the text first: rnn-tokenize FILE --document --like \(path)")
    }
    guard let layout = try WindowLayout(header: header), let scaler = try Scaler(header: header) else {
      throw Failure.data(
        "has no windows of a series", at: path, remedy: "give a model or stream of windows from rnn-window")
    }
    (self.layout, self.scaler) = (layout, scaler)
    time = try TimeColumn(header: header)
    form = try CSVForm(header: header)
    encoding = try SourceForm(header: header)?.encoding
  }
}
