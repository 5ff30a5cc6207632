// Reads lines of JSON as rows for a model: tensors by the names of its inputs, or what it was trained on, which is prepared
// by the readers of rnn-predict. Each line is prepared as a file of its own.

import ByteStreams
import Failures
import Inference
import JSON
import Networks
import Sequences
import Tensor
import TensorFile

/// Prepares lines for a model.
struct LinePreparer: Sendable {
  private let model: LoadedModel
  private let columns: ModelColumns
  private let form: CSVForm
  private let source: SourceForm?

  /// - Throws: `Failure` (data) if the model is damaged.
  init(_ model: LoadedModel, _ columns: ModelColumns) throws {
    (self.model, self.columns) = (model, columns)
    let usual = try CSVForm(header: model.file.header)
    form = CSVForm(separator: UInt8(ascii: ","), fill: usual?.fill)
    source = try SourceForm(header: model.file.header)
  }

  /// The rows in a line.
  /// - Throws: `Failure` (data) if it can't be read, or doesn't fit the model.
  func prepare(_ line: ArraySlice<UInt8>) throws -> PreparedLine {
    let value = try JSONValue(parsing: line, mostValues: line.count)
    if let object = value.object, areTensors(object) { return try tensors(object) }
    guard model.document == nil, model.tagging == nil, Translation(model) == nil else {
      throw Failure.data("lines for this model have \(inputNames): only rnn-predict reads its texts")
    }
    if model.vocabulary != nil { return try text(value) }
    if let sequences = model.sequences { return try sequence(value, sequences) }
    guard model.windows != nil else { throw Failure.data("a line for this model has \(inputNames)") }
    return try prepared(RecordTable(value).csv, series: seriesOptions)
  }

  private var inputNames: String { columns.inputs.map(\.name).joined(separator: ", ") }

  // MARK: Tensors

  /// Whether the members are the network's inputs. A series can have columns with their names, but those are not nested.
  private func areTensors(_ object: [String: JSONValue]) -> Bool {
    guard Set(object.keys) == Set(columns.inputs.map(\.name)) else { return false }
    guard model.sequences != nil || model.windows != nil else { return true }
    return columns.inputs.allSatisfy { $0.shape.count < 2 || object[$0.name]?.array?.first?.array != nil }
  }

  /// A row of tensors.
  private func tensors(_ object: [String: JSONValue]) throws -> PreparedLine {
    var tensors: [String: Tensor] = [:]
    for column in columns.inputs {
      do { tensors[column.name] = try Self.row(object[column.name] ?? .null, column) } catch {
        throw error.placed(at: column.name)
      }
    }
    let form = try ForecastForm(model, header: StreamHeader(kind: "windows"), isFuture: true)
    return PreparedLine(chunk: Chunk(tensors), forecast: form)
  }

  private static func row(_ value: JSONValue, _ column: ModelColumn) throws(Failure) -> Tensor {
    let numbers = try NestedNumbers(value)
    let fits =
      numbers.shape.count == column.shape.count && numbers.count > 0
      && zip(numbers.shape, column.shape).allSatisfy { $1 < 0 || $0 == $1 }
    guard fits else {
      let expected = column.shape.map { $0 < 0 ? "any" : "\($0)" }.joined(separator: ", ")
      throw Failure.data("its shape is \(numbers.shape), but the model reads [\(expected)]")
    }
    return try numbers.tensor(column.content, shape: [1] + numbers.shape)
  }

  // MARK: What the model was trained on

  /// A text, alone or as a field of an object.
  private func text(_ value: JSONValue) throws -> PreparedLine {
    let object: JSONValue = value.string == nil ? value : ["text": value]
    var options = TextOptions()
    options.format = .jsonl
    options.usual = source
    options.labelSeparator = source?.labelSeparator
    return try prepared(object.text + "\n", text: options)
  }

  /// A whole sequence of numbers.
  private func sequence(_ value: JSONValue, _ sequences: SequenceForm) throws -> PreparedLine {
    guard let name = sequences.sequence else {
      throw Failure.data("lines for this model have \(inputNames): only rnn-predict reads its files")
    }
    var table = try RecordTable(value)
    table.add(name, "1")
    var options = SeriesCSVOptions(form: form)
    options.readTimes(like: model.time)
    return try prepared(table.csv, series: options)
  }

  private var seriesOptions: SeriesCSVOptions {
    var options = SeriesCSVOptions(form: form)
    options.readTimes(like: model.time)
    options.recognizesPanels = true
    return options
  }

  private func prepared(
    _ content: String, text: TextOptions = TextOptions(), series: SeriesCSVOptions = SeriesCSVOptions()
  ) throws -> PreparedLine {
    do {
      let bytes = PeekedSource(MemorySource(Array(content.utf8)))
      let input = try PreparedInput(raw: bytes, named: Self.place, model, text: text, series: series)
      var chunks: [Chunk] = []
      try input.forEach { chunks.append($0) }
      guard let chunk = Chunk.joined(chunks), chunk.rows > 0 else {
        throw Failure.data(input.finalWarnings.first ?? "there are no rows for which to predict")
      }
      return PreparedLine(chunk: chunk, forecast: try ForecastForm(model, input))
    } catch let failure as Failure { throw Self.withoutPlace(failure) }
  }

  /// The place of errors, which is not told: the answer stands where the line stood.
  private static let place = "line"

  private static func withoutPlace(_ failure: Failure) -> Failure {
    let problem =
      failure.problem.hasPrefix("line 1: ") ? String(failure.problem.dropFirst(8)) : failure.problem
    return Failure(
      failure.kind, problem, at: failure.place == place ? nil : failure.place, remedy: failure.remedy)
  }
}
