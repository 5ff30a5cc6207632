// swift-tools-version: 6.2
// rnnpipe: libraries have nouns as names, commands have verbs; their dependencies are declared here.

import PackageDescription

/// The CPU for which the kernels are compiled: this machine's, unless `RNN_CPU` names another one
/// (`x86-64-v3`, `x86-64-v4`, ...), for builds that run on other machines.
let cpu = Context.environment["RNN_CPU"] ?? "native"

/// A library of the project with its tests.
func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], swift settings: [SwiftSetting] = []
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A command: a thin library around `Stage`, linked into the `rnnpipe` executable.
func command(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name,
    dependencies: ["ByteStreams", "Failures", "JSON", "Tensor", "TensorFile", "Stage", argumentParser]
      + dependencies)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], data: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: data)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let flyingSocks = Target.Dependency.product(name: "FlyingSocks", package: "FlyingFox")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

/// The Swift runtime is linked statically, so that the executable starts in milliseconds and runs on machines
/// without Swift. Only the link step is changed, so that tests (whose runner can't be static) reuse the objects;
/// this is why the libraries that Foundation's static modules would request themselves are listed. For a sanitizer
/// (setup/sanitize) it is linked dynamically: a static one hides the sanitizer's malloc from the C library.
let staticRuntime: [LinkerSetting] =
  Context.environment["RNN_SANITIZER"] != nil
  ? []
  : [
    .unsafeFlags([
      "-static-stdlib", "-Xlinker", "--start-group", "-lCoreFoundation", "-l_FoundationICU",
      "-l_FoundationCShims", "-l_FoundationCollections", "-lswiftSynchronization", "-Xlinker", "--end-group",
      "-Xlinker", "-s",
    ])
  ]

let commands: [Target] = [
  command("rnn-download", ["Archives", "Datasets", "Sequences", "Spelling"]),
  command("rnn-synth", ["Calendar", "Sequences", "SequenceOptions"]),
  command("rnn-tokenize", ["Sequences", "SequenceOptions"]),
  command("rnn-pad", ["Sequences", "SequenceOptions"]),
  command("rnn-window", ["Audio", "Sequences", "SequenceOptions"]),
  command("rnn-split", ["OperatingSystem", "Sequences", "SequenceOptions"]),
  command(
    "rnn-train",
    [
      "OperatingSystem", "Peers", "Sequences", "Networks", "Training", "TrainingOptions", "Interchange",
      "Kernels", "ModelExchange", "Registry", "Trackers",
    ]),
  command(
    "rnn-predict",
    [
      "Anomalies", "Inference", "Interchange", "Networks", "OperatingSystem", "Peers", "SequenceOptions",
      "Sequences", "Training",
    ]),
  command("rnn-serve", ["Inference", "OperatingSystem", "Registry", "Serving", "WebServer"]),
  command(
    "rnn-backtest",
    [
      "Backtests", "Charts", "SequenceOptions", "Sequences", "Spelling", "Training", "TrainingOptions",
    ]),
  command(
    "rnn-plot",
    [
      "Backtests", "Charts", "Diagnostics", "Forecasting", "OperatingSystem", "Screens", "Sequences",
      "SequenceOptions", "Registry", "Spelling", system,
    ]),
  command("rnn-sweep", ["Charts", "OperatingSystem", "Registry", "Spelling", "Sweeps", system]),
  command(
    "rnn-runs",
    [
      "Calendar", "Charts", "Hashing", "OperatingSystem", "Registry", "RunPages", "Screens", "Spelling",
      "Trackers", "Trackio", "WebServer", system,
    ]),
  command("rnn-inspect", ["Calendar", "Sequences", "Networks"]),
  command(
    "rnn-convert",
    ["Inference", "OperatingSystem", "Interchange", "Networks", "ModelExchange", "Training"]),
]

