// Archives that try to write elsewhere, or contain what is no file.

import Foundation

let archiveExperiments: [Experiment] = [
  .commands(
    "hostile-archives",
    "tar archives of links, devices, sparse and huge members, with names that lead elsewhere",
    expected: "read or refused; no file but the output anywhere",
    anchor: "Keras CVE-2024-55459, CVE-2025-12060",
    count: hostileNames.count * hostileMembers.count * formats.count,
    short: hostileNames.count * hostileMembers.count, needs: ["tar", "zstd"]
  ) { shop in
    { number in
      let name = hostileNames[number % hostileNames.count]
      let member = hostileMembers[number / hostileNames.count % hostileMembers.count]
      let format = formats[number / hostileNames.count / hostileMembers.count]
      let result = try shop.attempt(
        """
        mkdir -p in/train/pos in/train/neg run/inner; cd in
        echo a good film > train/pos/1_9.txt; echo a bad film > train/neg/2_1.txt
        \(member); cd ..
        tar -P $sparse --format=\(format) \(name) -cf run/t.tar -C in . 2> notes || { echo 0 not made; exit 0; }
        cd run/inner; touch ../../before
        rnn-download ../t.tar --as imdb-folder -q -o out; echo $?
        find ../.. /tmp -maxdepth 3 -newer ../../before -name '*escape*' 2> /dev/null; ls ../..
        """)
      try result.expectNoTrap()
      try result.expect(
        ["0", "0 not made", "65"].contains(result.lines.first), "\(member), \(name), \(format)")
      try result.expect(!result.stdout.contains("escape"), "a file outside")
    }
  }
]

/// Names of the members: none changed, or all.
private let hostileNames = [
  "", "--transform='s,^./,../escape-,'", "--transform='s,^./,/tmp/escape-,'",
  "--transform='s,^./,a/../../../escape-,'",
  "--transform='s,^./,../inner-escape/,'", #"--transform='s,^./,..\\escape\\,'"#,
  "--transform='s,^.*txt$,escape.txt,'", "--transform=\"s,^./,$(printf 'x%.0s' $(seq 240))/,\"",
]

/// What a folder contains in addition to two reviews.
private let hostileMembers = [
  "true", "ln -s /etc/passwd train/pos/link_5.txt", "ln train/pos/1_9.txt train/pos/hard_5.txt",
  "ln -s ../../../.. train/pos/up_5.txt", "mkfifo train/pos/pipe_5.txt",
  "mknod train/pos/null_5.txt c 1 3 || true",
  "truncate -s 3G train/pos/sparse_5.txt; sparse=-S", "chmod 4777 train/pos/1_9.txt",
  "touch train/pos/{1..3000}_5.txt", "mkdir -p $(printf 'd/%.0s' $(seq 300))",
]

private let formats = ["gnu", "pax", "ustar"]
