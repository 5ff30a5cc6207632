// The windows that a model was trained on.

import Failures
import Sequences
import TensorFile

/// The window settings of a model.
struct WindowModel {
  let settings: WindowSettings
  var layout: WindowLayout { settings.layout }
  var scaler: Scaler { settings.scaler }
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
    guard let settings = try WindowSettings(header: header) else {
      throw Failure.data(
        "has no windows of a series", at: path, remedy: "give a model or stream of windows from rnn-window")
    }
    self.settings = settings
    time = try TimeColumn(header: header)
    form = try CSVForm(header: header)
    encoding = try SourceForm(header: header)?.encoding
  }
}