/// Coverage-guided fuzzing, which needs instrumented libraries: `make fuzz` builds it apart from everything else.
let fuzzing: [Target] =
  Context.environment["RNN_FUZZING"] == nil
  ? []
  : [
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "Archives", "Audio", "ByteStreams", "CZstd", "Datasets", "Failures", "HDF5", "Inference",
        "Interchange", "JSON", "ModelExchange", "Networks", "OperatingSystem", "Sequences", "TensorFile",
        "Training",
      ],
      path: "Tests/fuzz")
  ]

let package = Package(
  name: "rnnpipe",
  products: [.executable(name: "rnnpipe", targets: ["rnnpipe"])],
  // Exact versions, so that a commit is always built from the same sources.
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
  ],
  targets: commands + fuzzing + [
    .target(name: "COpenBLAS", dependencies: ["CLibraryOnDemand"]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CArchive", dependencies: ["CLibraryOnDemand"]),
    .target(name: "CCurl", dependencies: ["CLibraryOnDemand"]),
    .target(name: "CNettle", dependencies: ["CLibraryOnDemand"]),
    .target(name: "CMPI", dependencies: ["CLibraryOnDemand"]),
    .target(name: "CWordBreaks", linkerSettings: [.linkedLibrary("_FoundationICU")]),
    .target(name: "CAllocation"),
    .target(name: "CLibraryOnDemand", linkerSettings: [.linkedLibrary("dl")]),
    .systemLibrary(name: "CLinux"),
    .target(name: "CPUTarget", cSettings: [.unsafeFlags(["-march=\(cpu)"])]),
    library("Failures"),
    library("OperatingSystem", ["Failures", system]),
    library("ByteStreams", ["Failures", "OperatingSystem", system]),
    library("Audio", ["ByteStreams", "Failures"]),
    library("Peers", ["CMPI", "Failures", "Kernels", "OperatingSystem"]),
    library("Threads"),
    library("PictureOrigins", ["CZlib"]),
    library("Calendar"),
    library("Protobuf", ["Failures"]),
    library("ONNX", ["Failures", "Protobuf"]),
    library("JSON", ["Failures"]),
    library("OptionSyntax", ["Failures", "Spelling"]),
    library("Spelling"),
    library("Tensor"),
    library("RandomNumbers"),
    library(
      "TensorFile", ["ByteStreams", "Failures", "JSON", "OperatingSystem", "Tensor", "Threads", "CZstd"]),
    // Without -fno-math-errno, a vector's square root is 16 scalar ones, each with a test for negative numbers.
    library(
      "Kernels", ["COpenBLAS", "CPUTarget", "Threads"],
      swift: [.unsafeFlags(["-Ounchecked", "-Xcc", "-march=\(cpu)", "-Xcc", "-fno-math-errno"])]),
    library(
      "Networks",
      [
        "Failures", "JSON", "ONNX", "OperatingSystem", "OptionSyntax", "Spelling", "Tensor", "TensorFile",
        "RandomNumbers", "Kernels", "Peers",
      ],
      swift: [.unsafeFlags(["-enforce-exclusivity=unchecked"])]),
    library(
      "Training",
      [
        "Failures", "JSON", "OptionSyntax", "Spelling", "Tensor", "RandomNumbers", "Kernels", "Networks",
        "TensorFile",
      ],
      swift: [.unsafeFlags(["-enforce-exclusivity=unchecked"])]),
    library(
      "Inference",
      [
        "Anomalies", "ByteStreams", "Failures", "Forecasting", "JSON", "Spelling", "Tensor", "TensorFile",
        "Networks", "Peers", "Threads", "Training", "Sequences",
      ]),
    library(
      "Sequences",
      [
        "Audio", "ByteStreams", "CWordBreaks", "Calendar", "Failures", "JSON", "OperatingSystem", "Spelling",
        "Tensor", "TensorFile", "RandomNumbers",
      ]),
    library("Archives", ["ByteStreams", "Failures", "OperatingSystem", "CArchive", "CZlib", "CZstd"]),
    library("Encodings", ["ByteStreams", "Failures", "Spelling"]),
    library("HTTP", ["Failures", "CCurl"]),
    library("Datasets", ["Archives", "Failures", "Hashing", "HTTP", "OperatingSystem", system]),
    library("Charts", ["Calendar", "Failures", "OperatingSystem", system]),
    library(
      "Interchange",
      [
        "Archives", "ByteStreams", "Failures", "JSON", "OperatingSystem", "Sequences", "Spelling", "Tensor",
        "TensorFile",
      ]),
    library("Hashing", ["Failures", "Threads", "CNettle"]),
    library("Anomalies", ["Failures", "OptionSyntax", "Spelling"]),
    library("Forecasting"),
    library("Sweeps", ["Failures", "RandomNumbers", "Spelling"]),
    library("Diagnostics", ["Forecasting"]),
    library("HDF5", ["Failures"]),
    library(
      "ModelExchange",
      [
        "Archives", "ByteStreams", "Failures", "JSON", "OperatingSystem", "Tensor", "TensorFile", "Networks",
        "HDF5",
        "Interchange", "Sequences",
      ]),
    library("Trackers", ["Failures", "HTTP", "JSON", "OperatingSystem", "Protobuf", "Threads"]),
    library("Trackio", ["Failures", "JSON", "OperatingSystem", "Trackers", grdb, system]),
    library("Registry", ["Calendar", "Failures", "OperatingSystem", grdb, system]),
    .target(name: "CRunPage", exclude: ["Page"]),
    library(
      "RunPages",
      [
        "CRunPage", "CZlib", "Charts", "Failures", "Hashing", "JSON", "OperatingSystem", "PictureOrigins",
        "Registry", system,
      ]),
    library("WebServer", ["Failures", "Hashing", "JSON", flyingSocks]),
    library(
      "Serving",
      [
        "ByteStreams", "Failures", "Inference", "JSON", "Networks", "OperatingSystem", "Sequences", "Tensor",
        "TensorFile", "Threads", "WebServer",
      ]),
    library(
      "Stage",
      [
        "Archives", "ByteStreams", "CAllocation", "CLinux", "Encodings", "Failures", "Hashing", "JSON",
        "OperatingSystem", "Peers", "PictureOrigins", "Spelling", "Tensor", "TensorFile", "Threads",
        "Registry",
        argumentParser, system,
      ]),
    library("Screens", ["ByteStreams", "Failures", "OperatingSystem", "Stage", system]),
    library(
      "SequenceOptions", ["ByteStreams", "Failures", "Sequences", "Stage", "TensorFile", argumentParser]),
    library(
      "Backtests",
      [
        "Charts", "Failures", "Forecasting", "Inference", "JSON", "Networks", "Sequences", "Stage", "Tensor",
        "TensorFile", "Threads", "Training", "TrainingOptions",
      ]),
    library(
      "TrainingOptions",
      [
        "Failures", "ModelExchange", "Networks", "Sequences", "Stage", "TensorFile", "Training",
        argumentParser,
      ]),
    .executableTarget(
      name: "rnnpipe",
      dependencies: commands.map { .init(stringLiteral: $0.name) } + ["Kernels", "Stage"],
      linkerSettings: staticRuntime),
    .target(name: "AllocationCount", path: "Benchmarks/allocations"),
    .executableTarget(
      name: "throughput",
      dependencies: [
        "AllocationCount", "ByteStreams", "COpenBLAS", "Failures", "Inference", "JSON", "Kernels", "Networks",
        "RandomNumbers", "Sequences", "Spelling", "Tensor", "TensorFile", "Training", system,
      ],
      path: "Benchmarks/throughput"),
    .target(
      name: "StreamSamples", dependencies: ["ByteStreams", "RandomNumbers", "Tensor", "TensorFile"],
      path: "Tests/StreamSamples"),
    .target(name: "CommandRunning", path: "Tests/CommandRunning"),
    .target(name: "PeerThreads", dependencies: ["Kernels", "Peers"], path: "Tests/PeerThreads"),
    .target(name: "SystemFolder", path: "Tests/SystemFolder"),
    .executableTarget(
      name: "torture",
      dependencies: [
        "ByteStreams", "CommandRunning", "Failures", "Interchange", "JSON", "OperatingSystem",
        "StreamSamples",
        "TensorFile",
      ],
      path: "Tests/torture"),
    tests("TensorTests", ["Tensor", "RandomNumbers"]),
    tests(
      "TensorFileTests",
      [
        "ByteStreams", "TensorFile", "JSON", "Tensor", "Failures", "RandomNumbers", "StreamSamples", system,
      ]),
    tests(
      "DecisionTests",
      [
        "ByteStreams", "Failures", "Interchange", "JSON", "OperatingSystem", "Sequences", "StreamSamples",
        "TensorFile",
      ],
      data: ["Cases"]),
    tests("KernelsTests", ["Kernels"]),
    tests(
      "NetworksTests",
      [
        "Networks", "Training", "JSON", "Kernels", "OptionSyntax", "Tensor", "TensorFile", "RandomNumbers",
        "Failures",
      ]),
    tests(
      "TrainingTests",
      [
        "Training", "Networks", "JSON", "Kernels", "Peers", "Tensor", "TensorFile", "RandomNumbers",
        "Failures",
        "AllocationCount", "PeerThreads",
      ]),
    tests("AudioTests", ["Audio", "ByteStreams", "Failures", "JSON"]),
    tests(
      "SequencesTests",
      [
        "ByteStreams", "Calendar", "Failures", "JSON", "OperatingSystem", "RandomNumbers", "Sequences",
        "Tensor",
        "TensorFile",
      ]),
    tests(
      "InferenceTests",
      [
        "Failures", "Inference", "JSON", "Networks", "PeerThreads", "Peers", "RandomNumbers", "Sequences",
        "Tensor", "TensorFile", "Training",
      ]),
    tests("DatasetsTests", ["Archives", "Datasets", "Failures"]),
    tests("TrackersTests", ["Failures", "Protobuf", "Trackers"]),
    tests("OperatingSystemTests", ["OperatingSystem", "Failures", "SystemFolder", system]),
    tests("ByteStreamsTests", ["ByteStreams", "Failures", "OperatingSystem", system]),
    tests("ThreadsTests", ["Threads"]),
    tests("CalendarTests", ["Calendar"]),
    tests("JSONTests", ["JSON", "Failures"]),
    tests("HashingTests", ["Hashing", "Failures"]),
    tests("ChartsTests", ["Charts", "Failures"]),
    tests("PictureOriginsTests", ["Charts", "PictureOrigins"]),
    tests(
      "InterchangeTests",
      ["Archives", "ByteStreams", "Interchange", "OperatingSystem", "Tensor", "TensorFile", "Failures"]),
    tests("BacktestsTests", ["Backtests", "Failures", "Sequences"]),
    tests("AnomaliesTests", ["Anomalies", "Failures", "JSON"]),
    tests("ForecastingTests", ["Forecasting", "JSON"]),
    tests("SweepsTests", ["Sweeps", "Failures", "RandomNumbers"]),
    tests("DiagnosticsTests", ["Diagnostics", "JSON"]),
    tests("HDF5Tests", ["HDF5", "Failures", "RandomNumbers"]),
    tests(
      "ModelExchangeTests",
      [
        "ByteStreams", "ModelExchange", "HDF5", "Hashing", "Interchange", "JSON", "Networks",
        "OperatingSystem",
        "Training", "Tensor",
        "TensorFile", "Failures",
      ]),
    tests("RunPagesTests", ["Charts", "JSON", "Registry", "RunPages"]),
    tests("WebServerTests", ["Failures", "WebServer"]),
    tests("ServingTests", ["Failures", "JSON", "Serving", "Tensor", "TensorFile"]),
    tests("RegistryTests", ["Registry", "Failures", grdb]),
    tests(
      "StageTests", ["Stage", "Spelling", "Failures", "SystemFolder", argumentParser]),
    tests("ScreensTests", ["Screens", "Stage"]),
    tests("CommandTests", ["CommandRunning"], data: ["Cases", "Clients"]),
    tests("PipelineTests", ["CommandRunning"]),
  ],
  swiftLanguageModes: [.v6])
