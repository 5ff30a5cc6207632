// Archives created byte by byte, both valid and malicious.

import Foundation

/// A member of a tar.
struct TarMember {
  var name: String
  var content: [UInt8] = []
  /// `0` file, `1` hard link, `2` symbolic link, `3` character device, `5` folder.
  var type: Character = "0"
  var link = ""
  /// The size declared in the header, if it is wrong.
  var claimedSize: Int?

  /// Header and content, padded to whole blocks.
  var blocks: [UInt8] {
    content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  /// The POSIX ustar header.
  var header: [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at start: Int) {
      block.replaceSubrange(start..<start + text.utf8.count, with: text.utf8)
    }
    put(String(name.prefix(100)), at: 0)
    put("0000644\0", at: 100)
    let size = String(claimedSize ?? content.count, radix: 8)
    put(String(repeating: "0", count: max(0, 11 - size.count)) + size, at: 124)
    put("00000000000\0", at: 136)
    put("        ", at: 148)
    put(String(type), at: 156)
    put(link, at: 157)
    put("ustar\u{0}00", at: 257)
    let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
    put(String(repeating: "0", count: 6 - sum.count) + sum + "\0 ", at: 148)
    return block
  }
}

func tar(_ members: [TarMember], endMark: Bool = true) -> [UInt8] {
  members.flatMap { $0.header + $0.blocks } + (endMark ? [UInt8](repeating: 0, count: 1024) : [])
}

/// A zip of stored members.
func zip(_ members: [(name: String, content: [UInt8])]) -> [UInt8] {
  var (bytes, directory): ([UInt8], [UInt8]) = ([], [])
  for (name, content) in members {
    let sizes = little(crc32(content), 4) + little(content.count, 4) + little(content.count, 4)
    let names = little(name.utf8.count, 2) + little(0, 2)
    let start = bytes.count
    bytes += [0x50, 0x4B, 3, 4] + little(20, 2) + little(0, 8) + sizes + names + Array(name.utf8) + content
    directory += [0x50, 0x4B, 1, 2] + little(20, 2) + little(20, 2) + little(0, 8) + sizes + names
    directory += little(0, 10) + little(start, 4) + Array(name.utf8)
  }
  let counts = little(members.count, 2) + little(members.count, 2)
  return bytes + directory + [0x50, 0x4B, 5, 6] + little(0, 4) + counts + little(directory.count, 4)
    + little(bytes.count, 4) + little(0, 2)
}

private func little(_ value: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: $0 < 8 ? value >> ($0 * 8) : 0) }
}

private func crc32(_ bytes: [UInt8]) -> Int {
  var crc: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
  return Int(~crc)
}

/// `bytes`, compressed by a program such as `gzip` from standard input to standard output.
func compressed(_ bytes: [UInt8], by program: String) throws -> [UInt8] {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [program, "-c"]
  let (input, output) = (Pipe(), Pipe())
  (process.standardInput, process.standardOutput) = (input, output)
  try process.run()
  Thread.detachNewThread {
    try? input.fileHandleForWriting.write(contentsOf: Data(bytes))
    try? input.fileHandleForWriting.close()
  }
  let result = try output.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  return [UInt8](result)
}

/// Whether a program is installed.
func isInstalled(_ program: String) -> Bool {
  ["/usr/bin/", "/bin/", "/usr/local/bin/"].contains {
    FileManager.default.isExecutableFile(atPath: $0 + program)
  }
}
