// The operations on files in one folder, from the output of strace -f -xx.

import Foundation

/// A trace.
struct CallTrace {
  /// The operations in order.
  private(set) var operations: [FileOperation] = []
  private let folder: String
  private var disk: CrashDisk
  /// Open files of the folder by descriptor, and the descriptors of the folder itself.
  private var open: [Int: (file: Int, name: String, offset: Int, appends: Bool)] = [:]
  private var folders: Set<Int> = []

  /// - Parameters:
  ///   - folder: the working directory of the command.
  ///   - files: the files in it at the start.
  init(_ text: String, folder: String, files: [String: [UInt8]]) throws {
    self.folder = folder
    disk = CrashDisk(files)
    var unfinished: [Substring: String] = [:]
    for line in text.split(separator: "\n") {
      guard let space = line.firstIndex(of: " ") else { continue }
      let (process, call) = (line[..<space], line[space...].drop { $0 == " " })
      if call.hasSuffix("<unfinished ...>") {
        let begin = String(call.dropLast("<unfinished ...>".count))
        // A descriptor is free as soon as its closing begins: another thread may get it before the end is traced.
        if begin.hasPrefix("close(") { try take(begin + ") = 0") } else { unfinished[process] = begin }
      } else if call.hasPrefix("<..."), let begin = unfinished.removeValue(forKey: process) {
        try take(begin + (call.firstIndex(of: ">").map { call[call.index(after: $0)...] } ?? ""))
      } else {
        try take(String(call))
      }
    }
  }

  /// Takes a call such as `write(5, "\x61", 1) = 1`.
  private mutating func take(_ call: String) throws {
    guard let bracket = call.firstIndex(of: "("), let equals = call.range(of: " = ", options: .backwards)
    else { return }
    let result = Int(call[equals.upperBound...].prefix { $0 == "-" || $0.isNumber }) ?? -1
    guard result >= 0 else { return }
    let arguments = Self.arguments(call[call.index(after: bracket)..<equals.lowerBound])
    switch call[..<bracket] {
    case "openat": openFile(arguments[1], flags: arguments[2], result)
    case "creat": openFile(arguments[0], flags: "O_CREAT|O_TRUNC", result)
    case "close": close(arguments)
    case "dup", "dup2", "dup3": open[result] = Int(arguments[0]).flatMap { open[$0] }
    case "write": write(arguments, at: nil, result)
    case "pwrite64": write(arguments, at: Int(arguments[3]), result)
    case "lseek": if let descriptor = Int(arguments[0]) { open[descriptor]?.offset = result }
    case "ftruncate": truncate(arguments)
    case "fsync", "fdatasync": sync(arguments)
    case "rename": rename(arguments[0], arguments[1])
    case "renameat", "renameat2": rename(arguments[1], arguments[3])
    case "unlink": remove(arguments[0])
    case "unlinkat": remove(arguments[1])
    case "link", "linkat": throw Harm("a link in the trace: \(call.prefix(200))")
    default: break
    }
  }

  private mutating func add(_ operation: FileOperation) {
    operations.append(operation)
    disk.apply(operation)
  }

  private mutating func openFile(_ argument: String, flags: String, _ descriptor: Int) {
    open[descriptor] = nil
    folders.remove(descriptor)
    let path = Self.path(argument)
    if path == folder || path == "." { folders.insert(descriptor) }
    guard let name = name(argument) else { return }
    if disk.file(name) == nil {
      guard flags.contains("O_CREAT") else { return }
      add(.create(name))
    }
    guard let file = disk.file(name) else { return }
    if flags.contains("O_TRUNC") { add(.truncate(file: file, size: 0)) }
    open[descriptor] = (file, name, 0, flags.contains("O_APPEND"))
  }

  private mutating func close(_ arguments: [String]) {
    guard let descriptor = Int(arguments[0]) else { return }
    open[descriptor] = nil
    folders.remove(descriptor)
  }

  private mutating func write(_ arguments: [String], at place: Int?, _ count: Int) {
    guard let descriptor = Int(arguments[0]), let target = open[descriptor] else { return }
    let end = disk.contents[target.name]?.count ?? 0
    let offset = place ?? (target.appends ? end : target.offset)
    let bytes = Array(Self.bytes(arguments[1]).prefix(count))
    add(.write(file: target.file, name: target.name, offset: offset, bytes: bytes))
    if place == nil { open[descriptor]?.offset = offset + count }
  }

  private mutating func truncate(_ arguments: [String]) {
    guard let file = Int(arguments[0]).flatMap({ open[$0] })?.file, let size = Int(arguments[1]) else {
      return
    }
    add(.truncate(file: file, size: size))
  }

  private mutating func sync(_ arguments: [String]) {
    guard let descriptor = Int(arguments[0]) else { return }
    if folders.contains(descriptor) { add(.syncFolder) }
    if let file = open[descriptor]?.file { add(.syncFile(file)) }
  }

  private mutating func rename(_ old: String, _ new: String) {
    if let old = name(old), let new = name(new) { add(.rename(old, new)) }
  }

  private mutating func remove(_ path: String) { if let name = name(path) { add(.remove(name)) } }

  // MARK: - Arguments

  /// The name of a file in the folder; nil if the path leads elsewhere.
  private func name(_ argument: String) -> String? {
    var path = Self.path(argument)
    if path.hasPrefix(folder + "/") { path.removeFirst(folder.count + 1) }
    if path.hasPrefix("./") { path.removeFirst(2) }
    return path.isEmpty || path.contains("/") || path == "." ? nil : path
  }

  private static func path(_ argument: String) -> String { String(decoding: bytes(argument), as: UTF8.self) }

  /// The bytes of `"\x61\x62"`.
  private static func bytes(_ argument: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(argument.utf8.count / 4)
    var digits: [UInt8] = []
    for character in argument.utf8.dropFirst() {
      if character == UInt8(ascii: "\\") || character == UInt8(ascii: "\"") { continue }
      if character == UInt8(ascii: "x") && digits.isEmpty { continue }
      digits.append(character)
      if digits.count == 2 {
        bytes.append(UInt8(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0)
        digits = []
      }
    }
    return bytes
  }

  /// The arguments of a call, which are separated by commas; strings contain none with -xx.
  private static func arguments(_ list: Substring) -> [String] {
    let inner = list.reversed().drop { $0 != ")" }.dropFirst().reversed()
    return String(inner).split(separator: ",", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }
}
