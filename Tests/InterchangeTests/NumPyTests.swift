// The same files in NumPy: it reads the files written here, and its files are read here.

import Foundation
import Interchange
import Tensor
import TensorFile
import Testing

@Suite(.enabled(if: Python.path != nil)) struct NumPyTests {
  @Test func `NumPy reads our files`() throws {
    try inTemporaryFolder { folder in
      let rows = ReadyRows([
        Chunk(
          ["x": .dense(Tensor((0..<6).map(Float.init), shape: [3, 2])), "t": ids([[1], [], [2, 3]])], rows: 3)
      ])
      let npz = try gathered { try writeNpz(rows, to: $0) }
      let npy = try gathered { try writeNpy(ChosenColumns(rows, names: ["x"]), to: $0) }
      try Data(npz).write(to: URL(fileURLWithPath: folder + "/a.npz"))
      try Data(npy).write(to: URL(fileURLWithPath: folder + "/a.npy"))
      let script = """
        import numpy, sys
        z = numpy.load(sys.argv[1] + "/a.npz"); a = numpy.load(sys.argv[1] + "/a.npy")
        print(sorted(z.files), z["x"].dtype, z["x"].tolist(), z["t.values"].tolist(), z["t.lengths"].dtype)
        print(a.tolist() == z["x"].tolist(), a.flags["C_CONTIGUOUS"])
        """
      #expect(
        Python.run(script, [folder]) == """
          ['t.lengths', 't.values', 'x'] float32 [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]] [1, 2, 3] int32
          True True

          """)
    }
  }

  @Test func `we read NumPy's files`() throws {
    try inTemporaryFolder { folder in
      let script = """
        import numpy, sys
        a = numpy.arange(24).reshape(2, 3, 4)
        numpy.savez_compressed(sys.argv[1] + "/a.npz", c=a, f=numpy.asfortranarray(a).astype(">f8"),
          h=numpy.array([0.5, -2], "f2"), u=numpy.array([1, 2], "u4"), b=numpy.array([True, False]))
        numpy.save(sys.argv[1] + "/o.npy", numpy.array([[1], [2, 3]], dtype=object), allow_pickle=True)
        """
      #expect(Python.run(script, [folder]) != nil)
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/a.npz")))
      let read = try columns(NpzRows(spool(bytes), named: "a.npz"))
      #expect(read["c"]?.tensor == Tensor((0..<24).map(Int64.init), shape: [2, 3, 4]))
      #expect(read["f"]?.tensor == Tensor((0..<24).map(Double.init), shape: [2, 3, 4]))
      #expect(read["h"]?.tensor == Tensor([Float(0.5), -2]))
      #expect(read["u"]?.tensor == Tensor([Int64(1), 2]))
      #expect(read["b"]?.tensor == Tensor([UInt8(1), 0]))
      let objects = Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/o.npy")))
      #expect(throws: (any Error).self) { try NpyRows(spool(objects), column: "x", named: "o.npy") }
    }
  }
}
