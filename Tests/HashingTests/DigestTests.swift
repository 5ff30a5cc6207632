// Digests: the published test vectors, and bytes in pieces of any size.

import Failures
import Hashing
import Testing

@Suite struct DigestTests {
  @Test(
    arguments: [
      (.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
      (.md5, "abc", "900150983cd24fb0d6963f7d28e17f72"), (.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
    ] as [(HashAlgorithm, String, String)])
  func vectors(_ algorithm: HashAlgorithm, _ text: String, _ expected: String) throws {
    let digest = hexadecimal(try MessageDigest.of(Array(text.utf8), algorithm))
    #expect(digest == expected)
    #expect(digest.count == algorithm.digitCount)
  }

  @Test("a million bytes have the same hash in pieces of any size", arguments: [1, 63, 64, 65, 4096, 1_000_000])
  func pieces(_ size: Int) throws {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    let digest = MessageDigest()
    for start in stride(from: 0, to: bytes.count, by: size) {
      try digest.update(Array(bytes[start..<min(start + size, bytes.count)]))
    }
    #expect(
      hexadecimal(try digest.finish()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test("the digest is the same with and without a thread", arguments: [false, true], [1, 3, 50])
  func background(usesThread: Bool, pieces: Int) throws {
    let (digest, expected) = (BackgroundDigest(usesThread: usesThread), MessageDigest())
    for piece in 0..<pieces {
      let bytes = [UInt8](repeating: UInt8(piece), count: piece * 70_000 % 2_000_000)
      try digest.update(bytes)
      try expected.update(bytes)
    }
    #expect(try digest.finish() == expected.finish())
  }

  @Test("an unused digest is not waited for")
  func abandoned() throws {
    for _ in 0..<20 {
      let digest = BackgroundDigest(usesThread: true)
      for _ in 0..<3 { try digest.update([UInt8](repeating: 1, count: 1 << 21)) }
    }
  }

  @Test("a finished digest begins a new one")
  func again() throws {
    let digest = MessageDigest()
    for _ in 0..<2 {
      try digest.update(Array("abc".utf8))
      #expect(try digest.finish() == MessageDigest.of(Array("abc".utf8)))
    }
  }
}
