// rnn-convert: tensor streams to and from the files of other programs.

import ArgumentParser
import Failures
import Interchange
import Networks
import Stage
import Tensor
import TensorFile
import Training

/// Converts between tensor streams, NumPy files, tables, JSON Lines, safetensors, and models of Keras and
/// PyTorch.
public struct Convert: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-convert",
    abstract: "Convert tensor streams and models to and from the files of other programs.",
    discussion: """
      The formats are inferred from the names' extensions (.npy .npz .csv .tsv .jsonl .safetensors \
      .tensors.zst .weights.h5 .keras .onnx .h) or given by --from and --to; most inputs are also recognized by their \
      first bytes. Without an output format a stream becomes JSON Lines and anything else a stream.

      npz and safetensors keep everything except the origin of the data (npz in an array rnn.metadata); a \
      ragged column NAME becomes two arrays, NAME.values and NAME.lengths, and a model's weights are arrays \
      under their names. npy holds one column. \
      In tables a column of several numbers is spread over NAME.0, NAME.1, ...; JSON Lines have arrays, and \
      text as strings. From a table or JSON Lines, whole numbers become I64 and others F64 unless --type says \
      otherwise. Only npz, safetensors and streams keep vocabularies and scaling.

      Models can be written as Keras's .keras, .weights.h5 and .json (layers only) and as PyTorch state dicts \
      (--to pytorch), and read from .keras, .weights.h5 and state dicts in safetensors. These hold only \
      weights, or weights and layers: --like MODEL gives the layers, and what else a model knows about its \
      data. Modules of a state dict are matched with the layers by kind and shape; the assignment is printed. \
      Models are also written as ONNX (.onnx), for onnxruntime and other programs that run models: rows and, where the \
      network allows it, steps may be of any number, and the model's metadata are kept as texts. ONNX models are read \
      too: rnnpipe's own as they were, those of PyTorch's and Keras's exporters by their graphs. A name in .h makes a C99 \
      header with weights and code, which allocates nothing, for microcontrollers and other programs; its first comment \
      explains its functions.

      --weights int8 or float16 stores the matrices of a model in fewer bits, in a tensor stream, which every command reads \
      as any other model, or in a C header; what is lost is printed, with --evaluate also on a stream.

      With --shard 2/4, only the second quarter of the rows is converted, to a stream or JSON Lines; cat joins the outputs \
      of all shards. Of a stream in a file, nothing else is read.

      With --to pytorch, --like may name a state dict whose modules and names the new one should have.
      """,
    examples: [
      "rnn-convert data.tensors.zst -o data.npz",
      "rnn-predict model.tensors.zst data.tensors.zst | rnn-convert --column prediction --to csv",
      "rnn-convert x.npy --column x -o x.tensors.zst",
      "rnn-convert model.tensors.zst -o model.keras",
      "rnn-convert model.tensors.zst -o model.onnx",
      "rnn-convert model.onnx -o model.tensors.zst",
      "rnn-convert model.tensors.zst -o model.h",
      "rnn-convert model.tensors.zst --weights int8 -o small.tensors.zst --evaluate data.tensors.zst",
      "rnn-convert state.safetensors --like model.tensors.zst -o new.tensors.zst",
    ])

  @Argument(
    help: ArgumentHelp("The file to convert (default, or -: standard input).", valueName: "file"),
    completion: .file())
  var input: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write (default: standard output).", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(help: ArgumentHelp("The format of the input.", valueName: "format"))
  var from: FileFormat?

  @Option(help: ArgumentHelp("The format of the output.", valueName: "format"))
  var to: FileFormat?

  @Option(
    help: ArgumentHelp(
      "Convert only this column; may be repeated. For npy input: the column's name (default: x).",
      valueName: "name"))
  var column: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Rename a column, such as x_train=x, and convert only the renamed columns if the others differ in length; \
      may be repeated.
      """, valueName: "old=new"))
  var rename: [ColumnRenaming] = []

  @Option(
    help: ArgumentHelp(
      "The element type of a column of a table or JSON Lines, such as x=F32; may be repeated.",
      valueName: "name=type"))
  var type: [TypeChoice] = []

  @Flag(
    inversion: .prefixedNo,
    help: "Whether the first line of a table names its columns, which are otherwise called 1, 2, ...")
  var header: Bool?

  @Option(
    help: ArgumentHelp(
      """
      A model whose layers are used for weights without layers; its vocabulary, scaling and class names \
      are restored too.
      """, valueName: "model"), completion: .file())
  var like: String?

  @Option(
    help: ArgumentHelp(
      "The loss of a Keras or ONNX model, if not the one it was compiled with or the usual one.",
      valueName: "loss"
    ),
    completion: .list(Loss.Kind.allCases.map(\.rawValue)))
  var loss: String?

  @Option(
    help: ArgumentHelp(
      "Time steps of a row, if the file of Keras or ONNX doesn't specify them.", valueName: "n"))
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "The batch size, which Keras needs to know for a stateful model (default: 1).", valueName: "rows"))
  var batchSize: Int?

  @Option(
    help: ArgumentHelp(
      "The module of a PyTorch state dict that a layer gets its weights from; may be repeated.",
      valueName: "layer=module"))
  var module: [ModuleChoice] = []

  @Option(
    help: ArgumentHelp(
      "The operator set of an ONNX model, 14 to 17 (default: 17).", valueName: "version"),
    completion: .list(ONNXOptions.opsets.map { "\($0)" }))
  var opset: Int?

  @OptionGroup var sharding: ShardOption
  @OptionGroup(title: "Smaller weights") var precision: WeightOptions
  @OptionGroup var encoding: EncodingOption

  /// The options of every command.
  @OptionGroup public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// One array can't hold two columns.
  public func validate() throws {
    if to == .npy || (to == nil && output.flatMap(FileFormat.init(path:)) == .npy), column.count > 1 {
      throw ValidationError("a npy file holds one column; write npz")
    }
    if let steps, steps < 1 || steps > 1 << 20 {
      throw ValidationError("--steps \(steps) is not between 1 and \(1 << 20)")
    }
    if let batchSize, batchSize < 1 || batchSize > 1 << 20 {
      throw ValidationError("--batch-size \(batchSize) is not between 1 and \(1 << 20)")
    }
    if let opset, !ONNXOptions.opsets.contains(opset) {
      throw ValidationError(
        "--opset \(opset) is not between \(ONNXOptions.opsets.lowerBound) and \(ONNXOptions.opsets.upperBound)"
      )
    }
    try validateName()
  }

  /// The name of the output must not promise another format than it has.
  private func validateName() throws {
    guard let output, output != "-" else { return }
    let named = FileFormat(path: output)
    if to == nil, named == .h5, !output.lowercased().hasSuffix(".weights.h5") {
      throw ValidationError(
        "whole models aren't written as .h5, Keras's older format; name it .keras, or .weights.h5 for the weights"
      )
    }
    let isAlike = (to == .pytorch && named == .safetensors) || (to == .jsonl && named == .json)
    if let to, let named, to != named, !isAlike {
      throw ValidationError("the name \(output) stands for \(named.rawValue), but --to is \(to.rawValue)")
    }
    if to == nil, named == nil {
      throw ValidationError("the name \(output) doesn't say which format to write; give it with --to")
    }
  }

  /// Reads the input in its format, writes the output in its own.
  public func perform(_ run: StageRun) throws {
    if let loss { _ = try PerOutputSettings(parsing: loss, what: "loss").losses }
    let input = try ConvertInput(self, run)
    let target =
      to ?? output.flatMap(FileFormat.init(path:))
      ?? (input.format.isStreamLike && like == nil ? .jsonl : .stream)
    run.parameter("from", input.format.rawValue)
    run.parameter("to", target.rawValue)
    try run.checkOutput(output, isBinary: target.isBinary, holds: .any)
    if batchSize != nil, ![.keras, .json].contains(target) {
      throw Failure.usage("only a model for Keras has a batch size", at: "--batch-size")
    }
    if opset != nil, target != .onnx {
      throw Failure.usage("only an ONNX model has an operator set", at: "--opset")
    }
    try checkWeights(target)
    if precision.weights != nil || input.format.holdsModel || target.holdsModel || like != nil {
      if let shard = sharding.shard { throw Failure.usage("a model has no rows", at: "--shard \(shard)") }
      if !column.isEmpty { throw Failure.usage("a model's weights aren't columns", at: "--column") }
      if !rename.isEmpty { throw Failure.usage("a model's weights aren't columns", at: "--rename") }
      return try ModelConversion(command: self, run: run, input: input, target: target).perform()
    }
    try checkShard(target)
    if !module.isEmpty { throw Failure.usage("only weights for --like MODEL have modules", at: "--module") }
    let all = try input.rows(twice: [.npy, .npz, .safetensors].contains(target))
    try refuseLoose(all, target)
    let rows = CountedRows(try shard(of: all, input, run))
    try ConvertOutput(target: target, path: output, run: run).write(rows)
    run.result(
      [
        "from": .string(input.format.rawValue), "to": .string(target.rawValue),
        "rows": .integer(Int64(rows.rows)),
      ],
      "", stream: .error)
  }
}

extension Convert {
  /// Tensors that aren't columns of equal length can only become separate arrays, or remain a model.
  private func refuseLoose(_ rows: any RowSource, _ target: FileFormat) throws {
    guard rows.schema.isEmpty else { return }
    if !column.isEmpty { throw Failure.usage("a model's weights aren't columns", at: "--column") }
    let isModel = rows.header.kind == "model"
    guard target != .npz, target != .safetensors, !isModel || target != .stream else { return }
    throw Failure.data(
      isModel ? "a model has weights, not rows" : "the arrays differ in length, so they aren't columns",
      at: inputName(input), remedy: isModel ? "write npz or safetensors" : looseRemedy(rows.header))
  }
}

extension Convert {
  /// Only rnnpipe's own models and C headers have weights in fewer bits.
  private func checkWeights(_ target: FileFormat) throws {
    guard let weights = precision.weights, target != .stream, target != .c else { return }
    throw Failure.usage(
      "\(target.rawValue) files have weights in single precision", at: "--weights \(weights.rawValue)",
      remedy: "write .tensors.zst or .h")
  }
}

extension Convert {
  /// Shards can be joined only where what stands at the beginning of the file need not be repeated.
  private func checkShard(_ target: FileFormat) throws {
    guard let shard = sharding.shard, target != .stream, target != .jsonl else { return }
    throw Failure.usage(
      "\(target.rawValue) files can't be joined with cat", at: "--shard \(shard)",
      remedy: "write a stream or JSON Lines")
  }

  /// The rows of the shard. Those of a stream in a file were chosen when it was opened; others are counted first.
  private func shard(
    of rows: any RowSource, _ input: ConvertInput, _ run: StageRun
  ) throws -> any RowSource {
    guard let shard = sharding.shard, !input.format.isStreamLike else { return rows }
    let counted = CountedRows(rows)
    try counted.chunks { _ in }
    let record = ShardRecord(shard, of: counted.rows, .rows)
    run.takes(record)
    return ShardRows(rows, record.range)
  }
}

extension Convert {
  /// The modules that the user chose for layers.
  var pins: [String: String] { module.byLayer }
}

extension Convert {
  /// What to do about arrays of different lengths: choose those of the greatest number of arrays of equal length.
  private func looseRemedy(_ header: StreamHeader) -> String {
    let groups = Dictionary(grouping: header.side.filter { !$0.value.shape.isEmpty }, by: \.value.rows)
    let largest =
      groups.max { ($0.value.count, $0.key) < ($1.value.count, $1.key) }?.value.map(\.key).sorted() ?? []
    if header.side.keys.contains(where: { $0.contains("weight") || $0.hasSuffix("kernel") }) {
      return "for weights, name a model with these layers: --like MODEL"
    }
    guard FileFormat(path: inputName(input)) == .npz, largest.count > 1 else {
      return "write npz or safetensors"
    }
    let names = largest.prefix(2).map { "--rename \($0)=\($0.lowercased().hasPrefix("y") ? "y" : "x")" }
    return "convert those of equal length: \(names.joined(separator: " "))"
  }
}

/// `NAME=TYPE` on the command line.
struct TypeChoice: ExpressibleByArgument {
  let column: String
  let type: ElementType

  init?(argument: String) {
    guard let sign = argument.lastIndex(of: "="), sign > argument.startIndex,
      let type = ElementType(rawValue: argument[argument.index(after: sign)...].uppercased())
    else { return nil }
    (column, self.type) = (String(argument[..<sign]), type)
  }
}

extension FileFormat: ExpressibleByArgument {
  /// Whether TensorReader can read it.
  var isStreamLike: Bool { self == .stream || self == .safetensors }
}
