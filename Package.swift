// swift-tools-version: 6.2
// rnnpipe: libraries are nouns, commands are verbs, and the arrows between them are these dependencies.

import PackageDescription

/// The CPU that the kernels are compiled for: this machine's unless `RNN_CPU` names another
/// (`x86-64-v3`, `x86-64-v4`, ...), for builds that travel.
let cpu = Context.environment["RNN_CPU"] ?? "native"

/// A library of the project with the tests beside it.
func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], swift settings: [SwiftSetting] = []
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// One command: a thin library around `Stage`, linked into the `rnnpipe` executable.
func command(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name,
    dependencies: ["Failures", "JSON", "Tensor", "TensorFile", "Stage", argumentParser] + dependencies)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], data: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: data)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

/// The Swift runtime goes into the executable, so that it starts in milliseconds and runs where no Swift
/// is installed. Only the link step is told, so tests (whose runner can't be static) reuse the objects;
/// hence the libraries that Foundation's static modules would have named themselves.
let staticRuntime: [LinkerSetting] = [
  .unsafeFlags([
    "-static-stdlib", "-Xlinker", "--start-group", "-lCoreFoundation", "-l_FoundationICU",
    "-l_FoundationCShims", "-l_FoundationCollections", "-lswiftSynchronization", "-Xlinker", "--end-group",
    "-Xlinker", "-s",
  ])
]

let commands: [Target] = [
  command("rnn-download", ["Datasets", "Sequences", "Spelling"]),
  command("rnn-synth", ["Sequences", "SequenceOptions"]),
  command("rnn-tokenize", ["Sequences", "SequenceOptions"]),
  command("rnn-pad", ["Sequences", "SequenceOptions"]),
  command("rnn-window", ["Sequences", "SequenceOptions"]),
  command("rnn-split", ["Sequences", "SequenceOptions"]),
  command("rnn-train", ["Sequences", "Networks", "Training", "Kernels", "ModelExchange", "Interchange"]),
  command("rnn-predict", ["Sequences", "Networks", "Training", "Kernels"]),
  command("rnn-plot", ["Charts", "Sequences", "SequenceOptions", "Registry"]),
  command("rnn-runs", ["Registry"]),
  command("rnn-inspect", ["Sequences", "Networks"]),
  command("rnn-convert", ["Interchange", "Networks", "ModelExchange"]),
]

let package = Package(
  name: "rnnpipe",
  products: [.executable(name: "rnnpipe", targets: ["rnnpipe"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: commands + [
    .target(name: "COpenBLAS", dependencies: ["CLibraryOnDemand"]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CArchive", dependencies: ["CLibraryOnDemand"]),
    .target(name: "CCurl", dependencies: ["CLibraryOnDemand"]),
    .target(name: "CLibraryOnDemand", linkerSettings: [.linkedLibrary("dl")]),
    .systemLibrary(name: "CSystem"),
    .target(name: "CPUTarget", cSettings: [.unsafeFlags(["-march=\(cpu)"])]),
    library("Failures"),
    library("JSON", ["Failures"]),
    library("OptionSyntax", ["Failures", "Spelling"]),
    library("Spelling"),
    library("Tensor"),
    library("RandomNumbers"),
    library("TensorFile", ["Failures", "JSON", "Tensor", "CZstd"]),
    // Without -fno-math-errno a vector's square root is 16 scalar ones, each with a test for negative numbers.
    library(
      "Kernels", ["COpenBLAS", "CPUTarget"],
      swift: [.unsafeFlags(["-Ounchecked", "-Xcc", "-march=\(cpu)", "-Xcc", "-fno-math-errno"])]),
    library(
      "Networks",
      [
        "Failures", "JSON", "OptionSyntax", "Spelling", "Tensor", "TensorFile", "RandomNumbers", "Kernels",
      ],
      swift: [.unsafeFlags(["-enforce-exclusivity=unchecked"])]),
    library(
      "Training",
      [
        "Failures", "JSON", "OptionSyntax", "Spelling", "Tensor", "RandomNumbers", "Kernels", "Networks",
        "TensorFile",
      ],
      swift: [.unsafeFlags(["-enforce-exclusivity=unchecked"])]),
    library("Sequences", ["Failures", "JSON", "Tensor", "TensorFile", "RandomNumbers"]),
    library("Archives", ["Failures", "CArchive"]),
    library("Datasets", ["Failures", "Archives", "CArchive", "CCurl", "CZlib", crypto]),
    library("Charts", ["Failures"]),
    library(
      "Interchange", ["Failures", "JSON", "Tensor", "TensorFile", "Sequences", "Archives", "CArchive"]),
    library("HDF5", ["Failures"]),
    library(
      "ModelExchange", ["Failures", "JSON", "Tensor", "TensorFile", "Networks", "HDF5", "Interchange"]),
    library("Registry", ["Failures", grdb]),
    library(
      "Stage",
      ["CSystem", "Failures", "JSON", "Spelling", "Tensor", "TensorFile", "Registry", argumentParser, crypto]),
    library("SequenceOptions", ["Failures", "Sequences", "Stage", "TensorFile", argumentParser]),
    .executableTarget(
      name: "rnnpipe",
      dependencies: commands.map { .init(stringLiteral: $0.name) } + ["Kernels", "Stage", argumentParser],
      linkerSettings: staticRuntime),
    .target(name: "AllocationCount", path: "Benchmarks/allocations"),
    .executableTarget(
      name: "throughput",
      dependencies: [
        "AllocationCount", "COpenBLAS", "Failures", "JSON", "Kernels", "Networks", "RandomNumbers",
        "Spelling",
        "Tensor", "TensorFile", "Training",
      ],
      path: "Benchmarks/throughput"),
    tests("TensorTests", ["Tensor", "RandomNumbers"]),
    tests("TensorFileTests", ["TensorFile", "JSON", "Tensor", "Failures", "RandomNumbers"], data: ["Cases"]),
    tests("KernelsTests", ["Kernels"]),
    tests(
      "NetworksTests",
      ["Networks", "Training", "JSON", "Kernels", "Tensor", "TensorFile", "RandomNumbers", "Failures"]),
    tests(
      "TrainingTests",
      [
        "Training", "Networks", "Kernels", "Tensor", "TensorFile", "RandomNumbers", "Failures",
        "AllocationCount",
      ]),
    tests("SequencesTests", ["Sequences", "JSON", "Tensor", "TensorFile", "RandomNumbers", "Failures"]),
    tests("DatasetsTests", ["Datasets", "Failures"]),
    tests("ChartsTests", ["Charts", "Failures"]),
    tests("InterchangeTests", ["Interchange", "Tensor", "TensorFile", "Failures"]),
    tests("HDF5Tests", ["HDF5", "Failures", "RandomNumbers"]),
    tests(
      "ModelExchangeTests",
      [
        "ModelExchange", "HDF5", "Interchange", "JSON", "Networks", "Training", "Tensor", "TensorFile",
        "Failures",
      ]),
    tests("RegistryTests", ["Registry", "Failures", grdb]),
    tests("StageTests", ["Stage", "Spelling", "TensorFile", "Tensor", "Failures", argumentParser]),
    tests("CommandTests", [], data: ["Cases"]),
    tests("PipelineTests", []),
  ],
  swiftLanguageModes: [.v6])
