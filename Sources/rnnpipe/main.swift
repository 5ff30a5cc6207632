// One program under twelve names: which command runs is decided by the name it is called by.

import Stage
import rnn_inspect

Launcher(
  [
    Inspect.self
  ],
  cpuTarget: "native"
).main()
